"""A workbook that came back, as rows of text: formulas are text, nothing is computed, nothing is followed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mrvaudit.answers import columns
from mrvaudit.errors import InputError, UsageError
from mrvaudit.ingest.block import column_letter
from mrvaudit.ingest.from_excel import cell_text

LARGEST_UNPACKED_BYTES = 1 << 28
HEAD_ROWS = 20
MOST_ROWS, MOST_COLUMNS = 200_000, 200
# What XML forbids, what hides or reorders text; line breaks and tabs stay.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


@dataclass(frozen=True)
class Row:
    """One line of the list: its place, and the text of every column that was recognised (None where empty)."""

    file: str
    sheet: str
    line: int
    texts: dict[str, str | None]
    letters: dict[str, str]

    def __getitem__(self, name: str) -> str | None:
        """Text of a column, None where it is empty or there is no such column."""
        return self.texts.get(name)

    def place(self, name: str) -> str:
        """Where a column's cell stands: file:sheet!M5, or the row where there is no such column."""
        return f"{self.file}:{self.sheet}!{self.letters.get(name, '')}{self.line}"


def rows(path: Path) -> list[Row]:
    """Rows with a finding_id of every sheet that has such a column.

    Raises InputError where the file is no workbook, UsageError where no sheet has the column.
    """
    import openpyxl

    _guard(path)
    try:
        # data_only false: a formula comes as its text, not as a value that some program left behind.
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            found = {sheet.title: list(_sheet(path.name, sheet)) for sheet in book.worksheets}
        finally:
            book.close()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile) as fault:
        raise InputError(
            path.name, "不是可以打开的工作簿", "this is no workbook that can be opened", read=str(fault)[:120],
            todo_zh="请另存为 xlsx", todo_en="save it as xlsx",
        ) from None  # fmt: skip
    known = [row for lines in found.values() for row in lines]
    if not known:
        raise UsageError(
            path.name, "没有含 finding_id 列且有内容的工作表", "no sheet has a column finding_id with rows below it",
            todo_zh="请填写 mrvaudit review export 写出的工作簿",
            todo_en="fill in the workbook that mrvaudit review export wrote",
        )  # fmt: skip
    return known


def _guard(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        raise InputError(path.name, "不是 xlsx 工作簿", "this is no xlsx workbook")
    with zipfile.ZipFile(path) as package:
        size = sum(entry.file_size for entry in package.infolist())
    if size > LARGEST_UNPACKED_BYTES:
        raise InputError(
            path.name, "工作簿解压后过大，未读取", "the workbook unpacks to too much", read=f"{size} bytes"
        )


def _sheet(file: str, sheet: Any) -> Iterator[Row]:
    places: dict[int, str] = {}
    for line, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True), 1):
        if not places:
            named = {index: name for index, cell in enumerate(cells) if (name := columns.column_of(cell))}
            if "finding_id" in named.values():
                places = named
            elif line >= HEAD_ROWS:
                return
            continue
        texts = {name: text_of(cells[index]) for index, name in places.items() if index < len(cells)}
        if texts.get("finding_id"):
            letters = {name: column_letter(index + 1) for index, name in places.items()}
            yield Row(file, sheet.title, line, texts, letters)


def text_of(value: Any) -> str | None:
    """A cell as text without space around it; signs that nobody sees as visible codes. None for an empty cell."""
    text = cell_text(value)
    if text is None:
        return None
    seen = UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)
    return seen.strip() or None
