"""What a reader hands over: the cells of one sheet or file, as they were written."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Block:
    """One rectangle of cells below one header row.

    `frame` has the columns c1 … cn (text, or the types of a typed file) and `_line`, the 1-based physical row of the
    file or sheet. `headers` are the cells of `header_row`; `first_column` is the 1-based column that c1 stands in.
    """

    sheet: str | None
    header_row: int
    headers: tuple[str, ...]
    frame: pl.DataFrame
    encoding: str | None = None
    first_column: int = 1


def cell_columns(frame: pl.DataFrame) -> list[str]:
    """The columns of a block's frame that hold cells; those that go with them begin with an underscore."""
    return [name for name in frame.columns if not name.startswith("_")]


def from_grid(grid: pl.DataFrame, sheet: str | None, encoding: str | None = None) -> Block:
    """A block of a grid c1 … cn whose first row is physical row 1: its first non-empty row is taken for the header.

    `headers.relocate` moves the header further down where the first row is a title.
    """
    lined = grid.with_row_index("_line", offset=1).with_columns(pl.col("_line").cast(pl.Int32))
    for start in range(min(lined.height, 50)):
        cells = lined.row(start)[1:]
        if any(cell is not None and str(cell).strip() for cell in cells):
            return rehead(Block(sheet, 0, (), lined, encoding), start + 1)
    return Block(sheet, 1, (), lined.clear(), encoding)


def rehead(block: Block, row: int) -> Block:
    """The block with physical row `row` (at or below the present header) as its header."""
    columns = cell_columns(block.frame)
    cells = block.frame.filter(pl.col("_line") == row).select(columns)
    headers = tuple("" if cell is None else str(cell).strip() for cell in cells.row(0)) if cells.height else ()
    below = block.frame.filter(pl.col("_line") > row)
    return Block(block.sheet, row, headers, below, block.encoding, block.first_column)


def row_text(frame: pl.DataFrame) -> pl.Series:
    """The non-empty cells of each row in one text, for the quarantine."""
    parts = [pl.col(name).cast(pl.String, strict=False) for name in cell_columns(frame)]
    if not parts:
        return pl.Series("value", [""] * frame.height, dtype=pl.String)
    return frame.select(pl.concat_str(parts, separator=" | ", ignore_nulls=True).alias("value"))["value"]


def filled(frame: pl.DataFrame) -> pl.Expr:
    """True for rows with at least one cell that is neither empty nor blank."""
    tests = [
        (pl.col(name).str.strip_chars() != "").fill_null(False) if dtype == pl.String else pl.col(name).is_not_null()
        for name, dtype in frame.schema.items()
        if not name.startswith("_")
    ]
    return pl.any_horizontal(tests) if tests else pl.lit(False)
