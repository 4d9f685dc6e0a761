"""Parquet: the types are kept; row 1 is the header, as if the file were a sheet."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from mrvaudit.errors import InputError
from mrvaudit.ingest.block import Block

SUFFIXES = (".parquet", ".pq")


def read(path: Path) -> list[Block]:
    """The one block of a Parquet file; InputError where it is none."""
    try:
        # The handle keeps polars from expanding wildcards in a hostile file name.
        with path.open("rb") as handle:
            frame = pl.read_parquet(handle)
    except (PolarsError, OSError) as fault:
        raise InputError(
            path.name,
            "不是可以读取的 Parquet 文件",
            "this is no Parquet file that can be read",
            read=str(fault).splitlines()[0][:120] if str(fault) else None,
            todo_zh="请重新导出，或改用 CSV",
            todo_en="export it again, or send a CSV file",
        ) from None
    headers = tuple(frame.columns)
    cells = pl.DataFrame([_plain(column).alias(f"c{number + 1}") for number, column in enumerate(frame)])
    lined = cells.with_row_index("_line", offset=2).with_columns(pl.col("_line").cast(pl.Int32))
    return [Block(None, 1, headers, lined)]


def _plain(column: pl.Series) -> pl.Series:
    """The column, as text where its type is none that a table of records has."""
    kind = column.dtype
    if kind.is_numeric() or kind in (pl.String, pl.Date, pl.Boolean) or isinstance(kind, pl.Datetime):
        return column
    if isinstance(kind, pl.Categorical | pl.Enum | pl.Null):
        return column.cast(pl.String)
    return pl.Series([None if cell is None else str(cell) for cell in column.to_list()], dtype=pl.String)
