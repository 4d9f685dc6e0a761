"""Before any input is read: do the packs' macros, views and queries hold together on empty tables?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from mrvaudit import macros, sql, store
from mrvaudit.checks.compile import FIGURES, rows_query, scan_query
from mrvaudit.checks.examples import FAR
from mrvaudit.errors import PackError
from mrvaudit.rules import PLACEHOLDER, Rule
from mrvaudit.sector import Sector

FLOATS = ("DOUBLE", "FLOAT", "DECIMAL")


def bind(sector: Sector, more: Callable[[duckdb.DuckDBPyConnection], None] | None = None) -> None:
    """Raise PackError for the first macro, view or rule that DuckDB cannot bind, or that compares figures barely.

    `more` looks at the same empty tables and views afterwards.
    """
    con = store.connect("1GB", None)
    try:
        _macros(con, sector)
        _views(con, sector)
        _totals(con, sector)
        for rule in sector.rules.values():
            if rule.status != "retired":
                _rule(con, sector, rule)
        if more is not None:
            more(con)
    finally:
        con.close()


def _macros(con: duckdb.DuckDBPyConnection, sector: Sector) -> None:
    try:
        macros.install(con, sector, FAR)
    except duckdb.Error as fault:
        raise PackError(
            "formulas, parameters", f"无法编译：{_line(fault)}", f"a macro cannot be made: {_line(fault)}"
        ) from None


def _totals(con: duckdb.DuckDBPyConnection, sector: Sector) -> None:
    totals = sector.settings.totals
    if totals is None:
        return
    known = (
        {row[0] for row in con.execute(f'DESCRIBE "{totals.view}"').fetchall()} if _binds(con, totals.view) else set()
    )
    missing = [name for name in ("unit_key", "month", *totals.columns) if name not in known]
    if missing:
        raise PackError(
            f"sector.yaml totals.view {totals.view}",
            f"没有列 {', '.join(missing)}",
            f"there is no column {', '.join(missing)}",
        )


def _views(con: duckdb.DuckDBPyConnection, sector: Sector) -> None:
    try:
        store.define(con, sector)
        store.compute(con, sector, [view.view for view in sector.views])
    except duckdb.Error as fault:
        name = next((view.view for view in sector.views if not _binds(con, view.view)), "?")
        raise PackError(
            f"views {name}", f"视图无法编译：{_line(fault)}", f"the view does not bind: {_line(fault)}"
        ) from None
    for view in sector.views:
        columns = {row[0] for row in con.execute(f'DESCRIBE "{view.view}"').fetchall()}
        doubled = [name for name in columns if name.endswith(("_1", ":1")) and name.rsplit("_", 1)[0] in columns]
        missing = [name for name in (*view.grain, *view.gate) if name not in columns]
        if doubled or missing:
            raise PackError(
                f"views {view.view}",
                f"列名重复或缺失：{', '.join(doubled + missing)}",
                f"columns taken twice or missing: {', '.join(doubled + missing)}",
                todo_zh="请在 take 中改名",
                todo_en="rename them under take",
            )
    known = {view.view for view in sector.views}
    strangers = [name for name in sector.settings.keep if name not in known]
    if strangers:
        raise PackError(
            "sector.yaml keep", f"没有视图 {', '.join(strangers)}", f"there is no view {', '.join(strangers)}"
        )


def _binds(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    try:
        con.execute(f'DESCRIBE "{name}"')
    except duckdb.Error:
        return False
    return True


def _rule(con: duckdb.DuckDBPyConnection, sector: Sector, rule: Rule) -> None:
    origin = sector.origins[rule.id]
    key = "rows" if rule.rows is not None else "results"
    query = rows_query(rule) if rule.rows is not None else scan_query(sector, [rule])
    columns = _describe(con, query, rule, sector, key)
    if rule.applies is not None:
        _describe(con, f"SELECT ({sql.rewrite(rule.applies)[0]}) AS x FROM unit_index", rule, sector, "applies")
    table = sector.tables[rule.subject.table]
    wanted = [*table.key, "_block", "_line", "month", "unit_key", *(["entity_id"] if rule.scope == "entity" else [])]
    wanted += [name for one in rule.also for name in (one.block, one.line, one.row_key)]
    wanted += list(rule.needs)
    cells = [one for result in rule.results for one in result.corrects]
    wanted += [name for one in cells for name in (one.value, one.block, one.line) if name not in FIGURES]
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise origin.error(key, f"查询缺少列 {', '.join(missing)}", f"the query lacks the columns {', '.join(missing)}")
    known = {*columns, *FIGURES, "difference", "unit_id", "entity_id"}
    for words in (rule.message, rule.ask, *(one.message for one in rule.results), *(one.ask for one in rule.results)):
        for name in PLACEHOLDER.findall(words.zh + words.en) if words is not None else ():
            if name.partition(":")[0] not in known:
                raise origin.error("message", f"查询中没有列 {name}", f"the query has no column {name}")
    _figures_compared(con, sector, rule, columns)


def _figures_compared(con: duckdb.DuckDBPyConnection, sector: Sector, rule: Rule, columns: dict[str, str]) -> None:
    """Figures are compared through over, under and differs only: a bare comparison would see the last bit."""
    kinds = columns | dict.fromkeys(FIGURES, "DOUBLE")
    sample = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in kinds.items() if not name.startswith("_state"))
    for result in rule.results:
        for left, right in sql.comparisons(sql.rewrite(result.violates)[0]):
            for side in (left, right):
                kind = con.execute(f"SELECT typeof(({side})) FROM (SELECT {sample})").fetchone()
                if kind is not None and str(kind[0]).startswith(FLOATS):
                    raise sector.origins[rule.id].error(
                        "results",
                        "数值比较请用 over、under 或 differs",
                        "compare figures through over, under or differs",
                    )


def _describe(con: duckdb.DuckDBPyConnection, query: str, rule: Rule, sector: Sector, key: str) -> dict[str, Any]:
    try:
        return {row[0]: row[1] for row in con.execute(f"DESCRIBE {query}").fetchall()}
    except duckdb.Error as fault:
        raise sector.origins[rule.id].error(
            key, f"查询无法编译：{_line(fault)}", f"the query does not bind: {_line(fault)}"
        ) from None


def _line(fault: Exception) -> str:
    return " ".join(str(fault).split())[:240]
