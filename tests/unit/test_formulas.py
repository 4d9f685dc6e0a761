"""Named calculations: periods, parameters, printed values, units, and what a formula may not be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import duckdb
import pytest
import yaml

from mrvaudit.errors import PackError
from mrvaudit.macros import install
from mrvaudit.sector import Sector, load_sector

Refused = Callable[[Mapping[str, str]], PackError]


def entry(**changes: Any) -> dict[str, Any]:
    """A formula `doubled` as an entry of a pack file."""
    return {
        "title": {"zh": "示例", "en": "Example"},
        "args": {"a": "kg"},
        "unit": "t",
        "versions": [{"from": "2019-01", "sql": "a * 2", "decimals": 1, "basis": "test", "mark": "house"}],
        **changes,
    }


def formulas_file(**entries: Any) -> str:
    """The text of a pack file with these formulas."""
    return yaml.safe_dump({"formulas": entries}, allow_unicode=True, sort_keys=False)


def macros(sector: Sector) -> duckdb.DuckDBPyConnection:
    """A connection with the sector's macros."""
    con = duckdb.connect(":memory:")
    install(con, sector, date(2026, 1, 1))
    return con


def version(since: str, sql: str, until: str | None = None, decimals: int = 1) -> dict[str, Any]:
    """An entry under `versions`."""
    body = {"from": since, "sql": sql, "decimals": decimals, "basis": "test"}
    return body | ({"until": until} if until else {})


def test_versions_by_month(variant: Callable[..., Any]) -> None:
    """Each month has its version's expression; before the first, in a gap and without a month the value is NULL."""
    versions = [version("2019-01", "a * 2", "2023-01"), version("2023-03", "a * 3", decimals=0)]
    con = macros(load_sector(extra=variant({"more.yaml": formulas_file(scaled=entry(versions=versions))})))
    months = ["2018-12-01", "2019-01-01", "2022-12-01", "2023-01-01", "2023-02-28", "2023-03-01", None]
    got = [
        con.execute("SELECT scaled(1.25, m), scaled_printed(1.25, m) FROM (SELECT ?::DATE AS m)", [m]).fetchone()
        for m in months
    ]
    expected = [(None, None), (2.5, 2.5), (2.5, 2.5), (None, None), (None, None), (3.75, 4.0), (None, None)]
    assert expected == got


def test_parameters_come_by_month(ferry: Sector) -> None:
    """A formula fetches its parameters for the month of the row; a gap of the parameter makes it NULL."""
    con = macros(ferry)
    got = con.execute(
        "SELECT ferry_emission(1000, DATE '2025-12-01'), ferry_emission(1000, DATE '2026-01-01')"
    ).fetchone()
    assert got == (3.0, None)


def test_keyed_parameters(variant: Callable[..., Any]) -> None:
    """The key of a parameter is made of arguments and fixed texts, joined by `|`."""
    parameter = {
        "title": {"zh": "系数", "en": "Factor"},
        "kind": "constant",
        "unit": "t",
        "keys": ["fuel", "place"],
        "values": [{"from": "2019-01", "fuel": "oil", "place": "sea", "value": 7, "mark": "house", "basis": "test"}],
    }
    formula = entry(
        args={"a": "kg", "fuel": "key"},
        parameters={"f": {"name": "factor", "keys": ["fuel", "'sea'"]}},
        versions=[version("2019-01", "a * f")],
    )
    text = yaml.safe_dump({"parameters": {"factor": parameter}, "formulas": {"keyed": formula}}, allow_unicode=True)
    con = macros(load_sector(extra=variant({"more.yaml": text})))
    got = con.execute("SELECT keyed(2, 'oil', DATE '2025-01-01'), keyed(2, 'coal', DATE '2025-01-01')").fetchone()
    assert got == (14.0, None)


@pytest.mark.parametrize(
    ("changes", "place", "english"),
    [
        (
            {"args": {"a": "kg", "b": "kg"}},
            "versions.0.sql",
            "names of the expression and of args and parameters differ: b",
        ),
        ({"args": {}}, "versions.0.sql", "differ: a"),
        ({"parameters": {"f": {"name": "diesel_t_per_kg"}}}, "versions.0.sql", "differ: f"),
        ({"args": {"a": "stone"}}, "args.a", "unknown unit stone"),
        ({"unit": "stone"}, "unit", "unknown unit stone"),
        ({"parameters": {"f": {"name": "nothing"}}}, "parameters", "there is no parameter nothing"),
        ({"versions": [version("2019-01", "a * 0.03")]}, "versions.0.sql", "the number 0.03 belongs in a parameter"),
        ({"versions": [version("2019-01", "round(a, 2)")]}, "versions.0.sql", "use half_up() instead of round()"),
        ({"versions": [version("2019-01", "a * known('x', '', month)")]}, "versions.0.sql", "differ: month"),
        ({"versions": [version("2019-01", "a"), version("2020-01", "a")]}, "versions.1", "the periods overlap"),
        ({"versions": [version("2020-01", "a", "2019-01")]}, "versions.0", "the period is written YYYY-MM"),
        ({"versions": [version("2019", "a")]}, "versions.0", "the period is written YYYY-MM"),
        ({"versions": [version("2019-01", "a", "9' OR 1=1 OR '")]}, "versions.0", "the period is written YYYY-MM"),
        ({"args": {"a, b": "kg"}}, "args.a, b.[key]", "should match pattern"),
        (
            {"parameters": {"f": {"name": "x", "keys": ["a) || getenv('x'"]}}},
            "parameters.f.keys.0",
            "should match pattern",
        ),
    ],
)
def test_refused(refused: Refused, changes: dict[str, Any], place: str, english: str) -> None:
    """Names, units, parameters, periods and numbers of a formula are checked at load."""
    fault = refused({"more.yaml": formulas_file(doubled=entry(**changes))})
    said = fault.en
    assert (said.startswith(f"formulas.doubled.{place.partition('.[')[0]}"), english in said) == (True, True), said


def test_error_has_its_line(refused: Refused) -> None:
    """The message names the file, the line and the column of the expression."""
    text = (
        "formulas:\n  doubled:\n    title: {zh: 示例, en: Example}\n    args: {a: kg}\n    unit: t\n    versions:\n"
        "      - {from: 2019-01, sql: a * b, decimals: 1, basis: test}\n"
    )
    assert refused({"more.yaml": text}).where == "ferry/more.yaml:7:30"


@pytest.mark.parametrize("name", ["f(x)", "a b", "x; DROP"])
def test_a_name_is_a_plain_name(refused: Refused, name: str) -> None:
    """A formula's name becomes a macro's name."""
    assert "should match pattern" in refused({"more.yaml": formulas_file(**{name: entry()})}).en


def test_printed_rounds_half_up(variant: Callable[..., Any]) -> None:
    """`f_printed` rounds the unrounded value half up to the version's decimals."""
    text = formulas_file(same=entry(versions=[version("2019-01", "a * 1", decimals=2)]))
    con = macros(load_sector(extra=variant({"more.yaml": text})))
    got = con.execute(
        "SELECT same_printed(1.005, DATE '2025-01-01'), same_printed(0.285, DATE '2025-01-01')"
    ).fetchone()
    assert got == (1.01, 0.29)
