"""Which rows are drawn: the heaviest, and some by a public seed that anybody can replay."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from mrvaudit.errors import PackError
from mrvaudit.packfile import Words
from mrvaudit.sector import Sector, load_sector
from mrvaudit.visit import draw, settings
from mrvaudit.visit.lines import is_figure, shown
from mrvaudit.visit.settings import Draw

WORDS = Words(zh="示例", en="Example")
DRAW = Draw(
    id="days", title=WORDS, note=WORDS, none=WORDS, table="trips", rows="", columns=(), by_leverage=2, at_random=2
)


def row(key: str, tonnes: float | None, **more: Any) -> dict[str, Any]:
    """A row of a query."""
    return {"key": key, "leverage_tco2": tonnes, "_block": 1, "_line": 2, "recomputed": 1.0, **more}


ROWS = [row("a", 5.0), row("b", -9.0), row("c", None), row("d", 5.0), row("e", 1.0), row("f", 0.5)]


def test_the_heaviest_then_by_lot() -> None:
    """Tonnes by their size, ties by key; the rest in the order of SHA-256 over seed and names."""
    found = draw.drawn(ROWS, DRAW, "7", ("E", "A"))
    lots = {one: hashlib.sha256(f"7\x1fE\x1fA\x1fdays\x1f{one}".encode()).hexdigest() for one in ("c", "d", "e", "f")}
    chance = sorted(lots, key=lots.__getitem__)[:2]
    assert [(why, one["key"]) for why, one in found] == [
        ("by_leverage", "b"), ("by_leverage", "a"), *(("at_random", one) for one in chance),
    ]  # fmt: skip


def test_order_of_rows_does_not_matter_and_the_seed_does() -> None:
    """The same seed draws the same of shuffled rows; over twenty seeds, others are drawn."""
    keys = [[one["key"] for _, one in draw.drawn(rows, DRAW, "7", ("E", "A"))] for rows in (ROWS, ROWS[::-1])]
    assert keys[0] == keys[1]
    drawn = {tuple(one["key"] for _, one in draw.drawn(ROWS, DRAW, str(seed), ("E", "A")))[2:] for seed in range(20)}
    assert len(drawn) > 4


def test_fewer_rows_than_are_wanted() -> None:
    """All of them, each once; none of none."""
    assert [one["key"] for _, one in draw.drawn(ROWS[:3], DRAW, "7", ("E",))] == ["b", "a", "c"]
    assert draw.drawn([], DRAW, "7", ("E",)) == []


def test_what_can_be_computed_is_reproduced_first() -> None:
    """Then the heaviest; nothing of nothing."""
    rows = [row("a", 9.0, recomputed=None), row("b", 1.0), row("c", 2.0)]
    assert (draw.heaviest(rows) or {})["key"] == "c"
    assert (draw.heaviest(rows[:1]) or {})["key"] == "a"
    assert draw.heaviest([]) is None


def test_visit_yaml_of_the_power_sector_can_be_used() -> None:
    """Its queries are checked like those of rules; every code of the list asks something."""
    found = settings.parse(load_sector())
    assert [one.id for one in found.queries] == ["days", "batches", "retained", "heat", "composite", "meter"]
    assert {one.code for one in found.codes} >= set("ABCDEFMNOP")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM read_csv('/etc/passwd')", "read_csv"),
        ("DELETE FROM trips", "SELECT"),
        ("SELECT * FROM nowhere", "nowhere"),
    ],
)
def test_a_query_of_a_pack_is_held_to_the_rules(ferry: Sector, query: str, said: str) -> None:
    """Tables of the sector only, one SELECT, no function that reads files."""
    raw = DRAW.model_dump() | {"rows": query}
    with pytest.raises(PackError, match=said):
        settings.parse(type(ferry)(**{**vars(ferry), "sections": {"visit": {"draws": [raw]}}}))


def test_text_in_forms() -> None:
    """Figures to the right, dates and ids not; what nobody sees is shown, what is endless is cut."""
    assert [is_figure(text) for text in ("1,234.5", "−3", "+3", "2025-03", "3.1.2", "1#", "")] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip
    assert shown("a\x00b\u202e") == "a⟨U+0000⟩b⟨U+202E⟩"
    assert (len(shown("x" * 9000)), shown("x" * 9000)[-1]) == (2000, "…")
