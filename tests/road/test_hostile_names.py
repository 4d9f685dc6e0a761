"""Hostile names from end to end: shown as text in every file, and nothing is written outside the output folder."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import polars as pl
import pytest
from hostile_names import LINK, OWNERS, SCRIPT, shown, submission
from road import Run, audit

FORMATS = ("report.html", "report.docx", "findings.xlsx", "marked.xlsx", "report.json")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The audit, with all reports, in a folder that holds nothing else."""
    folder = tmp_path_factory.mktemp("hostile")
    return audit(folder / "out", submission(folder / "in"), "--fail-on", "never")


def folders(run: Run) -> dict[tuple[str, str], Path]:
    """The folder of each unit."""
    rows = run.table("scores").select("entity_id", "unit_id", "report_dir").iter_rows()
    return {(entity, unit): run.out / "units" / folder for entity, unit, folder in rows}


def test_every_unit_has_its_folder_below_the_output(run: Run) -> None:
    """One each, also on a system that knows no case; beside input and output nothing was written."""
    found = folders(run)
    assert sorted(OWNERS) == sorted(found)
    assert len(OWNERS) == len({str(path).casefold() for path in found.values()})
    for path in found.values():
        assert path.parent == run.out / "units"
        assert sorted(FORMATS) == sorted(one.name for one in path.iterdir())
        assert path.name.split(".")[0].casefold() not in ("con", "")
    assert ["in", "out"] == sorted(one.name for one in run.out.parent.iterdir())


def test_each_unit_has_its_finding(run: Run) -> None:
    """The names do not keep the figures from being checked: March is off in each."""
    findings = run.table("findings").filter(pl.col("rule_id") == "EMI-01")
    assert sorted(OWNERS) == sorted(findings.select("entity_id", "unit_id").iter_rows())
    assert {"2025-03"} == {f"{month:%Y-%m}" for month in findings["month"]}


def test_pages_hold_the_names_as_text(run: Run) -> None:
    """No script but the page's own, no address, and the report's name is the unit's."""
    for (_, unit), folder in folders(run).items():
        text = (folder / "report.html").read_text(encoding="utf-8")
        assert 1 == text.count("<script"), unit
        assert SCRIPT not in text
        assert unit == json.loads((folder / "report.json").read_text(encoding="utf-8"))["unit"]["unit_id"]
    index = (run.out / "index.html").read_text(encoding="utf-8")
    assert (1, False) == (index.count("<script"), SCRIPT in index)


def formulas(book: Any) -> list[str]:
    """Formulas of a workbook: sheet and text."""
    return [
        f"{sheet.title}: {cell.value}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def test_no_cell_of_a_workbook_is_a_formula_of_the_submission(run: Run) -> None:
    """The comparison's own formulas name cells only; text that begins like one is text, and no link leads out."""
    for folder in folders(run).values():
        marked = openpyxl.load_workbook(folder / "marked.xlsx")
        assert [] == formulas(marked)
        assert {LINK} == {row[-2] for row in marked["declarations"].iter_rows(2, values_only=True) if row[-2]}
        found = openpyxl.load_workbook(folder / "findings.xlsx")
        assert [] == [one for one in formulas(found) if not one.startswith("核查前后对照: =IF(")]
        assert [] == [one for one in formulas(found) if "HYPERLINK" in one or "invalid" in one]
        for name in ("marked.xlsx", "findings.xlsx"):
            with zipfile.ZipFile(folder / name) as package:
                outside = [one for one in package.namelist() if one.endswith(".rels")]
                assert "x.invalid" not in "".join(package.read(one).decode() for one in outside)


def test_word_reports_open_and_hold_the_names(run: Run) -> None:
    """Tags in a name are text of a paragraph or cell."""
    for (_, unit), folder in folders(run).items():
        document = docx.Document(str(folder / "report.docx"))
        cells = {cell.text for table in document.tables[:1] for row in table.rows for cell in row.cells}
        assert any(shown(unit) in text for text in cells), unit


def test_the_list_for_excel_has_no_formula(run: Run) -> None:
    """A field of findings.csv that begins like one has an apostrophe before it."""
    rows = pl.read_csv(run.out / "findings.csv", infer_schema=False)
    begun = [text for name in ("entity_id", "unit_id") for text in rows[name] if text and text[0] in "=+-@\t\r"]
    assert [] == begun
    assert "'=1+1" in set(rows["entity_id"])
