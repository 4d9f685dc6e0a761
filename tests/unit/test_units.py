"""Units: spellings, factors, dimensions."""

from __future__ import annotations

import pytest

from mrvaudit import units
from mrvaudit.sector import Sector


@pytest.mark.parametrize(
    ("from_name", "to_name", "expected"),
    [
        ("kcal/kg", "MJ/kg", 0.0041868),
        ("kcal/kg", "GJ/t", 0.0041868),
        ("kJ/kg", "MJ/kg", 0.001),
        ("GJ/t", "MJ/kg", 1.0),
        ("万kWh", "MWh", 10.0),
        ("亿kWh", "MWh", 100_000.0),
        ("MWh", "万kWh", 0.1),
        ("吨", "kg", 1000.0),
        ("万吨", "t", 10_000.0),
        ("10^4 Nm3", "Nm3", 10_000.0),
        ("fraction", "%", 100.0),
        ("tCO2/万kWh", "tCO2/MWh", 0.1),
    ],
)
def test_conversions(ferry: Sector, from_name: str, to_name: str, expected: float) -> None:
    """The shipped factors are exact to the last bit."""
    assert expected == units.convert_factor(ferry.units, from_name, to_name)


@pytest.mark.parametrize(
    ("from_name", "to_name"), [("t", "MWh"), ("MJ/kg", "MJ/Nm3"), ("stone", "kg"), ("kg", "stone"), ("", "")]
)
def test_no_conversion(ferry: Sector, from_name: str, to_name: str) -> None:
    """Another dimension or an unknown name gives None, never a number."""
    assert units.convert_factor(ferry.units, from_name, to_name) is None


@pytest.mark.parametrize("spelling", ["MWh", "mwh", "ＭＷｈ", " M W h ", "兆瓦时", "MW·h"])
def test_spellings(ferry: Sector, spelling: str) -> None:
    """Case, width and space do not count."""
    assert units.find(ferry.units, spelling) == "MWh"


def test_no_spelling_means_two_units(ferry: Sector) -> None:
    """A spelling that names two units would be converted by whichever comes first."""
    owners: dict[str, set[str]] = {}
    for name, unit in ferry.units.items():
        for spelling in (name, *unit.aliases):
            owners.setdefault(units.fold(spelling), set()).add(name)
    doubled = {spelling: sorted(names) for spelling, names in owners.items() if len(names) > 1}
    # Electricity and power, mass and money never share a spelling; MW·h without its dot is MWh.
    assert doubled == {}


def test_every_unit_leads_to_the_base_of_its_dimension(ferry: Sector) -> None:
    """`to` is a unit of the same dimension with factor 1, and all units of a dimension share it."""
    wrong = [
        name
        for name, unit in ferry.units.items()
        if unit.to not in ferry.units
        or ferry.units[unit.to].factor != 1
        or ferry.units[unit.to].dimension != unit.dimension
    ]
    bases = {(unit.dimension, unit.to) for unit in ferry.units.values()}
    assert ([], len({dimension for dimension, _ in bases})) == (wrong, len(bases))


def test_dimension(ferry: Sector) -> None:
    """The dimension of a spelling; None where it is unknown."""
    assert [units.dimension(ferry.units, name) for name in ("万度", "吨", "stone")] == ["electricity", "mass", None]
