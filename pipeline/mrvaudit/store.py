"""DuckDB over the work folder: macros, tables as views on Parquet, derived views materialised, the cage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from mrvaudit import derived, macros
from mrvaudit.errors import PackError
from mrvaudit.ingest.frames import schema, write
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.tables import SQL_TYPES

UNIT_INDEX_EXTRA = {"reporting": "bool", "member_key": "i32"}


def empty(columns: Mapping[str, str]) -> pl.DataFrame:
    """An empty frame with these columns."""
    return pl.DataFrame(schema=schema(columns))


def table_columns(sector: Sector) -> dict[str, dict[str, str]]:
    """Columns of every standard table and of `unit_index`, by type name."""
    columns = {name: table.columns() for name, table in sector.tables.items()}
    units = {name: field.type for name, field in sector.tables["units"].fields.items()}
    columns["unit_index"] = {**units, "unit_key": "i32", **UNIT_INDEX_EXTRA, "_block": "i32", "_line": "i32"}
    return columns


def connect(memory: str, spill: Path | None) -> duckdb.DuckDBPyConnection:
    """A connection on one thread, so that results never depend on scheduling."""
    con = duckdb.connect(":memory:")
    con.execute("SET threads = 1")
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET max_temp_directory_size = '20GB'")
    if spill is not None:
        con.execute(f"SET temp_directory = {_quoted(spill)}")
    return con


def attach_tables(con: duckdb.DuckDBPyConnection, work: Work, sector: Sector, partitions: Sequence[int]) -> list[Path]:
    """Make every standard table readable by its name; returns the files."""
    files: list[Path] = []
    for name in table_columns(sector):
        files += attach(con, name, [work.part(work.t(name), part) for part in partitions])
    return files


def attach_views(con: duckdb.DuckDBPyConnection, work: Work, sector: Sector, partitions: Sequence[int]) -> list[Path]:
    """Make every materialised view readable by its name; returns the files."""
    files: list[Path] = []
    for view in sector.views:
        files += attach(con, view.view, [work.part(work.m(view.view), part) for part in partitions])
    return files


def attach(con: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> list[Path]:
    """Make these Parquet files readable under one name; returns the files."""
    listed = ", ".join(_quoted(path) for path in files)
    con.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{listed}])')
    return files


def derive(work: Work, sector: Sector, partition: int, as_of: date, memory: str, threads: int = 1) -> None:
    """Materialise the shipped views of one partition; raises PackError for one that cannot be computed.

    With several threads, views that do not need each other are computed side by side, each on one thread.
    """
    con = connect(memory, work.file("spill"))
    try:
        shipped = [view for view in sector.views if view.view not in sector.own_views]
        macros.install(con, sector, as_of, [derived.query(view, sector.macros) for view in shipped])
        attach_tables(con, work, sector, [partition])
        _side_by_side(con, work, sector, partition, shipped, threads)
    finally:
        con.close()


def _side_by_side(
    con: duckdb.DuckDBPyConnection,
    work: Work,
    sector: Sector,
    partition: int,
    views: Sequence[derived.View],
    threads: int,
) -> None:
    """Compute each view as soon as those it reads are there, first ones first."""
    for view in views:
        if view.live:
            _compute(con, view, derived.statement(view, sector.macros))
    left = {view.view: view for view in views}
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(threads) as pool:
        while left or running:
            busy = {*left, *running.values()}
            for view in [one for one in left.values() if not busy & set(one.reads)][: threads - len(running)]:
                path = work.part(work.m(view.view), partition)
                running[pool.submit(_derive_one, con, view, sector, path)] = left.pop(view.view).view
            for one in wait(running, return_when=FIRST_COMPLETED).done:
                running.pop(one)
                one.result()


def _derive_one(con: duckdb.DuckDBPyConnection, view: derived.View, sector: Sector, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with con.cursor() as own:
        _compute(own, view, f"COPY ({_ordered(view, sector)}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd)")
        if not view.live:
            attach(own, view.view, [path])


def derive_own(work: Work, sector: Sector, partition: int, as_of: date, memory: str) -> None:
    """Materialise the views of own packs on a locked connection that sees tables and shipped views and nothing else.

    Raises PackError for one that cannot be computed. To be run in a process with limits.
    """
    con = connect(memory, work.file("spill"))
    try:
        macros.install(con, sector, as_of)
        files = attach_tables(con, work, sector, [partition])
        for view in sector.views:
            if view.view not in sector.own_views:
                files += attach(con, view.view, [work.part(work.m(view.view), partition)])
        cage(con, files)
        for view in sector.views:
            if view.view in sector.own_views:
                _compute(con, view, f'CREATE TEMP TABLE "{view.view}" AS {_ordered(view, sector)}')
                rows = pl.DataFrame(con.sql(f'SELECT * FROM "{view.view}"').to_arrow_table())
                write(rows, work.part(work.m(view.view), partition))
    finally:
        con.close()


def _ordered(view: derived.View, sector: Sector) -> str:
    return f"SELECT * FROM ({derived.query(view, sector.macros)}) ORDER BY {', '.join(view.grain)}"


def _compute(con: duckdb.DuckDBPyConnection, view: derived.View, text: str) -> None:
    try:
        con.execute(text)
    except duckdb.Error as fault:
        line = str(fault).splitlines()[0][:200]
        raise PackError(
            f"views {view.view}", f"视图未能算出：{line}", f"the view could not be computed: {line}"
        ) from None


def needed_views(sector: Sector, names: Iterable[str]) -> list[derived.View]:
    """Those views among `names` and every view below them, in an order in which each can be computed."""
    wanted = set(names)
    for view in reversed(sector.views):
        if view.view in wanted:
            wanted |= set(view.reads)
    return [view for view in sector.views if view.view in wanted]


def define(con: duckdb.DuckDBPyConnection, sector: Sector) -> None:
    """Every standard table, empty, in memory: for examples and for checking that the packs' SQL binds."""
    for name, columns in table_columns(sector).items():
        listed = ", ".join(f'"{column}" {SQL_TYPES[kind]}' for column, kind in columns.items())
        con.execute(f'CREATE TABLE "{name}" ({listed})')


def compute(con: duckdb.DuckDBPyConnection, sector: Sector, names: Iterable[str]) -> None:
    """These views and every view below them, as tables in memory.

    A live view would plan every view below it again, as often as it is named: with forty views on top of each other
    that is most of the time that binding and examples take.
    """
    for view in needed_views(sector, names):
        con.execute(derived.statement(view, sector.macros))


def cage(con: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> None:
    """From here on the connection reads these files, changes no setting and touches nothing else."""
    listed = ", ".join(_quoted(path) for path in files)
    con.execute(f"SET allowed_paths = [{listed}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def _quoted(path: Path) -> str:
    return "'" + path.as_posix().replace("'", "''") + "'"
