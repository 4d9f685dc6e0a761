"""The table of law texts and the packs name the same texts, and nothing but the draft is marked a draft."""

from __future__ import annotations

import re
from pathlib import Path

from mrvaudit.sector import load_sector

ROOT = Path(__file__).resolve().parents[1]
NUMBERED = re.compile(
    r"环办气候函?〔\d{4}〕\d+号|国环规气候〔\d{4}〕\d+号|CETS-[A-Z]+-[\d.]+-V\d+-\d{4}|国务院令第\d+号"
    r"|(?:GB|JJG|DL)(?:/T)? \d+(?:-\d{4})?"
)
STATES = {"有效 in force", "草案 draft", "已被取代 replaced"}


def rows() -> list[list[str]]:
    """Cells of the table, row by row."""
    lines = (ROOT / "docs" / "law-texts.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]


def cited() -> str:
    """The text of all packs."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").rglob("*.yaml")))


def test_every_numbered_text_stands_in_the_table() -> None:
    """And the table lists none that the packs do not cite."""
    assert sorted(set(NUMBERED.findall(cited()))) == sorted({one for row in rows() for one in NUMBERED.findall(row[0])})


def test_texts_without_a_number_are_cited_as_the_table_has_them() -> None:
    """The words of the table stand in the packs."""
    packs = cited()
    assert [] == [row[0] for row in rows() if not NUMBERED.search(row[0]) and row[0] not in packs]


def test_states() -> None:
    """Each text has one of three states, and values that rest on the draft, and only they, carry its mark."""
    assert set() == {row[2] for row in rows()} - STATES
    assert ["2025、2026 年度配额方案征求意见稿"] == [row[0] for row in rows() if row[2] == "草案 draft"]
    values = [
        (name, value.mark, value.basis.zh) for name, one in load_sector().parameters.items() for value in one.values
    ]
    assert any(mark == "draft" for _, mark, _ in values)
    assert [] == [(name, text) for name, mark, text in values if (mark == "draft") != ("征求意见稿" in text)]
