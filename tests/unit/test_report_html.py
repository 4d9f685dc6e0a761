"""The page of a unit: safe, offline, readable in both languages, and never larger than it may be."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_case import BREAKOUT, FOLDERS, IMAGE, LONG, STRANGE, finding, frame, month, page, power, toy, written

from mrvaudit import report
from mrvaudit.errors import UsageError
from mrvaudit.model import FINDING_INTERNAL, FINDINGS
from mrvaudit.report import as_html, formats
from mrvaudit.report.page import sections, trimming
from mrvaudit.report.writing import Writing

VOID = {"meta", "input", "br", "img", "path", "rect", "circle", "line"}
OPTIONAL = {"td", "th", "tr", "thead", "tbody", "option"}


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with attributes, ids, and text by element."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element; remember that it is open."""
        self.found.append((tag, dict(attrs)))
        if tag not in VOID and tag not in OPTIONAL:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Elements close in the order in which they opened."""
        if tag in VOID or tag in OPTIONAL:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text.append(data)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_page_makes_no_request(place: int) -> None:
    """No address, no source, no font, no frame: the page reads from a file share without a network."""
    text = page(place)
    tags = {tag for tag, _ in Elements(text).found}
    assert not tags & {"link", "iframe", "object", "embed", "base", "img", "image", "use", "audio", "video"}
    assert not re.search(r"https?://|@import|url\((?!#)", text)
    linked = [attrs["href"] for tag, attrs in Elements(text).found if tag == "a"]
    assert {"../../index.html"} == {href for href in linked if not str(href).startswith("#")}


@pytest.mark.parametrize("place", [0, 2])
def test_only_the_pages_own_script_may_run(place: int) -> None:
    """One script, whose SHA-256 the policy names; no handler, no form, nothing else allowed."""
    text = page(place)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'")
    assert not [attrs for _, attrs in Elements(text).found if any(name.startswith("on") for name in attrs)]


def test_text_of_a_submission_is_shown_as_text() -> None:
    """Names that try to close the cell, to load an image or to be a formula are words on the page."""
    text = page(2)
    shown = "".join(Elements(text).text)
    for hostile in (BREAKOUT, IMAGE, STRANGE, "../../x"):
        assert hostile in shown
    assert LONG[:120] in shown
    assert "⟨U+202E⟩txt.exe⟨U+0007⟩" in shown
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", text)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_elements_are_closed_in_order_and_ids_are_unique(place: int) -> None:
    """Nothing from a submission leaves an element open."""
    found = Elements(page(place))
    ids = [attrs["id"] for _, attrs in found.found if "id" in attrs]
    assert [] == found.faults + found.open
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("place", [0, 1])
def test_every_picture_has_a_name_and_a_sentence(place: int) -> None:
    """role=img, named by its caption, described by a visible sentence with figures in it."""
    text = page(place)
    found = Elements(text).found
    ids = {attrs.get("id") for _, attrs in found}
    pictures = [attrs for tag, attrs in found if tag == "svg" and attrs.get("role") == "img"]
    assert len(pictures) >= 3
    for attrs in pictures:
        assert {attrs["aria-labelledby"], attrs["aria-describedby"]} <= ids
        sentence = re.search(rf'id="{attrs["aria-describedby"]}">(.*?)</p>', text, re.S)
        assert sentence is not None
        assert re.search(r"\d", sentence[1])
    assert all(attrs.get("aria-hidden") == "true" for tag, attrs in found if tag == "svg" and "role" not in attrs)


def test_links_of_the_contents_lead_somewhere() -> None:
    """Every section named in the contents is on the page."""
    found = Elements(page()).found
    ids = {attrs.get("id") for _, attrs in found}
    assert {str(attrs["href"])[1:] for tag, attrs in found if tag == "a" and str(attrs["href"])[0] == "#"} <= ids


def test_sections_come_in_the_order_of_the_design() -> None:
    """Figures first; what could not be assessed before the charts; the manifest last."""
    sections = re.findall(r'<section id="([\w-]+)"', page())
    expected = "result unit months findings na s-fuel s-cross s-lab s-days sources tree data checks par quarantine man"
    assert expected.split() == sections


@pytest.mark.parametrize(("lang", "checked", "language"), [("zh", "zh", "zh-CN"), ("en", "en", "en")])
def test_page_opens_in_the_language_asked_for(lang: str, checked: str, language: str) -> None:
    """Both languages are on the page; the switch stands on the one asked for."""
    text = page(0, lang)
    assert re.search(rf'id="{checked}" checked', text)
    assert f'<html lang="{language}"' in text
    assert {"zh", "en"} <= set(re.findall(r"<span lang=(\w+)>", text))


def test_both_languages_say_the_same_number_of_things() -> None:
    """Every pair has its two halves."""
    text = page()
    assert text.count("<span lang=zh>") == text.count("<span lang=en>")
    assert text.count('<text lang="zh"') == text.count('<text lang="en"')


@pytest.mark.parametrize("word", ["符合性结论为", "合格", "造假", "虚报", "篡改", "可疑", "通过核查"])
def test_page_does_not_judge(word: str) -> None:
    """No sentence of conformity and no word about anyone's intent."""
    assert word not in page()


def test_conditional_tonnes_stand_in_brackets() -> None:
    """They are never written like tonnes that were recalculated."""
    text = page()
    assert '<span class="t">(+32,087\u00a0t)</span>' in text
    assert '<span class="t">+22,998\u00a0t</span>' in text


def test_page_and_json_are_written_from_one_model() -> None:
    """The figures of the page are those of report.json."""
    model = json.loads((written() / "units" / FOLDERS[0] / "report.json").read_text(encoding="utf-8"))
    text = page()
    assert f"{model['totals']['declared_tco2']:,.0f}" in text
    assert all(one["finding_id"] in text for one in model["findings"] if not one["cause_id"])
    assert model["digest"] in text


def test_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing on a page depends on the clock or on the order of a set."""
    audit = power(tmp_path / "work")
    report.write_reports(audit, tmp_path)
    for path in sorted(tmp_path.glob("units/*/report.*")):
        assert path.read_bytes() == (written() / path.relative_to(tmp_path)).read_bytes()


@pytest.mark.parametrize("count", [0, 2_000])
def test_page_stays_below_its_size(tmp_path: Path, count: int) -> None:
    """Two thousand findings of a hundred rules still make a page of at most 300 kB that says what it left out."""
    rows = [
        finding(at, f"REC-{at % 100}", month=month(at % 12 + 1), message_zh=LONG, message_en=LONG, basis=LONG)
        for at in range(count)
    ]
    audit = replace(power(tmp_path / "work"), findings=frame(FINDINGS | FINDING_INTERNAL, rows))
    report.write_reports(audit, tmp_path, ("html",))
    text = (tmp_path / "units" / FOLDERS[0] / "report.html").read_bytes()
    assert len(text) <= as_html.LARGEST
    assert ("findings.csv" in text.decode()) == bool(count)


@pytest.mark.parametrize(
    ("level", "days", "formulas", "articles"), [(0, True, True, 3), (3, False, True, 3), (7, False, False, 3)]
)
def test_what_is_least_needed_goes_first(level: int, days: bool, formulas: bool, articles: int) -> None:
    """Daily rows go before formulas, formulas before findings; each leaves a line behind."""
    model = json.loads((written() / "units" / FOLDERS[0] / "report.json").read_text(encoding="utf-8"))
    context = Writing("zh", formats.book()["words"])
    text = sections.Page(model, context).at(trimming.LEVELS[level]).decode()
    assert days == ("D61:F61" in text) != ("为控制页面大小未列，见" in text)
    assert formulas == ("class=eq" in text) != ("为控制页面大小未列公式" in text)
    assert articles == text.count("<article")


def test_toy_sector_has_a_page_of_its_own(tmp_path: Path) -> None:
    """Without report.yaml the page holds totals, months, findings, checks and manifest."""
    report.write_reports(toy(tmp_path), tmp_path / "out", ("html",))
    text = (tmp_path / "out/units/oven/report.html").read_text(encoding="utf-8")
    assert [] == Elements(text).faults
    assert "result unit months findings tree checks man".split() == re.findall(r'<section id="([\w-]+)"', text)


def test_format_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """A wrong format is a fault of the command, found before anything is written."""
    with pytest.raises(UsageError):
        report.write_reports(power(tmp_path / "work"), tmp_path / "out", ("pdf",))
    assert not (tmp_path / "out").exists()


def test_profile_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """Only profiles that are written may be asked for."""
    with pytest.raises(UsageError):
        report.write_reports(power(tmp_path / "work"), tmp_path / "out", profile="nobody")
