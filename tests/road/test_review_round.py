"""A full round: audit, export, answers filled in, import, audit again with the answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from road import SAMPLES, Run, audit

from mrvaudit.cli.app import call

FAULTY = SAMPLES / "faulty-plant"
MARKUP = "</td><script>alert(1)</script>"
LINK = '=HYPERLINK("http://example.invalid","x")'


@pytest.fixture(scope="module")
def first(once: Callable[..., Run], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The faulty plant, in a folder of its own that the round may write to."""
    run = once(FAULTY, "--fail-on", "major")
    folder = tmp_path_factory.mktemp("round") / "first"
    shutil.copytree(run.out, folder)
    return Run(folder, run.code)


def finding(run: Run, rule: str, month: str, unit: str = "1#机组") -> dict[str, object]:
    """The one finding of a rule, unit and month."""
    found = run.table("findings").filter(
        (pl.col("rule_id") == rule) & (pl.col("unit_id") == unit) & (pl.col("month").dt.strftime("%Y-%m") == month)
    )
    assert found.height == 1
    return found.row(0, named=True)


def fill(path: Path, answers: dict[str, dict[str, object]]) -> None:
    """Write answers into the rows of their findings, by the heads of the columns, as a person would."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[:2]:
        heads = {cell.value: cell.column for cell in sheet[1]}
        for line in range(2, sheet.max_row + 1):
            for head, value in answers.get(sheet.cell(line, heads["finding_id"]).value, {}).items():
                cell = sheet.cell(line, heads[head])
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) and not value.startswith("=") else cell.data_type
    book.save(path)


@pytest.fixture(scope="module")
def filled(first: Run) -> tuple[Path, dict[str, str]]:
    """The exported workbook with five rows filled in, and the ids of their findings."""
    path = first.out.parent / "list.xlsx"
    assert call(["review", "export", str(first.out), str(path)]) == 0
    shutil.copy(path, path.with_name("empty.xlsx"))
    ids = {
        "right": str(finding(first, "QTY-01", "2025-04")["finding_id"]),
        "closed": str(finding(first, "LAB-04", "2025-03")["finding_id"]),
        "hostile": str(finding(first, "EMI-01", "2025-10")["finding_id"]),
        "wrong": str(finding(first, "NCV-01", "2025-09")["finding_id"]),
    }
    who = {"答复人（企业填写）": "张三", "日期": "2026-04-01"}
    fill(
        path,
        {
            ids["right"]: {**who, "原因分析（企业填写）": "漏加两日", "更正后的值（企业填写）": 75380.49},
            ids["closed"]: {
                **who, "整改措施（企业填写）": "更正收样日期", "核查意见": "接受", "签字": "李四", "是否关闭": "已关闭",
                "核实日期": "2026-04-03", "关闭日期": "2026-04-03",
            },
            ids["hostile"]: {
                **who, "原因分析（企业填写）": LINK, "整改措施（企业填写）": MARKUP, "整改证据（企业填写）": "证" * 300,
                "更正后的值（企业填写）": 119108.78,
            },
            ids["wrong"]: {**who, "整改措施（企业填写）": "更正", "更正后的值（企业填写）": "=1+1"},
        },
    )  # fmt: skip
    return path, ids


def test_every_open_finding_stands_in_the_workbook_once(first: Run, filled: tuple[Path, dict[str, str]]) -> None:
    """Critical to minor in the list, info among the doubts; no cell is a formula; the same bytes twice."""
    path = first.out.parent / "again.xlsx"
    assert call(["review", "export", str(first.out), str(path)]) == 0
    assert path.read_bytes() == filled[0].with_name("empty.xlsx").read_bytes()
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["不符合项清单", "存疑事项", "填写说明"]
    found: list[tuple[str, str]] = []
    for sheet, grave in zip(book.worksheets, (True, False), strict=False):
        heads = {cell.value: cell.column for cell in sheet[1]}
        found += [(sheet.cell(line, heads["finding_id"]).value, str(grave)) for line in range(2, sheet.max_row + 1)]
        assert {cell.data_type for cells in sheet.iter_rows() for cell in cells} <= {"s", "n"}
    findings = first.table("findings")
    expected = [(row[0], str(row[1] != "info")) for row in findings.select("finding_id", "severity").iter_rows()]
    assert sorted(found) == sorted(expected)


def test_a_round(
    first: Run, filled: tuple[Path, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three rows are taken, one is refused by its cell; a new audit knows them."""
    path, ids = filled
    capsys.readouterr()
    assert call(["review", "import", str(first.out), str(path)]) == 1
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "list.xlsx:不符合项清单!O" in said.err and "是公式而不是值，请写出结果；读到 =1+1" in said.err
    answers = (first.out / "answers.json").read_bytes()
    assert call(["review", "import", str(first.out), str(path)]) == 1
    assert (first.out / "answers.json").read_bytes() == answers

    again = audit(
        tmp_path / "again", FAULTY, "--fail-on", "major", "--reports", "json,xlsx",
        "--answers", first.out / "answers.json", "--baseline", first.out,
    )  # fmt: skip
    status = dict(again.table("findings").select("finding_id", "status").iter_rows())
    assert {name: status[one] for name, one in ids.items()} == {
        "right": "answered", "closed": "closed", "hostile": "answered", "wrong": "open",
    }  # fmt: skip
    before, after = (run.table("findings").drop("status") for run in (first, again))
    assert before.rows() == after.rows()
    assert again.code == 1
    assert (again.out / "answers.json").read_bytes() == answers
    kept = {one["finding_id"]: one for one in json.loads(answers)["answers"]}
    assert (kept[ids["hostile"]]["cause"], kept[ids["hostile"]]["answer"]) == (LINK, MARKUP)
    before_and_after(first, again, ids)
    findings_xlsx_comes_back(again, ids)


def before_and_after(first: Run, again: Run, ids: dict[str, str]) -> None:
    """The corrected value in its code and month, its tonnes in the totals and in the duty; the rest as it was."""
    reviewed = json.loads((first.out / "review.json").read_text(encoding="utf-8"))
    verdicts = {one["finding_id"]: one for one in reviewed["answers"]}
    right, hostile = verdicts[ids["right"]], verdicts[ids["hostile"]]
    assert (right["identity"], hostile["identity"]) == ("restored", "remains")
    assert right["explained_tco2"] == pytest.approx(right["of_tco2"])
    assert hostile["words"]["zh"] == "更正后该项仍然存在；1,800 t 中解释 1,200 t"
    assert hostile["words"]["en"] == "with the corrected value the finding remains; explains 1,200 of 1,800 t"
    added = right["explained_tco2"] + hostile["explained_tco2"]
    unit = next(one for one in reviewed["units"] if one["unit_id"] == "1#机组")
    assert unit["after_tco2"] - unit["declared_tco2"] == pytest.approx(added)
    duty = next(one["duty_t"] for one in reviewed["allowances"] if one["unit_id"] == "1#机组")
    assert duty["after"] - duty["before"] == pytest.approx(added, abs=1)

    table = pl.read_parquet(first.out / "after.parquet").filter("changed")
    monthly = table.filter(pl.col("period").str.len_chars() == 7).sort("data_code", "period")
    assert monthly.select("unit_id", "data_code", "item", "period").rows() == [
        ("1#机组", "A", "coal", "2025-04"), ("1#机组", "F", "coal", "2025-04"), ("1#机组", "F", "coal", "2025-10"),
        ("1#机组", "G", None, "2025-04"), ("1#机组", "G", None, "2025-10"),
    ]  # fmt: skip
    assert monthly.select("declared_before", "declared_after").rows()[0] == (70857.66, 75380.49)

    report = json.loads((again.out / "units" / "1%23机组" / "report.json").read_text(encoding="utf-8"))
    changed = report["before_after"]
    assert (changed["kind"], len(changed["findings"]["new"]), len(changed["findings"]["fixed"])) == ("baseline", 0, 0)
    fuel = next(one for one in changed["figures"] if (one["code"], one["period"]) == ("A", "2025-04"))
    assert fuel["declared"] == {"before": 70857.66, "after": 75380.49}
    (allowance,) = changed["allowances"]
    assert (allowance["year"], allowance["duty_t"]) == (2025, duty)
    (stated,) = report["verification"]["allowances"]
    assert (stated["status"], stated["duty_t"]) == ("assessed", duty["before"])
    answered = {one["finding_id"]: one["answer"] for one in report["findings"] if one["answer"]}
    assert set(answered) == {ids["right"], ids["closed"], ids["hostile"]}
    told = json.loads((again.out / "baseline.json").read_text(encoding="utf-8"))
    persisting = again.table("findings").height
    assert told["findings"] == {"new": 0, "persisting": persisting, "fixed": 0}


def findings_xlsx_comes_back(again: Run, ids: dict[str, str]) -> None:
    """The unit's own workbook holds the answers and the figure after; filled in further, it is read as well."""
    path = again.out / "units" / "1%23机组" / "findings.xlsx"
    book = openpyxl.load_workbook(path)
    rows = [row for row in book["核查前后对照"].iter_rows(min_row=2, values_only=True) if row[0] == "A"]
    assert next((row[4], row[6]) for row in rows if row[3] == "2025-04" and "煤" in row[1]) == (70857.66, 75380.49)
    sheet = book.worksheets[0]
    heads = {str(cell.value).split("\n")[0]: cell.column for cell in sheet[1]}
    lines = {sheet.cell(line, heads["finding_id"]).value: line for line in range(2, sheet.max_row + 1)}
    line = lines[ids["right"]]
    assert sheet.cell(line, heads["更正后的值（企业填写）"]).value == 75380.49
    for head, value in (("核查意见", "接受"), ("签字", "李四")):
        sheet.cell(line, heads[head]).value = value
    book.save(path)
    assert call(["review", "import", str(again.out), str(path), "--on", "2026-04-09"]) == 0
    answers = json.loads((again.out / "answers.json").read_text(encoding="utf-8"))["answers"]
    assert {one["finding_id"]: one["status"] for one in answers}[ids["right"]] == "verified"
