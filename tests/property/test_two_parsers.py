"""The lint judges with one parser and DuckDB runs with another: what it lets through, DuckDB must read in the same way.

DuckDB says through `json_serialize_sql` how it reads a text. A function or table in there that the lint did not see is
a hole: text in which code hides from the judge.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from mrvaudit import sql
from mrvaudit.sql_words import CALLABLE, KEYWORDS, MACROS

CON = duckdb.connect(":memory:")
BUILT_IN = {row[0] for row in CON.execute("SELECT DISTINCT function_name FROM duckdb_functions()").fetchall()}
# What DuckDB's parser makes of operators, brackets and keywords.
IMPLIED = {
    "list_value", "struct_pack", "map", "array_extract", "array_slice", "struct_extract", "count_star",
    "list_transform", "list_filter", "list_apply", "contains", "like_escape", "row", "unnest", "range",
    "factorial", "list_extract", "date_part", "regexp_full_match", "concat", "json_extract", "list", "collate",
    "timezone",
}  # fmt: skip

QUERIES = (
    "WITH x AS (SELECT a, b FROM t), y AS (SELECT * FROM x WHERE a = 1) SELECT x.*, known('p', '', month) AS tolerance"
    " FROM x LEFT JOIN y USING (a)",
    "SELECT d.*, total(a) AS s, list_transform(q, lambda z: z + 1) AS l FROM t d, unnest([1, 2]) u GROUP BY ALL",
    "SELECT a, count(*) FILTER (WHERE b = 'it''s') AS n FROM t GROUP BY ALL HAVING n > 1"
    " QUALIFY row_number() OVER () = 1",
    "SELECT MAP {'k': a}, {'s': b}, [a, b][1], a::DECIMAL(10, 2), 'x' || \"b\" FROM t -- end\n"
    " WHERE a IN (SELECT a FROM t) /* c */",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 12) SELECT * FROM r, range(3)"
    " WHERE EXISTS (FROM t)",
    "SELECT a",
)
PIECES = (
    "version()", "getenv('H')", "random()", "now()", "read_text('x')", "FROM 'a.csv'", "FROM pg_settings",
    "(SHOW TABLES)", "WITH pg_settings AS (SELECT 1)", "'", '"', "''", "\\", "\\'", "$$", "$x$", "$", "E'",
    "N'", "x'", "U&'", "/*", "*/", "--", "//", "#", "#1", "{#", "#}", "{{", "}}", "{%", "%}", "/*+", "\n", "\r",
    "\t", "\x0b", "\x1c", "\x85", "\u00a0", "\u1680", "\u200b", "\u2028", "\u2060", "\u3000", "\ufeff", "é",
    "`", "@", "!", "?", ":", "::", ":=", "=>", "->", ";", ".", ",", "(", ")", "[", "]", "{", "}", "||", " ",
    " AS ", " as (b)", "begin call ", "begin explain ", "begin show ", "main.", "system.main.", "p__x(", "over",
    "values", "filter", "TABLE t", "MAP ", "lambda", "COLUMNS(*)", "SELECT ",
)  # fmt: skip


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of DuckDB's own account of a text."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


def read_by_duckdb(text: str) -> tuple[set[str], set[str]] | None:
    """Functions and tables that DuckDB reads in a text; None where it does not parse."""
    row = CON.execute("SELECT json_serialize_sql(?)", [text]).fetchone()
    assert row is not None
    told = json.loads(row[0])
    if told["error"]:
        return None
    assert len(told["statements"]) == 1, text
    objects = list(walk(told["statements"]))
    calls = {
        one["function_name"].casefold() for one in objects if "function_name" in one and not one.get("is_operator")
    }
    return calls & BUILT_IN, {one["table_name"].casefold() for one in objects if "table_name" in one}


def hidden(text: str) -> tuple[set[str], set[str]]:
    """Functions and tables in an accepted text that the lint did not see."""
    try:
        checked = sql.select(text, MACROS)
    except sql.SqlFault:
        return set(), set()
    told = read_by_duckdb(checked.text)
    if told is None:
        return set(), set()
    seen = {name.casefold() for name in checked.functions}
    calls = {name for name in told[0] if name not in seen | IMPLIED and name not in KEYWORDS}
    return calls | (seen & BUILT_IN) - CALLABLE, told[1] - {name.casefold() for name in checked.tables} - {
        "x",
        "y",
        "r",
    }


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """An honest query with pieces thrown in anywhere."""
    text = draw(st.sampled_from(QUERIES))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 0, 1, 3)))
        text = text[:start] + draw(st.sampled_from(PIECES)) + text[end:]
    return text


@settings(max_examples=800, deadline=None, derandomize=True)
@given(mutated())
def test_nothing_hides_in_a_mutated_query(text: str) -> None:
    """No call and no table that only DuckDB sees; nothing but a SqlFault is raised."""
    assert hidden(text) == (set(), set())


@settings(max_examples=800, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from((*PIECES, "a", "t", " FROM t", "'x'", "1", "x AS (SELECT 1)")), min_size=1, max_size=12)
)
def test_nothing_hides_in_a_heap_of_pieces(pieces: list[str]) -> None:
    """The same for text that no honest author would write."""
    assert hidden("SELECT " + "".join(pieces)) == (set(), set())


def test_the_oracle_sees_what_hides() -> None:
    """The two texts with which the lexers were once told apart are read by DuckDB as calls."""
    trick = "SELECT a, MAP {#1: version() || '#} ([1],[2]) AS m FROM t --'} AS x FROM t"
    assert read_by_duckdb(trick) == ({"version", "map", "list_value"} - ({"map", "list_value"} - BUILT_IN), {"t"})
    assert "version" in (read_by_duckdb("SELECT version\u200b()") or (set(),))[0]
