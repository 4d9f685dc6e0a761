"""Files that ask for more than there is, or for something to be run: each made from an honest workbook."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
ROWS = (("机组编号", "燃料品种", "日期", "消耗量(t)"), ("1#机组", "烟煤", "2025-01-01", 12.5))


def honest() -> bytes:
    """One table of one row."""
    made = openpyxl.Workbook()
    made.active.title = "化石燃料消耗"
    for row in ROWS:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def altered(changes: dict[str, Callable[[bytes], bytes]], added: dict[str, bytes] | None = None) -> bytes:
    """The honest workbook with parts changed and others put in."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(honest())) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in package.namelist():
            data = package.read(name)
            target.writestr(name, changes[name](data) if name in changes else data)
        for name, data in (added or {}).items():
            target.writestr(name, data)
    return out.getvalue()


def with_text(old: str, new: str, part: str = SHEET) -> bytes:
    """The honest workbook with a text of one part replaced."""

    def change(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode())

    return altered({part: change})


def bomb(size: int, declared: int) -> bytes:
    """A sheet of so many blanks; `declared` is what the directory says of its size."""
    raw = bytearray(altered({SHEET: lambda data: data.replace(b"</sheetData>", b" " * size + b"</sheetData>")}))
    at = raw.rfind(SHEET.encode()) - 46
    raw[at + 24 : at + 28] = struct.pack("<I", declared)
    return bytes(raw)


def cell(place: str, inside: str, kind: str = "") -> str:
    """One further row with one cell."""
    row = "".join(mark for mark in place if mark.isdigit())
    return f'<row r="{row}"><c r="{place}"{kind}>{inside}</c></row></sheetData>'


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
FILES: dict[str, Callable[[], bytes]] = {
    "bomb.xlsx": lambda: bomb(1_000, 1_200_000_000),
    "lying-bomb.xlsx": lambda: bomb(100_000_000, 100),
    "far.xlsx": lambda: with_text("</sheetData>", cell("XFD1048576", "<v>1</v>")),
    "wide.xlsx": lambda: with_text("</sheetData>", cell("XFD3", "<v>1</v>")),
    "declared.xlsx": lambda: with_text('<dimension ref="A1:D2"/>', '<dimension ref="A1:XFD1048576"/>'),
    "far-error.xlsx": lambda: with_text("</sheetData>", cell("XFD1048576", "<v>#REF!</v>", ' t="e"')),
    "entity.xlsx": lambda: with_text(
        "<worksheet", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    ),
    "laughs.xlsx": lambda: with_text("<worksheet", f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><worksheet'),
    "names.xlsx": lambda: altered({}, {"../../evil.txt": b"evil", "/tmp/evil.txt": b"evil", "xl\\..\\evil": b""}),
    "links.xlsx": lambda: altered({}, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    "dde.xlsx": lambda: with_text(
        "</sheetData>", cell("D3", "<f>cmd|'/c calc'!A1</f><v>0</v>")
    ),
    "macros.xlsm": lambda: altered({}, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"Sub Auto_Open()" * 9}),
    "zeros.csv": lambda: "机组编号,燃料品种\n1#机组,\0烟煤\n".encode(),
    "later-zeros.csv": lambda: ("机组编号,燃料品种\n" + "1#机组,烟煤\n" * 5000 + "\0").encode(),
    "line.csv": lambda: b"a," * 100_000_000,
    "quotes.csv": lambda: b'a,b\n"' + b"1,2\n" * 4_000_000,
    "cut.xlsx": lambda: honest()[:-300],
    "text.xlsx": lambda: b"this is no workbook",
    "empty.xlsx": lambda: b"",
}  # fmt: skip


def write(name: str, folder: Path) -> Path:
    """One of the files."""
    path = folder / name
    path.write_bytes(FILES[name]())
    return path
