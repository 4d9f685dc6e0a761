"""The pages in a browser: nothing runs that is not theirs, nothing widens them, labels do not collide."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit import report

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
from report_case import FOLDERS, power, toy, written

pytestmark = pytest.mark.debian

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
)  # fmt: skip
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
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


def browser() -> str:
    """Path of Chromium; without one the test fails under CI=true and is skipped elsewhere."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing: apt-get install chromium")
    if found is None:
        pytest.skip("Chromium is missing")
    return found


def dom(page: Path, tmp_path: Path) -> str:
    """The page's elements after it has loaded and its script has run."""
    command = [browser(), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,900", "--dump-dom"]
    done = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def asked(page: Path, tmp_path: Path, script: str, width: int = 1280) -> Any:
    """Value of a script's `return` on a copy of the page, in a frame of this width, whose policy lets the question run.

    A frame, because a window of Chromium is never narrower than 500 px.
    """
    text = html.escape(POLICY.sub("", page.read_text(encoding="utf-8")))
    question = (
        "onload = function () { var frame = document.querySelector('iframe').contentWindow;"
        f"document.body.dataset.answer = JSON.stringify(frame.Function({json.dumps(script)})()) }}"
    )
    copy = tmp_path / "asked.html"
    copy.write_text(
        f'<meta charset="utf-8"><body><iframe style="width:{width}px;height:900px;border:0" srcdoc="{text}"></iframe>'
        f"<script>{question.replace('</', '<' + chr(92) + '/')}</script>",
        encoding="utf-8",
    )
    answer = re.search(r'<body[^>]* data-answer="([^"]*)"', dom(copy, tmp_path))
    assert answer is not None
    return json.loads(html.unescape(answer[1]))


def unit(place: int = 0, lang: str = "zh") -> Path:
    """The page of a unit."""
    return written(lang) / "units" / FOLDERS[place] / "report.html"


@pytest.mark.parametrize("page", ["unit", "index"])
def test_hostile_names_do_not_run(page: str, tmp_path: Path) -> None:
    """The title is the page's own, and no image was made."""
    path = unit(2) if page == "unit" else written() / "index.html"
    elements = dom(path, tmp_path)
    title = re.search(r"<title>(.*?)</title>", elements, re.S)
    assert title is not None
    assert title[1] != "PWNED"
    assert "<img" not in elements


@pytest.mark.parametrize("width", [390, 800, 1280])
@pytest.mark.parametrize("name", ["plant", "hostile", "index"])
def test_page_is_never_wider_than_its_window(width: int, name: str, tmp_path: Path) -> None:
    """Wide tables and charts scroll inside their box, the page does not: all unfolded, long names included."""
    path = {"plant": unit(0), "hostile": unit(2), "index": written() / "index.html"}[name]
    unfold = "document.querySelectorAll('details').forEach(function (one) { one.open = true });"
    script = f"{unfold} var zh = {WIDER}; {ENGLISH} return [zh, {WIDER}]"
    assert max(asked(path, tmp_path, script, width)) <= 0


@pytest.mark.parametrize("width", [390, 1280])
def test_labels_of_charts_do_not_collide(width: int, tmp_path: Path) -> None:
    """No two visible texts of a chart lie on each other, in either language."""
    script = f"var zh = {COLLISIONS}; {ENGLISH} return [zh, {COLLISIONS}]"
    assert [[], []] == asked(unit(), tmp_path, script, width)


def test_switch_shows_the_other_language(tmp_path: Path) -> None:
    """The radio button changes language, title and the document's language; nothing is loaded."""
    script = (
        f"{ENGLISH} var one = function (lang) {{ return document.querySelector('h2 [lang=' + lang + ']') }},"
        "shown = function (lang) { return getComputedStyle(one(lang)).display };"
        "return [shown('zh'), shown('en') != 'none', document.documentElement.lang, document.title.slice(0, 11)]"
    )
    assert ["none", True, "en", "Unit report"] == asked(unit(), tmp_path, script)


def test_search_severity_and_order_of_the_index(tmp_path: Path) -> None:
    """Search narrows, severity narrows, a click on a head sorts; the line above counts what is shown."""
    script = """
    var f = document.forms[0], rows = function () {
      return [].filter.call(document.querySelector('tbody').rows, function (row) { return !row.hidden })
        .map(function (row) { return row.cells[1].querySelector('a').textContent.slice(0, 4) }) };
    var out = [f.hidden, rows().length];
    f.q.value = '2#'; f.oninput(); out.push(rows(), document.getElementById('n').textContent);
    f.q.value = ''; f.sev.selectedIndex = 2; f.oninput(); out.push(rows());
    f.sev.selectedIndex = 0; f.oninput();
    document.querySelectorAll('th[data-t] button')[0].click(); out.push(rows()[0]);
    return out
    """
    expected = [False, 3, ["2#机组"], "显示 1 / 3 台机组，涉及吨数净额 0 t", ["1号机组"], "</td"]
    assert expected == asked(written() / "index.html", tmp_path, script)


def test_large_index_shows_its_first_units_until_asked(tmp_path: Path) -> None:
    """From 500 units the first 300 are shown, with a button for all; a search looks through all of them."""
    audit = power(tmp_path / "work")
    rows = [{**audit.scores.row(0, named=True), "rank": at + 1, "unit_name": f"U{at}"} for at in range(600)]
    path = report.write_index(replace(audit, scores=pl.DataFrame(rows, schema=audit.scores.schema)), tmp_path)
    script = """
    var f = document.forms[0], more = document.getElementById('more'), shown = function () {
      return [].filter.call(document.querySelector('tbody').rows, function (row) { return !row.hidden }).length };
    var out = [shown(), more.hidden];
    f.q.value = 'U599'; f.oninput(); out.push(shown());
    f.q.value = ''; f.oninput(); more.click(); out.push(shown(), more.hidden);
    return out
    """
    assert [300, False, 1, 600, True] == asked(path, tmp_path, script)


def test_toy_page_is_drawn(tmp_path: Path) -> None:
    """A sector without report.yaml has a page that holds together too."""
    report.write_reports(toy(tmp_path / "toy"), tmp_path, ("html",))
    script = f"return [{WIDER}, document.querySelectorAll('svg[role=img]').length, {COLLISIONS}]"
    assert [0, 2, []] == asked(tmp_path / "units/oven/report.html", tmp_path, script)
