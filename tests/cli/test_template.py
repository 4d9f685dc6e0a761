"""`mrvaudit template`: an empty workbook that, filled in, audits like the same data in any other form."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from mrvaudit.cli.app import call
from mrvaudit.ingest import headers
from mrvaudit.sector import load_sector

CLEAN = Path(__file__).resolve().parents[2] / "data" / "samples" / "clean-plant"
HEADER_LINE = 3


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as the command writes it."""
    path = tmp_path_factory.mktemp("template") / "空表.xlsx"
    assert call(["template", str(path)]) == 0
    return path


def test_every_header_is_read_as_its_field(empty: Path) -> None:
    """Sheet by sheet in the order of the tables, with titles, unit and mark."""
    sector, book = load_sector(), openpyxl.load_workbook(empty)
    sheets = {table.title.zh: table for table in sector.tables.values()}
    assert ["填表说明 Guide", *sheets, "说明：用词 Codes"] == book.sheetnames
    for title, table in sheets.items():
        words = headers.lexicon(table, sector.units)
        read = [headers.meaning(str(cell.value), words) for cell in book[title][HEADER_LINE]]
        assert list(table.fields) == [one.field if isinstance(one, headers.Heading) else one for one in read], title


def test_an_empty_template_holds_nothing(empty: Path, tmp_path: Path) -> None:
    """The example above the header is no record."""
    assert call(["audit", str(empty), "--out", str(tmp_path / "out"), "--quiet"]) == 4


def test_filled_in_it_audits_clean(empty: Path, tmp_path: Path) -> None:
    """The clean plant's values, written below the headers, are found clean, sheet for sheet and row for row."""
    book, sector, filled = openpyxl.load_workbook(empty), load_sector(), {}
    for path in sorted(CLEAN.glob("*.csv")):
        table = sector.tables[path.stem]
        raw = path.read_bytes()
        text = raw.decode("gb18030") if not _is_utf8(raw) else raw.decode("utf-8-sig")
        head, *rows = csv.reader(text.splitlines())
        words = headers.lexicon(table, sector.units)
        sheet, columns = book[table.title.zh], []
        for name in head:
            meaning = headers.meaning(name, words)
            assert isinstance(meaning, headers.Heading)
            columns.append(list(table.fields).index(meaning.field) + 1)
            unit = table.fields[meaning.field].unit
            if meaning.unit not in (None, unit):
                # The submission's own unit: somebody who fills in the form writes over the header.
                sheet.cell(HEADER_LINE, columns[-1]).value = name
        for line, row in enumerate(rows, start=HEADER_LINE + 1):
            for column, value in zip(columns, row, strict=True):
                sheet.cell(line, column).value = value or None
        filled[table.name] = len(rows)
    book.save(tmp_path / "filled.xlsx")
    assert (
        call(["audit", str(tmp_path / "filled.xlsx"), "--out", str(tmp_path / "out"), "--quiet", "--reports", "none"])
        == 0
    )
    assert [] == pl.read_parquet(tmp_path / "out" / "findings.parquet").select("rule_id", "message_zh").rows()
    assert call(["audit", str(CLEAN), "--out", str(tmp_path / "plain"), "--quiet", "--reports", "none"]) == 0
    scores = [pl.read_parquet(tmp_path / one / "scores.parquet").drop("report_dir").rows() for one in ("out", "plain")]
    assert scores[0] == scores[1]


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def test_what_is_there_is_left_alone(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An existing file, and a name that is no workbook: wrong usage, in one line."""
    before = empty.read_bytes()
    assert [2, 2] == [call(["template", str(empty)]), call(["template", str(empty.with_suffix(".csv"))])]
    assert before == empty.read_bytes()
    assert 2 == len(capsys.readouterr().err.splitlines())
    assert 0 == call(["template", str(empty), "--force"])
    assert before == empty.read_bytes()
