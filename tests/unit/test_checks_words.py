"""The sentences of findings, and the cells they point at."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from mrvaudit.checks.cells import Cells, attach
from mrvaudit.checks.findings import row_key
from mrvaudit.checks.words import fill, number
from mrvaudit.ingest.block import column_letter
from mrvaudit.ingest.notices import frame
from mrvaudit.sector import Sector
from mrvaudit.standardise.keys.completing import nothing_moved

Ask = Callable[..., tuple[list[dict[str, Any]], list[dict[str, Any]]]]


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1234.5, None, "1,234.5"),
        (1234.5, 2, "1,234.50"),
        (-1234.5, 1, "\u22121,234.5"),
        (0.0, 2, "0.00"),
        (-0.0, None, "0"),
        (-0.004, 2, "0.00"),
        (1e-7, None, "0"),
        (-1e-7, None, "0"),
        (0.1 + 0.2, None, "0.3"),
        (1_000_000.0, None, "1,000,000"),
        (100.0, None, "100"),
        (2.5, 0, "2"),
        (123456789.123456789, 3, "123,456,789.123"),
    ],
)
def test_numbers(value: float, digits: int | None, expected: str) -> None:
    """Thousands separators, a true minus sign, no negative zero, no noise of the last bit."""
    assert number(value, digits) == expected


@pytest.mark.parametrize(
    ("template", "row", "lang", "expected"),
    [
        ("{month} {day}", {"month": date(2025, 3, 1), "day": date(2025, 3, 9)}, "zh", "2025-03 2025-03-09"),
        ("{a} {a:3}", {"a": 1.5}, "en", "1.5 1.500"),
        ("{a}", {"a": None}, "zh", "未知"),
        ("{a}", {}, "en", "unknown"),
        ("{a} {b}", {"a": True, "b": False}, "zh", "是 否"),
        ("{a} {b}", {"a": True, "b": False}, "en", "yes no"),
        ("{a}", {"a": "{b}", "b": "x"}, "en", "{b}"),
        ("{a}", {"a": 12345}, "en", "12345"),
        ("100 % {a", {"a": 1}, "en", "100 % {a"),
        ("{a}", {"a": "<b>\n'\""}, "en", "<b>\n'\""),
    ],
)
def test_fill(template: str, row: dict[str, Any], lang: str, expected: str) -> None:
    """Names are replaced once; an unknown value is said to be unknown; text stays as it is."""
    assert fill(template, row, lang) == expected


@pytest.mark.parametrize(
    ("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_column_letters(column: int, letters: str) -> None:
    """Columns as spreadsheets name them."""
    assert column_letter(column) == letters


BLOCKS = pl.DataFrame(
    {
        "block": [0, 1, 2],
        "path": ["in/a.xlsx", "in/b.csv", "in/c.xlsx"],
        "sheet": ["Sheet 1", None, "C.4"],
        "by": ["rows", "rows", "columns"],
        "field_columns": [
            json.dumps({"diesel_kg": 3, "month": 28}),
            json.dumps({"diesel_kg": 1}),
            json.dumps({"diesel_kg": 12}),
        ],
    }
)


@pytest.mark.parametrize(
    ("block", "line", "field", "expected"),
    [
        (0, 7, "diesel_kg", ("in/a.xlsx", "Sheet 1", 7, "C7")),
        (0, 7, "month", ("in/a.xlsx", "Sheet 1", 7, "AB7")),
        (1, 2, "diesel_kg", ("in/b.csv", None, 2, "A2")),
        (1, 2, "month", ("in/b.csv", None, 2, None)),
        (0, None, "month", ("in/a.xlsx", "Sheet 1", None, None)),
        (2, 5, "diesel_kg", ("in/c.xlsx", "C.4", 12, "E12")),
        (2, 5, "month", ("in/c.xlsx", "C.4", None, None)),
        (9, 2, "month", (None, None, None, None)),
        (None, None, "month", (None, None, None, None)),
    ],
)
def test_places(block: int | None, line: int | None, field: str, expected: tuple[Any, ...]) -> None:
    """Block and line give file, sheet, row and cell; a field without a column of its own has no cell."""
    assert tuple(Cells(BLOCKS).place(block, line, field).values()) == expected


def test_attach() -> None:
    """Findings and their related cells get their places; internal numbers leave `related`."""
    related = json.dumps([{"table": "t", "field": "diesel_kg", "row_key": "k", "_block": 1, "_line": 4}])
    findings = frame([{"field": "month", "_block": 0, "_line": 7, "related": related}, {"field": "month"}])
    attached = attach(findings, BLOCKS, nothing_moved())
    assert attached.select("source_file", "source_sheet", "source_row", "source_cell").rows() == [
        ("in/a.xlsx", "Sheet 1", 7, "AB7"),
        (None, None, None, None),
    ]
    assert json.loads(attached["related"][0]) == [
        {
            "field": "diesel_kg",
            "row_key": "k",
            "source_cell": "A4",
            "source_file": "in/b.csv",
            "source_sheet": None,
            "table": "t",
        }
    ]


def test_row_keys(ferry: Sector) -> None:
    """The key without the entity, in the table's order: months as 2025-03, days in full, nothing for nothing."""
    tables = ferry.tables
    row = {"unit_id": "U1", "month": date(2025, 3, 1), "date": date(2025, 3, 9)}
    assert [row_key(tables["trips"], row), row_key(tables["ferry_declared"], row), row_key(tables["trips"], {})] == [
        "U1|2025-03-09",
        "U1|2025-03",
        "|",
    ]


def test_words_of_a_result_before_those_of_the_rule(ask: Ask) -> None:
    """A result may have its own message and request; the month may be left out of a finding."""
    own = {"message": {"zh": "多 {diesel_kg:1}", "en": "much {diesel_kg:1}"}, "ask": {"zh": "账", "en": "books"}}
    results = [
        {"name": "a", "violates": "over(diesel_kg, emission_t * 10)", "severity": "major", "month": "none", **own},
        {"name": "b", "violates": "over(diesel_kg, emission_t)", "severity": "minor", "unit": "L"},
    ]
    given = {
        "ferry_declared": [{"month": f"2025-0{one}", "diesel_kg": one * 11 - 10, "emission_t": 1} for one in (2, 1, 3)]
    }
    given["ferry_declared"][1]["diesel_kg"] = 2
    findings, _ = ask(given, results=results, ask={"zh": "问", "en": "ask"})
    names = ("result", "month", "message_en", "message_zh", "ask_zh", "ask_en", "unit_of_measure")
    assert [tuple(one[name] for name in names) for one in findings] == [
        ("a", None, "much 12.0", "多 12.0", "账", "books", "kg"),
        ("b", date(2025, 1, 1), "2025-01", "2025-01", "问", "ask", "L"),
        ("a", None, "much 23.0", "多 23.0", "账", "books", "kg"),
    ]


def test_rules_of_status_info_never_weigh_more(ask: Ask) -> None:
    """While a rule is on trial its findings are `info`."""
    given = {"ferry_declared": [{"month": "2025-03", "diesel_kg": 2, "emission_t": 1}]}
    findings, checks = ask(given, status="info")
    assert [(one["severity"], check["status"]) for one, check in zip(findings, checks, strict=True)] == [
        ("info", "found")
    ]


def test_further_cells(ask: Ask) -> None:
    """`also` names columns that point at a second cell; where they are NULL there is none."""
    rows = (
        "SELECT d.*, t._block AS their_block, t._line AS their_line, 'k' AS their_key"
        " FROM ferry_declared d LEFT JOIN trips t ON t.unit_key = d.unit_key AND date_trunc('month', t.date) = d.month"
    )
    also = [
        {"table": "trips", "field": "diesel_kg", "block": "their_block", "line": "their_line", "row_key": "their_key"}
    ]
    given = {
        "ferry_declared": [{"month": f"2025-0{month}", "diesel_kg": 2, "emission_t": 1} for month in (3, 4)],
        "trips": [{"date": "2025-03-05", "diesel_kg": 1, "_block": 5, "_line": 6}],
    }
    findings, _ = ask(given, rows=rows, reads=["ferry_declared", "trips"], also=also)
    assert {one["month"].month: one["related"] and json.loads(one["related"]) for one in findings} == {
        3: [{"_block": 5, "_line": 6, "field": "diesel_kg", "row_key": "k", "table": "trips"}],
        4: None,
    }
