"""What a workbook says of its sheets beside the values of their cells: hidden rows and columns, errors, formulas.

The reader of cells gives an empty cell for an error and for a formula without a stored result; here their text comes
from the sheet's own XML. Only packages of XML (xlsx, xlsm) say it; of other workbooks nothing is known.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mrvaudit.ingest.block import Looks
from mrvaudit.ingest.sheets.faults import NO_RESULT

# A sheet of more text than this is read for its cells only.
LARGEST_SHEET_BYTES = 256 << 20
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_AGAIN = re.compile(rb"<(?:\w+:)?calcPr\b[^>]*\b(?:fullCalcOnLoad|forceFullCalc)\s*=\s*[\"'](?:1|true)[\"']")
_HIDDEN = re.compile(rb"<(?:\w+:)?(row|col)\b([^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^>]*)>")
_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*(?:<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*)?"
    rb"(?:<(?:\w+:)?v\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?v>))?"
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_REFERENCE = re.compile(rb"^([A-Z]{1,3})(\d{1,7})$")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True)
class Marks:
    """What is to be said of one sheet, and the text of cells (row, column from 1) that the reader leaves empty."""

    looks: Looks = field(default_factory=Looks)
    cells: dict[tuple[int, int], str] = field(default_factory=dict)


def of_workbook(path: Path) -> dict[str, Marks]:
    """The marks of every sheet by its name; nothing where the file is no package of XML or says it in its own way."""
    try:
        return _of_package(path) if zipfile.is_zipfile(path) else {}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, NotImplementedError, RuntimeError):
        # The cells were read: what else the package says is lost with the part that is damaged.
        return {}


def _of_package(path: Path) -> dict[str, Marks]:
    found = {}
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        book = package.read("xl/workbook.xml") if "xl/workbook.xml" in names else b""
        again = _AGAIN.search(book) is not None
        for name, part in _parts(package, book, names):
            if package.getinfo(part).file_size <= LARGEST_SHEET_BYTES:
                found[name] = _of_sheet(package.read(part), again)
    return found


def _parts(package: zipfile.ZipFile, book: bytes, names: set[str]) -> Iterator[tuple[str, str]]:
    """Name and part of every sheet."""
    relations = "xl/_rels/workbook.xml.rels"
    targets = {}
    for found in _RELATION.finditer(package.read(relations) if relations in names else b""):
        said = _attributes(found[1])
        targets[said.get("Id", "")] = said.get("Target", "")
    for found in _SHEET.finditer(book):
        said = _attributes(found[1])
        target = targets.get(next((said[key] for key in said if key.endswith(":id")), ""), "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if part in names:
            yield said.get("name", ""), part


def _attributes(text: bytes) -> dict[str, str]:
    return {
        found[1].decode(): html.unescape((found[2] if found[2] is not None else found[3]).decode("utf-8", "replace"))
        for found in _ATTRIBUTE.finditer(text)
    }


def _of_sheet(xml: bytes, again: bool) -> Marks:
    rows, columns = _hidden(xml) if b"hidden" in xml else ((), ())
    # Most sheets have none, and looking for a word is ten times as fast as for a pattern.
    formulas = (b"<f" in xml or b":f" in xml) and _FORMULA.search(xml) is not None
    if not formulas and b't="e"' not in xml and b"t='e'" not in xml:
        return Marks(Looks(rows, columns))
    cells: dict[tuple[int, int], str] = {}
    stored = 0
    for found in _CELL.finditer(xml):
        head, formula, value = found[1], found[2], found[3]
        error = b't="e"' in head or b"t='e'" in head
        has_formula = formula is not None or (formulas and _FORMULA.search(found[0]) is not None)
        if not error and not has_formula:
            continue
        said = _attributes(head)
        place = _place(said.get("r", ""))
        # An empty stored text is a result; an empty figure is none.
        missing = has_formula and not value and said.get("t") != "str"
        stored += has_formula and not missing
        if place is not None and (error or missing):
            text = value if error and value else formula or b""
            plain = html.unescape(text.decode("utf-8", "replace"))
            cells[place] = plain if error and value else NO_RESULT + plain
    return Marks(Looks(rows, columns, stored if again else 0), cells)


def _hidden(xml: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    rows: set[int] = set()
    columns: set[int] = set()
    for found in _HIDDEN.finditer(xml):
        said = _attributes(found[2])
        if found[1] == b"row":
            rows |= {_whole(said.get("r"), LAST_ROW)}
        else:
            first, last = _whole(said.get("min"), LAST_COLUMN), _whole(said.get("max"), LAST_COLUMN)
            columns |= set(range(first, last + 1)) if first else set()
    return tuple(sorted(rows - {0})), tuple(sorted(columns))


def _whole(text: str | None, most: int) -> int:
    """A row or column from 1, 0 for none."""
    return min(int(text), most) if text is not None and text.isascii() and text.isdigit() else 0


def _place(reference: str) -> tuple[int, int] | None:
    found = _REFERENCE.match(reference.encode())
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return int(found[2]), column
