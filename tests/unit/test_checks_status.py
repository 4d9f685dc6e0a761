"""Five statuses and their reasons, from small rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from mrvaudit.checks.examples import Bench
from mrvaudit.sector import Sector

Ask = Callable[..., tuple[list[dict[str, Any]], list[dict[str, Any]]]]
Given = Mapping[str, list[dict[str, Any]]]

MARCH = {"month": "2025-03"}
TRIP = {"date": "2025-03-01"}


@pytest.fixture(scope="module")
def bench(ferry: Sector) -> Bench:
    """One database for all examples of the toy sector."""
    return Bench(ferry)


def brief(checks: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """unit, status, reason, rows, found, unknown of each checks row."""
    names = ("unit_id", "status", "reason", "rows", "rows_found", "rows_unknown")
    return [tuple(check[name] for name in names) for check in checks]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 10}], "trips": [TRIP | {"diesel_kg": 10}]},
            ("U1", "passed", None, 1, 0, 0),
        ),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 9}], "trips": [TRIP | {"diesel_kg": 10}]},
            ("U1", "found", None, 1, 1, 0),
        ),
        ({"ferry_declared": [MARCH | {"diesel_kg": 9}]}, ("U1", "not_assessable", "no_table:trips", 1, 0, 1)),
        ({"trips": [TRIP | {"diesel_kg": 9}]}, ("U1", "not_assessable", "no_table:ferry_declared", 0, 0, 0)),
        ({}, ("U1", "not_assessable", "no_table:ferry_declared", 0, 0, 0)),
        (
            {"ferry_declared": [MARCH], "trips": [TRIP | {"diesel_kg": 10}]},
            ("U1", "not_assessable", "null:ferry_declared.diesel_kg", 1, 0, 1),
        ),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 10}], "trips": [{"date": "2025-04-01", "diesel_kg": 10}]},
            ("U1", "not_assessable", "null:trips.diesel_kg", 1, 0, 1),
        ),
        (
            {
                "ferry_declared": [{"month": "2018-12", "diesel_kg": 1}],
                "trips": [{"date": "2018-12-01", "diesel_kg": 2}],
            },
            ("U1", "not_applicable", "outside_validity", 0, 0, 0),
        ),
        (
            {
                "units": [{"route": "none"}],
                "ferry_declared": [MARCH | {"diesel_kg": 1}],
                "trips": [TRIP | {"diesel_kg": 2}],
            },
            ("U1", "not_applicable", "applies", 0, 0, 0),
        ),
        (
            {
                "units": [{"route": None}],
                "ferry_declared": [MARCH | {"diesel_kg": 1}],
                "trips": [TRIP | {"diesel_kg": 2}],
            },
            ("U1", "not_assessable", "null:units.route", 1, 1, 0),
        ),
    ],
)
def test_statuses_of_a_rule_with_rows(bench: Bench, ferry: Sector, given: Given, expected: tuple[Any, ...]) -> None:
    """FER-01 over a declaration and trips: what became of the check, and why."""
    findings, checks = bench.outcome(ferry.rules["FER-01"], given)
    assert brief(checks) == [expected]
    assert len(findings) == (expected[1] == "found")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"month": "2025-03", "diesel_kg": 1000, "emission_t": 3.0}, ("U1", "passed", None, 1, 0, 0)),
        ({"month": "2025-03", "diesel_kg": 1000, "emission_t": 3.005}, ("U1", "passed", None, 1, 0, 0)),
        ({"month": "2025-03", "diesel_kg": 1000, "emission_t": 3.0051}, ("U1", "found", None, 1, 1, 0)),
        ({"month": "2025-03", "diesel_kg": 1000}, ("U1", "not_assessable", "null:ferry_declared.emission_t", 1, 0, 1)),
        ({"month": "2025-03", "emission_t": 3.0}, ("U1", "not_assessable", "null:ferry_declared.diesel_kg", 1, 0, 1)),
        (
            {"month": "2026-01", "diesel_kg": 1000, "emission_t": 3.0},
            ("U1", "not_assessable", "no_parameter:diesel_t_per_kg@2026-01", 1, 0, 1),
        ),
    ],
)
def test_statuses_of_a_fused_rule(bench: Bench, ferry: Sector, row: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """FER-02 has no rows of its own; a parameter behind a formula is named when it has no value."""
    _, checks = bench.outcome(ferry.rules["FER-02"], {"ferry_declared": [row]})
    assert brief(checks) == [expected]


def test_found_wins_over_unknown(bench: Bench, ferry: Sector) -> None:
    """One month is wrong, one cannot be judged, one is right, one is too old: the unit is *found*, all are counted."""
    months = [("2025-01", 9), ("2025-02", 10), ("2025-03", 10), ("2018-01", 1)]
    given = {
        "ferry_declared": [{"month": month, "diesel_kg": kg} for month, kg in months],
        "trips": [{"date": f"{month}-01", "diesel_kg": 10} for month in ("2025-01", "2025-02")],
    }
    findings, checks = bench.outcome(ferry.rules["FER-01"], given)
    assert brief(checks) == [("U1", "found", None, 3, 1, 1)]
    assert [finding["month"] for finding in findings] == [date(2025, 1, 1)]


def test_an_unknown_row_among_clean_ones_is_not_assessable(bench: Bench, ferry: Sector) -> None:
    """A unit of which one month could not be looked at has not passed."""
    given = {
        "ferry_declared": [{"month": month, "diesel_kg": 10} for month in ("2025-02", "2025-03")],
        "trips": [{"date": "2025-02-01", "diesel_kg": 10}],
    }
    _, checks = bench.outcome(ferry.rules["FER-01"], given)
    assert brief(checks) == [("U1", "not_assessable", "null:trips.diesel_kg", 2, 0, 1)]


def test_every_unit_has_its_own_row(bench: Bench, ferry: Sector) -> None:
    """Units of one run do not answer for each other, and the trips of one are not those of the other."""
    given = {
        "ferry_declared": [MARCH | {"unit_id": unit, "diesel_kg": 10} for unit in ("U1", "U2", "U3")],
        "trips": [TRIP | {"unit_id": "U1", "diesel_kg": 10}, TRIP | {"unit_id": "U2", "diesel_kg": 11}],
    }
    findings, checks = bench.outcome(ferry.rules["FER-01"], given)
    assert brief(checks) == [
        ("U1", "passed", None, 1, 0, 0),
        ("U2", "found", None, 1, 1, 0),
        ("U3", "not_assessable", "no_table:trips", 1, 0, 1),
    ]
    assert [(one["unit_id"], one["row_key"]) for one in findings] == [("U2", "U2|2025-03")]


def test_the_same_unit_id_in_two_entities(bench: Bench, ferry: Sector) -> None:
    """Unit ids are local to their entity."""
    given = {
        "ferry_declared": [MARCH | {"entity_id": entity, "unit_id": "1", "diesel_kg": 10} for entity in ("A", "B")],
        "trips": [TRIP | {"entity_id": "B", "unit_id": "1", "diesel_kg": 12}],
    }
    findings, checks = bench.outcome(ferry.rules["FER-01"], given)
    assert [(check["entity_id"], check["status"]) for check in checks] == [("A", "not_assessable"), ("B", "found")]
    assert [finding["entity_id"] for finding in findings] == ["B"]


LESS = {"name": "a", "violates": "over(emission_t, ferry_emission(diesel_kg, month))", "severity": "minor"}
NO_EVENT = {"rows": "SELECT * FROM ferry_declared WHERE emission_t = 1", "reads": ["ferry_declared"]}


@pytest.mark.parametrize(
    ("given", "changes", "expected"),
    [
        ({"ferry_declared": [MARCH]}, NO_EVENT, ("U1", "not_applicable", "no_event", 0, 0, 0)),
        ({}, NO_EVENT, ("U1", "not_assessable", "no_table:ferry_declared", 0, 0, 0)),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 1}]},
            {"where": "month > DATE '2025-03-01'"},
            ("U1", "not_applicable", "no_event", 0, 0, 0),
        ),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 1}]},
            {"where": "emission_t IS NOT NULL AND over(emission_t, 0)"},
            ("U1", "not_applicable", "no_event", 0, 0, 0),
        ),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 1, "emission_t": 2}]},
            {"where": "over(emission_t, known('diesel_t_per_kg', '', month + INTERVAL 3 YEAR))"},
            ("U1", "not_assessable", "null:ferry_declared", 1, 0, 1),
        ),
        (
            {"ferry_declared": [{"month": "2026-03", "diesel_kg": 1, "emission_t": 2}]},
            {"where": "over(emission_t, known('diesel_t_per_kg', '', month))"},
            ("U1", "not_assessable", "no_parameter:diesel_t_per_kg@2026-03", 1, 0, 1),
        ),
        (
            {"ferry_declared": [{"month": "2026-03", "diesel_kg": 1, "emission_t": 2}]},
            {"results": [LESS]},
            ("U1", "not_assessable", "no_parameter:diesel_t_per_kg@2026-03", 1, 0, 1),
        ),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 3, "emission_t": 2}]},
            {"valid": {"from": "2025-01", "until": "2025-03"}},
            ("U1", "not_applicable", "outside_validity", 0, 0, 0),
        ),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 3, "emission_t": 2}]},
            {"valid": {"from": "2025-03", "until": "2025-04"}},
            ("U1", "found", None, 1, 1, 0),
        ),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 3, "emission_t": 2}]},
            {"applies": "over(known('day_sum_tolerance_kg', '', as_of()), 0)"},
            ("U1", "found", None, 1, 1, 0),
        ),
        (
            {"ferry_declared": [MARCH | {"diesel_kg": 3, "emission_t": 2}]},
            {"applies": "over(0, known('day_sum_tolerance_kg', '', as_of()))"},
            ("U1", "not_applicable", "applies", 0, 0, 0),
        ),
    ],
)  # fmt: skip
def test_where_validity_and_applies(ask: Ask, given: Given, changes: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """Rows put aside, months outside, units to which the rule does not apply."""
    _, checks = ask(given, **changes)
    assert brief(checks) == [expected]


def test_the_first_true_result_wins(ask: Ask) -> None:
    """Two bands: a row is found once, in the graver band that stands first."""
    results = [
        {"name": "far", "violates": "over(diesel_kg, emission_t * 10)", "severity": "major"},
        {"name": "near", "violates": "over(diesel_kg, emission_t)", "severity": "minor"},
    ]
    months = [("2025-01", 1), ("2025-02", 5), ("2025-03", 50)]
    given = {"ferry_declared": [{"month": month, "diesel_kg": kg, "emission_t": 1} for month, kg in months]}
    findings, checks = ask(given, results=results)
    assert [(one["month"].month, one["result"], one["severity"]) for one in findings] == [
        (2, "near", "minor"),
        (3, "far", "major"),
    ]
    assert brief(checks) == [("U1", "found", None, 3, 2, 0)]


def test_unknown_in_one_band_found_in_another(ask: Ask) -> None:
    """A later band may be true where an earlier one is unknown; false and unknown together are unknown."""
    results = [
        {"name": "a", "violates": "over(diesel_kg, emission_t)", "severity": "major"},
        {"name": "b", "violates": "over(diesel_kg, 10)", "severity": "minor"},
    ]
    given = {"ferry_declared": [{"month": "2025-01", "diesel_kg": 11}, {"month": "2025-02", "diesel_kg": 9}]}
    findings, checks = ask(given, results=results)
    assert [(one["month"].month, one["result"]) for one in findings] == [(1, "b")]
    assert brief(checks) == [("U1", "found", None, 2, 1, 1)]


def test_a_column_named_like_a_word_of_sql(ask: Ask) -> None:
    """The counts of unknown rows quote their columns."""
    changes = {
        "rows": 'SELECT *, emission_t AS "from" FROM ferry_declared',
        "reads": ["ferry_declared"],
        "results": [{"name": "a", "violates": 'over("from", diesel_kg)', "severity": "minor"}],
    }
    _, checks = ask({"ferry_declared": [MARCH | {"diesel_kg": 1}]}, **changes)
    assert brief(checks) == [("U1", "not_assessable", "null:ferry_declared.emission_t", 1, 0, 1)]


ENTITY = {
    "scope": "entity",
    "subject": {"table": "ferry_declared", "field": "diesel_kg"},
    "reads": ["ferry_declared"],
}


def entity_rows(unit_key: str) -> str:
    """Rows that speak of the whole entity (NULL) or of a unit."""
    return f"SELECT * REPLACE ({unit_key} AS unit_key) FROM ferry_declared"


@pytest.mark.parametrize(
    ("unit_key", "declared", "expected", "found"),
    [
        ("NULL::INTEGER", [("U1", 3), ("U2", 1)], [(None, "found", None, 2, 1, 0)], [None]),
        ("NULL::INTEGER", [("U1", 1)], [(None, "passed", None, 1, 0, 0)], []),
        ("NULL::INTEGER", [("U1", None)], [(None, "not_assessable", "null:ferry_declared.diesel_kg", 1, 0, 1)], []),
        ("NULL::INTEGER", [], [(None, "not_assessable", "no_table:ferry_declared", 0, 0, 0)], []),
        (
            "unit_key",
            [("U1", 3), ("U2", 1)],
            [("U1", "found", None, 1, 1, 0), ("U2", "passed", None, 1, 0, 0)],
            ["U1"],
        ),
        (
            "CASE WHEN unit_id = 'U2' THEN unit_key END",
            [("U1", 3), ("U2", 1)],
            [(None, "found", None, 1, 1, 0), ("U2", "passed", None, 1, 0, 0)],
            [None],
        ),
    ],
)
def test_entity_scope(
    ask: Ask, unit_key: str, declared: list[tuple[str, Any]], expected: list[Any], found: list[Any]
) -> None:
    """One row for the entity, and one for each unit of which the records speak."""
    given = {"ferry_declared": [MARCH | {"unit_id": unit, "diesel_kg": kg, "emission_t": 2} for unit, kg in declared]}
    findings, checks = ask(given, **ENTITY, rows=entity_rows(unit_key))
    assert brief(checks) == expected
    assert [finding["unit_id"] for finding in findings] == found


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        (["A-B", "none"], ("found", None)),
        (["none", "none"], ("not_applicable", "applies")),
        ([None, "none"], ("not_assessable", "null:units.route")),
    ],
)
def test_entity_scope_and_applies(ask: Ask, routes: list[Any], expected: tuple[Any, ...]) -> None:
    """For the whole entity a rule applies where it applies to one of its units."""
    given = {
        "units": [{"unit_id": f"U{index}", "route": route} for index, route in enumerate(routes)],
        "ferry_declared": [MARCH | {"unit_id": "U0", "diesel_kg": 3, "emission_t": 2}],
    }
    findings, checks = ask(given, **ENTITY, rows=entity_rows("NULL::INTEGER"), applies="route <> 'none'")
    assert [(check["unit_id"], check["status"], check["reason"]) for check in checks] == [(None, *expected)]
    assert len(findings) == (expected[0] == "found")
