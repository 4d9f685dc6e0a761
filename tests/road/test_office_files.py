"""Word and Excel files of a real run: every finding in them once, the submission as sent, LibreOffice's print."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import polars as pl
import pytest
from road import SAMPLES, Run

FAULTY = SAMPLES / "faulty-plant"
UNITS = {"1#机组": "1%23机组", "2#机组": "2%23机组"}
ID = re.compile(r"[0-9a-f]{16}")
T = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


@pytest.fixture(scope="module")
def run(once: Callable[..., Run]) -> Run:
    """The audit of the faulty plant, with all reports."""
    return once(FAULTY, "--fail-on", "major")


def ids(run: Run, unit: str) -> list[str]:
    """Findings of a unit and of its plant."""
    findings = run.table("findings")
    own = findings.filter(pl.col("unit_id").is_null() | (pl.col("unit_id") == unit))
    return sorted(own["finding_id"])


def book(run: Run, unit: str, name: str) -> Any:
    """A workbook of a unit."""
    return openpyxl.load_workbook(run.out / "units" / UNITS[unit] / name)


@pytest.mark.parametrize("unit", UNITS)
def test_every_finding_stands_once_in_each_file(run: Run, unit: str) -> None:
    """The Word report's annex and the two lists of findings.xlsx hold the findings of findings.parquet, each once."""
    document = docx.Document(str(run.out / "units" / UNITS[unit] / "report.docx"))
    texts = ["".join(one.itertext(T)) for one in document.element.body.iter(T.replace("}t", "}p"))]
    assert ids(run, unit) == sorted(text for text in texts if ID.fullmatch(text))
    workbook = book(run, unit, "findings.xlsx")
    rows = [row for sheet in workbook.worksheets[:2] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert ids(run, unit) == sorted(str(row[-1]) for row in rows)
    assert len(ids(run, unit)) == len(set(ids(run, unit)))


def test_the_lists_say_what_the_findings_say(run: Run) -> None:
    """Rule, month, data code and effect of each line."""
    findings = {row["finding_id"]: row for row in run.table("findings").iter_rows(named=True)}
    sheet = book(run, "1#机组", "findings.xlsx").worksheets[0]
    at = {str(cell.value).split("\n")[0]: place for place, cell in enumerate(sheet[1])}
    for row in sheet.iter_rows(min_row=2, values_only=True):
        found = findings[row[at["finding_id"]]]
        month = f"{found['month']:%Y-%m}" if found["month"] else None
        assert (found["rule_id"], month, found["data_code"], found["impact_tco2"]) == tuple(
            row[at[name]] for name in ("规则", "月份", "数据代码", "影响 t CO₂")
        )
        assert str(row[at["不符合项描述（数字与出处）"]]).startswith(found["message_zh"])


def test_the_marked_submission_holds_every_cell_that_was_sent(run: Run) -> None:
    """Cell by cell against the file: text as text, figures as figures of the same digits."""
    with (FAULTY / "declarations.csv").open(encoding="utf-8") as stream:
        sent = list(csv.reader(stream))
    sheet = book(run, "1#机组", "marked.xlsx")["declarations"]
    differing = [
        (cell.coordinate, cell.value, text)
        for row, texts in zip(sheet.iter_rows(max_row=len(sent)), sent, strict=True)
        for cell, text in zip(row, texts, strict=False)
        if (cell.value is None) != (text == "")
        or (text and str(cell.value) != text and float(cell.value) != float(text))
    ]
    assert [] == differing


def test_cells_of_findings_are_marked_and_linked(run: Run) -> None:
    """Where a finding says it stands, the copy has a colour and a comment, and the list links to it."""
    findings = run.table("findings").filter((pl.col("unit_id") == "1#机组") & (pl.col("severity") != "info"))
    marked, lists = book(run, "1#机组", "marked.xlsx"), book(run, "1#机组", "findings.xlsx").worksheets[0]
    links = {one.hyperlink.location for row in lists.iter_rows(min_row=2) for one in row if one.hyperlink}
    for row in findings.iter_rows(named=True):
        sheet = Path(row["source_file"]).stem
        cell = marked[sheet][row["source_cell"]]
        assert "FFFBDDB8" == cell.fill.fgColor.rgb, row["source_cell"]
        assert row["rule_id"] in cell.comment.text
        assert f"'{sheet}'!{row['source_cell']}" in links or f"{sheet}!{row['source_cell']}" in links


@pytest.fixture(scope="module")
def printed(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Word report and the list, printed by LibreOffice in one go; fails under CI=true where it is missing."""
    missing = [name for name in ("soffice", "pdftotext", "pdfinfo", "pdffonts") if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"missing: {', '.join(missing)}")
    if missing:
        pytest.skip(f"missing: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("printed")
    unit = run.out / "units" / UNITS["1#机组"]
    for name in ("report.docx", "findings.xlsx"):
        shutil.copy(unit / name, folder / name)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
    subprocess.run(
        [*command, folder / "report.docx", folder / "findings.xlsx"], check=True, capture_output=True, timeout=240
    )
    return folder


def told(command: str, *arguments: str | Path) -> str:
    """What one of poppler's programs says of a file."""
    return subprocess.run([command, *arguments], check=True, capture_output=True, text=True).stdout


@pytest.mark.debian
def test_libreoffice_prints_the_report_in_order(printed: Path) -> None:
    """Chapters follow one another, every page but the cover has its header and number, nothing was lost."""
    text = told("pdftotext", "-layout", printed / "report.pdf", "-")
    pages = text.rstrip("\f").split("\f")
    assert 15 <= len(pages) <= 30
    body = "\f".join(pages[3:])
    chapters = ["1 概述", "2 核查过程和方法", "3 核查发现", "4 核查结论", "附件 1", "附件 2", "附件 3", "附件 4"]
    places = [re.search(rf"^\s*{one}", body, re.MULTILINE) for one in chapters]
    assert all(places)
    starts = [one.start() for one in places if one]
    assert sorted(starts) == starts
    assert [] == [n for n, page in enumerate(pages[1:], 2) if f"第 {n} 页，共 {len(pages)} 页" not in page]
    assert "样例第二热电有限公司 · 1#机组 · 2025" not in pages[0]
    assert "{{" not in text


@pytest.mark.debian
def test_libreoffice_prints_the_list_on_one_sheet_wide(printed: Path) -> None:
    """Columns through the signature fit one page; the heads stand there in both languages."""
    text = told("pdftotext", "-layout", "-l", "1", printed / "findings.pdf", "-")
    assert "不符合项类别" in text
    assert "Description with figures and source" in text
    assert "签字" in text
    assert "finding_id" not in text


@pytest.mark.debian
def test_chinese_text_has_a_chinese_font(printed: Path) -> None:
    """No glyph is missing: a CJK font is embedded in the printed report."""
    assert re.search(r"CJK|WenQuanYi|SimSun|FangSong|Song", told("pdffonts", printed / "report.pdf"))
