"""Files that ask for more than there is: refused in a line each, and the rest is audited."""

from __future__ import annotations

import shutil
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from road import TOY, audit
from test_seams import write_toy

from mrvaudit.errors import InputError
from mrvaudit.ingest import apart, discover, read
from mrvaudit.model import Work
from mrvaudit.sector import load_sector
from mrvaudit.standardise import intake, standardise

LAST_CELL = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


def book(path: Path) -> Path:
    """A small honest workbook."""
    made = openpyxl.Workbook()
    made.active.title = "trips"
    for row in (("unit_id", "date", "diesel_kg"), ("A", "2025-03-01", 12.5)):
        made.active.append(row)
    made.save(path)
    return path


def altered(source: Path, target: Path, name: str, old: str, new: str) -> Path:
    """The workbook with a text in one of its parts replaced."""
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in package.namelist():
            content = package.read(entry)
            if entry == name:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            out.writestr(entry, content)
    return target


def bomb(path: Path) -> Path:
    """A sheet of 200 MB of blanks in 200 kB, whose directory says that it holds 100 bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/worksheets/sheet1.xml", b" " * 200_000_000)
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(raw)
    return path


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, Path]:
    """One file of each kind, beside an honest one."""
    folder = tmp_path / "in"
    folder.mkdir()
    honest = book(folder / "trips.xlsx")
    sheet = "xl/worksheets/sheet1.xml"
    entity = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    files = {
        "far": altered(honest, folder / "far.xlsx", sheet, "</sheetData>", LAST_CELL),
        "bomb": bomb(folder / "bomb.xlsx"),
        "line": folder / "line.csv",
        "zeros": folder / "zeros.csv",
        "entity": altered(honest, folder / "entity.xlsx", sheet, "<worksheet", entity),
        "cut": folder / "cut.xlsx",
    }
    files["line"].write_bytes(b"a," * 20_000_000)
    files["zeros"].write_bytes(b"unit_id,\0\0\0,date\n")
    files["cut"].write_bytes(honest.read_bytes()[:-200])
    return files


def test_each_is_refused_and_the_next_file_is_read(hostile: dict[str, Path]) -> None:
    """An InputError each, never a traceback, a hang or a dead audit; an entity is not followed."""
    said = {}
    for name, path in hostile.items():
        (found,) = (one for one in discover([path]) if one.is_data)
        try:
            said[name] = str([block.frame.rows() for block in read(found)])
        except InputError as fault:
            said[name] = fault.en
    assert "root:" not in said.pop("entity")
    assert {
        "far": "reading it takes more memory or time than is allowed; it was not used",
        "bomb": "this is no workbook that can be opened (damaged, encrypted, or another kind of file)",
        "line": "a line is longer than 16 MB: this is no table of records",
        "zeros": "the text encoding is not recognised (UTF-8, UTF-16 with BOM or GB18030 expected)",
        "cut": "this is no workbook that can be opened (damaged, encrypted, or another kind of file)",
    } == said
    honest = hostile["far"].with_name("trips.xlsx")
    (found,) = discover([honest])
    assert [("A", "2025-03-01", "12.5")] == [row[1:] for row in read(found)[0].frame.rows()]


def test_the_rest_of_the_submission_is_audited(tmp_path: Path, hostile: dict[str, Path]) -> None:
    """Exit 3: what was refused is named in summary.json, and the units have their findings."""
    toy = write_toy(tmp_path / "toy")
    for name in ("far", "line"):
        shutil.copy(hostile[name], toy / hostile[name].name)
    run = audit(tmp_path / "out", toy, "--rules", TOY / "ferry", "--reports", "none", "--fail-on", "never")
    assert 3 == run.code
    assert ["A", "B"] == sorted(run.table("scores")["unit_id"])


def test_a_reader_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time runs out: the process is ended, and the next file gets a new one."""
    monkeypatch.setattr(apart, "SECONDS", 0.0)
    monkeypatch.setattr(apart, "SECONDS_PER_MB", 0.0)
    apart.stop()
    (found,) = discover([book(tmp_path / "trips.xlsx")])
    with pytest.raises(InputError, match="more memory or time"):
        read(found)
    monkeypatch.undo()
    assert 1 == len(read(found))


def test_many_books_are_taken_in_their_order(tmp_path: Path) -> None:
    """Two processes read them, and one of the files kills its own: the sources and rows are those of one at a time."""
    folder = tmp_path / "fleet"
    folder.mkdir()
    honest = book(tmp_path / "trips.xlsx")
    for number in range(intake.MANY_FILES + 4):
        shutil.copy(honest, folder / f"plant{number:02}.xlsx")
    altered(honest, folder / "plant07.xlsx", "xl/worksheets/sheet1.xml", "</sheetData>", LAST_CELL)
    done = standardise(discover([folder]), load_sector(extra=TOY / "ferry"), Work(tmp_path / "work"))
    names = [f"fleet/plant{number:02}.xlsx" for number in range(intake.MANY_FILES + 4)]
    assert names == done.sources["path"].to_list()
    read_rows = [(name, 0 if "07" in name else 1) for name in names]
    assert read_rows == done.blocks.select("path", "rows_used").rows()
    assert ["fleet/plant07.xlsx"] == [fault.where for fault in done.unreadable]
