"""The allowance of a unit and of an entity, plan by plan, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from allowance_case import Source, outcome, source

from mrvaudit.allowance.evaluate import Frames
from mrvaudit.sector import load_sector


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """The power sector over an empty work folder; the roster alone has a row."""
    roster = [{"entity_id": "E2", "year": 2024, "previous_year_tco2": 1_000_001.0}]
    return source(tmp_path_factory.mktemp("work"), load_sector("power"), {"roster": roster})


def units(frames: Frames, *columns: str) -> list[Any]:
    """The columns of the units as tuples (of one, the bare value)."""
    rows = frames.units.select(columns).rows()
    return [row[0] for row in rows] if len(columns) == 1 else rows


def test_examples_of_the_regulation(where: Source) -> None:
    """2021 with every correction; 2023, 2024 and the draft for 2025 without."""
    heat = {"heat_gj": 2_000_000.0, "cogeneration": True}
    found = outcome(
        where,
        {**heat, "year": 2021, "generation_mwh": 980_000.0, "operating_hours": 4000.0, "heat_ratio_pct": 10.0},
        {**heat, "year": 2023},
        {**heat, "year": 2024},
        {**heat, "year": 2025},
    )
    assert units(found, "power_t", "heat_t", "allowance_t") == [
        (830_896.0, 222_200.0, 1_053_096.0),
        (809_000.0, 207_600.0, 1_016_600.0),
        (804_900.0, 206_600.0, 1_011_500.0),
        (801_700.0, 205_400.0, 1_007_100.0),
    ]


def test_supply_to_2022_and_generation_from_2023(where: Source) -> None:
    """The quantity that counts changes with the plan, and nothing else of the unit does."""
    found = outcome(where, *({"year": year} for year in (2020, 2022, 2023, 2026)))
    assert units(found, "output_mwh") == [940_000.0, 940_000.0, 1_000_000.0, 1_000_000.0]


def test_classes_have_their_benchmarks(where: Source) -> None:
    """Conventional coal by size, unconventional coal, gas."""
    classes = ("coal_gt300", "coal_le300", "coal_unconventional", "gas")
    found = outcome(where, *({"unit_class": name, "emission_tco2": 1.0} for name in classes))
    assert units(found, "calculated_t") == [791_000.0, 804_900.0, 824_400.0, 328_800.0]


def test_the_load_correction_by_plan_class_and_kind(where: Source) -> None:
    """2019 for condensing units only, then for cogeneration too, never for unconventional coal and gas."""
    low = {"operating_hours": 1_000_000 / 350 / 0.6}  # a load of 60 %
    warm = {**low, "cogeneration": True, "heat_gj": 1.0}
    found = outcome(
        where,
        *({**low, "year": year} for year in (2020, 2022, 2024, 2025)),
        *({**warm, "year": year} for year in (2020, 2022, 2024)),
        {**low, "unit_class": "coal_unconventional"},
        {**low, "unit_class": "gas"},
        {"year": 2025, "operating_hours": 1_000_000 / 350 / 0.45},
    )
    assert units(found, "load_correction") == [1.061364, 1.061364, 1.061364, 1, 1, 1.061364, 1.061364, 1, 1, 1.126059]


def test_the_limit_of_the_load_correction(where: Source) -> None:
    """Exactly 65 % as printed has none; just below has the whole jump."""
    found = outcome(where, *({"operating_hours": 1_000_000 / 350 / load} for load in (0.65, 0.64996, 0.6499)))
    assert units(found, "load_factor_pct", "load_correction") == [(65.0, 1.0), (65.0, 1.0), (64.99, 1.04571)]


def test_cooling_and_heat_to_2022(where: Source) -> None:
    """Air cooling 1.05; back pressure from 2021 only, before it cannot be told; heat 0.22 for coal and 0.6 for gas."""
    full = {"operating_hours": 1_000_000 / 350 / 0.9}
    found = outcome(
        where,
        {**full, "year": 2020, "cooling": "air"},
        {**full, "year": 2022, "cooling": "back_pressure"},
        {**full, "year": 2020, "cooling": "back_pressure"},
        {**full, "year": 2022, "heat_ratio_pct": 10.0, "heat_gj": 10.0},
        {**full, "year": 2022, "heat_ratio_pct": 10.0, "heat_gj": 10.0, "unit_class": "gas", "emission_tco2": 1.0},
        {**full, "year": 2024, "cooling": "air"},
    )
    assert units(found, "power_t", "reason") == [
        (966_273.0, None),  # 940 000 × 0.979 × 1.05
        (820_526.0, None),
        (None, "null:cooling"),
        (802_474.0, None),  # × 0.978
        (344_692.0, None),  # 940 000 × 0.3901 × 0.94
        (804_900.0, None),
    ]


def test_gas(where: Source) -> None:
    """To 2020 the duty ends at the allowance; then the allowance is topped up to the emissions."""
    gas = {"unit_class": "gas", "fuel_category": "gas"}
    found = outcome(
        where,
        {**gas, "year": 2020, "emission_tco2": 500_000.0},
        {**gas, "year": 2021, "emission_tco2": 500_000.0},
        {**gas, "year": 2024, "emission_tco2": 300_000.0},
        {**gas, "year": 2024, "emission_tco2": None},
        {**gas, "year": 2020, "emission_tco2": None},
    )
    assert units(found, "allowance_t", "duty_t", "gap_t", "follows") == [
        (368_480.0, 368_480.0, 0.0, False),
        (500_000.0, 500_000.0, 0.0, True),
        (328_800.0, 300_000.0, -28_800.0, False),
        (None, None, None, None),
        (368_480.0, None, None, False),  # what ends at the allowance is unknown with the emissions
    ]


@pytest.mark.parametrize(
    ("year", "change", "special", "allowance", "reason"),
    [
        (2025, {"biomass_share_pct": 20.0}, "none", 801_700.0, None),
        (2025, {"biomass_share_pct": 20.01}, "biomass", 900_000.0, None),
        (2025, {"secondary_share_pct": 10.01}, "secondary", 900_000.0, None),
        (2025, {"biomass_share_pct": 12.0, "secondary_share_pct": 8.01}, "combined", 900_000.0, None),
        (2025, {"commissioned_on": date(2025, 3, 1), "service_months": 10, "months": 10}, "new", 900_000.0, None),
        (2025, {"retired_on": date(2026, 9, 20)}, "closed", 900_000.0, None),
        (2025, {"retired_on": date(2026, 9, 21)}, "none", 801_700.0, None),
        (2026, {"retired_on": date(2027, 1, 2)}, "unknown", None, "special:unknown"),
        (2025, {"fuel_category": "oil", "unit_class": None}, "oil", 900_000.0, None),
        (2025, {"biomass_share_pct": None}, "unknown", None, "special:unknown"),
        (2023, {"biomass_share_pct": 10.0}, "none", 809_000.0, None),
        (2023, {"biomass_share_pct": 10.01}, "biomass", None, "special:biomass"),
        (2023, {"secondary_share_pct": 30.0}, "secondary", None, "special:secondary"),
        (2021, {"biomass_share_pct": 1.0}, "no_limit", None, "special:no_limit"),
    ],
)  # fmt: skip
def test_special_cases(
    where: Source, year: int, change: dict[str, Any], special: str, allowance: float | None, reason: str | None
) -> None:
    """At the limit nothing is special; beyond it the plan decides between emissions and no figure."""
    found = outcome(where, {"year": year, **change})
    assert units(found, "special", "allowance_t", "reason") == [(special, allowance, reason)]


def test_small_entities(where: Source) -> None:
    """From 2025: below 26 000 t over all its units, an entity gets its emissions; exactly there it does not."""
    small = {"year": 2025, "entity_id": "S", "emission_tco2": 12_999.0}
    limit = {"year": 2025, "entity_id": "L", "emission_tco2": 13_000.0}
    part = {"year": 2025, "entity_id": "P", "emission_tco2": 13_000.0}
    found = outcome(
        where, small, {**small, "emission_tco2": 13_000.0}, limit, limit, part, {**part, "emission_tco2": None}
    )
    assert units(found, "special") == ["small", "small", "none", "none", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"year": 2027}, "no_plan"),
        ({"year": 2018}, "no_plan"),
        ({"months": 11}, "too_few:months"),
        ({"unit_class": None}, "null:unit_class"),
        ({"generation_mwh": None}, "null:generation_mwh"),
        ({"year": 2021, "supply_mwh": None}, "null:supply_mwh"),
        ({"heat_gj": None}, "null:heat_gj"),
        ({"operating_hours": None}, "null:load_factor_pct"),
        ({"year": 2021, "heat_ratio_pct": None}, "null:heat_ratio_pct"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_never_zero(where: Source, change: dict[str, Any], reason: str) -> None:
    """No allowance, no gap, a reason."""
    found = outcome(where, change)
    assert units(found, "allowance_t", "gap_t", "reason") == [(None, None, reason)]


def test_an_allowance_without_emissions_has_no_gap(where: Source) -> None:
    """The allowance stands, the gap does not."""
    found = outcome(where, {"emission_tco2": None})
    assert units(found, "allowance_t", "gap_t", "reason") == [(804_900.0, None, "null:emission")]


def test_a_year_at_rest_is_a_known_zero(where: Source) -> None:
    """No output and no hours: nothing is missing."""
    found = outcome(where, {"generation_mwh": 0.0, "operating_hours": 0.0, "emission_tco2": 10.0})
    assert units(found, "allowance_t", "gap_t", "gap_rate_pct", "reason") == [(0.0, 10.0, 100.0, None)]


def test_the_floor_of_an_entity(where: Source) -> None:
    """A gap rate of 25 %, a floor of 80 % of what is not gas; in 2021 half of what is short may be borrowed."""
    output = 750_000 / 0.8049
    coal = {"emission_tco2": 1_000_000.0, "generation_mwh": output, "operating_hours": output / 350 / 0.9}
    gas = {"unit_class": "gas", "emission_tco2": 400_000.0}
    then = {"year": 2021, "entity_id": "B", "emission_tco2": 1_000_000.0, "supply_mwh": 750_000 / 0.8773}
    then |= {"operating_hours": 1_000_000 / 350 / 0.9}
    capped = {"year": 2020, "entity_id": "C", "emission_tco2": 2_000_000.0, "operating_hours": 1_000_000 / 350 / 0.9}
    found = outcome(where, coal, gas, then, capped).entities
    columns = ("allowance_t", "floor_t", "approved_t", "duty_t", "gap_t", "gap_rate_pct", "short_t", "borrow_t")
    assert found.select(columns).rows() == [
        (750_000.0, 800_000.0, 800_000.0, 1_000_000.0, 250_000.0, 25.0, 200_000.0, 100_000.0),
        (920_260.0, None, 920_260.0, 1_320_260.0, 1_079_740.0, 53.99, 400_000.0, None),
        (1_150_000.0, 800_000.0, 1_200_000.0, 1_400_000.0, 250_000.0, 17.86, 200_000.0, None),
    ]


def test_one_unknown_unit_makes_the_entity_unknown(where: Source) -> None:
    """Never a sum over the rest."""
    found = outcome(where, {}, {"heat_gj": None}).entities
    assert found.select("units", "units_assessed", "allowance_t", "approved_t", "gap_t", "reason").rows() == [
        (2, 1, None, None, None, "null:heat_gj")
    ]


def test_allocation_in_advance(where: Source) -> None:
    """70 % of the year before, from the records or else the roster; 50 % at most by the draft; 2019 cannot be told."""
    found = outcome(
        where,
        {"base_tco2": 1_000_001.0},
        {"year": 2025, "entity_id": "E3", "base_tco2": 1_000_001.0},
        {"entity_id": "E2"},
        {"year": 2019, "entity_id": "E4", "base_tco2": 5.0},
    )
    assert units(found, "preallocation_t") == [700_000.0, 500_000.0, None, None]
    by_entity = dict(found.entities.select("entity_id", "preallocation_t").rows())
    assert by_entity == {"E1": 700_000.0, "E2": 700_000.0, "E3": 500_000.0, "E4": None}
