"""The pages in a browser: nothing runs that is not theirs, nothing widens them, labels do not collide."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from mrvaudit import report

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
from report_case import FOLDERS, power, toy, written

pytestmark = pytest.mark.debian

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ENGLISH = "document.getElementById('en').click();"
COLLISIONS = """[].flatMap.call(document.querySelectorAll('svg[role=img]'), function (svg) {
  var texts = [].filter.call(svg.querySelectorAll('text'), function (t) { return t.getClientRects().length });
  var boxes = texts.map(function (t) { return t.getBoundingClientRect() }), found = [];
  boxes.forEach(function (a, i) { boxes.slice(i + 1).forEach(function (b, j) {
    var w = Math.min(a.right, b.right) - Math.max(a.left, b.left),
        h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (w > 1.5 && h > 3.5) found.push(texts[i].textContent + ' × ' + texts[i + 1 + j].textContent) }) });
  return found })"""


Open = Callable[..., Page]


def asked(page: Page, script: str) -> Any:
    """Value of a script's `return` on the page."""
    return page.evaluate(f"() => {{ {script} }}")


def unit(place: int = 0, lang: str = "zh") -> Path:
    """The page of a unit."""
    return written(lang) / "units" / FOLDERS[place] / "report.html"


@pytest.mark.parametrize("page", ["unit", "index"])
def test_hostile_names_do_not_run(page: str, opened: Open) -> None:
    """The title is the page's own, and no image was made."""
    shown = opened(unit(2) if page == "unit" else written() / "index.html")
    assert shown.title() != "PWNED"
    assert 0 == shown.locator("img").count()


@pytest.mark.parametrize("width", [375, 800, 1280])
@pytest.mark.parametrize("name", ["plant", "hostile", "index"])
def test_page_is_never_wider_than_its_window(width: int, name: str, opened: Open) -> None:
    """Wide tables and charts scroll inside their box, the page does not: all unfolded, long names included."""
    page = opened({"plant": unit(0), "hostile": unit(2), "index": written() / "index.html"}[name], width)
    unfold = "document.querySelectorAll('details').forEach(function (one) { one.open = true });"
    assert max(asked(page, f"{unfold} var zh = {WIDER}; {ENGLISH} return [zh, {WIDER}]")) <= 0


@pytest.mark.parametrize("width", [375, 1280])
def test_labels_of_charts_do_not_collide(width: int, opened: Open) -> None:
    """No two visible texts of a chart lie on each other, in either language."""
    script = f"var zh = {COLLISIONS}; {ENGLISH} return [zh, {COLLISIONS}]"
    assert [[], []] == asked(opened(unit(), width), script)


def test_switch_shows_the_other_language(opened: Open) -> None:
    """The radio button changes language, title and the document's language, by keyboard too; nothing is loaded."""
    page = opened(unit())
    assert page.locator("h2 [lang=zh]").first.is_visible()
    page.locator("#zh").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("h2 [lang=en]").first.is_visible()
    assert not page.locator("h2 [lang=zh]").first.is_visible()
    assert ("en", "Unit report") == (page.locator("html").get_attribute("lang"), page.title()[:11])


def shown_rows(page: Page) -> list[str]:
    """First letters of the units shown."""
    return [text[:4] for text in page.locator("tbody tr:visible th a").all_inner_texts()]


def test_search_severity_and_order_of_the_index(opened: Open) -> None:
    """Search narrows, severity narrows, a click on a head sorts; the line above counts what is shown."""
    page = opened(written() / "index.html")
    assert 3 == len(shown_rows(page))
    page.locator("[name=q]").fill("2#")
    assert ["2#机组"] == shown_rows(page)
    assert "显示 1 / 3 台机组，涉及吨数净额 0 t" == page.locator("#n").inner_text()
    page.locator("[name=q]").fill("")
    page.locator("[name=sev]").select_option(index=2)
    assert ["1号机组"] == shown_rows(page)
    page.locator("button[type=reset]").click()
    page.locator("th[data-t] button").first.click()
    assert "</td" == shown_rows(page)[0]


@pytest.mark.parametrize(
    ("title", "value", "expected"),
    [
        ("城市", "青原市", ["1号机组", "2#机组"]),
        ("主要事项", "燃料量", ["1号机组"]),
        ("检测机构", "中测示例煤质检测中心", ["1号机组"]),
        ("机组类别", "300MW等级及以下常规燃煤机组", ["1号机组", "2#机组", "</td"]),
        ("核查机构", "示例核查甲", ["2#机组"]),
    ],
)
def test_every_filter_of_the_index(title: str, value: str, expected: list[str], opened: Open) -> None:
    """City, main matter, laboratory, class, verifier: each list holds its values and narrows the table."""
    page = opened(written() / "index.html")
    listed = page.locator("form label", has_text=title).locator("select")
    listed.select_option(label=value)
    assert expected == shown_rows(page)


def test_links_of_the_index_lead_to_the_reports_and_back(opened: Open) -> None:
    """Unit ids such as ../../x and 1#机组 open from a folder; the report leads back."""
    page = opened(written() / "index.html")
    for at in range(3):
        page.locator("tbody th a").nth(at).click()
        assert page.url.endswith("report.html")
        assert page.locator("#result").is_visible()
        page.locator("header a").click()
        assert page.url.endswith("index.html")


def test_large_index_shows_its_first_units_until_asked(tmp_path: Path, opened: Open) -> None:
    """From 500 units the first 300 are shown, with a button for all; a search looks through all of them."""
    audit = power(tmp_path / "work")
    rows = [{**audit.scores.row(0, named=True), "rank": at + 1, "unit_name": f"U{at}"} for at in range(600)]
    path = report.write_index(replace(audit, scores=pl.DataFrame(rows, schema=audit.scores.schema)), tmp_path)
    page = opened(path)
    visible = page.locator("tbody tr:visible")
    assert 300 == visible.count()
    page.locator("[name=q]").fill("U599")
    assert 1 == visible.count()
    page.locator("[name=q]").fill("")
    page.locator("#more").click()
    assert 600 == visible.count()
    assert not page.locator("#more").is_visible()


def test_findings_unfold_by_keyboard(opened: Open) -> None:
    """A month of the tree opens with the return key, and its formulas can be seen."""
    page = opened(unit())
    summary = page.locator("#tree summary").first
    below = page.locator("#tree details details").first
    assert not below.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert below.is_visible()


@pytest.mark.parametrize("name", ["unit", "index"])
def test_prints_to_pdf(name: str, opened: Open, tmp_path: Path) -> None:
    """A4, the data table and the index across; controls are left out."""
    page = opened(unit() if name == "unit" else written() / "index.html")
    page.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True)
    text = (tmp_path / "page.pdf").read_bytes()
    assert text.startswith(b"%PDF")
    wide = {float(size[0]) > float(size[1]) for size in re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", text)}
    assert ({False, True} if name == "unit" else {True}) == wide
    page.emulate_media(media="print")
    assert not page.locator(".lang").is_visible()


def test_reads_without_a_script(browser: Any) -> None:
    """Figures, findings and the units of the index stand there; the filters, which would not work, do not."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((written() / "index.html").as_uri())
    assert (3, False) == (len(shown_rows(page)), page.locator("form").is_visible())
    page.locator("tbody th a").first.click()
    assert page.locator("#findings article").first.is_visible()
    page.locator("label", has_text="English").click()
    assert page.locator("h2 [lang=en]").first.is_visible()
    context.close()


@pytest.mark.parametrize(("lang", "scheme"), [("zh", "light"), ("en", "dark")])
@pytest.mark.parametrize("name", ["plant", "hostile", "index"])
def test_axe_finds_nothing(name: str, lang: str, scheme: str, opened: Open) -> None:
    """Names, contrast, landmarks, headings, tables: axe-core without violations, all unfolded."""
    page = opened({"plant": unit(0), "hostile": unit(2), "index": written() / "index.html"}[name], scheme=scheme)
    if lang == "en":
        page.locator("label", has_text="English").click()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(page).response["violations"]
    assert [] == [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]


def test_toy_page_is_drawn(tmp_path: Path, opened: Open) -> None:
    """A sector without report.yaml has a page that holds together too."""
    report.write_reports(toy(tmp_path / "toy"), tmp_path, ("html",))
    script = f"return [{WIDER}, document.querySelectorAll('svg[role=img]').length, {COLLISIONS}]"
    assert [0, 2, []] == asked(opened(tmp_path / "units/oven/report.html"), script)
