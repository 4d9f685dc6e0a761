"""Dated numbers: half-open months, keys, gaps, overlaps, and the macros they become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from mrvaudit.errors import PackError
from mrvaudit.packfile import load
from mrvaudit.parameters import Parameter, macro_sql, parse_parameters, value_at


def parsed(folder: Path, values: list[dict[str, Any]], **changes: Any) -> Parameter:
    """A parameter `limit` with these values."""
    entry = {"title": {"zh": "限值", "en": "Limit"}, "kind": "limit", "unit": "t", "values": values, **changes}
    path = folder / "parameters.yaml"
    path.write_text(yaml.safe_dump({"parameters": {"limit": entry}}, allow_unicode=True), encoding="utf-8")
    return parse_parameters(load(path))["limit"]


def value(since: str, number: float, until: str | None = None, **keys: str) -> dict[str, Any]:
    """An entry under `values`."""
    entry = {"from": since, "until": until, "value": number, "mark": "house", "basis": "test", **keys}
    return {name: one for name, one in entry.items() if one is not None}


TWO = [value("2019-01", 1.0, "2025-01"), value("2025-03", 2.0)]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """A bare database."""
    return duckdb.connect(":memory:")


def test_periods_are_half_open_and_gaps_stay(tmp_path: Path) -> None:
    """`until` is the first month without the value; a month between two values has none."""
    limit = parsed(tmp_path, TWO)
    months = ["2018-12", "2019-01", "2024-12", "2025-01", "2025-02", "2025-03", "2099-12"]
    found = [value_at(limit, "", month) for month in months]
    assert [one.value if one else None for one in found] == [None, 1.0, 1.0, None, None, 2.0, 2.0]


def test_macro_gives_what_value_at_gives(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    """The macro knows the same periods; a gap, an unknown key and no month are NULL."""
    limit = parsed(
        tmp_path, [value("2019-01", 1.5, "2025-01", fuel="a"), value("2019-01", 2.5, fuel="b'c")], keys=["fuel"]
    )
    for statement in macro_sql(limit):
        con.execute(statement)
    asked = [
        ("a", "2018-12"),
        ("a", "2019-01"),
        ("a", "2024-12"),
        ("a", "2025-01"),
        ("b'c", "2025-01"),
        ("x", "2025-01"),
    ]
    got = [con.execute("SELECT p__limit(?, ?::DATE)", [key, f"{month}-01"]).fetchone() for key, month in asked]
    expected = [(one.value if (one := value_at(limit, key, month)) else None,) for key, month in asked]
    assert ([(None,), (1.5,), (1.5,), (None,), (2.5,), (None,)], expected) == (expected, got)
    assert con.execute("SELECT p__limit('a', NULL::DATE)").fetchone() == (None,)


def test_stretches_and_keys_of_one_series_share_a_branch(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    """A value confirmed by a later text, and the same value for another key, add no branch; a gap between them does."""
    series = [
        ("a", [("2019-01", 1.0, "2022-01"), ("2022-01", 1.0, "2025-01"), ("2025-01", 2.0, None)]),
        ("b", [("2019-01", 1.0, "2025-01"), ("2025-01", 2.0, None)]),
        ("c", [("2019-01", 1.0, "2022-01"), ("2023-01", 1.0, "2025-01"), ("2025-01", 2.0, None)]),
    ]
    limit = parsed(tmp_path, [value(*one, fuel=key) for key, values in series for one in values], keys=["fuel"])
    statements = macro_sql(limit)
    for statement in statements:
        con.execute(statement)
    assert (2, 5) == (statements[0].count("WHEN k IN"), statements[0].count("WHEN m"))
    asked = [(key, f"{year}-{month}") for key in "abc" for year in range(2018, 2027) for month in ("01", "12")]
    got = [con.execute("SELECT p__limit(?, ?::DATE)", [key, f"{month}-01"]).fetchone() for key, month in asked]
    assert [((one.value if (one := value_at(limit, *pair)) else None),) for pair in asked] == got


def test_raising_macro(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    """`param` gives the value or says which parameter, key and month have none."""
    for statement in macro_sql(parsed(tmp_path, TWO)):
        con.execute(statement)
    assert con.execute("SELECT p__limit__must('', DATE '2024-12-01')").fetchone() == (1.0,)
    with pytest.raises(duckdb.Error, match="no value of parameter limit for  in 2025-01-01"):
        con.execute("SELECT p__limit__must('', DATE '2025-01-01')").fetchone()
    with pytest.raises(duckdb.Error, match="no month"):
        con.execute("SELECT p__limit__must('', NULL::DATE)").fetchone()


def test_no_values_at_all(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    """A parameter nobody has filled in is NULL everywhere."""
    for statement in macro_sql(parsed(tmp_path, [])):
        con.execute(statement)
    assert con.execute("SELECT p__limit('', DATE '2025-01-01')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("values", "changes", "place", "english"),
    [
        ([value("2019-01", 1), value("2025-01", 2)], {}, "values.1", "overlaps the value valid from 2019-01"),
        (
            [value("2025-01", 2), value("2019-01", 1, "2025-02")],
            {},
            "values.0",
            "overlaps the value valid from 2019-01",
        ),
        ([value("2019-01", 1, "2019-01")], {}, "values.0", "until must be later than from"),
        ([value("2019-13", 1)], {}, "values.0", "months are written YYYY-MM, not 2019-13"),
        ([value("2019-01-01", 1)], {}, "values.0", "months are written YYYY-MM"),
        ([value("2019-01\n", 1)], {}, "values.0", "months are written YYYY-MM"),
        ([value("2019-01", 1, "9' OR 1=1 --")], {}, "values.0", "months are written YYYY-MM"),
        ([value("2019-01", float("nan"))], {}, "values.0.value", "finite number"),
        ([value("2019-01", 1)], {"keys": ["fuel"]}, "values.0", "key fuel is missing"),
        ([{**value("2019-01", 1), "mark": "rumour"}], {}, "values.0.mark", "Input should be 'law', 'draft'"),
        ([{"from": "2019-01", "value": 1, "basis": "x"}], {}, "values.0", "key mark is missing"),
        ([{"from": "2019-01", "value": 1, "mark": "law"}], {}, "values.0", "key basis is missing"),
        ([], {"kind": "guess"}, "kind", "Input should be 'constant'"),
    ],
)
def test_refused(
    tmp_path: Path, values: list[dict[str, Any]], changes: dict[str, Any], place: str, english: str
) -> None:
    """Overlaps, bad months, missing keys, marks or bases are load errors at their place."""
    with pytest.raises(PackError) as caught:
        parsed(tmp_path, values, **changes)
    assert (f"parameters.limit.{place}", True) == (caught.value.en.partition(":")[0], english in caught.value.en)


def test_values_of_different_keys_do_not_overlap(tmp_path: Path) -> None:
    """The same months under two keys are two values."""
    limit = parsed(tmp_path, [value("2019-01", 1, fuel="a"), value("2019-01", 2, fuel="b")], keys=["fuel"])
    assert [one.value for key in "ab" if (one := value_at(limit, key, "2025-01"))] == [1.0, 2.0]


def test_a_name_is_a_plain_name(tmp_path: Path) -> None:
    """A parameter's name becomes part of a macro's name, so it holds nothing but letters, digits and underscores."""
    path = tmp_path / "parameters.yaml"
    path.write_text("parameters:\n  'x(k) AS (1); DROP': {title: {zh: a, en: a}, kind: limit, unit: t, values: []}\n")
    with pytest.raises(PackError, match="should match pattern"):
        parse_parameters(load(path))
