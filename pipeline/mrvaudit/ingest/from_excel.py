"""Workbooks through calamine: every sheet from A1, each cell as the text a reader would type."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from math import isfinite
from pathlib import Path
from types import NoneType

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from mrvaudit.errors import InputError
from mrvaudit.ingest.block import Block, from_grid
from mrvaudit.ingest.sheets import marks
from mrvaudit.ingest.sheets.marks import Marks

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
APART = True
LARGEST_UNPACKED_BYTES = 1 << 30
# Figures of this size print the same way here and in Python: without an exponent.
PLAIN = (1e-4, 1e14)
# How far beyond the cells that the reader gives a formula without a result may stand.
FAR = 200


def read(path: Path) -> list[Block]:
    """One block per worksheet that holds anything; InputError where the file is no workbook, or unpacks beyond 1 GB."""
    _guard(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
            seen = marks.of_workbook(path)
            return [
                _block(book.get_sheet_by_name(name).to_python(skip_empty_area=False), name, seen.get(name, Marks()))
                for name in names
            ]
    except (CalamineError, OSError, ValueError) as fault:
        raise InputError(
            path.name,
            "不是可以打开的工作簿（可能损坏、加密或扩展名不符）",
            "this is no workbook that can be opened (damaged, encrypted, or another kind of file)",
            read=str(fault)[:120],
            todo_zh="请用 Excel 或 WPS 另存为 xlsx 后重新提交",
            todo_en="save it as xlsx and submit it again",
        ) from None


def _block(rows: list[list[object]], name: str, seen: Marks) -> Block:
    """A sheet with the texts that the reader leaves out put where they stand."""
    height, width = len(rows), max(map(len, rows), default=0)
    for (row, column), text in sorted(seen.cells.items()):
        # A cell far from all others is left to them.
        if row <= height + FAR and column <= width + FAR:
            rows += [[] for _ in range(row - len(rows))]
            rows[row - 1] += [None] * (column - len(rows[row - 1]))
            rows[row - 1][column - 1] = text
    return replace(from_grid(_grid(rows), name), looks=seen.looks)


def _guard(path: Path) -> None:
    """Refuse a package whose declared unpacked size is beyond reason: the reader has no bound of its own."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as package:
        size = sum(entry.file_size for entry in package.infolist())
    if size > LARGEST_UNPACKED_BYTES:
        raise InputError(
            path.name,
            "工作簿解压后超过 1 GB，未读取",
            "the workbook unpacks to more than 1 GB and was not read",
            read=f"{size} bytes",
            todo_zh="请拆分工作簿，或改用 CSV",
            todo_en="split the workbook, or send CSV files",
        )


def _grid(rows: list[list[object]]) -> pl.DataFrame:
    return pl.DataFrame({f"c{at}": column_texts(cells) for at, cells in enumerate(zip_longest(*rows), start=1)})


def column_texts(cells: Sequence[object]) -> pl.Series:
    """The cells of a column as `cell_text` gives them one by one; words and usual figures all at once."""
    kinds = set(map(type, cells))
    if kinds <= {str, NoneType}:
        return pl.Series([cell or None for cell in cells], dtype=pl.String)
    if kinds <= {str, float, NoneType}:
        figures = pl.Series([cell if type(cell) is float else None for cell in cells], dtype=pl.Float64)
        if _are_plain(figures):
            printed = figures.cast(pl.String).str.strip_suffix(".0")
            if str not in kinds:
                return printed
            both = zip(cells, printed.to_list(), strict=True)
            return pl.Series([cell or None if type(cell) is str else text for cell, text in both], dtype=pl.String)
    return pl.Series([cell_text(cell) for cell in cells], dtype=pl.String)


def _are_plain(figures: pl.Series) -> bool:
    """Whether figures print the same way here and in Python: none has an exponent, no zero has a sign."""
    least, most = figures.min(), figures.max()
    if not isinstance(least, float) or not isinstance(most, float) or not isfinite(figures.sum()) or most >= PLAIN[1]:
        return False
    if least >= PLAIN[0]:
        return True
    size = figures.abs()
    usual = size.is_between(*PLAIN) | ((size == 0) & (1 / figures > 0))
    return bool(usual.fill_null(True).all())


def cell_text(value: object) -> str | None:
    """A typed cell as text: whole numbers without `.0`, other numbers shortest, dates ISO; None for an empty cell."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return repr(value.total_seconds() / 86400)
    return str(value)
