"""The generated pages under docs/pages/ are what the packs say, and leave no rule, formula or parameter out."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from mrvaudit.pages import number, parameters_behind, parameters_of, rule_page
from mrvaudit.sector import Sector, load_sector

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def maker() -> Any:
    """docs/make_pages.py as a module."""
    spec = importlib.util.spec_from_file_location("make_pages", DOCS / "make_pages.py")
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """The pages as they lie in the folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((DOCS / "pages").iterdir())}


def test_no_page_is_stale(maker: Any, power: Sector, written: dict[str, str]) -> None:
    """`make pages` writes them again; no page is left over, none is missing."""
    made = maker.pages(power)
    assert sorted(made) == sorted(written)
    assert [] == [name for name, text in made.items() if written[name] != text]


def test_every_rule_that_runs_has_its_page(power: Sector, written: dict[str, str]) -> None:
    """Once in full on the page of its topic, once in the index."""
    for rule in power.active_rules:
        assert written[f"rules-{rule.topic}.md"].count(f'<a id="{rule.id}"></a>') == 1
        assert written["rules.md"].count(f"| [{rule.id}](rules-{rule.topic}.md#{rule.id}) |") == 1


def test_every_parameter_and_value_is_listed(power: Sector, written: dict[str, str]) -> None:
    """Each with its number, months and mark; marks that are not law stand out."""
    sections = dict(re.findall(r'<a id="(\w+)"></a>\n(.*?)(?=\n<a id=|\Z)', written["parameters.md"], re.DOTALL))
    assert list(sections) == list(power.parameters)
    for name, parameter in power.parameters.items():
        assert sections[name].count("\n| ") == 1 + len(parameter.values)
        for value in parameter.values:
            mark = value.mark if value.mark == "law" else f"**{value.mark}**"
            cells = (number(value.value), value.since, value.until or "…", mark, value.basis.zh, value.basis.en)
            assert f"| {' | '.join(cells)} |" in sections[name]


def test_every_formula_is_listed(power: Sector, written: dict[str, str]) -> None:
    """With one expression per period."""
    assert re.findall(r'<a id="(\w+)"></a>', written["formulas.md"]) == list(power.formulas)


def test_links_between_pages_have_anchors(written: dict[str, str]) -> None:
    """A link to a rule, parameter or table leads to it, not only to its page."""
    texts = written | {"../records.md": (DOCS / "records.md").read_text(encoding="utf-8")}
    anchors = {name: set(re.findall(r'id="([^"]+)"', text)) for name, text in texts.items()}
    for name, text in written.items():
        for page, anchor in set(re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", text)):
            assert anchor in anchors[page or name], f"{name}: {page}#{anchor}"


def test_parameters_are_found_through_views_and_formulas(power: Sector) -> None:
    """A limit in the rule's own query is its own; what a view or formula asks for stands behind it."""
    rule = power.rules["ENE-01"]
    assert "standard_coal_tolerance_pct" in parameters_of(rule)
    assert "standard_coal_gj_per_tce" in parameters_behind(power, rule)


def test_values_are_written_plainly() -> None:
    """Neither rounded nor with an exponent."""
    assert [number(one) for one in (0.00001, 26.7, 1e-8, 40.0, 0.0235)] == [
        "0.00001",
        "26.7",
        "0.00000001",
        "40",
        "0.0235",
    ]


def test_a_page_of_the_toy_sector(ferry: Sector) -> None:
    """Words, limits and examples of a rule, at the level asked for."""
    text = rule_page(ferry, ferry.rules["FER-01"], level=3)
    assert text.startswith("### FER-01 航次合计与月填报不一致 / Trips do not add up to the month\n")
    assert "\n#### 参数 Parameters\n\n- `day_sum_tolerance_kg` = 0.5 kg (2019-01 – …; house; toy)\n" in text
    assert "it reads also ask for: `diesel_t_per_kg`" in rule_page(ferry, ferry.rules["FER-02"], level=3)
    assert text.endswith("- found → differs\n- at the limit → passes\n- no trips → unknown")


def test_rules_named_as_not_written_do_not_exist(power: Sector) -> None:
    """The list in docs/limits.md grows shorter with every rule; those named elsewhere there do exist."""
    before, after = (DOCS / "limits.md").read_text(encoding="utf-8").split("<!-- not written -->")
    ids = re.compile(r"\b[A-Z]{3}-\d\d\b")
    assert set() == set(ids.findall(after)) & set(power.rules)
    named = before + (DOCS / "method.md").read_text(encoding="utf-8")
    assert set() == set(ids.findall(named)) - set(power.rules)
