"""Which column of which table a column of a query reads, through its own CTEs and subqueries."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

Source = tuple[str, str]


class Query:
    """A rewritten query, parsed once."""

    def __init__(self, text: str) -> None:
        self._root = sqlglot.parse_one(text, read="duckdb")
        self._ctes = {cte.alias: cte.this for cte in self._root.find_all(exp.CTE)}

    def columns(self) -> tuple[str, ...]:
        """Names the query gives explicitly, those behind a star apart."""
        select = _first_select(self._root)
        return tuple(item.alias_or_name for item in select.expressions if item.alias_or_name and not item.is_star)

    def looked_up(self) -> frozenset[str]:
        """Tables and views that are read on the right of left joins and nowhere else."""
        right = [join.this for join in self._root.find_all(exp.Join) if join.side == "LEFT"]
        inside = {id(table) for one in right for table in one.find_all(exp.Table)}
        tables = list(self._root.find_all(exp.Table))
        return frozenset(one.name for one in tables if id(one) in inside) - frozenset(
            one.name for one in tables if id(one) not in inside
        )

    def origin(self, column: str) -> tuple[Source, ...]:
        """(table or view, column) pairs that can make the column unknown; a star passes its name to all behind it."""
        return tuple(dict.fromkeys(self._of(self._root, column, frozenset())))

    def _of(self, query: exp.Expr, column: str, seen: frozenset[tuple[int, str]]) -> list[Source]:
        if (id(query), column) in seen:
            return []
        seen = seen | {(id(query), column)}
        if isinstance(query, exp.Subquery):
            return self._of(query.this, column, seen)
        if isinstance(query, exp.SetOperation):
            return self._of_both(query, column, seen)
        if not isinstance(query, exp.Select):
            return []
        named = [item for item in query.expressions if item.alias_or_name == column and not item.is_star]
        if named:
            reads = [one for item in named for one in item.find_all(exp.Column) if _matters(one, query)]
            return [source for one in reads for source in self._read(query, one.table, one.name, seen)]
        stars = [item for item in query.expressions if item.is_star]
        tables = [item.table if isinstance(item, exp.Column) else "" for item in stars]
        return [source for table in tables for source in self._read(query, table, column, seen)]

    def _of_both(self, query: exp.SetOperation, column: str, seen: frozenset[tuple[int, str]]) -> list[Source]:
        """Columns of UNION meet by position: the right side's may have another name."""
        left, right = query.left, query.right
        found = self._of(left, column, seen)
        names = [item.alias_or_name for item in _first_select(left).expressions]
        theirs = [item.alias_or_name for item in _first_select(right).expressions]
        same_place = column in names and len(names) == len(theirs) and column not in theirs
        return found + self._of(right, theirs[names.index(column)] if same_place else column, seen)

    def _read(self, query: exp.Select, table: str, column: str, seen: frozenset[tuple[int, str]]) -> list[Source]:
        found: list[Source] = []
        for source in _sources(query):
            if table and source.alias_or_name != table:
                continue
            if isinstance(source, exp.Subquery):
                found += self._of(source, column, seen)
            elif isinstance(source, exp.Table) and source.name in self._ctes:
                found += self._of(self._ctes[source.name], column, seen)
            elif isinstance(source, exp.Table) and source.name:
                found.append((source.name, column))
        return found


def _matters(column: exp.Column, query: exp.Select) -> bool:
    """Whether the column, if unknown, can make the expression unknown: not behind `coalesce(column, 0)`."""
    stand_in = column.find_ancestor(exp.Coalesce)
    excused = stand_in is not None and any(isinstance(one, exp.Literal) for one in stand_in.expressions)
    return column.parent_select is query and not excused


def _sources(query: exp.Select) -> list[exp.Expr]:
    """Tables and subqueries of FROM and the joins."""
    start = query.args.get("from_")
    places = [start.this] if start is not None else []
    return places + [join.this for join in query.args.get("joins") or []]


def _first_select(query: exp.Expr) -> exp.Expr:
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.left if isinstance(query, exp.SetOperation) else query.this
    return query
