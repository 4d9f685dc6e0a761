"""Everything that came in and was not used, with its text and the reason; and the counts that prove it."""

from __future__ import annotations

import json

import polars as pl

from mrvaudit.errors import InputError
from mrvaudit.ingest import Block, read
from mrvaudit.ingest.block import column_letter, row_text
from mrvaudit.ingest.frames import schema
from mrvaudit.model import QUARANTINE
from mrvaudit.standardise.batch import Intake

BLOCKS = {
    "block": "i32",
    "source": "i32",
    "path": "str",
    "sheet": "str",
    "table": "str",
    "header_row": "i32",
    "by": "str",
    "field_columns": "str",
    "units": "str",
    "decimals": "str",
    "ignored": "str",
    "rows_in": "i64",
    "rows_used": "i64",
    "rows_quarantined": "i64",
}


def texts(intake: Intake, repeated: pl.DataFrame) -> pl.DataFrame:
    """Repeated rows (_block, _line, reason) with their text, which is read once more: it was not kept for all rows."""
    frames = []
    for (number,), part in sorted(repeated.partition_by("_block", as_dict=True).items()):
        found, nth = intake.found_of_block[int(str(number))]
        try:
            block = read(found, intake.readers)[nth]
        except (InputError, IndexError, KeyError):
            value = pl.DataFrame({"_line": part["_line"], "value": pl.Series([None] * part.height, dtype=pl.String)})
        else:
            across = intake.blocks[int(str(number))]["by"] == "columns"
            value = _columns(block, part["_line"]) if across else _rows(block, part["_line"])
        frames.append(
            part.join(value, on="_line", how="left").select(
                pl.col("_block").alias("block"), pl.col("_line").alias("line"), "reason", "value"
            )
        )
    wanted = {"block": pl.Int32(), "line": pl.Int32(), "reason": pl.String(), "value": pl.String()}
    return pl.concat([pl.DataFrame(schema=wanted), *frames])


def _rows(block: Block, lines: pl.Series) -> pl.DataFrame:
    rows = block.frame.filter(pl.col("_line").is_in(lines.implode()))
    return pl.DataFrame([rows["_line"], row_text(rows)])


def _columns(block: Block, lines: pl.Series) -> pl.DataFrame:
    """The cells of whole columns: the records of a table written across."""
    texts = []
    for line in lines.to_list():
        cells = block.frame[f"c{line - block.first_column + 1}"].drop_nulls()
        texts.append(" | ".join(str(cell) for cell in cells.to_list()))
    return pl.DataFrame({"_line": lines, "value": pl.Series(texts, dtype=pl.String)})


def counted(intake: Intake, aside: pl.DataFrame) -> pl.DataFrame:
    """The blocks with rows in = rows used + rows quarantined."""
    lost = dict(aside.group_by("block").len().iter_rows())
    rows = [
        {**row, "rows_used": row["rows_in"] - lost.get(row["block"], 0), "rows_quarantined": lost.get(row["block"], 0)}
        for row in intake.blocks
    ]
    return pl.DataFrame(rows, schema=schema(BLOCKS), orient="row")


def quarantine(blocks: pl.DataFrame, aside: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Rows (column null) and single cells that could not be used, sorted by place."""
    place = blocks.select("block", "table", pl.col("path").alias("file"), "sheet", "by", "header_row", "field_columns")
    rows = aside.with_columns(pl.lit(None, pl.String).alias("column"))
    single = cells.select(
        pl.col("_block").alias("block"),
        pl.col("_line").alias("line"),
        "reason",
        pl.col("text").alias("value"),
        "column",
        "field",
    )
    rows = rows.with_columns(pl.lit(None, pl.String).alias("field"))
    both = pl.concat([rows, single]).join(place, on="block", how="left")
    wanted = schema(QUARANTINE)
    return (
        _turned(both)
        .sort(["block", "row", "column", "reason"], nulls_last=False)
        .select([pl.col(name).cast(kind) for name, kind in wanted.items()])
    )


def _turned(both: pl.DataFrame) -> pl.DataFrame:
    """The row of each; of a table written across the item's row, and the letter of its column."""
    both = both.with_columns(pl.col("line").alias("row"))
    across = both["by"] == "columns"
    if not across.fill_null(False).any():
        return both
    listed = both.select("by", "line", "header_row", "field", "field_columns", "column", "row").rows()
    found = [
        (json.loads(places).get(field or "", head), column_letter(line)) if by == "columns" else (row, column)
        for by, line, head, field, places, column, row in listed
    ]
    return both.with_columns(
        pl.Series("row", [row for row, _ in found], dtype=pl.Int32),
        pl.Series("column", [column for _, column in found], dtype=pl.String),
    )
