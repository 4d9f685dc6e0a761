"""Allowances in annex 2 of the Word report: before and after, or why there are none."""

from __future__ import annotations

from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.office.speech import Speech
from mrvaudit.report.office.view_allowance import allowances
from mrvaudit.report.writing import Writing

YEAR = {
    "year": 2025, "plan": {"zh": "某年方案", "en": "Plan"}, "mark": "memory", "status": "assessed", "reason": None,
    "emission_tco2": 1_000.0, "allowance_t": 990.0, "duty_t": 1_000.0, "gap_t": 10.0,
}  # fmt: skip
MISSING = {
    "year": 2026, "plan": None, "mark": None, "status": "not_assessable", "emission_tco2": None, "allowance_t": None,
    "duty_t": None, "gap_t": None, "reason": {"zh": "缺供热量", "en": "no heat supplied"},
}  # fmt: skip


def lines(changes: dict[str, Any] | None, lang: str = "zh") -> list[tuple[str, ...]]:
    """Period, title, before, after and note of each line."""
    report = {"verification": {"allowances": [YEAR, MISSING]}, "before_after": changes}
    made = allowances(report, Speech(Writing(lang, formats.book()["words"])))
    return [tuple(one[name] for name in ("period", "title", "before", "after", "note")) for one in made]


def test_figures_stand_before_and_after() -> None:
    """After is known with corrected values alone; a shortage is positive."""
    pair = {"duty_t": {"before": 1_000.0, "after": 1_010.0}, "gap_t": {"before": 10.0, "after": 20.0}}
    found = lines({"allowances": [{"year": 2025, "mark": "memory", **pair}]})
    assert [
        ("2025", "计算所用排放量", "1,000", "", "某年方案（待核）"),
        ("2025", "配额量", "990", "", "某年方案（待核）"),
        ("2025", "应清缴量", "1,000", "1,010", "某年方案（待核）"),
        ("2025", "缺口", "10", "20", "某年方案（待核）"),
        ("2026", "配额量", "–", "–", "未能计算：缺供热量"),
    ] == found


def test_without_corrections_after_is_left_to_fill_in() -> None:
    """In English the reason is English."""
    found = lines(None, "en")
    assert {""} == {line[3] for line in found if line[0] == "2025"}
    assert ("2026", "Allowance", "–", "–", "not determined: no heat supplied") == found[-1]
