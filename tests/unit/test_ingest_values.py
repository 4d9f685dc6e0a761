"""Texts as values: numbers, days, months, words; what is no value is said to be none."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrvaudit.ingest import values, words
from mrvaudit.packfile import Words
from mrvaudit.tables import Code

MISSING = [None, "", " ", "—", "——", "-", "/", "无", "N/A", "nan", "　"]
BAD = object()


def read(column: values.Column) -> list[Any]:
    """Values, with BAD where a cell could not be read."""
    return [BAD if bad else value for value, bad in zip(column.values, column.bad, strict=True)]


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("12.50", 12.5, 2),
        (" 7 ", 7.0, 0),
        ("-.5", -0.5, 1),
        ("−3", -3.0, 0),
        ("1,234,567.8", 1234567.8, 1),
        ("1 234", 1234.0, 0),
        ("１２．５", 12.5, 1),
        ("1，234", 1234.0, 0),
        ("1e3", 1000.0, 0),
        ("1.50E-2", 0.015, 4),
        ("12%", 12.0, 0),
        ("５０．５％", 50.5, 1),
        ("0.30000000000000004", 0.3, 1),
    ],
)
def test_numbers(text: str, value: float, decimals: int) -> None:
    """Every notation of a number, and the decimals it prints."""
    column = values.read_numbers(pl.Series([text, "1"]), percent=1.0)
    assert column.values[0] == pytest.approx(value, rel=1e-15)
    assert values.decimals_of(column).to_list() == [decimals, 0]


@pytest.mark.parametrize(
    "text", ["abc", "1,23", "12,34,567", "1.2.3", "1e400", "inf", "0x10", "1_000", "(5)", "3 t", "2025-03-01"]
)
def test_what_is_no_number(text: str) -> None:
    """Nothing is guessed."""
    assert read(values.read_numbers(pl.Series([text, "1"]), percent=1.0)) == [BAD, 1.0]


def test_a_percent_sign_needs_a_field_in_percent() -> None:
    """In a field of another unit it is no number."""
    assert read(values.read_numbers(pl.Series(["12%"]), percent=None)) == [BAD]


def test_missing_is_neither_value_nor_fault() -> None:
    """In any kind of column."""
    cells = pl.Series(MISSING, dtype=pl.String)
    codes = {"coal": Code(title=Words(zh="燃煤", en="Coal"))}
    nothing = [None] * len(MISSING)
    assert read(values.read_numbers(cells)) == nothing
    assert read(values.read_whole(cells)) == nothing
    assert read(values.read_days(cells)) == nothing
    assert read(values.read_months(cells)) == nothing
    assert read(values.read_truths(cells)) == nothing
    assert read(values.read_texts(cells)) == nothing
    assert read(values.read_codes(cells, codes, {})) == nothing


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01",
        "2025/3/1",
        "2025.3.1",
        "2025年3月1日",
        "２０２５年３月１日",
        "20250301",
        "45717",
        "45717.75",
        "2025-03-01 08:00",
        "2025-03-01T08:00:00Z",
    ],
)
def test_days(text: str) -> None:
    """One day in all its forms."""
    assert read(values.read_days(pl.Series([text]))) == [date(2025, 3, 1)]


@pytest.mark.parametrize(
    "text",
    ["2025-02-30", "1/3/2025", "2025-13-01", "25-3-1", "123", "99999", "20250230", "三月一日", "2025-03", "0205-03-01"],
)
def test_what_is_no_day(text: str) -> None:
    """A day that does not exist, or whose order of parts would be a guess."""
    assert read(values.read_days(pl.Series([text]))) == [BAD]


@pytest.mark.parametrize(
    "text", ["2025-03", "2025-3", "2025/03", "2025年3月", "2025年03月份", "202503", "2025-03-17", "45717"]
)
def test_months(text: str) -> None:
    """One month in all its forms, as its first day."""
    assert read(values.read_months(pl.Series([text]))) == [date(2025, 3, 1)]


def test_whole_numbers_and_truth() -> None:
    """A year may carry its word; halves are not whole."""
    assert read(values.read_whole(pl.Series(["2025", "2025年", "3.0", "2.5", "1,000"]))) == [2025, 2025, 3, BAD, 1000]
    assert read(values.read_truths(pl.Series(["是", "否", "TRUE", "0", "Yes", "也许"]))) == [
        True,
        False,
        True,
        False,
        True,
        BAD,
    ]


def test_words_of_a_list() -> None:
    """Code, titles, words and further spellings, without regard to case, width and space."""
    codes = {
        "coal": Code(title=Words(zh="燃煤", en="Coal"), words=("原煤",)),
        "none": Code(title=Words(zh="无", en="None")),
    }
    cells = pl.Series(["COAL", "燃煤 ", " 原煤", "烟煤", "ｃｏａｌ", "无", "木头"])
    assert read(values.read_codes(cells, codes, {"烟煤": "coal"})) == [
        "coal",
        "coal",
        "coal",
        "coal",
        "coal",
        "none",
        BAD,
    ]


def test_ids_stay_as_written() -> None:
    """Only blanks at the ends go; typed numbers lose their point."""
    assert read(values.read_texts(pl.Series([" 1＃机组 ", "001", "1.0"]))) == ["1＃机组", "001", "1.0"]
    assert read(values.read_texts(pl.Series([1.0, 2.5, None]))) == ["1", "2.5", None]
    assert read(values.read_texts(pl.Series([1, 2]))) == ["1", "2"]


def test_typed_columns() -> None:
    """Numbers, days and truths that come typed are taken as they are; infinity is no figure."""
    column = values.read_numbers(pl.Series([1.5, float("nan"), float("inf"), None]))
    assert read(column) == [1.5, None, BAD, None]
    assert values.decimals_of(column).to_list() == [1, None, None, None]
    assert read(values.read_numbers(pl.Series(["1.50"]).cast(pl.Decimal(10, 2)))) == [1.5]
    assert read(values.read_days(pl.Series([datetime(2025, 3, 1), None]))) == [date(2025, 3, 1), None]
    assert read(values.read_months(pl.Series([date(2025, 3, 17)]))) == [date(2025, 3, 1)]
    assert read(values.read_truths(pl.Series([True, None]))) == [True, None]
    assert read(values.read_texts(pl.Series(["a", "b"], dtype=pl.Categorical))) == ["a", "b"]


def test_a_text_is_kept_where_its_value_would_not_print_it() -> None:
    """The plain print needs no keeping."""
    texts = ["12.5", "12.50", "7", "7.0", "1e3", "—", None, "1,000"]
    column = values.read_numbers(pl.Series(texts))
    assert column.odd.to_list() == [False, True, False, True, True, True, False, True]
    assert values.read_days(pl.Series(["2025-03-01", "2025/3/1"])).odd.to_list() == [False, True]
    assert values.read_months(pl.Series(["2025-03", "2025-03-01"])).odd.to_list() == [False, True]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_not_kept_is_printed_from_the_value(value: float) -> None:
    """Reading the plain print of a number gives the number, and its text need not be kept."""
    text = values.plain_number(value)
    column = values.read_numbers(pl.Series([text]))
    assert (column.values[0], column.odd[0]) == (value, False)


@pytest.mark.parametrize(
    ("text", "total"),
    [("合计", True), ("全年合计：", True), ("Total", True), (" 小 计", False), ("1#机组", False), ("计量点1", False)],
)
def test_totals(text: str, total: bool) -> None:
    """The words of a total row."""
    assert words.is_total(text) is total
