"""Scenarios side by side on one connection: copies of an entity's rows under fresh keys, corrected, the same views.

Copy k of an entity has entity ids, unit keys and blocks of its own, so that no view or rule joins rows of two copies.
All scenarios of a batch run in one pass over one set of tables; nothing is asked scenario by scenario.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from mrvaudit import derived, macros, sql, store
from mrvaudit.checks.child import Task
from mrvaudit.checks.compile import rows_query, scan_query
from mrvaudit.checks.lineage import Lineage
from mrvaudit.effects.scenarios import Cell, Scenario
from mrvaudit.rules import Result, Rule
from mrvaudit.sector import Sector, Totals
from mrvaudit.tables import SQL_TYPES

Place = tuple[str, str, int, int]  # rule, result, block, line


class Replay:
    """A batch of scenarios; use as a context. `task` names the work folder, its partitions and the limits.

    Raises duckdb.Error where a view or rule fails or the time limit of the task is passed.
    """

    def __init__(self, task: Task, scenarios: Sequence[Scenario]) -> None:
        self._task, self._scenarios = task, tuple(scenarios)
        self._sector = task.sector
        self._made: set[str] = set()
        self._con = store.connect(task.memory, task.work.file("spill"))
        self._timer = threading.Timer(task.seconds, self._con.interrupt)
        self._timer.daemon = True

    def __enter__(self) -> Replay:
        self._timer.start()
        macros.install(self._con, self._sector, self._task.as_of)
        store.cage(self._con, [path for name in store.table_columns(self._sector) for path in self._paths(name)])
        self._units, self._blocks = self._sizes()
        rows = [(copy, one.entity_id, f"{one.entity_id}\x1f{copy}") for copy, one in enumerate(self._scenarios, 1)]
        copies = pl.DataFrame(rows, {"copy": pl.Int64, "entity_id": pl.String, "fresh": pl.String}, orient="row")
        self._keep("copies", copies)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._timer.cancel()
        self._timer.join()
        self._con.close()

    def correct(self) -> None:
        """Put the corrected values into the copies; tables that no scenario touches stay what they are."""
        found: dict[tuple[str, str], list[tuple[int, int, Cell]]] = {}
        for copy, scenario in enumerate(self._scenarios, 1):
            for cell in scenario.cells:
                found.setdefault((cell.table, cell.field), []).append((copy, cell.line, cell))
        for (table, field), cells in found.items():
            fixes = [(self._block(copy, cell.block), line, cell.value) for copy, line, cell in cells]
            # The index of units repeats what the table says of them.
            for name in (table, "unit_index") if table == "units" else (table,):
                self._copy(name)
                self._fix(name, field, fixes)

    def move(self, field: tuple[str, str], moved: Iterable[tuple[int, int, int, float]]) -> None:
        """Put figures that follow from a correction into a table: (scenario, block, line, value) of one field."""
        fixes = [(self._block(scenario + 1, block), line, value) for scenario, block, line, value in moved]
        if fixes:
            self._copy(field[0])
            self._fix(*field, fixes)
            self._forget(field[0])

    def totals(self, totals: Totals) -> pl.DataFrame:
        """Rows of the totals view: scenario, unit_key, its grain, declared, recalculated, restated, block, line."""
        self._derive([totals.view])
        view = next(one for one in self._sector.views if one.view == totals.view)
        wanted = {
            "scenario": f"unit_key // {self._units} - 1",
            "unit_key": f"unit_key % {self._units}",
            **{name: f'"{name}"' for name in dict.fromkeys((*view.grain, "month")) if name != "unit_key"},
            "declared": f'"{totals.declared}"::DOUBLE',
            "recalculated": f'"{totals.recalculated}"::DOUBLE',
            "restated": f'"{totals.restated}"::DOUBLE' if totals.restated else "NULL::DOUBLE",
            "block": f'("{totals.block}" % {self._blocks})::INTEGER' if totals.block else "NULL::INTEGER",
            "line": f'"{totals.line}"::INTEGER' if totals.line else "NULL::INTEGER",
        }
        listed = ", ".join(f'{text} AS "{name}"' for name, text in wanted.items())
        return pl.DataFrame(
            self._con.sql(
                f'SELECT {listed} FROM "{totals.view}" WHERE unit_key >= {self._units} ORDER BY ALL'
            ).to_arrow_table()
        )

    def firing(self, rule: Rule) -> dict[Place, frozenset[int]]:
        """In which scenarios the rule finds which row; rows that stand in no block apart."""
        rows = self._con.execute(
            f"SELECT _state_0, _block % {self._blocks}, _line, list(DISTINCT _block // {self._blocks} - 1)"
            f" FROM ({self._found(rule)}) WHERE _block >= {self._blocks} GROUP BY ALL"
        ).fetchall()
        return {(rule.id, rule.results[state].name, block, line): frozenset(made) for state, block, line, made in rows}

    def found_rows(self, rule: Rule) -> Iterator[tuple[int, Result, dict[str, Any]]]:
        """Rows that the rule finds: scenario, result, and the row with its keys as submitted."""
        reply = self._con.execute(f"SELECT * FROM ({self._found(rule)})")
        names = [column[0] for column in reply.description or ()]
        for values in reply.fetchall():
            row = dict(zip(names, values, strict=True))
            copy = row["unit_key"] // self._units if row["unit_key"] is not None else None
            if copy is None:
                entity, _, number = (row.get("entity_id") or "").rpartition("\x1f")
                copy, row["entity_id"] = int(number or 0), entity
            else:
                row["unit_key"] %= self._units
                row["entity_id"] = self._scenarios[copy - 1].entity_id
            if copy:
                yield copy - 1, rule.results[row["_state_0"]], row

    def _found(self, rule: Rule) -> str:
        """Query of the rows that the rule finds, at units that it applies to."""
        self._derive([*rule.reads, rule.scanned])
        query = rows_query(rule) if rule.rows is not None else scan_query(self._sector, [rule])
        text = f"SELECT * FROM ({query}) WHERE _state_0 >= 0"
        if rule.applies is not None:
            text += (
                " AND (unit_key IS NULL OR unit_key IN (SELECT u.unit_key FROM unit_index u JOIN"
                f" (SELECT unit_key FROM unit_index WHERE ({sql.rewrite(rule.applies)[0]})) a"
                " ON a.unit_key = coalesce(u.member_key, u.unit_key)))"
            )
        return text

    def _sizes(self) -> tuple[int, int]:
        """One more than the largest unit key and the largest block of the partitions."""
        units = self._number(f"SELECT max(unit_key) FROM {self._files('unit_index')}")
        blocks = [self._number(f"SELECT max(_block) FROM {self._files(name)}") for name in self._sector.tables]
        return units + 1, max(blocks) + 1

    def _number(self, query: str) -> int:
        row = self._con.execute(query).fetchall()[0]
        return int(row[0]) if row[0] is not None else 0

    def _files(self, table: str) -> str:
        listed = ", ".join("'" + path.as_posix().replace("'", "''") + "'" for path in self._paths(table))
        return f"read_parquet([{listed}])"

    def _paths(self, table: str) -> list[Path]:
        work = self._task.work
        return [work.part(work.t(table), part) for part in self._task.partitions]

    def _block(self, copy: int, block: int) -> int:
        return copy * self._blocks + block

    def _keep(self, name: str, frame: pl.DataFrame) -> None:
        self._con.register("_given", frame.to_arrow())
        self._con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM _given')
        self._con.unregister("_given")

    def _copy(self, table: str) -> None:
        """The table's rows of each scenario's entity under fresh keys, and once the rows that belong to no entity."""
        if table in self._made:
            return
        columns = store.table_columns(self._sector)[table]
        fresh = {"entity_id": "c.fresh"}
        fresh |= {name: f"(c.copy * {self._units} + t.{name})::INTEGER" for name in ("unit_key", "member_key")}
        fresh["_block"] = f"(c.copy * {self._blocks} + t._block)::INTEGER"
        taken = ", ".join(f'{fresh.get(name, f"t.{chr(34)}{name}{chr(34)}")} AS "{name}"' for name in columns)
        plain = ", ".join(f'"{name}"' for name in columns)
        source = self._files(table)
        self._con.execute(
            f'CREATE TEMP TABLE "{table}" AS SELECT {taken} FROM {source} t JOIN copies c ON c.entity_id = t.entity_id'
            f" UNION ALL SELECT {plain} FROM {source} WHERE entity_id = ''"
        )
        self._made.add(table)

    def _fix(self, table: str, field: str, fixes: Sequence[tuple[int, int, object]]) -> None:
        kind = self._sector.tables["units" if table == "unit_index" else table].fields[field].type
        number = kind in ("f64", "i64")
        values = [None if value is None else float(value) if number else str(value) for _, _, value in fixes]  # type: ignore[arg-type]
        frame = pl.DataFrame(
            {
                "block": pl.Series([one[0] for one in fixes], dtype=pl.Int64),
                "line": pl.Series([one[1] for one in fixes], dtype=pl.Int64),
                "value": pl.Series(values, dtype=pl.Float64 if number else pl.String),
            }
        )
        self._keep("fixes", frame.unique(["block", "line"], keep="first", maintain_order=True))
        self._con.execute(
            f'UPDATE "{table}" SET "{field}" = CAST(f.value AS {SQL_TYPES[kind]}) FROM fixes f'
            f' WHERE "{table}"._block = f.block AND "{table}"._line = f.line'
        )

    def _derive(self, names: Iterable[str]) -> None:
        """Copy the tables and materialise the views that these names stand on, in the order of the packs."""
        wanted = ancestors(self._sector, names)
        for name in [*self._sector.tables, "unit_index"]:
            if name in wanted:
                self._copy(name)
        for view in self._sector.views:
            if view.view in wanted and view.view not in self._made:
                self._con.execute(derived.statement(view, self._sector.macros, temporary=True))
                self._made.add(view.view)

    def _forget(self, table: str) -> None:
        """Views that stand on a table are to be derived again, because it changed."""
        for view in self._sector.views:
            if view.view in self._made and table in ancestors(self._sector, [view.view]):
                self._con.execute(f'DROP {"VIEW" if view.live else "TABLE"} "{view.view}"')
                self._made.discard(view.view)


def ancestors(sector: Sector, names: Iterable[str]) -> frozenset[str]:
    """Tables and views that these stand on, themselves included; units always."""
    reads = {view.view: view.reads for view in sector.views}
    found, open_ones = {"unit_index"}, list(names)
    while open_ones:
        name = open_ones.pop()
        if name not in found:
            found.add(name)
            open_ones += reads.get(name, ())
    return frozenset(found)


def declared_field(sector: Sector, lineage: Lineage) -> tuple[str, str] | None:
    """The record-table column that holds the declared result, where the sector says which row it stands in."""
    totals = sector.settings.totals
    if totals is None or totals.block is None or totals.line is None:
        return None
    found = lineage.base_columns(totals.view, totals.declared)
    return found[0] if found else None
