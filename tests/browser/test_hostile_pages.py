"""Hostile names in a browser: every link of the index leads to its unit's page, and nothing of theirs runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_names import OWNERS, shown, submission
from playwright.sync_api import Page

from mrvaudit.cli.app import call

pytestmark = pytest.mark.debian
BOX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit with pages, in a folder whose name has to be encoded too."""
    folder = tmp_path_factory.mktemp("hostile") / "100% #1 供热"
    command = ["audit", str(submission(folder / "in")), "--out", str(folder / "out")]
    assert 0 == call([*command, "--reports", "html", "--quiet", "--fail-on", "never"])
    return folder / "out"


def test_each_link_of_the_index_leads_to_its_unit(out: Path, opened: Callable[..., Page]) -> None:
    """Clicked one by one: the page that opens is the unit's, no dialog opens, and the way back leads to the index."""
    page = opened(out / "index.html")
    dialogs: list[str] = []
    page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    links = page.locator("tbody th a")
    assert len(OWNERS) == links.count()
    names = links.all_text_contents()
    for at, name in enumerate(names):
        links.nth(at).click()
        assert page.url.endswith("/report.html")
        facts = page.locator("dl.meta dd").all_inner_texts()
        assert any(name[:20] in text for text in facts), (name, facts)
        page.locator("header.top a").click()
        assert page.url.endswith("/index.html")
    assert [] == dialogs
    assert sorted(shown(unit)[:79] for _, unit in OWNERS) == sorted(name[:79] for name in names)


@pytest.mark.parametrize("width", [390, 1280])
def test_long_names_do_not_widen_the_pages(width: int, out: Path, opened: Callable[..., Page]) -> None:
    """Three hundred characters wrap or are cut."""
    pages = [out / "index.html", *sorted(out.glob("units/*/report.html"))]
    assert [] == [path.parent.name for path in pages if opened(path, width).evaluate(BOX) > 0]


def test_search_finds_a_name_of_signs(out: Path, opened: Callable[..., Page]) -> None:
    """What is typed is text as well."""
    page = opened(out / "index.html")
    page.locator("input[type=search]").fill("</td><script>")
    assert 8 == page.locator("tbody tr:visible").count()
