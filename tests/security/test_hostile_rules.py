"""Rules from outside that never end or eat memory: `crashed` inside the limit, while the other rules finish."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit import store
from mrvaudit.checks.child import Task, run_apart, run_here
from mrvaudit.checks.run import Outcome
from mrvaudit.model import Work
from mrvaudit.sector import Sector

MoreRules = Callable[..., Sector]
NewRule = Callable[..., dict[str, Any]]

DAYS = [date(2025, month, day) for month in (1, 2, 3) for day in range(1, 29)]
MEMORY = "256MB"
SECONDS = 2.0

CROSS = "SELECT d.* FROM ferry_declared d, " + ", ".join(f"trips t{index}" for index in range(20))
ENDLESS = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT d.* FROM ferry_declared d, r"
LONG_TEXT = "SELECT * REPLACE (unit_id || repeat('x', 1000000000) AS unit_id) FROM ferry_declared, range(64)"
LISTS = "SELECT d.*, len(list_transform(range(10000 * 100), lambda x: repeat('x', 100000))) AS n FROM ferry_declared d"


def frame(columns: dict[str, str], rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a standard table, absent columns null."""
    full = [{name: row.get(name) for name in columns} for row in rows]
    return pl.DataFrame(full, schema=store.schema(columns), orient="row")


def work_folder(sector: Sector, root: Path) -> Work:
    """Two units with three months of trips; U2 declared one month too little."""
    units = [{"entity_id": "E", "unit_id": f"U{key + 1}", "unit_key": key, "route": "A-B"} for key in (0, 1)]
    place = {"_block": 0, "_line": 2}
    rows = {
        "units": [unit | place for unit in units],
        "unit_index": [unit | place | {"reporting": True} for unit in units],
        "trips": [unit | place | {"date": day, "diesel_kg": 10.0} for unit in units for day in DAYS],
        "ferry_declared": [
            unit | place | {"month": date(2025, month, 1), "diesel_kg": 280.0 - 5 * (month == 2 and unit["unit_key"])}
            for unit in units
            for month in (1, 2, 3)
        ],
    }
    work = Work(root)
    for name, columns in store.table_columns(sector).items():
        work.t(name).mkdir(parents=True)
        known = [{key: value for key, value in row.items() if key in columns} for row in rows.get(name, [])]
        frame(columns, known).write_parquet(work.part(work.t(name), 0))
    store.derive_own(work, sector, 0, date(2025, 12, 31), MEMORY)
    return work


def ran(sector: Sector, root: Path, rules: list[str]) -> tuple[Outcome, float]:
    """What a child makes of the rules, and how long it took."""
    submitted = frozenset((name, field) for name, table in sector.tables.items() for field in table.fields)
    task = Task(work_folder(sector, root), sector, (0,), date(2025, 12, 31), submitted, MEMORY, SECONDS)
    start = time.perf_counter()
    return run_apart(task, [sector.rules[name] for name in rules]), time.perf_counter() - start


def statuses(outcome: Outcome) -> list[tuple[str, str, str]]:
    """rule, unit, status."""
    return sorted((check["rule_id"], check["unit_id"], check["status"]) for check in outcome.checks)


GOOD = [("FER-01", "U1", "passed"), ("FER-01", "U2", "found")]


def test_honest_rules_come_back_from_the_child(more_rules: MoreRules, tmp_path: Path) -> None:
    """A child finds what this process finds."""
    sector = more_rules()
    outcome, _ = ran(sector, tmp_path / "work", ["FER-01"])
    task = Task(Work(tmp_path / "work"), sector, (0,), date(2025, 12, 31), frozenset(), MEMORY)
    here = run_here(task, [sector.rules["FER-01"]])
    assert (statuses(outcome), outcome.findings, outcome.crashed) == (GOOD, here.findings, [])
    assert [(one["unit_id"], one["month"], one["observed"], one["expected"]) for one in outcome.findings] == [
        ("U2", date(2025, 2, 1), 275.0, 280.0)
    ]


@pytest.mark.parametrize(
    ("rows", "reads"),
    [
        pytest.param(CROSS, ["ferry_declared", "trips"], id="cross join"),
        pytest.param(ENDLESS, ["ferry_declared"], id="endless recursion"),
        pytest.param(LONG_TEXT, ["ferry_declared"], id="long text"),
        pytest.param(LISTS, ["ferry_declared"], id="long lists"),
    ],
)
def test_one_bad_rule_harms_no_other(
    more_rules: MoreRules, new_rule: NewRule, tmp_path: Path, rows: str, reads: list[str]
) -> None:
    """The bad rule is crashed for every unit, within its two seconds; the good one found what there is to find."""
    results = [{"name": "a", "violates": "month IS NULL", "severity": "minor"}]
    bad = new_rule(rows=rows, reads=reads, seconds=SECONDS, results=results)
    outcome, seconds = ran(more_rules(bad), tmp_path / "work", ["NEW-01", "FER-01"])
    assert statuses(outcome) == [*GOOD, ("NEW-01", "U1", "crashed"), ("NEW-01", "U2", "crashed")]
    assert [name for name, _ in outcome.crashed] == ["NEW-01"]
    assert [one["unit_id"] for one in outcome.findings] == ["U2"]
    assert seconds < 30


def test_a_question_that_never_ends(more_rules: MoreRules, new_rule: NewRule, tmp_path: Path) -> None:
    """A fused rule that hangs is interrupted, and the rules that shared its scan run again without it."""
    text = "len(list_filter(range(10000 * 10), lambda x: len(list_filter(range(10000 * 10), lambda y: y = x)) = 1)) = 1"
    slow = new_rule(seconds=1, results=[{"name": "a", "violates": text, "severity": "minor"}])
    quick = new_rule(id="NEW-02", results=[{"name": "a", "violates": "over(diesel_kg, 24 * 10)", "severity": "minor"}])
    outcome, _ = ran(more_rules(slow, quick), tmp_path / "work", ["NEW-01", "NEW-02"])
    assert outcome.crashed == [("NEW-01", "time_limit:1s")]
    assert len([one for one in outcome.findings if one["rule_id"] == "NEW-02"]) == 6


def test_what_cannot_be_interrupted_is_killed(
    more_rules: MoreRules, new_rule: NewRule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call of a function hears no interrupt: the process is killed after its grace, the others run again."""
    monkeypatch.setattr("mrvaudit.checks.child.GRACE_SECONDS", 1.5)
    text = "levenshtein(repeat('x', 5000000), repeat('y', 5000000)) = 1"
    deaf = new_rule(seconds=0.5, results=[{"name": "a", "violates": text, "severity": "minor"}])
    quick = new_rule(id="NEW-02", seconds=1, results=[{"name": "a", "violates": "month IS NULL", "severity": "minor"}])
    outcome, seconds = ran(more_rules(deaf, quick), tmp_path / "work", ["NEW-01", "NEW-02"])
    assert outcome.crashed == [("NEW-01", "memory_or_time_limit")]
    assert statuses(outcome)[2:] == [("NEW-02", "U1", "passed"), ("NEW-02", "U2", "passed")]
    assert seconds < 15


def test_a_child_that_dies_is_asked_again_rule_by_rule(
    more_rules: MoreRules, new_rule: NewRule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed takes only its own rule along: the reason says so."""
    from mrvaudit.checks import child

    asked = []
    alone = child.apart

    def fragile(task: Task, rules: list[Any], limit: float) -> Outcome | None:
        asked.append([rule.id for rule in rules.rules])
        return None if "NEW-01" in asked[-1] else alone(task, rules, limit)

    monkeypatch.setattr(child, "apart", fragile)
    outcome, _ = ran(more_rules(new_rule()), tmp_path / "work", ["NEW-01", "FER-01"])
    assert asked == [["NEW-01", "FER-01"], ["NEW-01"], ["FER-01"]]
    assert outcome.crashed == [("NEW-01", "memory_or_time_limit")]
    assert statuses(outcome) == [*GOOD, ("NEW-01", "U1", "crashed"), ("NEW-01", "U2", "crashed")]
