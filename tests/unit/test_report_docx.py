"""The Word report: what it holds, what it leaves to choose, that hostile text is text, that bytes repeat."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import polars as pl
import pytest
from docx.oxml.ns import qn
from lxml import etree
from report_case import BREAKOUT, FOLDERS, IMAGE, LONG, findings, power, toy, written

from mrvaudit import report
from mrvaudit.report.office.template import make

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CONCLUDING = ("conformity", "conformity_4_1", "judgement_datum", "closed", "equal")


def opened(place: int = 0, lang: str = "zh") -> Any:
    """The report of a unit, read by python-docx."""
    return docx.Document(str(written(lang) / "units" / FOLDERS[place] / "report.docx"))


def text(place: int = 0, lang: str = "zh") -> str:
    """All text of a report's body, paragraph by paragraph, tables and fields included."""
    body = opened(place, lang).element.body
    return "\n".join("".join(one.itertext(f"{W}t")) for one in body.iter(f"{W}p"))


def test_every_finding_stands_once_in_the_annexes() -> None:
    """By its id: those of the unit and of its plant."""
    ids = [str(one["finding_id"]) for one in findings()]
    assert dict.fromkeys(ids[:5], 1) == {one: text().count(one) for one in ids[:5]}
    assert 0 == text().count(ids[5])
    assert 1 == text(2).count(ids[5])


@pytest.mark.parametrize(
    ("lang", "headings"),
    [
        ("zh", ["1 概述", "2 核查过程和方法", "3 核查发现", "4 核查结论", "附件 1 数据表", "附件 2 配额分配相关数据",
                "附件 3 不符合项清单", "附件 4 支持性文件清单"]),
        ("en", ["1 Overview", "2 Process and method", "3 Findings", "4 Conclusions", "Annex 1 Data table",
                "Annex 2 Data for allocation", "Annex 3 List of non-conformities", "Annex 4 Supporting files"]),
    ],
)  # fmt: skip
def test_the_outline_is_that_of_the_verification_guide(lang: str, headings: list[str]) -> None:
    """Chapters and annexes in order, as headings of the first level."""
    assert headings == [one.text for one in opened(0, lang).paragraphs if one.style.style_id == "Heading1"]


def test_a_block_for_every_data_code() -> None:
    """In the order of the data table, each with its code."""
    codes = [one.text.split(" ")[0] for one in opened().paragraphs if one.style.style_id == "Heading3"]
    assert ["A", "B", "C", "D", "E", "F", "G", "M", "O", "P", "T"] == codes[:-1]


def test_conclusions_are_left_to_choose() -> None:
    """Every judgement is a drop-down that shows its placeholder; no word of conformity stands outside the choices."""
    body = opened().element.body
    controls = [one for one in body.iter(f"{W}sdt") if one.find(f"{W}sdtPr/{W}dropDownList") is not None]
    tags = {one.find(f"{W}sdtPr/{W}tag").get(f"{W}val") for one in controls}
    assert set(CONCLUDING) <= tags
    assert {"［请选择］"} == {"".join(one.find(f"{W}sdtContent").itertext(f"{W}t")) for one in controls}
    choices = [one.get(f"{W}displayText") for one in controls[0].iter(f"{W}listItem")]
    assert ["符合", "整改后符合", "不符合"] == choices
    outside = re.sub(r"不符合项|不符合类别|符合性判断|符合性|不含符合性结论", "", text())
    assert "符合" not in outside


def test_the_number_leaves_body_and_version_to_fill_in() -> None:
    """Province, body's short name, the last six of the entity's code, year, version."""
    cell = opened().tables[0].cell(0, 1)
    assert "甲省-［机构简称］-00000X-2025-［版次］" == "".join(cell._tc.itertext(f"{W}t"))


def test_every_style_names_its_chinese_font() -> None:
    """w:eastAsia on each style and on the defaults, no theme font in its place."""
    with zipfile.ZipFile(written() / "units" / FOLDERS[0] / "report.docx") as package:
        styles = etree.fromstring(package.read("word/styles.xml"))
    fonts = {
        one.get(f"{W}styleId"): one.find(f"{W}rPr/{W}rFonts").get(qn("w:eastAsia")) for one in styles.iter(f"{W}style")
    }
    assert {"宋体", "仿宋", "黑体"} == set(fonts.values())
    assert ("仿宋", "黑体", "宋体") == (fonts["Body"], fonts["Heading1"], fonts["Cell"])
    assert "Theme" not in etree.tostring(styles).decode()


def test_header_and_page_numbers() -> None:
    """The running header names entity, unit and year; the footer counts pages; the cover has neither."""
    document = opened()
    first = document.sections[0]
    assert first.different_first_page_header_footer
    assert "示例热电有限公司 · 1#机组 · 2025 · 温室气体排放核查报告" == document.sections[1].header.paragraphs[0].text
    fields = [one.text.strip() for one in document.sections[1].footer._element.iter(f"{W}instrText")]
    assert ["PAGE", "NUMPAGES"] == fields


def test_hostile_text_is_text() -> None:
    """Markup, template marks, direction marks and control characters are shown; long names fit everywhere."""
    document = opened(2)
    body = text(2)
    assert BREAKOUT in body
    assert LONG in body
    assert "⟨U+202E⟩txt.exe⟨U+0007⟩" in body
    assert 200 >= len(document.core_properties.subject)
    assert [] == list(document.element.body.iter("script"))
    assert IMAGE in text(2, "en")


def test_text_that_looks_like_a_template_is_not_filled_in(tmp_path: Path) -> None:
    """{{ w }} in a name of the submission stays as it is."""
    audit = power(tmp_path / "work")
    names = {"unit_name": ["{{ w }}{% for x in r %}", None, None]}
    audit = with_scores(audit, names)
    report.write_reports(audit, tmp_path, ("docx",))
    shown = docx.Document(str(tmp_path / "units" / FOLDERS[0] / "report.docx")).tables[0].cell(3, 1).text
    assert "1#机组 {{ w }}{% for x in r %}" == shown


def with_scores(audit: Any, columns: dict[str, list[Any]]) -> Any:
    """The run with columns of its scores replaced."""
    return replace(audit, scores=audit.scores.with_columns(pl.Series(name, one) for name, one in columns.items()))


def test_a_sector_without_forms_has_a_report(tmp_path: Path) -> None:
    """The chapters alone, with no figures to compare and no data code."""
    report.write_reports(toy(tmp_path / "toy"), tmp_path, ("docx", "xlsx"))
    document = docx.Document(str(tmp_path / "units" / "oven" / "report.docx"))
    assert "温室气体排放核查报告" == document.paragraphs[0].text
    assert {"findings.xlsx", "marked.xlsx", "report.docx"} == {
        one.name for one in (tmp_path / "units" / "oven").iterdir()
    }


def test_the_template_is_what_its_maker_makes() -> None:
    """The file in the package comes from code; whoever changes one changes the other."""
    assert make.made() == make.PATH.read_bytes()
