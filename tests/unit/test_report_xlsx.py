"""findings.xlsx and marked.xlsx: every finding once, columns as agreed, text stays text, marks where they belong."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from report_case import BREAKOUT, ENTITY, FOLDERS, LONG, findings, power, written

from mrvaudit import report
from mrvaudit.answers.answer import Answer, Step
from mrvaudit.answers.filled import rows as read_back
from mrvaudit.ingest import Block, from_csv
from mrvaudit.report.office import book as book_of
from mrvaudit.report.office import marked_book, sheet_rows, texts
from mrvaudit.report.office.submission import Submission

HEADS = [
    "序号", "不符合项类别", "不符合项描述（数字与出处）", "机组", "月份", "数据代码", "判断依据", "影响 t CO₂",
    "影响的口径", "原因分析（企业填写）", "整改措施（企业填写）", "更正后的值（企业填写）", "整改证据（企业填写）",
    "日期", "核查意见", "是否关闭", "签字", "答复人（企业填写）", "等级", "规则", "单元格", "finding_id",
]  # fmt: skip


def book(name: str, place: int = 0, lang: str = "zh") -> Any:
    """A workbook of a unit, read by openpyxl."""
    return openpyxl.load_workbook(written(lang) / "units" / FOLDERS[place] / name)


def rows(sheet: Any) -> list[list[Any]]:
    """Values below the heads."""
    return [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_heads_stand_in_the_agreed_order() -> None:
    """Chinese first; the id by which answers are read back is last."""
    sheet = book("findings.xlsx").worksheets[0]
    assert HEADS == [str(one.value).split("\n")[0] for one in sheet[1]]
    assert "Description with figures and source" == str(sheet["C1"].value).split("\n")[1]


def test_every_finding_stands_once() -> None:
    """In the list, or (info) among what is to look into; numbered; those of the plant too."""
    workbook = book("findings.xlsx")
    listed, doubts = rows(workbook.worksheets[0]), rows(workbook.worksheets[1])
    own = [one for one in findings() if one["entity_id"] == ENTITY]
    expected = sorted((one["finding_id"], one["rule_id"]) for one in own)
    assert expected == sorted([(row[-1], row[19]) for row in listed] + [(row[-1], row[11]) for row in doubts])
    assert [1, 2, 3, 4] == [row[0] for row in listed]
    assert [("D1", "0000000000000003")] == [(row[0], row[-1]) for row in doubts]


def test_a_line_holds_figures_source_effect_and_its_condition() -> None:
    """The largest matter first; a conditional effect says so."""
    listed = {row[-1]: row for row in rows(book("findings.xlsx").worksheets[0])}
    second = listed[f"{2:016x}"]
    assert "第 2 条。\n出处：s/declarations.csv · E10，原文９３，０６０ t " == second[2]
    assert ["1#机组", "2025-09", "A"] == second[3:6]
    assert [11_858.3, "重算得出"] == second[7:9]
    assert [32_087.4, "若适用缺省值；另列"] == listed[f"{4:016x}"][7:9]
    assert [None] * 9 == second[9:18]
    assert "全厂" == listed[f"{5:016x}"][3]


def test_what_follows_from_a_cause_is_not_counted_again() -> None:
    """Its tonnes stand beside a reference to the cause's number."""
    cause = {row[-1]: row[0] for row in rows(book("findings.xlsx").worksheets[0])}[f"{1:016x}"]
    (doubt,) = rows(book("findings.xlsx").worksheets[1])
    assert f"随第 {cause} 项，不重复计" == doubt[9]


def test_filters_choices_and_frozen_heads() -> None:
    """Classes, opinions and closing are chosen from lists."""
    sheet = book("findings.xlsx").worksheets[0]
    assert ("A1:V5", "D2") == (sheet.auto_filter.ref, sheet.freeze_panes)
    rules = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"}
    assert '"未关闭,已关闭"' == rules["P2:P5"]
    assert 8 == len(rules["B2:B5"].strip('"').split(","))
    assert {"B2:B5", "O2:O5", "P2:P5"} == set(rules)


def test_before_and_after_compares_what_is_filled_in() -> None:
    """Declared and recalculated stand there; the rest follows from the figure that is filled in."""
    sheet = book("findings.xlsx")["核查前后对照"]
    row = next(row for row in sheet.iter_rows(min_row=2) if (row[0].value, row[3].value) == ("A", "2025-03"))
    number = row[0].row
    assert (87_420.0, 93_000.0, None) == tuple(one.value for one in row[4:7])
    assert f'=IF(G{number}="","",IF(G{number}=E{number},"是","否"))' == row[7].value


def test_no_integrity_signal_leaves_the_house() -> None:
    """The workbook goes to the enterprise: what a finding may mean stays with the verifier."""
    values = [
        str(one) for sheet in book("findings.xlsx") for row in sheet.iter_rows(values_only=True) for one in row if one
    ]
    assert [] == [one for one in values if "integrity" in one.lower()]


def test_hostile_text_stays_text() -> None:
    """Formulas, markup and direction marks of a submission are shown in cells of type text."""
    sheet = book("findings.xlsx", 2).worksheets[0]
    (row,) = sheet.iter_rows(min_row=2)
    assert ("s", True) == (row[2].data_type, str(row[2].value).startswith(BREAKOUT))
    notes = {row[0].value: row[1] for row in book("findings.xlsx", 2)["填写说明"].iter_rows() if row[0].value}
    assert ("=cmd()|' /C calc'!A0", "s") == (notes["企业代码"].value, notes["企业代码"].data_type)
    assert LONG == notes["企业"].value


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files as an enterprise might send them, one with cells that try to be formulas."""
    folder = tmp_path_factory.mktemp("sent")
    cells = [
        ["机组编号", "月份", "燃料", "版本", "消耗量"],
        ["1#机组", "2025-01", "=HYPERLINK(\"http://x\",\"y\")", "1", "90000.50"],
        ["1#机组", "2025-02", "@SUM(A1)", "-1", "+1"],
        ["1#机组", "2025-03", "\u202etxt\x01", "1", "0087420"],
        *([["1#机组", f"2025-{number:02d}", "燃煤", "1", "1.20"] for number in range(4, 9)]),
        ["1#机组", "2025-09", "燃煤", "1", "９３，０６０ t "],
    ]  # fmt: skip
    with (folder / "declarations.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(cells)
    made = openpyxl.Workbook()
    made.active.title = "元素碳"
    made.active.append(["报告编号", "检测日期"])
    made.active.append(["=1+1", 3.5])
    made.save(folder / "lab.xlsx")
    return folder


@pytest.fixture(scope="module")
def marked(sent: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """marked.xlsx of a run whose inputs lie in a folder."""
    folder = tmp_path_factory.mktemp("marked")
    audit = power(folder / "work")
    files = {"s/declarations.csv": sent / "declarations.csv", "s/lab.xlsx": sent / "lab.xlsx"}
    sizes = {name: path.stat().st_size for name, path in files.items()}
    known = pl.col("path").replace_strict(sizes, default=9, return_dtype=pl.Int64)
    report.write_reports(
        replace(audit, files=files, sources=audit.sources.with_columns(bytes=known)), folder, ("xlsx",)
    )
    yield openpyxl.load_workbook(folder / "units" / FOLDERS[0] / "marked.xlsx")


def test_a_sheet_for_every_file_with_the_cells_where_they_were(marked: Any) -> None:
    """Rows and columns of the original; figures as they were written, all else as text."""
    assert ["标注说明", "declarations", "元素碳"] == marked.sheetnames
    sheet = marked["declarations"]
    assert ["机组编号", "月份", "燃料", "版本", "消耗量"] == [one.value for one in sheet[1]]
    assert (90_000.5, "0.00") == (sheet["E2"].value, sheet["E2"].number_format)
    assert ("0087420", "s") == (sheet["E4"].value, sheet["E4"].data_type)


def test_nothing_of_the_submission_is_a_formula_or_a_link(marked: Any) -> None:
    """What starts with = + - @ is text, and no cell outside the list links anywhere."""
    sheet = marked["declarations"]
    shown = [(sheet[at].value, sheet[at].data_type) for at in ("C2", "C3", "D3", "E3", "C4")]
    expected = [
        ('=HYPERLINK("http://x","y")', "s"),
        ("@SUM(A1)", "s"),
        (-1, "n"),
        ("+1", "s"),
        ("⟨U+202E⟩txt⟨U+0001⟩", "s"),
    ]
    assert expected == shown
    cells = [one for name in marked.sheetnames for row in marked[name].iter_rows() for one in row]
    assert [] == [one.coordinate for one in cells if one.data_type == "f"]
    links = [one.hyperlink for one in cells if one.hyperlink]
    assert {(None, "declarations"), (None, "元素碳")} == {
        (one.target, str(one.location).split("!")[0].strip("'")) for one in links
    }


def test_cells_of_findings_are_coloured_and_say_why(marked: Any) -> None:
    """The comment names number, severity, rule and the sentence."""
    cell = marked["declarations"]["E10"]
    assert "FFFBDDB8" == cell.fill.fgColor.rgb
    assert "2. ▲ 重要 QTY-01\n第 2 条。" == cell.comment.text.strip()
    plain = marked["declarations"]["E9"]
    assert (None, None) == (plain.comment, plain.fill.fill_type)


def test_files_that_are_gone_or_changed_are_named(marked: Any) -> None:
    """A file that is not what was audited is not shown in its place."""
    told = [row[3] for row in marked["标注说明"].iter_rows(values_only=True) if row[3] and "未读取" in str(row[3])]
    assert ["s/fuel_use.csv: 未读取（文件不在原处或已改变）"] == told


def test_of_a_shared_file_only_the_rows_of_one_entity_are_shown(sent: Path, tmp_path: Path) -> None:
    """Under their own row numbers, the head with them."""
    audit = power(tmp_path / "work")
    path = sent / "declarations.csv"
    submission = Submission({"s/declarations.csv": path}, {"s/declarations.csv": path.stat().st_size}, audit)
    (block,) = submission.blocks("s/declarations.csv", ENTITY, shared=True) or [None]
    assert block is not None
    assert [4, 10] == block.frame["_line"].to_list()
    assert [] == (submission.blocks("s/declarations.csv", "other", shared=True) or [None])[0].frame["_line"].to_list()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["a/b", "a:b"], ["a_b", "a_b~2"]),
        (["x" * 40, "X" * 40], ["x" * 31, "X" * 29 + "~2"]),
        (["'", "History", ""], ["_", "History~2", "_~2"]),
    ],
)
def test_sheet_names_are_ones_that_a_workbook_allows(wanted: list[str], expected: list[str]) -> None:
    """No forbidden sign, at most 31 characters, unique whatever the case."""
    assert expected == texts.sheet_names(wanted)


def test_the_list_filled_in_is_read_back_by_its_heads(tmp_path: Path) -> None:
    """The importer of answers knows every column that somebody fills in, and the id of the line."""
    workbook = book("findings.xlsx")
    filled = {
        "J2": "抄录错误",
        "K2": "更正",
        "L2": 93_000,
        "M2": "日报",
        "N2": "2026-04-01",
        "O2": "接受",
        "Q2": "乙",
        "R2": "甲",
    }
    for place, value in filled.items():
        workbook.worksheets[0][place] = value
    workbook.save(tmp_path / "back.xlsx")
    row = read_back(tmp_path / "back.xlsx")[0]
    names = ("cause", "answer", "corrected", "evidence", "date", "opinion", "signature", "author")
    assert ["抄录错误", "更正", "93000", "日报", "2026-04-01", "接受", "乙", "甲"] == [row[name] for name in names]
    assert workbook.worksheets[0]["V2"].value == row["finding_id"]


def test_an_answer_that_holds_is_filled_in(tmp_path: Path) -> None:
    """Cause, correction, value, evidence, names and dates stand in their columns, and in the Word report's list."""
    audit = power(tmp_path / "work")
    given = Answer(
        finding_id=f"{1:016x}", rule_id="QTY-01", entity_id=ENTITY, status="verified", cause="=1+1", answer="更正",
        corrected_value=93_000.0, evidence="班报", author="甲", date="2026-04-01", opinion="接受",
        steps=(Step(status="answered", by="甲", on="2026-04-01"), Step(status="verified", by="乙", on="2026-04-02")),
    )  # fmt: skip
    lapsed = given.model_copy(update={"finding_id": f"{2:016x}", "state": "expired"})
    report.write_reports(replace(audit, answers=(given, lapsed)), tmp_path, ("xlsx", "json"))
    sheet = openpyxl.load_workbook(tmp_path / "units" / FOLDERS[0] / "findings.xlsx").worksheets[0]
    listed = {row[-1].value: row for row in sheet.iter_rows(min_row=2)}
    row = listed[f"{1:016x}"]
    expected = ["=1+1", "更正", 93_000, "班报", "2026-04-01", "接受", "未关闭", "乙", "甲"]
    assert expected == [one.value for one in row[9:18]]
    assert "s" == row[9].data_type
    assert [None] * 9 == [one.value for one in listed[f"{2:016x}"][9:18]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12.50", ("n", 12.5, "0.00")),
        ("-3", ("n", -3, "0")),
        ("007", ("s", "007", "General")),
        ("1e5", ("s", "1e5", "General")),
        ("123456789012345678", ("s", "123456789012345678", "General")),
        ("<b>&\"'", ("s", "<b>&\"'", "General")),
        (" two  spaces ", ("s", " two  spaces ", "General")),
    ],
)
def test_a_cell_shows_what_was_written(text: str, shown: tuple[str, Any, str], tmp_path: Path) -> None:
    """A figure keeps its digits; what a workbook would read otherwise stays text."""
    path = tmp_path / "one.csv"
    path.write_text(f'a\n"{text.replace(chr(34), chr(34) * 2)}"\n', encoding="utf-8")
    (block,) = from_csv.read(path)
    made = book_of.opened(out := BytesIO(), {"tool_version": "", "as_of": "2026-01-01", "digest": ""}, "zh", "")
    made.file.add_worksheet("one")
    rows = sheet_rows.rows(block, {}, sheet_rows.Tails(marked_book.styles(made)))
    made.file.close()
    (tmp_path / "one.xlsx").write_bytes(sheet_rows.filled(out.getvalue(), {"xl/worksheets/sheet1.xml": rows}))
    cell = openpyxl.load_workbook(tmp_path / "one.xlsx")["one"]["A2"]
    assert shown == (cell.data_type, cell.value, cell.number_format)


def test_typed_files_are_shown_as_text_and_figures() -> None:
    """Dates and truth values as words, figures as figures, nothing where there is nothing."""
    frame = pl.DataFrame({"c1": [True, None], "c2": [1.5, 1.0], "c3": [date(2025, 1, 1), None], "_line": [2, 3]})
    tails = sheet_rows.Tails(lambda kind, _: len(kind))
    rows, extent = sheet_rows.rows(Block(None, 1, ("a", "b", "c"), frame), {(2, 0): "major"}, tails)
    assert "A1:C3" == extent
    cells = re.findall(r'<c r="(\w+)" s="(\d)"(?: t="inlineStr")?(?:/>|>.*?>([^<]+)<)', rows.decode())
    expected = [("A1", "a"), ("B1", "b"), ("C1", "c"), ("A2", "true"), ("B2", "1.5"), ("C2", "2025-01-01")]
    assert [*expected, ("A3", ""), ("B3", "1")] == [(place, text) for place, _, text in cells]
