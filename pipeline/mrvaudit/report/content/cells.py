"""What stood in the cells that findings point at: the text as submitted, looked up once for the whole run."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from mrvaudit.ingest.values import plain_number
from mrvaudit.standardise.keys.completing import moved

if TYPE_CHECKING:
    from mrvaudit.model import Audit

Place = tuple[str, str | None, int, str, str]
"""File, sheet, row, table and field of a cell."""
PLACE = ("source_file", "source_sheet", "source_row", "table", "field")


def texts(audit: Audit) -> dict[Place, str]:
    """Text of every cell that a finding names: as submitted where it differs from the value, else the value's print."""
    places = _located(audit)
    if places.is_empty():
        return {}
    found = _values(audit, places) | _raw(audit, places)
    return dict(sorted(found.items(), key=lambda pair: tuple(str(part) for part in pair[0])))


def _located(audit: Audit) -> pl.DataFrame:
    """Cells of findings with their block and line; rows of findings that name no cell are left out."""
    findings = audit.findings.filter(pl.col("source_file").is_not_null() & pl.col("source_row").is_not_null())
    if findings.is_empty() or audit.blocks.is_empty():
        return pl.DataFrame()
    blocks = audit.blocks.select(
        pl.col("block").cast(pl.Int32),
        pl.col("path").alias("source_file"),
        pl.col("sheet").alias("source_sheet"),
        "table",
        pl.col("header_row").fill_null(0).cast(pl.Int64),
    )
    cells = findings.select(PLACE).filter(pl.col("field").is_not_null()).unique()
    joined = cells.join(blocks, on=["source_file", "source_sheet", "table"], nulls_equal=True)
    below = joined.filter(pl.col("header_row") < pl.col("source_row")).sort(*PLACE, "header_row", "block")
    found = below.unique(list(PLACE), keep="last", maintain_order=True)
    return _with_records(found.with_columns(pl.col("source_row").cast(pl.Int32).alias("line")), moved(audit.work))


def _with_records(cells: pl.DataFrame, apart: pl.DataFrame) -> pl.DataFrame:
    """The cells with `of_block` and `of_line`, the place of the record that holds their value."""
    known = apart.select("field", of_block="block", of_line="line", block="own_block", line="own_line")
    return cells.join(known, on=["block", "line", "field"], how="left", maintain_order="left").with_columns(
        pl.col("of_block").fill_null(pl.col("block")), pl.col("of_line").fill_null(pl.col("line"))
    )


def _raw(audit: Audit, places: pl.DataFrame) -> dict[Place, str]:
    path = audit.work.file("raw.parquet")
    if not path.is_file():
        return {}
    raw = pl.scan_parquet(path, glob=False).with_columns(pl.col("block").cast(pl.Int32), pl.col("line").cast(pl.Int32))
    joined = raw.join(places.lazy(), on=["block", "line", "field"]).select(*PLACE, "text").collect()
    return {row[:5]: row[5] for row in joined.iter_rows() if row[5] is not None}


def _values(audit: Audit, places: pl.DataFrame) -> dict[Place, str]:
    factors = _factors(audit)
    found: dict[Place, str] = {}
    for name in sorted(set(places["table"].drop_nulls())):
        fields = sorted(set(places.filter(pl.col("table") == name)["field"]))
        for partition in range(audit.partitions):
            path = audit.work.part(audit.work.t(name), partition)
            if path.is_file():
                rows = places.filter(pl.col("table") == name)
                found |= _of_file(pl.scan_parquet(path, glob=False), rows, fields, factors)
    return found


def _factors(audit: Audit) -> dict[tuple[int, str], float | None]:
    """Factor from the unit as read to the field's own, by block and field; None where it depends on the row."""
    known: dict[tuple[int, str], float | None] = {}
    for block, text in audit.blocks.select("block", "units").iter_rows():
        for name, (_, factor) in json.loads(text or "{}").items():
            known[block, name] = None if isinstance(factor, list) else factor
    return known


def _of_file(
    frame: pl.LazyFrame, places: pl.DataFrame, fields: list[str], factors: dict[tuple[int, str], float | None]
) -> dict[Place, str]:
    schema = frame.collect_schema().names()
    present = [name for name in fields if name in schema]
    if not present or "_block" not in schema:
        return {}
    wanted = places.lazy().select(
        pl.col("of_block").alias("block"), pl.col("of_line").alias("line"), *PLACE[:4], pl.col("field").alias("_field")
    )
    rows = (
        frame.select("_block", "_line", *present)
        .join(wanted, left_on=["_block", "_line"], right_on=["block", "line"], coalesce=True)
        .collect()
    )
    found: dict[Place, str] = {}
    for row in rows.iter_rows(named=True):
        text = _as_written(row.get(row["_field"]), factors.get((row["_block"], row["_field"]), 1.0))
        if text is not None:
            place = (row["source_file"], row["source_sheet"], row["source_row"], row.get("table", ""), row["_field"])
            found[place] = text
    return found


def _as_written(value: Any, factor: float | None) -> str | None:
    """The plain print of a value in the unit it was written in; None where that cannot be told."""
    if value is None or (isinstance(value, float) and factor is None):
        return None
    if isinstance(value, float) and factor is not None:
        return plain_number(value, factor)
    return value.isoformat() if isinstance(value, date) else str(value)
