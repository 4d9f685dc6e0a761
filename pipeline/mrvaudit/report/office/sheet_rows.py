"""Rows of a worksheet as XML, row by row in one pass: what was submitted is too much for a call per cell.

A workbook that xlsxwriter made with empty sheets gets its rows here; everything else of it stays as it was.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import polars as pl

from mrvaudit import zip_bytes
from mrvaudit.ingest.block import cell_columns, column_letter
from mrvaudit.ingest.from_excel import cell_text
from mrvaudit.report.office.texts import LONGEST_CELL, cut, seen

if TYPE_CHECKING:
    from mrvaudit.ingest import Block

# What a workbook may show as a figure without changing a digit of what was written.
FIGURE = re.compile(r"-?(?:0|[1-9]\d{0,13})(?:\.(\d{1,8}))?")
# A workbook writes characters as _x0041_ itself; text that looks like one gets its first sign so written.
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
EMPTY = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
PACKED_LEVEL = 4
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet holds."""
TEXT, HEAD = "text", "head"
Kind = str
"""How a cell looks: `text`, `head`, or the kind of its mark."""
Styles = Callable[[Kind, int | None], int]
"""Number of the style of a kind of cell, for figures of so many decimals or (None) for text."""


def rows(block: Block, marks: Mapping[tuple[int, int], Kind], tails: Tails) -> tuple[bytes, str]:
    """`<sheetData>` of a block and the range of its cells: rows and columns where they were, as far as a sheet goes.

    `marks` are the kinds of marked cells by row and column from 0; a marked cell without text is drawn empty. `tails`
    are those of the workbook.
    """
    columns = cell_columns(block.frame)
    first = block.first_column - 1
    letters = [column_letter(first + place + 1) for place in range(len(columns))][: MOST_COLUMNS - first]
    marked: dict[int, dict[int, Kind]] = {}
    for (row, column), kind in marks.items():
        marked.setdefault(row + 1, {})[column] = kind
    written: dict[int, str] = {}
    if any(block.headers):
        written[block.header_row] = _marked_row(
            block.headers, block.header_row, first, marked.get(block.header_row, {}), tails, HEAD
        )
    for line, *values in _lines(block.frame, columns):
        if line in marked:
            written[line] = _marked_row(values, line, first, marked[line], tails, TEXT)
        else:
            cells = [
                f'<c r="{letter}{line}{tails[value]}'
                for letter, value in zip(letters, values, strict=False)
                if value is not None and value != ""
            ]
            if cells:
                written[line] = "".join(cells)
    for line in marked.keys() - written.keys():
        written[line] = _marked_row((), line, first, marked[line], tails, TEXT)
    body = "".join(f'<row r="{line}">{written[line]}</row>' for line in sorted(written))
    widest = max([len(letters), len(block.headers), 1])
    extent = f"A1:{column_letter(min(MOST_COLUMNS, first + widest))}{max(written, default=1)}"
    return f"<sheetData>{body}</sheetData>".encode(), extent


def _lines(frame: pl.DataFrame, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Line and texts of every row that a sheet has room for; a frame stands in the order of its lines."""
    if frame.height and frame["_line"][-1] > MOST_ROWS:
        frame = frame.filter(pl.col("_line") <= MOST_ROWS)
    if frame.columns != ["_line", *columns] or any(kind != pl.String for kind in frame.dtypes[1:]):
        frame = frame.select("_line", *(_texts(frame[name]) for name in columns))
    return frame.iter_rows()


def _texts(values: pl.Series) -> pl.Series:
    """A column as text; files that know types give figures, dates and truth values."""
    if values.dtype == pl.String:
        return values
    return pl.Series(values.name, [cell_text(value) for value in values.to_list()], dtype=pl.String)


class Tails(dict[str, str]):
    """What follows the address of a cell, by its text: a submission holds the same texts again and again."""

    def __init__(self, style: Styles) -> None:
        super().__init__()
        self.style = style

    def __missing__(self, text: str) -> str:
        self[text] = made = self.of(text, TEXT)
        return made

    def of(self, text: str, kind: Kind) -> str:
        """A figure that prints as it was written, else the text with nothing hidden or forbidden in it."""
        figure = FIGURE.fullmatch(text) if kind != HEAD else None
        if figure is not None:
            return f'" s="{self.style(kind, len(figure[1] or ""))}"><v>{text}</v></c>'
        shown = ESCAPED.sub("_x005F_", escape(cut(seen(text), LONGEST_CELL)))
        return f'" s="{self.style(kind, None)}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _marked_row(
    values: Sequence[str | None], line: int, first: int, kinds: Mapping[int, Kind], tails: Tails, plain: Kind
) -> str:
    """Cells of a row in which some are marked, or of the heads."""
    cells = []
    for column in range(first, max([first + len(values), *(one + 1 for one in kinds)])):
        value = values[column - first] if column - first < len(values) else None
        kind = kinds.get(column, plain)
        place = f"{column_letter(column + 1)}{line}"
        if value is not None and value != "":
            cells.append(f'<c r="{place}{tails.of(value, kind)}')
        elif column in kinds:
            cells.append(f'<c r="{place}" s="{tails.style(kind, None)}"/>')
    return "".join(cells)


def filled(workbook: bytes, sheets: Mapping[str, tuple[bytes, str]]) -> bytes:
    """The workbook with the rows of some of its sheets (by the name of their part) put in, in fixed bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKED_LEVEL) as target,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename in sheets:
                rows_of, extent = sheets[entry.filename]
                before, after = EMPTY.split(data, maxsplit=1)
                data = DIMENSION.sub(f'<dimension ref="{extent}"/>'.encode(), before) + rows_of + after
            info = zipfile.ZipInfo(entry.filename, zip_bytes.TIME)
            info.create_system, info.external_attr = zip_bytes.UNIX, zip_bytes.READABLE << 16
            target.writestr(info, data, zipfile.ZIP_DEFLATED, PACKED_LEVEL)
    return out.getvalue()
