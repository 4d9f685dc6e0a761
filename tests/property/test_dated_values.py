"""Every dated series answers each month from its first on, with the value in force or with nothing at all."""

from __future__ import annotations

import random
from datetime import date

import duckdb
import pytest
from figures_case import Figures

from mrvaudit.checks.examples import Bench
from mrvaudit.parameters import macro_name, value_at
from mrvaudit.sector import Sector, load_sector

LAST = 2032
MONTHS = [f"{year}-{month:02d}" for year in range(2018, LAST) for month in range(1, 13)]
Series = tuple[str, str]


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The power sector."""
    return load_sector("power")


@pytest.fixture(scope="module")
def figures(sector: Sector) -> Figures:
    """Its macros."""
    return Figures(sector)


def series_of(sector: Sector) -> dict[Series, dict[str, float | None]]:
    """Value of every parameter and key in every month from its first on; None where no value is in force."""
    found = {}
    for parameter in sector.parameters.values():
        for key in sorted({value.key for value in parameter.values}):
            first = min(value.since for value in parameter.values if value.key == key)
            in_force = {month: value_at(parameter, key, month) for month in MONTHS if month >= first}
            found[parameter.name, key] = {month: one.value if one else None for month, one in in_force.items()}
    return found


def test_rules_are_given_the_value_in_force(sector: Sector, figures: Figures) -> None:
    """What SQL gets is what the pack says of the month, never a neighbour's value; a month without one is unknown."""
    ask = "list({}(?, m::DATE) ORDER BY i) FROM (SELECT unnest(?::VARCHAR[]) AS m, unnest(range(?)) AS i)"
    for (name, key), expected in series_of(sector).items():
        months = [f"{month}-01" for month in expected]
        got = figures.value(ask.format(macro_name(name)), key, months, len(months))
        assert list(expected.values()) == got, (name, key)


def test_a_missing_value_is_said_to_be_missing(sector: Sector, figures: Figures) -> None:
    """Where a value must be there and is not, the message names parameter, key and month."""
    silent = {
        one: gaps for one, months in series_of(sector).items() if (gaps := [m for m in months if months[m] is None])
    }
    assert silent
    for (name, key), months in sorted(silent.items())[::8]:
        with pytest.raises(duckdb.Error, match=f"{name} for .* in {months[0]}"):
            figures.value(f"{macro_name(name)}__must(?, ?::DATE)", key, f"{months[0]}-01")


@pytest.fixture(scope="module")
def bench(sector: Sector) -> Bench:
    """Where a rule is asked."""
    return Bench(sector)


@pytest.mark.parametrize("draw", range(15))
def test_without_a_value_a_rule_is_not_assessable(sector: Sector, bench: Bench, draw: int) -> None:
    """A rule that compares with any series in any month: passed where there is a value, else not assessable."""
    everything = series_of(sector)
    gone = [(one, month) for one, months in everything.items() for month in months if months[month] is None]
    there = [(one, month) for one, months in everything.items() for month in months if months[month] is not None]
    (name, key), month = random.Random(draw).choice(gone if draw % 2 else there)
    rule = sector.rules["FUL-06"].model_copy(
        update={
            # Lineage remembers a rule by its id.
            "id": f"OWN-{name}-{key}-{month}",
            "where": None,
            "rows": f"SELECT d.*, known('{name}', '{key}', d.month) AS observed, observed AS expected"
            " FROM current_declaration d",
        }
    )
    row = {"month": date(int(month[:4]), int(month[5:]), 1), "fuel": "coal", "fuel_consumption": 1.0}
    findings, checks = bench.outcome(rule, {"declarations": [row]})
    others = any(value_at(sector.parameters[name], one.key, month) for one in sector.parameters[name].values)
    # The reason names the parameter where it has no value at all then; else it is the key that has none.
    reason = "null:" if others else f"no_parameter:{name}@{month}"
    status, said = checks[0]["status"], checks[0]["reason"] or ""
    assert [] == findings
    assert ("passed" if everything[name, key][month] is not None else "not_assessable") == status
    assert said == "" if status == "passed" else said.startswith(reason)
