"""From record tables to the inputs of an allowance: class, merged group, source of the output, shares."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit import allowance, ingest, standardise
from mrvaudit.allowance.evaluate import Source, entity_rows, evaluate
from mrvaudit.model import Work
from mrvaudit.sector import load_sector

MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
COAL = {"entity_id": "E1", "fuel_category": "coal", "cooling": "water", "cogeneration": False, "province": "甲省"}
UNITS: list[dict[str, Any]] = [
    {**COAL, "unit_id": "nameplate", "capacity_mw": 400, "unit_class": "coal_le300"},
    {**COAL, "unit_id": "large", "capacity_mw": 600, "merged_group": "both"},
    {**COAL, "unit_id": "small", "capacity_mw": 350, "merged_group": "both"},
    {**COAL, "unit_id": "gangue", "capacity_mw": 350, "unit_class": "coal_le300"},
    {**COAL, "unit_id": "half", "capacity_mw": 350},
    {**COAL, "unit_id": "ledger", "capacity_mw": 350},
    {**COAL, "unit_id": "short", "capacity_mw": 350},
    {**COAL, "unit_id": "straw", "capacity_mw": 350},
    {**COAL, "unit_id": "unsaid", "capacity_mw": 350, "cogeneration": True},
    {**COAL, "entity_id": "E2", "unit_id": "turbine", "capacity_mw": 400, "fuel_category": "gas", "cogeneration": True},
]
# t of coal and of gangue a month; heat values are 20 and 10 GJ/t.
FUELS = {"gangue": (100.0, 201.0), "half": (100.0, 200.0)}


def declarations() -> list[dict[str, Any]]:
    """Fuels and emissions of every month; the turbine burns gas and nothing else."""
    rows = []
    for unit in ("nameplate", "both", "gangue", "half", "short", "straw", "unsaid"):
        coal, gangue = FUELS.get(unit, (100.0, 0.0))
        for month in MONTHS[1:] if unit == "short" else MONTHS:
            key = {"entity_id": "E1", "unit_id": unit, "month": month, "combustion_tco2": 10_000}
            rows.append({**key, "fuel": "coal", "fuel_consumption": coal, "ncv_gj_per_t": 20.0})
            if gangue:
                rows.append({**key, "fuel": "gangue", "fuel_consumption": gangue, "ncv_gj_per_t": 10.0})
    gas = {"entity_id": "E2", "unit_id": "turbine", "fuel": "natural_gas", "combustion_tco2": 40_000}
    return rows + [{**gas, "month": month, "fuel_consumption": 10.0, "ncv_gj_per_t": 389.31} for month in MONTHS]


def outputs() -> list[dict[str, Any]]:
    """100 000 MWh and 600 h a month; the straw unit has a tenth of its heat from biomass in half of the months."""
    rows = []
    for unit in ("nameplate", "both", "gangue", "half", "short", "straw", "unsaid", "turbine"):
        for number, month in enumerate(MONTHS[1:] if unit == "short" else MONTHS):
            row = {"entity_id": "E2" if unit == "turbine" else "E1", "unit_id": unit, "month": month}
            row |= {"generation_mwh": 100_000, "operating_hours": 600}
            row |= {"heat_gj": 10_000} if unit == "turbine" else {}
            row |= (
                {"biomass_kind": "straw", "biomass_share_pct": 20.0 if number < 6 else 0.0} if unit == "straw" else {}
            )
            rows.append(row)
    return rows


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """The submission, standardised."""
    folder, work = tmp_path_factory.mktemp("in"), Work(tmp_path_factory.mktemp("work"))
    ledger = [
        {"entity_id": "E1", "unit_id": "ledger", "month": month, "generation_mwh": 90_000, "operating_hours": 600}
        for month in MONTHS
    ]
    burnt = [
        {"entity_id": "E1", "unit_id": "ledger", "fuel": "coal", "date": f"{month}-05", "consumption": 9.0}
        for month in MONTHS
    ]
    tables = {
        "units": UNITS,
        "fuel_use": burnt,
        "declarations": declarations(),
        "declared_output": outputs(),
        "power_output": ledger,
    }
    for name, rows in tables.items():
        pl.DataFrame(rows, infer_schema_length=None).write_csv(folder / f"{name}.csv")
    sector = load_sector("power")
    found = standardise.standardise(ingest.discover([folder]), sector, work)
    return Source(work, sector, range(found.partitions), date(2026, 1, 1))


def test_classes_outputs_and_shares(source: Source) -> None:
    """One row per reporting unit; members of a group have none.

    The group: 1 200 000 MWh × 0.7910 × 1.204408 at a load of 17.54 %.
    """
    rows = allowance.rows(source.work, source.sector, source.partitions, source.as_of)
    columns = ("unit_id", "unit_class", "declared_class", "members", "output_basis", "months", "allowance_t", "reason")
    assert rows.select(columns).rows() == [
        ("both", "coal_gt300", None, 2, "declared", 12, 1_143_224.0, None),
        ("gangue", "coal_unconventional", "coal_le300", 1, "declared", 12, 989_280.0, None),
        ("half", "coal_le300", None, 1, "declared", 12, 1_063_646.0, None),
        ("ledger", "coal_le300", None, 1, "ledger", 12, 970_947.0, "null:emission"),
        ("nameplate", "coal_gt300", "coal_le300", 1, "declared", 12, 1_063_963.0, None),
        ("short", "coal_le300", None, 1, None, 11, None, "too_few:months"),
        ("straw", "coal_le300", None, 1, "declared", 12, None, "special:biomass"),
        ("unsaid", "coal_le300", None, 1, "declared", 12, None, "null:heat_gj"),
        ("turbine", "gas", None, 1, "declared", 12, 480_000.0, None),
    ]
    shares = {row[0]: row[1:] for row in rows.select("unit_id", "odd_share_pct", "biomass_share_pct").rows()}
    assert shares["half"] == (50.0, 0.0)
    assert shares["gangue"] == pytest.approx((50.124688, 0.0))
    assert shares["straw"] == pytest.approx((0.0, 100 / 9))  # 20 % of six months' heat, which is a quarter more


def test_every_row_says_its_plan(source: Source) -> None:
    """Plan, mark, place and words beside the code of the reason."""
    rows = allowance.rows(source.work, source.sector, source.partitions, source.as_of)
    assert rows.select("year", "plan", "mark").unique().rows() == [(2024, "2023-2024", "law")]
    short = rows.filter(pl.col("unit_id") == "short").select("status", "province", "reason_zh", "reason_en")
    assert short.rows() == [("not_assessable", "甲省", "在役月份的数据不全", "months in service are missing")]


def test_an_entity_with_an_unknown_unit_is_unknown(source: Source) -> None:
    """The gas plant alone is known."""
    rows = entity_rows(source, evaluate(source))
    assert rows.select("entity_id", "status", "units", "units_assessed", "approved_t").rows() == [
        ("E1", "not_assessable", 8, 5, None),
        ("E2", "assessed", 1, 1, 480_000.0),
    ]


def test_the_frames_are_the_same_each_time(source: Source) -> None:
    """Nothing depends on chance, and nothing was written into the work folder."""
    before = sorted(path.as_posix() for path in Path(source.work.root).rglob("*"))
    first = allowance.rows(source.work, source.sector, source.partitions, source.as_of)
    second = allowance.rows(source.work, source.sector, source.partitions, source.as_of)
    assert first.equals(second)
    assert before == sorted(path.as_posix() for path in Path(source.work.root).rglob("*"))
