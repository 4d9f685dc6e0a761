"""Word and Excel files as text, a paragraph or a cell a line, so that a change of them shows where two texts differ."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
import openpyxl
from docx.table import Table
from docx.text.paragraph import Paragraph


def of_document(content: bytes) -> bytes:
    """Paragraphs with the name of their style, rows of tables with their cells side by side, in reading order."""
    document = docx.Document(io.BytesIO(content))
    lines = []
    for part in document.iter_inner_content():
        lines += list(_rows(part)) if isinstance(part, Table) else [_paragraph(part)]
    return _bytes(lines)


def _paragraph(part: Paragraph) -> str:
    name = part.style.name if part.style is not None else ""
    return f"{name}: {part.text}" if part.text.strip() else ""


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        yield "| " + " | ".join(" / ".join(cell.text.split("\n")) for cell in row.cells)
    yield ""


def of_workbook(content: bytes, only_marked: bool = False) -> bytes:
    """Cells with their values, formulas as formulas, and comments; `only_marked`: behind the first sheet just these."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    lines = []
    for at, sheet in enumerate(book.worksheets):
        lines.append(f"== {sheet.title} {sheet.dimensions}")
        for row in sheet.iter_rows():
            lines += [_cell(one) for one in row if one.comment or (one.value is not None and not (only_marked and at))]
    return _bytes(lines)


def _cell(one: Any) -> str:
    link = f" → {one.hyperlink.location or one.hyperlink.target}" if one.hyperlink else ""
    comment = f" # {' / '.join(one.comment.text.splitlines())}" if one.comment else ""
    value = str(one.value).replace("\n", " / ")
    return f"{one.coordinate} {value}{link}{comment}"


def _bytes(lines: list[str]) -> bytes:
    return ("\n".join(lines).rstrip("\n") + "\n").encode()
