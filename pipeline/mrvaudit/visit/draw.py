"""Rows that the queries of visit.yaml give, and which of them are drawn: the heaviest, and some by a public seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import polars as pl

from mrvaudit import sql
from mrvaudit.checks.child import Task, open_caged
from mrvaudit.errors import PackError
from mrvaudit.model import Audit
from mrvaudit.visit.settings import Draw, Recomputation, Settings

Row = dict[str, Any]
Rows = Mapping[str, Mapping[Any, Sequence[Row]]]
"""Rows of every query by its id and by unit key (or entity)."""


def rows(audit: Audit, settings: Settings, memory: str = "2GB") -> Rows:
    """All rows of all queries, on a connection that sees the run's tables and views and nothing else.

    PackError for a query that does not run or lacks a column.
    """
    parts = tuple(range(audit.partitions))
    con = open_caged(Task(audit.work, audit.sector, parts, audit.as_of, frozenset(), memory))
    try:
        return {one.id: _by_owner(con, audit, one) for one in settings.queries}
    finally:
        con.close()


def _by_owner(con: duckdb.DuckDBPyConnection, audit: Audit, one: Draw | Recomputation) -> dict[Any, list[Row]]:
    owner = "entity_id" if isinstance(one, Draw) and one.of == "entity" else "unit_key"
    text = sql.select(one.rows, audit.sector.macros).text
    try:
        frame = pl.DataFrame(con.sql(f"SELECT * FROM ({text})").to_arrow_table())
    except duckdb.Error as fault:
        line = str(fault).splitlines()[0][:200]
        raise PackError(f"visit.{one.id}.rows", f"查询未能运行：{line}", f"the query does not run: {line}") from None
    own = ("stated", "recomputed") if isinstance(one, Recomputation) else ()
    missing = [name for name in (owner, "key", "leverage_tco2", "_block", "_line", *own) if name not in frame.columns]
    if missing:
        listed = ", ".join(missing)
        raise PackError(f"visit.{one.id}.rows", f"查询缺少列 {listed}", f"the query lacks the columns {listed}")
    found: dict[Any, list[Row]] = {}
    for row in frame.sort(owner, "key", "_block", "_line", nulls_last=True).iter_rows(named=True):
        found.setdefault(row[owner], []).append(row)
    return found


def drawn(rows: Sequence[Row], draw: Draw, seed: str, owner: Iterable[str]) -> list[tuple[str, Row]]:
    """Rows drawn with why (`by_leverage`, `at_random`): the heaviest first, then others in the order of their hash."""
    heavy = sorted(rows, key=_weight)[: draw.by_leverage]
    taken = {id(row) for row in heavy}
    rest = [row for row in rows if id(row) not in taken]
    chance = sorted(rest, key=lambda row: (lot(seed, (*owner, draw.id, str(row["key"]))), *_weight(row)))
    return [("by_leverage", row) for row in heavy] + [("at_random", row) for row in chance[: draw.at_random]]


def heaviest(rows: Sequence[Row]) -> Row | None:
    """The row to reproduce: one that can be computed before one that cannot, then the heaviest."""
    return min(rows, key=lambda row: (row["recomputed"] is None, *_weight(row)), default=None)


def _weight(row: Row) -> tuple[Any, ...]:
    return (-abs(row["leverage_tco2"] or 0.0), str(row["key"]), row["_block"] or 0, row["_line"] or 0)


def lot(seed: str, parts: Iterable[str]) -> str:
    """The lot of a record: SHA-256 over the seed and what names it, parted by U+001F."""
    return hashlib.sha256("\x1f".join((seed, *parts)).encode("utf-8", "surrogatepass")).hexdigest()
