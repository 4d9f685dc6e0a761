"""The record contract: bounds, required values, agreed words; and one check run of every notice."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from mrvaudit import contracts
from mrvaudit.ingest.frames import schema
from mrvaudit.ingest.notices import Case, finding, frame
from mrvaudit.sector import Sector, load_sector


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


def fuel_use(power: Sector, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of the table with a usable key."""
    columns = schema(power.tables["fuel_use"].columns())
    base = {"entity_id": "A", "unit_id": "1#", "fuel": "coal", "consumption": 1.0, "unit_key": 0, "_block": 0}
    given = [{**base, "date": date(2025, 3, at + 1), "_line": at + 2, **row} for at, row in enumerate(rows)]
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in given], schema=columns, orient="row")


def said(power: Sector, *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What the contract finds in rows of fuel_use."""
    found = contracts.check(fuel_use(power, *rows), power.tables["fuel_use"], power)
    return found.select("rule_id", "result", "severity", "row_key", "field", "observed", "_line").rows()


def test_bounds(power: Sector) -> None:
    """At the bound passes, beyond it is found, unknown is not looked at; what has a data code weighs more."""
    rows: list[dict[str, Any]] = [
        {"m_ar_pct": 100.0},
        {"m_ar_pct": 100.0 + 1e-10},
        {"m_ar_pct": 100.1},
        {"m_ar_pct": None},
        {"consumption": -1.0},
    ]
    assert said(power, *rows) == [
        ("REC-RANGE", "min", "major", "1#|coal|2025-03-05", "consumption", -1.0, 6),
        ("REC-RANGE", "max", "major", "1#|coal|2025-03-03", "m_ar_pct", 100.1, 4),
    ]


def test_words_of_a_finding(power: Sector) -> None:
    """Chinese and English, with the month, the data code and the unit of measure."""
    found = contracts.check(fuel_use(power, {"m_ar_pct": 120.0}), power.tables["fuel_use"], power).row(0, named=True)
    assert (found["month"], found["unit_of_measure"], found["nc_class"]) == (date(2025, 3, 1), "%", "data")
    assert found["message_zh"] == "「化石燃料消耗」的「全水分」有 1 处为 120，超出可能范围（≥ 0, ≤ 100）。"
    assert found["message_en"] == (
        "“Total moisture” of “Fuel use by day” is 120 in 1 row(s), outside what is possible (≥ 0, ≤ 100)."
    )


def test_required_values(power: Sector) -> None:
    """Twenty of a kind are named, the rest counted."""
    assert said(power, {"consumption": None}, {}) == [
        ("REC-REQUIRED", "required", "minor", "1#|coal|2025-03-01", "consumption", None, 2)
    ]
    results = [row[1] for row in said(power, *({"consumption": None} for _ in range(30)))]
    assert (results.count("required"), results.count("required:more")) == (20, 1)


def test_agreed_words(power: Sector) -> None:
    """A code that is none of the list."""
    assert said(power, {"measured_by": "belt_scale"}, {"measured_by": "by eye"}) == [
        ("REC-CODE", "codes", "minor", "1#|coal|2025-03-02", "measured_by", None, 3)
    ]


def test_an_empty_table_breaks_nothing(power: Sector) -> None:
    """Of any table."""
    for table in power.tables.values():
        empty = pl.DataFrame(schema=schema(table.columns()))
        assert contracts.check(empty, table, power).rows() == []


def test_check_runs_of_notices(power: Sector) -> None:
    """Each notice once per reporting unit or entity; a member's finding counts to its group, a stranger's to nobody."""
    index = pl.DataFrame(
        {
            "unit_key": [0, 1, 2],
            "entity_id": ["A", "A", "A"],
            "unit_id": ["1#", "2#", "母管"],
            "reporting": [False, True, True],
            "member_key": [2, None, None],
        }
    )
    notices = frame(
        [
            finding(power, Case("INT-CELL", "not_a_number"), {}, entity_id="A", unit_id="1#"),
            finding(power, Case("INT-CELL", "not_a_number"), {}, entity_id="A", unit_id=None),
            finding(power, Case("INT-SHEET", "no_table"), {}, entity_id=""),
        ]
    )
    runs = contracts.notice_checks(notices, index, power)
    chosen = runs.filter(pl.col("rule_id").is_in(["INT-CELL", "INT-SHEET", "REC-KEY"]))
    assert chosen.select("rule_id", "entity_id", "unit_id", "status", "rows_found").rows() == [
        ("INT-CELL", "A", None, "found", 1),
        ("INT-CELL", "A", "2#", "passed", 0),
        ("INT-CELL", "A", "母管", "found", 1),
        ("INT-SHEET", "", None, "found", 1),
        ("INT-SHEET", "A", None, "passed", 0),
        ("REC-KEY", "A", "2#", "passed", 0),
        ("REC-KEY", "A", "母管", "passed", 0),
    ]
    of_contract = {one for one in power.notices if not one.startswith("GATE-")}
    assert set(runs["rule_id"]) == of_contract == {*contracts.UNIT_NOTICES, *contracts.ENTITY_NOTICES}
