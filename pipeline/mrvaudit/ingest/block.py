"""What a reader hands over: the cells of one sheet or file, as they were written."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

import polars as pl

# Where a column of a block stands that is no column of the sheet: what a title or a section says of every row.
NOWHERE = 0


@dataclass(frozen=True)
class Looks:
    """What a workbook shows of a sheet beside its values: rows and columns that are hidden, formulas.

    `unsure` is how many formulas have a stored result that the workbook itself wants to be computed again.
    """

    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    unsure: int = 0


@dataclass(frozen=True)
class Block:
    """One rectangle of cells below one header row.

    `frame` has the columns c1 … cn (text, or the types of a typed file) and `_line`, the 1-based physical row of the
    file or sheet. `headers` are the cells of `header_row`; `first_column` is the 1-based column that c1 stands in.
    Where a table was written across, `by` is `columns`: each row of `frame` is a column of the sheet and `_line` its
    number. `places` says where each cell column stands (its row, for `columns`) where that is not simply in order;
    `totals` are lines that add up others, `left` headers that were left aside with the reason, `monthly` places of
    columns whose header says that they are of the month alone.
    """

    sheet: str | None
    header_row: int
    headers: tuple[str, ...]
    frame: pl.DataFrame
    encoding: str | None = None
    first_column: int = 1
    by: str = "rows"
    places: tuple[int, ...] = ()
    totals: tuple[int, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    monthly: tuple[int, ...] = ()
    looks: Looks = Looks()

    def place(self, at: int) -> int:
        """The 1-based column (or row) of the sheet that cell column `at` stands in; NOWHERE for none."""
        return self.places[at] if self.places else at + self.first_column


def column_letter(column: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_columns(frame: pl.DataFrame) -> list[str]:
    """The columns of a block's frame that hold cells; those that go with them begin with an underscore."""
    return [name for name in frame.columns if not name.startswith("_")]


def from_grid(grid: pl.DataFrame, sheet: str | None, encoding: str | None = None) -> Block:
    """A block of a grid c1 … cn whose first row is physical row 1: its first non-empty row is taken for the header.

    `headers.relocate` moves the header further down where the first row is a title.
    """
    lined = grid.clone().insert_column(0, pl.int_range(1, grid.height + 1, dtype=pl.Int32, eager=True).alias("_line"))
    for start in range(min(lined.height, 50)):
        headers = cell_texts(lined, start)
        if any(headers):
            return Block(sheet, start + 1, headers, lined[start + 1 :], encoding)
    return Block(sheet, 1, (), lined.clear(), encoding)


def rehead(block: Block, row: int) -> Block:
    """The block with physical row `row` (at or below the present header) as its header."""
    lines = block.frame["_line"]
    at = bisect_left(lines, row)
    there = at < lines.len() and lines[at] == row
    headers = cell_texts(block.frame, at) if there else ()
    return replace(block, header_row=row, headers=headers, frame=block.frame[at + there :])


def cell_texts(frame: pl.DataFrame, at: int) -> tuple[str, ...]:
    """The cells of the row at position `at`, without spaces around them, empty where there is none."""
    cells = zip(frame.columns, frame.row(at), strict=True)
    return tuple("" if cell is None else str(cell).strip() for name, cell in cells if not name.startswith("_"))


def text_rows(frame: pl.DataFrame) -> list[tuple[int, tuple[str, ...]]]:
    """Line and cells of every row as texts, without spaces around them, empty where there is none."""
    columns, schema = cell_columns(frame), frame.schema
    if any(schema[name] != pl.String for name in columns):
        frame = frame.select("_line", *(pl.col(name).cast(pl.String, strict=False) for name in columns))
    return [
        (line, tuple([(cell or "").strip() for cell in cells]))
        for line, *cells in frame.select("_line", *columns).iter_rows()
    ]


def row_text(frame: pl.DataFrame) -> pl.Series:
    """The non-empty cells of each row in one text, for the quarantine."""
    parts = [pl.col(name).cast(pl.String, strict=False) for name in cell_columns(frame)]
    if not parts:
        return pl.Series("value", [""] * frame.height, dtype=pl.String)
    return frame.select(pl.concat_str(parts, separator=" | ", ignore_nulls=True).alias("value"))["value"]


def filled(frame: pl.DataFrame) -> pl.Series:
    """True for rows with at least one cell that is neither empty nor blank.

    Columns are looked at only until every row has one: in most tables that is the first.
    """
    found: pl.Series | None = None
    schema = frame.schema
    for name in cell_columns(frame):
        cell = pl.col(name)
        is_text = schema[name] == pl.String
        full = (cell.str.strip_chars() != "").fill_null(False) if is_text else cell.is_not_null()
        column = frame.select(full.alias("full"))["full"]
        found = column if found is None else found | column
        if found.all():
            break
    return pl.Series([False]).new_from_index(0, frame.height) if found is None else found


def with_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with at least one cell; the frame itself where no row is empty."""
    full = filled(frame)
    return frame if full.all() else frame.filter(full)
