"""SQL of packs: how the text is rewritten, and what is read off it."""

from __future__ import annotations

import pytest

from mrvaudit import sql
from mrvaudit.sql_origins import Query
from mrvaudit.sql_words import MACROS

FORMULA = frozenset({*MACROS, "ferry_emission"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM t, u x JOIN v USING (a)", {"t", "u", "v"}),
        ("WITH c AS (SELECT * FROM t) SELECT * FROM c", {"t"}),
        ("WITH c AS (SELECT * FROM t) SELECT * FROM C", {"t"}),
        ("WITH c AS (SELECT 1), d AS (SELECT * FROM c) SELECT * FROM d UNION SELECT * FROM c", set()),
        ("SELECT * FROM (WITH c AS (SELECT 1) SELECT * FROM c) x, c", {"c"}),
        ("WITH t AS (SELECT * FROM t) SELECT * FROM t", {"t"}),
        ("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a", {"b"}),
        ("WITH RECURSIVE r AS (SELECT 1 UNION SELECT * FROM r) SELECT * FROM r", set()),
        ("SELECT (SELECT max(a) FROM u), EXISTS (FROM v) FROM t WHERE a IN (FROM w)", {"t", "u", "v", "w"}),
        ("SELECT * FROM t, range(3), unnest([1])", {"t"}),
        ("SELECT * FROM t WHERE a = (WITH c AS (FROM u) SELECT 1 FROM c)", {"t", "u"}),
    ],
)
def test_tables_read(text: str, expected: set[str]) -> None:
    """Tables that a query reads: a CTE counts only where it is in scope, so that none can hide a table."""
    assert expected == sql.select(text, FORMULA).tables == sql.tables_read(text)


@pytest.mark.parametrize(
    ("text", "expected", "names"),
    [
        ("known('x', k, m)", "p__x( k, m)", {"x"}),
        ("param('x', '', month)", "p__x__must( '', month)", {"x"}),
        ("over(a, b) AND over (c, d)", "exceeds(a, b) AND exceeds (c, d)", set()),
        ("count(*) OVER (PARTITION BY a)", "count(*) OVER (PARTITION BY a)", set()),
        ("count(*) FILTER (a) OVER (ORDER BY b)", "count(*) FILTER (a) OVER (ORDER BY b)", set()),
        ("'known(''x'', k)' || a -- over(", "'known(''x'', k)' || a -- over(", set()),
        ("known('x', '', known('y', '', m))", "p__x( '', p__y( '', m))", {"x", "y"}),
        ("KNOWN('x', k, m)", "p__x( k, m)", {"x"}),
    ],
)
def test_rewrite(text: str, expected: str, names: set[str]) -> None:
    """Parameters become macros, `over(` a name that parses; strings, comments and windows stay."""
    assert (expected, frozenset(names)) == sql.rewrite(text)


@pytest.mark.parametrize(
    "text",
    [
        "a) , (b",
        "a) FROM t --",
        "1; DELETE FROM t",
        "(SELECT 1)",
        "EXISTS (FROM t)",
        "a IN (SELECT 1)",
        "a = ANY (FROM t)",
        "ARRAY(SELECT 1)",
        "(VALUES (1))",
        "(TABLE t)",
        "a WHERE b",
        "a FROM 'x.csv'",
        "a LIMIT 1",
        "a UNION SELECT b",
        "DISTINCT a",
        "a, b",
        "*",
        "t.*",
        "a AS b",
        "a b",
        "",
        " ",
        ")",
        "COLUMNS(*)",
        "a > ALL (FROM 'a.csv')",
        "now()",
        "0.5",
    ],
)
def test_expressions_refused(text: str) -> None:
    """An expression is one expression: no query, no clause, no second value."""
    with pytest.raises(sql.SqlFault):
        sql.expression(text, FORMULA)


@pytest.mark.parametrize("word", ["greatest", "least", "GREATEST"])
def test_what_leaves_an_unknown_figure_out_unasked_is_refused(word: str) -> None:
    """The larger of 0 and what nobody knows is not 0: the pack says which of the two macros it means."""
    with pytest.raises(sql.SqlFault) as caught:
        sql.expression(f"{word}(a, 0)", FORMULA)
    assert "larger" in caught.value.en or "smaller" in caught.value.en
    sql.select(f"SELECT CASE WHEN b THEN larger(a, 0) ELSE larger_known(a, 0) END AS {word} FROM t", FORMULA)


def test_columns_and_functions() -> None:
    """Names that an expression reads and calls, for the reasons of *not assessable*."""
    checked = sql.expression("differs(d.a, half_up(b, 2), known('x', k, month)) AND 'c' = \"from\"", FORMULA)
    assert ({"a", "b", "k", "month", "from"}, {"differs", "half_up", "p__x"}, {"x"}) == (
        set(checked.columns),
        set(checked.functions),
        set(checked.parameters),
    )


def test_origins() -> None:
    """Where the named columns of a query come from, table by table."""
    text = "SELECT d.a AS observed, coalesce(t.b, d.c) AS expected FROM d LEFT JOIN trips t USING (k)"
    query = Query(text)
    assert {name: query.origin(name) for name in query.columns()} == {
        "observed": (("d", "a"),),
        "expected": (("trips", "b"), ("d", "c")),
    }


def test_origins_through_ctes_subqueries_and_unions() -> None:
    """A name is followed down to a table, never to a CTE."""
    text = """
        WITH spans AS (
               SELECT s.book_t, s.month
               FROM (SELECT begin_t - end_t - coalesce(sold_t, 0) AS book_t, month FROM stock) s
             ),
             both AS (SELECT book_t AS x, month FROM spans UNION ALL SELECT y, month FROM other)
        SELECT b.*, b.x AS expected FROM both b
    """
    query = Query(text)
    assert [query.origin(name) for name in ("expected", "x", "month")] == [
        (("stock", "begin_t"), ("stock", "end_t"), ("other", "y")),
        (("stock", "begin_t"), ("stock", "end_t"), ("other", "y")),
        (("stock", "month"), ("other", "month")),
    ]


def test_replace_names() -> None:
    """Names are replaced as names: not in strings, not as functions."""
    assert sql.replace_names("a + f(y) || 'a' || a", {"a": "(x + 1)", "f": "no"}) == "(x + 1) + f(y) || 'a' || (x + 1)"


def test_a_fault_has_its_line() -> None:
    """In a query of several lines the fault says which."""
    with pytest.raises(sql.SqlFault) as caught:
        sql.select("SELECT a\nFROM t\nWHERE now() > a", FORMULA)
    assert caught.value.line == 3
