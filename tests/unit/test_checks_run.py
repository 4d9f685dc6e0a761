"""Rules on one connection: fused scans, findings, timers, and one crash that stops nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import duckdb
import pytest

from mrvaudit import macros, store
from mrvaudit.checks.compile import groups, needed
from mrvaudit.checks.examples import FAR, Bench
from mrvaudit.checks.findings import finding_id
from mrvaudit.checks.lineage import Lineage
from mrvaudit.checks.run import Engine, Outcome, reason_of
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector

MoreRules = Callable[..., Sector]
NewRule = Callable[..., dict[str, Any]]

DECLARED = [
    ("U1", "2025-01", 10, 1), ("U1", "2025-02", 1, 10), ("U1", "2018-02", 5, 1),
    ("U2", "2025-01", None, 1), ("U2", "2025-02", 7, 7), ("U3", "2025-01", 30, 2),
]  # fmt: skip


@pytest.fixture
def con(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    """A bare connection; `filled` puts the toy tables into it."""
    con = store.connect("512MB", None)
    request.addfinalizer(con.close)
    return con


def filled(con: duckdb.DuckDBPyConnection, sector: Sector) -> duckdb.DuckDBPyConnection:
    """Three units and their declarations."""
    macros.install(con, sector, FAR)
    store.define(con, sector)
    for key in range(3):
        con.execute(
            "INSERT INTO unit_index (entity_id, unit_id, unit_key, reporting, route) VALUES ('E', ?, ?, true, 'A-B')",
            [f"U{key + 1}", key],
        )
    for line, (unit, month, kg, tonnes) in enumerate(DECLARED, start=2):
        con.execute(
            "INSERT INTO ferry_declared (entity_id, unit_id, month, diesel_kg, emission_t, unit_key, _block, _line)"
            " VALUES ('E', ?, ?, ?, ?, ?, 7, ?)",
            [unit, f"{month}-01", kg, tonnes, int(unit[1]) - 1, line],
        )
    store.compute(con, sector, [view.view for view in sector.views])
    return con


def run(con: duckdb.DuckDBPyConnection, sector: Sector, rules: Sequence[str], seconds: float = 60.0) -> Outcome:
    """The outcome of these rules."""
    engine = Engine(con, sector, Lineage(sector), None, seconds)
    return engine.run([sector.rules[name] for name in rules])


def three(new_rule: NewRule) -> list[dict[str, Any]]:
    """Three rules on one table: with figures, with `where`, with an unknown column."""
    much = [{"name": "a", "violates": "over(observed, emission_t * 12)", "severity": "minor"}]
    apart = [{"name": "b", "violates": "differs(diesel_kg, observed, tolerance)", "severity": "major"}]
    tolerance = "known('day_sum_tolerance_kg', '', month)"
    return [
        new_rule(id="NEW-01", observed="diesel_kg * 2", results=much),
        new_rule(id="NEW-02", where="over(emission_t, 1)", expected="emission_t", observed="diesel_kg"),
        new_rule(id="NEW-03", observed="emission_t", tolerance=tolerance, results=apart),
    ]


def comparable(outcome: Outcome) -> tuple[list[Any], list[Any]]:
    """Findings and checks without regard to their order."""
    findings = sorted((tuple(sorted(one.items(), key=str)) for one in outcome.findings), key=str)
    return findings, sorted((tuple(one.values()) for one in outcome.checks), key=str)


def test_a_fused_scan_equals_each_rule_alone(con: Any, more_rules: MoreRules, new_rule: NewRule) -> None:
    """Rules without `rows` share one scan of their table; each finds what it would find alone."""
    sector = more_rules(*three(new_rule))
    filled(con, sector)
    names = ["NEW-01", "NEW-02", "NEW-03"]
    assert [[rule.id for rule in group] for group in groups([sector.rules[one] for one in [*names, "FER-01"]])] == [
        names,
        ["FER-01"],
    ]
    alone = Outcome()
    for name in names:
        alone.add(run(con, sector, [name]))
    together = run(con, sector, names)
    assert comparable(together) == comparable(alone)
    assert len(together.findings) >= 4


def test_figures_of_a_finding(con: Any, ferry: Sector) -> None:
    """What a finding carries: key, figures, unit, source line and words."""
    outcome = run(filled(con, ferry), ferry, ["FER-02"])
    finding = next(one for one in outcome.findings if one["unit_id"] == "U3")
    assert {
        "rule_id": "FER-02", "result": "differs", "severity": "minor", "entity_id": "E", "unit_id": "U3", "unit_key": 2,
        "month": date(2025, 1, 1), "table": "ferry_declared", "row_key": "U3|2025-01", "field": "emission_t",
        "observed": 2.0, "expected": 0.09, "tolerance": 0.005, "impact_tco2": None, "impact_kind": None,
        "unit_of_measure": "t", "basis": "toy guide", "status": "open", "_block": 7, "_line": 7, "related": None,
        "corrects": '[["ferry_declared", "emission_t", 7, 7, 0.09]]',
        "integrity_signal": "none", "nc_class": "data", "data_code": None, "ask_zh": None, "ask_en": None,
        "message_zh": "2025-01 申报 2.00 t，重算 0.09 t。",
        "message_en": "2025-01: 2.00 t declared, 0.09 t recalculated.",
        "finding_id": finding_id(finding),
    } == finding  # fmt: skip


def test_members_of_a_group_answer_through_the_group(con: Any, ferry: Sector) -> None:
    """Rows of a member count for the merged group, which alone reports."""
    filled(con, ferry)
    con.execute("UPDATE unit_index SET reporting = false, member_key = 2 WHERE unit_key IN (0, 1)")
    outcome = run(con, ferry, ["FER-02"])
    assert {(check["unit_id"], check["rows"]) for check in outcome.checks} == {("U3", 5)}
    assert {finding["unit_id"] for finding in outcome.findings} == {"U3"}


def test_members_of_a_group_keep_findings_apart(con: Any, ferry: Sector) -> None:
    """Two members with the same fault in one month: two findings of the group, each with the key of its own row."""
    filled(con, ferry)
    con.execute("UPDATE ferry_declared SET diesel_kg = 30, emission_t = 2 WHERE month = DATE '2025-01-01'")
    con.execute("UPDATE unit_index SET reporting = false, member_key = 2 WHERE unit_key IN (0, 1)")
    january = [one for one in run(con, ferry, ["FER-02"]).findings if one["month"] == date(2025, 1, 1)]
    assert [("U3", "U1|2025-01"), ("U3", "U2|2025-01"), ("U3", "U3|2025-01")] == sorted(
        (one["unit_id"], one["row_key"]) for one in january
    )
    assert 3 == len({one["finding_id"] for one in january})


def test_rows_of_units_nobody_knows_are_left_out(con: Any, ferry: Sector) -> None:
    """A row without a unit belongs to no check of a unit."""
    filled(con, ferry)
    con.execute("UPDATE ferry_declared SET unit_key = NULL WHERE unit_id = 'U1'")
    outcome = run(con, ferry, ["FER-02"])
    assert {check["unit_id"]: check["reason"] for check in outcome.checks}["U1"] == "no_event"
    assert {finding["unit_id"] for finding in outcome.findings} == {"U2", "U3"}


ENDLESS = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT d.* FROM ferry_declared d, r"


def test_a_rule_without_end_is_interrupted(con: Any, more_rules: MoreRules, new_rule: NewRule) -> None:
    """The timer stops it, every unit's check is `crashed` with the limit as its reason, the next rule runs."""
    endless = new_rule(rows=ENDLESS, reads=["ferry_declared"], seconds=0.5)
    sector = more_rules(endless)
    filled(con, sector)
    start = time.perf_counter()
    outcome = run(con, sector, ["NEW-01", "FER-02"])
    assert time.perf_counter() - start < 5
    assert outcome.crashed == [("NEW-01", "time_limit:0.5s")]
    assert [tuple(check.values()) for check in outcome.checks if check["rule_id"] == "NEW-01"] == [
        ("NEW-01", "E", unit, "crashed", "time_limit:0.5s", 0, 0, 0) for unit in ("U1", "U2", "U3")
    ]
    assert comparable(run(con, sector, ["FER-02"]))[0] == comparable(outcome)[0]


def test_the_run_sets_the_limit_where_the_rule_does_not(con: Any, more_rules: MoreRules, new_rule: NewRule) -> None:
    """`seconds` of the run hold for every rule without its own."""
    sector = more_rules(new_rule(rows=ENDLESS, reads=["ferry_declared"]))
    assert run(filled(con, sector), sector, ["NEW-01"], seconds=0.3).crashed == [("NEW-01", "time_limit:0.3s")]


def test_a_fused_rule_that_fails_takes_nobody_along(con: Any, more_rules: MoreRules, new_rule: NewRule) -> None:
    """When a shared scan fails it is repeated rule by rule: only the bad one crashes."""
    much = [{"name": "a", "violates": "over(observed, 1)", "severity": "minor"}]
    bad = new_rule(id="NEW-02", observed="cast(unit_id AS DOUBLE)", results=much)
    sector = more_rules(new_rule(), bad)
    filled(con, sector)
    outcome = run(con, sector, ["NEW-01", "NEW-02", "FER-02"])
    assert [name for name, _ in outcome.crashed] == ["NEW-02"]
    assert outcome.crashed[0][1].startswith("Conversion Error: Could not convert string 'U1' to DOUBLE")
    good = run(con, sector, ["NEW-01", "FER-02"])
    left = Outcome(outcome.findings, [check for check in outcome.checks if check["rule_id"] != "NEW-02"])
    assert comparable(good) == comparable(left)


def test_an_entity_rule_that_crashes(con: Any, more_rules: MoreRules, new_rule: NewRule) -> None:
    """It has one crashed row per entity."""
    sector = more_rules(new_rule(scope="entity", rows=ENDLESS, reads=["ferry_declared"], seconds=0.3))
    outcome = run(filled(con, sector), sector, ["NEW-01"])
    assert [(check["entity_id"], check["unit_id"], check["status"]) for check in outcome.checks] == [
        ("E", None, "crashed")
    ]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (duckdb.InterruptException("x"), "time_limit:2s"),
        (duckdb.OutOfMemoryException("failed to allocate 4.0 GiB"), "memory_limit"),
        (MemoryError(), "memory_limit"),
        (duckdb.ConversionException("first line\nsecond"), "first line"),
        (duckdb.Error(""), "Error"),
    ],
)
def test_reasons_are_the_same_in_every_run(fault: Exception, expected: str) -> None:
    """No address, no size, no second line."""
    assert reason_of(fault, 2.0) == expected


def test_needed_columns(ferry: Sector, more_rules: MoreRules, new_rule: NewRule) -> None:
    """What makes a row unknown: the names in the questions and in `where`, or what `needs` says."""
    sector = more_rules(new_rule(where="over(emission_t, 0)"), new_rule(id="NEW-02", needs=["route"]))
    rules: list[Rule] = [ferry.rules["FER-01"], sector.rules["NEW-01"], sector.rules["NEW-02"]]
    assert [needed(rule) for rule in rules] == [
        ("expected", "observed", "tolerance"),
        ("diesel_kg", "emission_t"),
        ("route",),
    ]


def test_a_finding_is_known_by_who_when_where_and_what(ferry: Sector) -> None:
    """The id ignores value, file, row and wording; it changes with each of its eight parts."""
    bench = Bench(ferry)
    given = {
        "ferry_declared": [{"month": "2025-03", "diesel_kg": 10}],
        "trips": [{"date": "2025-03-01", "diesel_kg": 12}],
    }
    findings, _ = bench.outcome(ferry.rules["FER-01"], given)
    given["ferry_declared"] = [{"month": "2025-03", "diesel_kg": 9, "_line": 99, "_block": 4}]
    again, _ = bench.outcome(ferry.rules["FER-01"], given)
    assert findings[0]["finding_id"] == again[0]["finding_id"] == "c74a65dc770fdc2f"
    parts = ("rule_id", "result", "entity_id", "unit_id", "month", "table", "row_key", "field")
    changed = {finding_id(findings[0] | {name: "other"}) for name in parts}
    assert (len(changed), findings[0]["finding_id"] in changed) == (len(parts), False)
