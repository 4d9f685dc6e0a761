"""Frames of the standard tables: their polars types, how they are written, and the key and month of a row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from mrvaudit.tables import Table

POLARS_TYPES: dict[str, pl.DataType] = {
    "str": pl.String(),
    "date": pl.Date(),
    "month": pl.Date(),
    "f64": pl.Float64(),
    "i64": pl.Int64(),
    "i32": pl.Int32(),
    "i8": pl.Int8(),
    "bool": pl.Boolean(),
}


def schema(columns: Mapping[str, str]) -> dict[str, pl.DataType]:
    """polars schema of columns given by type name."""
    return {name: POLARS_TYPES[kind] for name, kind in columns.items()}


def write(frame: pl.DataFrame, path: Path) -> None:
    """Write Parquet so that the same frame gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path, compression="zstd", compression_level=3, row_group_size=100_000)


def row_key(table: Table) -> pl.Expr:
    """Key values joined by `|`, in the table's order, without the entity; months as 2025-03, nothing for a null."""
    parts = []
    for name in table.key:
        kind = table.fields[name].type
        column = pl.col(name)
        text = column.dt.strftime("%Y-%m" if kind == "month" else "%Y-%m-%d") if kind in ("date", "month") else column
        parts.append(text.cast(pl.String).fill_null(""))
    return (pl.concat_str(parts, separator="|") if parts else pl.lit("")).alias("row_key")


@cache
def _calculator() -> duckdb.DuckDBPyConnection:
    """One connection for all tables: opening one takes as long as the months of a thousand rows."""
    con = duckdb.connect(":memory:")
    con.execute("SET threads = 1")
    return con


def months(table: Table, rows: pl.DataFrame) -> pl.Series:
    """The data month of each row, by the table's own expression; null where the table has none."""
    if table.month is None or rows.is_empty():
        return pl.Series("month", [None] * rows.height, dtype=pl.Date)
    con = _calculator().cursor()
    try:
        con.register("rows", rows.with_row_index("_order").to_arrow())
        found = con.sql(f"SELECT ({table.month})::DATE AS month FROM rows ORDER BY _order").to_arrow_table()
    finally:
        con.close()
    month = pl.col("month")
    # A year far beyond ours is no month.
    return pl.DataFrame(found).select(pl.when(month.is_between(date.min, date.max)).then(month)).to_series()
