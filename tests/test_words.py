"""Outside `sectors/` the package knows no sector: its words stand in `rules/`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mrvaudit

PACKAGE = Path(mrvaudit.__file__).resolve().parent
SUFFIXES = (".py", ".yaml", ".yml", ".j2", ".html", ".css", ".js", ".json", ".md", ".txt")
ENGLISH = """
coal coals boiler boilers moisture calorific lignite anthracite bituminous gangue peat coke bagasse biomass
carbon-content carbon_content carboncontent elemental-carbon ncv c_ar c_ad m_ar m_ad qnet lhv hhv
steam turbine turbines furnace flue gas-fired coal-fired diesel fuel-oil natural-gas anode clinker cement
oxidation oxidised oxidized tce standard-coal
"""
CHINESE = """
煤 锅炉 水分 热值 发热量 元素碳 碳含量 含碳量 氧化率 收到基 空干基 干燥基 褐煤 烟煤 无烟煤 煤矸石 矸石 燃油
柴油 燃气 天然气 汽轮机 蒸汽 供热 供电煤耗 标煤 标准煤 机炉 脱硫 入炉 入厂 缩分 火电 水泥 熟料 电解铝
"""
WORDS = re.compile(
    "|".join(
        (
            rf"(?<![A-Za-z])(?:{'|'.join(word.replace('-', '[ _-]') for word in ENGLISH.split())})(?![A-Za-z])",
            *CHINESE.split(),
        )
    ),
    re.IGNORECASE,
)


def files() -> list[Path]:
    """Every text file of the package, `sectors/` and the packed rules apart."""
    return sorted(
        path
        for path in PACKAGE.rglob("*")
        if path.suffix in SUFFIXES and path.relative_to(PACKAGE).parts[0] not in ("sectors", "rules")
    )


def test_no_word_of_a_sector() -> None:
    """Neither in code, nor in comments, nor in templates."""
    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {match.group()}"
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for match in [WORDS.search(line)]
        if match
    ]
    assert [] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the coal", True), ("COAL", True), ("coal_t", True), ("ncv_gj_per_t", True), ("carbon content", True),
        ("全水分", True), ("入炉煤", True), ("charcoal", False), ("encoding", False), ("etc", False), ("moist", False),
    ],
)  # fmt: skip
def test_the_list_finds_words(text: str, found: bool) -> None:
    """Whole words in any case, parts of names, and Chinese inside longer words."""
    assert found == (WORDS.search(text) is not None)


def test_every_kind_of_file_is_looked_at() -> None:
    """A template of a new kind must not slip through."""
    others = {
        path.suffix
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in SUFFIXES
    }
    # report.docx is made from Python that is looked at; its test compares the two.
    assert {".pyc", ".typed", ".docx", ""} >= others
