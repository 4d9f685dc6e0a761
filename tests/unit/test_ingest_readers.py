"""Readers hand over the cells as they stand."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from mrvaudit.errors import InputError
from mrvaudit.ingest import from_csv, from_excel, from_parquet
from mrvaudit.ingest.block import Block

TEXT = "机组编号,消耗量（t）\n1#机组,12.50\n2#机组,\n"
CELLS = [("1#机组", "12.50", 2), ("2#机组", None, 3)]


def rows(block: Block) -> list[tuple[object, ...]]:
    """Cells of a block in columns c1 … cn, then the line."""
    names = [name for name in block.frame.columns if name != "_line"]
    return block.frame.select(*names, "_line").rows()


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.replace(",", "\t").encode(), "utf-8"),
        (TEXT.replace(",", ";").encode(), "utf-8"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
        (TEXT.rstrip("\n").encode(), "utf-8"),
    ],
)
def test_text_in_any_usual_form_is_one_table(tmp_path: Path, raw: bytes, encoding: str) -> None:
    """Encodings, separators and line ends change nothing."""
    path = tmp_path / "fuel_use.csv"
    path.write_bytes(raw)
    (block,) = from_csv.read(path)
    assert (block.headers, block.header_row, block.encoding) == (("机组编号", "消耗量（t）"), 1, encoding)
    assert rows(block) == CELLS


def test_commas_between_thousands_separate_no_columns(tmp_path: Path) -> None:
    """A row with more commas in its figures than tabs between them, below a title without either."""
    path = tmp_path / "power_output.csv"
    path.write_text("2025 年\n机组\t1月\t2月\n1#\t117,780,510\t105,839,490\n2#\t1,5\t7\n", encoding="utf-8")
    (block,) = from_csv.read(path)
    assert [("机组", "1月", "2月", 2), ("1#", "117,780,510", "105,839,490", 3), ("2#", "1,5", "7", 4)] == rows(block)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"unit_id,a\n\x00\x01\x02", b"a,b\n\xff\xff\xff\n"])
def test_text_in_no_known_encoding_is_an_input_error(tmp_path: Path, raw: bytes) -> None:
    """Nothing is guessed."""
    path = tmp_path / "fuel_use.csv"
    path.write_bytes(raw)
    with pytest.raises(InputError):
        from_csv.read(path)


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    """Blank lines count, a title is the first header that is tried, longer rows lose nothing."""
    path = tmp_path / "fuel_use.csv"
    path.write_text('\na,b\n\n"x, ""y""",2\n' + "\n" * 12 + "1,2,3\n", encoding="utf-8")
    (block,) = from_csv.read(path)
    assert (block.headers, block.header_row) == (("a", "b", ""), 2)
    assert [row for row in rows(block) if row[0] is not None] == [('x, "y"', "2", None, 4), ("1", "2", "3", 17)]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_text_has_no_block(tmp_path: Path, raw: bytes) -> None:
    """It is no error either."""
    path = tmp_path / "fuel_use.csv"
    path.write_bytes(raw)
    assert [block.headers for block in from_csv.read(path) if block.frame.height] == []


def test_a_workbook_is_read_from_cell_a1(tmp_path: Path) -> None:
    """Every sheet, each cell as it would be typed: whole numbers without a point, dates ISO, words for yes and no."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("机组信息")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(2, 1, ["unit_id", "capacity_mw", "commissioned_on", "cogeneration", "read_at"])
        sheet.write_row(3, 1, [1, 350.5])
        sheet.write_datetime(3, 3, datetime(2016, 6, 18), day)
        sheet.write_boolean(3, 4, True)
        sheet.write_datetime(3, 5, datetime(2016, 6, 18, 8, 30), day)
        sheet.write_row(4, 1, ["2#", 0.1 + 0.2, 45000, "否"])
        book.add_worksheet("空表")
    units, empty = from_excel.read(path)
    assert (units.sheet, units.header_row) == ("机组信息", 3)
    assert units.headers == ("", "unit_id", "capacity_mw", "commissioned_on", "cogeneration", "read_at")
    assert rows(units) == [
        (None, "1", "350.5", "2016-06-18", "true", "2016-06-18 08:30:00", 4),
        (None, "2#", "0.3", "45000", "否", None, 5),
    ]
    assert (empty.sheet, empty.headers, empty.frame.height) == ("空表", (), 0)


def test_a_workbook_that_unpacks_beyond_reason_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its declared size is looked at before anything is unpacked."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 10_000)
    monkeypatch.setattr(from_excel, "LARGEST_UNPACKED_BYTES", 9_999)
    with pytest.raises(InputError, match="1 GB"):
        from_excel.read(path)


def test_parquet_keeps_its_types_and_counts_lines_like_a_sheet(tmp_path: Path) -> None:
    """Row 1 is the header."""
    path = tmp_path / "x[1]*.parquet"
    pl.DataFrame({"unit_id": [1, 2], "date": [date(2025, 3, 1), None], "consumption": [1.5, 2.0]}).write_parquet(path)
    (block,) = from_parquet.read(path)
    assert block.headers == ("unit_id", "date", "consumption")
    assert block.frame.schema == {"_line": pl.Int32, "c1": pl.Int64, "c2": pl.Date, "c3": pl.Float64}
    assert rows(block) == [(1, date(2025, 3, 1), 1.5, 2), (2, None, 2.0, 3)]


def test_a_bare_return_among_other_line_ends_ends_a_line(tmp_path: Path) -> None:
    """Rows of unequal length go to the slow reader, which knows one kind of line end."""
    path = tmp_path / "fuel_use.csv"
    path.write_bytes(b"a,b\r\n1,2\r3,4\n5,6,7\n")
    (block,) = from_csv.read(path)
    assert [("1", "2", None), ("3", "4", None), ("5", "6", "7")] == [row[:3] for row in rows(block)]


@given(
    st.lists(st.one_of(st.none(), st.just(""), st.text("1é.-"), st.booleans(), st.dates(), st.floats(), st.integers()))
)
def test_a_column_is_its_cells_one_by_one(cells: list[object]) -> None:
    """Words and figures all at once print as they do alone: exponents, signs of zero, infinities."""
    assert [from_excel.cell_text(cell) for cell in cells] == from_excel.column_texts(cells).to_list()


@given(st.lists(st.one_of(st.none(), st.just("x"), st.floats(-2e14, 2e14))))
def test_usual_figures_print_as_they_do_alone(cells: list[object]) -> None:
    """The same with nothing but words and figures."""
    assert [from_excel.cell_text(cell) for cell in cells] == from_excel.column_texts(cells).to_list()
