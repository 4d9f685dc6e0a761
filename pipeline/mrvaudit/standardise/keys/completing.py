"""Rows of one key that say nothing against each other: one record, to which each adds what it knows.

Forms spread the figures of a month over several sheets. The record stands where its first row stands; which fields were
read elsewhere is kept beside the tables, so that each value is still shown in its own cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from mrvaudit.ingest.frames import schema
from mrvaudit.model import Work

# What the unreadable cells of a row said: field, text, field, text … with separators that no text holds.
UNREAD = "_unread"
FILE = "moved.parquet"
MOVED = {
    "entity_id": "str", "table": "str", "field": "str", "block": "i32", "line": "i32", "own_block": "i32",
    "own_line": "i32",
}  # fmt: skip
"""A field of the record at `block` and `line` that was read at `own_block` and `own_line`."""
Place = tuple[int, int]
"""Block and line."""
Field = tuple[int, int, str]
"""Block and line of a record, and one of its fields."""


@dataclass(frozen=True)
class Completed:
    """Groups of rows of one key, the records made of some of them, the rows that went into these, and MOVED."""

    groups: pl.DataFrame
    whole: pl.DataFrame
    parts: pl.DataFrame
    moved: pl.DataFrame


def complete(table: str, fields: Sequence[str], groups: pl.DataFrame) -> Completed:
    """Make one of the rows of a key that agree in every field that several of them have.

    `groups` has `_key`, `_why` (duplicate_row for a row that repeats another), `_block`, `_line` and `_unread`; rows
    that repeat another do not count. What a cell says that cannot be read may be anything: such rows stay apart.
    """
    by_key = "_key"
    differs = [(pl.col(name).min() != pl.col(name).max()).over(by_key).fill_null(False) for name in fields]
    read = pl.col(UNREAD).is_null().all().over(by_key)
    found = (
        groups.filter(pl.col("_why").ne_missing("duplicate_row"))
        .filter((pl.len().over(by_key) > 1) & read & ~pl.any_horizontal(differs))
        .sort(by_key, "_block", "_line")
    )
    whole = found.group_by(by_key, maintain_order=True).agg(pl.all().drop_nulls().first())
    kept = whole.select(by_key, pl.col("_block").alias("block"), pl.col("_line").alias("line"))
    moved = [nothing_moved()]
    for name in fields if whole.height else ():
        first = found.filter(pl.col(name).is_not_null()).unique(by_key, keep="first", maintain_order=True)
        here = (pl.col("_block") == pl.col("block")) & (pl.col("_line") == pl.col("line"))
        elsewhere = first.join(kept, on=by_key).filter(~here)
        moved.append(
            elsewhere.select(
                "entity_id", pl.lit(table).alias("table"), pl.lit(name).alias("field"), "block", "line",
                pl.col("_block").alias("own_block"), pl.col("_line").alias("own_line"),
            )
        )  # fmt: skip
    one = pl.col(by_key).is_in(whole[by_key].implode())
    why = pl.when(one & (pl.col("_why") != "duplicate_row")).then(None).otherwise("_why").alias("_why")
    parts = found.join(kept, left_on=["_block", "_line"], right_on=["block", "line"], how="anti")
    return Completed(groups.with_columns(why), whole, parts, pl.concat(moved))


def nothing_moved() -> pl.DataFrame:
    """MOVED where every value stands in the row of its record."""
    return pl.DataFrame(schema=schema(MOVED))


def moved(work: Work) -> pl.DataFrame:
    """MOVED of a run."""
    path = work.file(FILE)
    return pl.read_parquet(path) if path.is_file() else nothing_moved()


def places(found: pl.DataFrame) -> dict[Field, Place]:
    """Where each field of MOVED was read."""
    rows = found.select("block", "line", "field", "own_block", "own_line").iter_rows()
    return {(block, line, field): (own_block, own_line) for block, line, field, own_block, own_line in rows}
