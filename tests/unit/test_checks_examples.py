"""The packs' own examples: what holds, what does not, and what a wrong example is told."""

from __future__ import annotations

from typing import Any

import pytest

from mrvaudit.checks.examples import Bench, run_examples
from mrvaudit.checks.lineage import Lineage
from mrvaudit.formulas import Example
from mrvaudit.rules import RuleExample
from mrvaudit.sector import Sector

FOUND = {"ferry_declared": [{"month": "2025-03", "diesel_kg": 10}], "trips": [{"date": "2025-03-01", "diesel_kg": 11}]}

SEEN = "result=differs, unit_id=U1, month=2025-03-01, observed=10.0, expected=11.0, tolerance=0.5"


@pytest.fixture(scope="module")
def bench(ferry: Sector) -> Bench:
    """One database for all examples."""
    return Bench(ferry)


def test_all_of_the_toy_sector_hold(ferry: Sector) -> None:
    """Every example of the toy sector, formulas first, then rules by id."""
    verdicts = [
        (one.where, one.name, one.fault) for one in run_examples(ferry) if "FER" in one.where or "ferry" in one.where
    ]
    assert verdicts == [
        ("ferry_emission", "1", None),
        ("FER-01", "found", None), ("FER-01", "at the limit", None), ("FER-01", "no trips", None),
        ("FER-02", "found", None), ("FER-02", "at the limit", None), ("FER-02", "no factor yet", None),
    ]  # fmt: skip
    assert [one.where for one in run_examples(ferry, ["FER-02"])] == ["FER-02"] * 3


@pytest.mark.parametrize(
    ("given", "expect", "unknown", "fault"),
    [
        (FOUND, [{"result": "differs", "month": "2025-03"}], 0, None),
        (FOUND, [{"result": "differs", "month": "2025-03-01", "observed": 10, "expected": 11.0}], 0, None),
        (FOUND, [{"tolerance": 0.5, "impact_tco2": None}], 0, None),
        (FOUND, [], 0, f"also found [{SEEN}]"),
        (FOUND, [{"result": "near"}], 0, f"expected result=near, found [{SEEN}]"),
        (FOUND, [{"result": "differs"}, {"result": "differs"}], 0, "expected result=differs, found nothing"),
        (FOUND, [{"result": "differs"}], 1, "unknown rows: expected 1, got 0"),
        (FOUND, [{"expected": 11.1}], 0, "expected expected=11.1, found"),
        (FOUND, [{"month": "2025-04"}], 0, "expected month=2025-04, found"),
        ({"nothing": [{}]}, [], 0, "no such table: nothing"),
        ({"trips": [{"litres": 1}]}, [], 0, "no such column: trips.litres"),
        ({"units": [{"x\") VALUES (1); DROP TABLE trips; --": 1}]}, [], 0, "no such column: units.x"),
        ({"trips": [{"date": "no day"}]}, [], 0, "Conversion Error: "),
    ],
)  # fmt: skip
def test_verdicts(bench: Bench, ferry: Sector, given: Any, expect: Any, unknown: int, fault: str | None) -> None:
    """Findings must be just those expected; the fault says what was found instead."""
    verdict = bench.rule(ferry.rules["FER-01"], RuleExample(name="x", given=given, expect=expect, unknown=unknown))
    said = verdict.fault.replace("['", "[").replace("']", "]") if verdict.fault else None
    assert said == fault or (said and fault and said.startswith(fault)), said


def test_examples_leave_nothing_behind(bench: Bench, ferry: Sector) -> None:
    """Each example starts from empty tables, whatever became of the one before."""
    bench.rule(ferry.rules["FER-01"], RuleExample(name="x", given={"trips": [{"date": "no day"}]}, expect=[]))
    bench.outcome(ferry.rules["FER-01"], FOUND)
    findings, checks = bench.outcome(ferry.rules["FER-01"], {})
    assert (findings, checks[0]["reason"]) == ([], "no_table:ferry_declared")


@pytest.mark.parametrize(
    ("example", "fault"),
    [
        ({"given": {"diesel_kg": 1001}, "expect": 3.003, "printed": 3.0}, None),
        ({"given": {"diesel_kg": 1001}, "expect": 3.0}, None),
        ({"given": {"diesel_kg": 1001}, "expect": 3.004}, "expected 3.004, got 3.003"),
        ({"given": {"diesel_kg": 1001}, "expect": 3.003, "printed": 3.01}, "expected printed 3.01, got 3.0"),
        ({"given": {"diesel_kg": None}, "expect": None}, None),
        ({"given": {}, "expect": None}, None),
        ({"given": {"diesel_kg": 1001}, "month": "2026-01", "expect": None}, None),
        ({"given": {"diesel_kg": 1001}, "expect": None}, "expected None, got 3.003"),
        ({"given": {"litres": 1}, "expect": None}, "arguments ['litres']"),
    ],
)
def test_formula_examples(bench: Bench, ferry: Sector, example: dict[str, Any], fault: str | None) -> None:
    """Unrounded to the digits the example gives, printed to the last one."""
    assert bench.formula(ferry.formulas["ferry_emission"], Example(**example)) == fault


def test_lineage(ferry: Sector) -> None:
    """Columns are followed through views, joins and formulas to the record tables."""
    lineage = Lineage(ferry)
    rule = ferry.rules["FER-01"]
    assert {
        "declared": lineage.base_columns("ferry_month", "declared_kg"),
        "joined": lineage.base_columns("ferry_month", "diesel_kg"),
        "computed": lineage.base_columns("ferry_month", "recalculated_tco2"),
        "of units": lineage.base_columns("unit_index", "route"),
        "nothing": lineage.base_columns("ferry_month", "nothing"),
        "tables": lineage.base_tables("ferry_month"),
        "observed": lineage.of_rule(rule, "observed"),
        "expected": lineage.of_rule(rule, "expected"),
        "tolerance": lineage.parameters_of(rule, "tolerance"),
        "formula": lineage.parameters_of(ferry.rules["FER-02"], "expected"),
    } == {
        "declared": (("ferry_declared", "diesel_kg"),),
        "joined": (("trips", "diesel_kg"),),
        "computed": (("trips", "diesel_kg"),),
        "of units": (("units", "route"),),
        "nothing": (),
        "tables": ("ferry_declared",),
        "observed": (("ferry_declared", "diesel_kg"),),
        "expected": (("trip_month", "diesel_kg"),),
        "tolerance": ("day_sum_tolerance_kg",),
        "formula": ("diesel_t_per_kg",),
    }  # fmt: skip


def test_an_example_may_ask_for_the_status(bench: Bench, ferry: Sector) -> None:
    """Of every check that the rule made of the given rows."""
    held = RuleExample(name="x", given=FOUND, expect=[{"result": "differs"}], status="found")
    assert bench.rule(ferry.rules["FER-01"], held).fault is None
    other = RuleExample(name="x", given=FOUND, expect=[{"result": "differs"}], status="passed")
    assert bench.rule(ferry.rules["FER-01"], other).fault == "status: expected passed, got found"
