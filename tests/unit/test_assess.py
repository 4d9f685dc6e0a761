"""From findings to a picture of each unit: folders, order, counts, tonnes, risk."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit import assess
from mrvaudit.effects.result import UNITS
from mrvaudit.ingest.notices import frame
from mrvaudit.model import CHECKS, FINDINGS, SCORES, Work
from mrvaudit.sector import Sector
from mrvaudit.store import empty, schema, table_columns

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)


def digest(entity: str, unit: str) -> str:
    """The eight digits that tell two folders apart."""
    return hashlib.sha256(f"{entity}\x1f{unit}".encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("U1", "U1"),
        ("1#机组", "1%23机组"),
        ("../../x", "%2E%2E%2F%2E%2E%2Fx"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("", "%00"),
        ("a b", "a%20b"),
        ("a:b*?<>|\"\\", "a%3Ab%2A%3F%3C%3E%7C%22%5C"),
        ("CON", "_CON"),
        ("nul", "_nul"),
        ("Lpt1", "_Lpt1"),
        ("com0", "com0"),
        ("CON.txt", "CON%2Etxt"),
        ("a\nb\x00", "a%0Ab%00"),
        ("100%", "100%25"),
        ("%2E", "%252E"),
        ("①", "%E2%91%A0"),
        ("机组\u3000一", "机组%E3%80%80一"),
        ("\ud800", "%ED%A0%80"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 80 + digest("E", "x" * 81)),
        ("机" * 90, "机" * 80 + digest("E", "机" * 90)),
    ],
)  # fmt: skip
def test_report_dir(unit: str, expected: str) -> None:
    """Safe on every system, readable, never a way out of the folder."""
    assert assess.report_dirs([("E", unit)]) == [expected]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([("E1", "U1"), ("E2", "U1"), ("E2", "U2")], ["E1__U1", "E2__U1", "U2"]),
        ([("E1", "u1"), ("E1", "U1")], ["E1__u1", f"E1__U1-{digest('E1', 'U1')}"]),
        ([("a", "b__c"), ("a__b", "c")], ["b__c", "c"]),
        (
            [("a", "b__c"), ("a__b", "c"), ("x", "B__C"), ("y", "C")],
            ["a__b__c", f"a__b__c-{digest('a__b', 'c')}", "x__B__C", "y__C"],
        ),
        ([("E", "_CON"), ("E", "CON")], ["_CON", f"_CON-{digest('E', 'CON')}"]),
    ],
)  # fmt: skip
def test_clashes(units: list[tuple[str, str]], expected: list[str]) -> None:
    """Two units never share a folder, whatever the case; the entity or a digest tells them apart."""
    assert assess.report_dirs(units) == expected


def finding(**values: Any) -> dict[str, Any]:
    """One open finding of unit U1."""
    row = {
        "entity_id": "E1", "unit_id": "U1", "month": MARCH, "table": "ferry_declared", "row_key": "k",
        "rule_id": "R-1", "result": "x", "field": "diesel_kg", "finding_id": "0",
        "severity": "major", "status": "open", "unit_key": 0,
    }  # fmt: skip
    return row | values


def test_order_of_findings() -> None:
    """By entity, unit, month, table, row, rule, result, field; nulls first: what concerns the whole entity."""
    rows = [
        finding(finding_id="6", field="emission_t"), finding(finding_id="5"), finding(finding_id="3", rule_id="A-1"),
        finding(finding_id="2", month=None), finding(finding_id="1", unit_id=None),
        finding(finding_id="7", month=APRIL), finding(finding_id="4", result="a"),
        finding(finding_id="8", unit_id="U2"), finding(finding_id="0", entity_id="A"),
    ]  # fmt: skip
    assert assess.sort_findings(frame(rows))["finding_id"].to_list() == list("012345678")


def test_internal_columns_stay_inside() -> None:
    """What is written has the columns of the contract, in their order."""
    assert assess.without_internal(frame([finding()])).columns == list(FINDINGS)


def check(rule: str, unit: str | None, status: str, entity: str = "E1") -> dict[str, Any]:
    """One checks row."""
    return {"rule_id": rule, "entity_id": entity, "unit_id": unit, "status": status}


def scored(
    ferry: Sector,
    folder: Path,
    findings: list[dict[str, Any]],
    checks: list[dict[str, Any]],
    tonnes: list[Any],
    stakes: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Scores of two units of E1 and one of E2; U3 is a member of a group and does not report."""
    work = Work(folder)
    work.m("ferry_month").mkdir(parents=True)
    view = pl.DataFrame(
        tonnes,
        schema={"unit_key": pl.Int32, "month": pl.Date, "declared_tco2": pl.Float64, "recalculated_tco2": pl.Float64},
        orient="row",
    )
    view.write_parquet(work.part(work.m("ferry_month"), 0))
    units = empty(table_columns(ferry)["unit_index"])
    rows = [
        {"unit_key": key, "entity_id": entity, "unit_id": unit, "reporting": unit != "U3"}
        for key, (entity, unit) in enumerate([("E1", "U1"), ("E1", "U2"), ("E1", "U3"), ("E2", "U1")])
    ]
    units = pl.DataFrame(
        [{name: row.get(name) for name in units.columns} for row in rows], schema=units.schema, orient="row"
    )
    checks_frame = pl.DataFrame(
        [{name: row.get(name) for name in CHECKS} for row in checks], schema=schema(CHECKS), orient="row"
    )
    return assess.scores(ferry, work, 1, units, frame(findings), checks_frame, date(2025, 6, 30), stakes)


def test_scores(ferry: Sector, tmp_path: Path) -> None:
    """Counts of open findings, coverage of checks, tonnes and the folder, for each reporting unit."""
    findings = [
        finding(impact_tco2=3.0),
        finding(rule_id="R-2", impact_tco2=3.0),
        finding(rule_id="R-3", severity="critical", unit_id="U2", unit_key=1),
        finding(rule_id="R-4", severity="minor", unit_id=None, unit_key=None),
        finding(rule_id="R-5", severity="critical", status="answered"),
    ]
    checks = [
        check("R-1", "U1", "found"),
        check("R-2", "U1", "passed"),
        check("R-3", "U1", "not_assessable"),
        check("R-3", "U2", "found"),
        check("R-4", None, "found"),
        check("R-5", "U1", "not_applicable"),
        check("R-6", "U1", "crashed"),
    ]
    tonnes = [(0, MARCH, 10.0, 13.0), (0, APRIL, 10.0, 20.0), (1, MARCH, None, 5.0)]
    scores = scored(ferry, tmp_path, findings, checks, tonnes)
    names = [
        "entity_id", "unit_id", "critical", "major", "minor", "info", "declared_tco2", "recalculated_tco2",
        "at_stake_tco2", "report_dir", "checks_made", "checks_apply", "not_assessable", "months_declared",
        "months_recalculated",
    ]  # fmt: skip
    assert scores.columns == list(SCORES)
    assert scores.sort("entity_id", "unit_id").select(names).rows() == [
        # Two findings about March, tonnes of March once; April's gap carries no finding and is not at stake.
        ("E1", "U1", 0, 2, 1, 0, 20.0, 33.0, 3.0, "E1__U1", 3, 5, 1, 2, 2),
        ("E1", "U2", 1, 0, 1, 0, None, 5.0, 0.0, "U2", 2, 2, 0, 0, 1),
        ("E2", "U1", 0, 0, 0, 0, None, None, None, "E2__U1", None, None, None, None, None),
    ]
    assert sorted(scores["rank"].to_list()) == [1, 2, 3]


def test_rank_follows_risk_then_tonnes_then_names(ferry: Sector, tmp_path: Path) -> None:
    """The order of the index: risk, then tonnes at stake of either sign, then ids."""
    findings = [
        finding(unit_id="U2", unit_key=1, impact_tco2=-9.0),
        finding(impact_tco2=3.0),
        finding(entity_id="E2", unit_key=3, impact_tco2=3.0),
    ]
    tonnes = [(0, MARCH, 10.0, 13.0), (1, MARCH, 10.0, 1.0), (3, MARCH, 10.0, 13.0)]
    scores = scored(ferry, tmp_path, findings, [], tonnes)
    assert scores.select("rank", "entity_id", "unit_id", "at_stake_tco2").rows() == [
        (1, "E1", "U2", -9.0), (2, "E1", "U1", 3.0), (3, "E2", "U1", 3.0),
    ]  # fmt: skip


def test_materiality(ferry: Sector, tmp_path: Path) -> None:
    """Stake of the joint scenario: the larger of 1 % and 5,000 t is the limit, and reaching it is enough."""
    stakes = pl.DataFrame(
        [(0, 5000.0, None, 2, 0, False), (1, -5999.0, 40.0, 1, 1, False), (3, None, None, 0, 0, True)],
        schema=schema(UNITS),
        orient="row",
    )
    tonnes = [(0, MARCH, 100_000.0, 1.0), (1, MARCH, 600_000.0, 1.0), (3, MARCH, None, 10.0)]
    names = [
        "at_stake_tco2",
        "at_stake_pct",
        "direction",
        "materiality_tco2",
        "material",
        "if_default_tco2",
        "scenarios",
    ]
    scores = scored(ferry, tmp_path, [finding(impact_tco2=1.0, corrects="[]")], [], tonnes, stakes)
    assert scores.sort("entity_id", "unit_id").select(*names, "scenarios_left").rows() == [
        (5000.0, 5.0, "low", 5000.0, True, None, 2, 0),
        (-5999.0, -0.99983333, "high", 6000.0, False, 40.0, 1, 1),
        (None, None, "unknown", 5000.0, None, None, 0, 0),
    ]


def test_a_submission_without_findings(ferry: Sector, tmp_path: Path) -> None:
    """No finding: no risk, nothing at stake, all counts zero."""
    scores = scored(ferry, tmp_path, [], [], [(0, MARCH, 10.0, 10.0)])
    assert scores.select("entity_id", "unit_id", "risk", "major", "at_stake_tco2").rows() == [
        ("E1", "U1", 0.0, 0, 0.0), ("E1", "U2", 0.0, 0, None), ("E2", "U1", 0.0, 0, None),
    ]  # fmt: skip
