"""What goes first where a page would be too large: daily rows, formulas, long lists, each with a line saying so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Report = Mapping[str, Any]
Kept = Literal["all", "found", "none"]


@dataclass(frozen=True)
class Trim:
    """How much a page shows. `found`: only in months with a finding or a difference."""

    days: Kept = "all"
    nodes: Kept = "all"
    records: int = 30
    aside: int = 60
    lists_checks: bool = True
    full: int = 1_000
    short: int = 0
    years: int = 100


_DAYS = Trim(days="none")
_LISTS = replace(_DAYS, nodes="found", records=10, aside=30, lists_checks=False)
LEVELS = (
    Trim(),
    Trim(days="found"),
    _DAYS,
    replace(_DAYS, nodes="found"),
    _LISTS,
    replace(_LISTS, nodes="none"),
    replace(_LISTS, nodes="none", records=5, aside=10, full=60, short=300),
    replace(_LISTS, nodes="none", records=3, aside=10, full=30, short=200, years=4),
    replace(_LISTS, nodes="none", records=2, aside=5, full=12, short=60, years=2),
)
# Bytes on a page, measured on pages of one to six years: they only choose where to begin.
OF_PAGE, OF_MONTH, OF_DAY, OF_NODE = 60_000, 2_600, 95, 330


def first_level(report: Report, largest: int) -> int:
    """The first level that could make a page of at most `largest` bytes, so that few pages are written in vain."""
    base = OF_PAGE + OF_MONTH * len(report["months"])
    for number, level in enumerate(LEVELS):
        if (base + _weight(report, level)) * 0.9 <= largest:
            return number
    return len(LEVELS) - 1


def next_level(report: Report, level: int, over: int) -> int | None:
    """The level to write next where a page is `over` bytes too large: levels that cannot save so much are passed over.

    None where the page fits, or there is no level left.
    """
    if over <= 0 or level + 1 >= len(LEVELS):
        return None
    now = _weight(report, LEVELS[level])
    for number in range(level + 1, len(LEVELS)):
        lists = LEVELS[number].records != LEVELS[level].records
        if lists or (now - _weight(report, LEVELS[number])) * 1.3 >= over:
            return number
    return len(LEVELS) - 1


def shows(kept: Kept, month: Report) -> bool:
    """Whether a month's daily rows or formulas are shown."""
    return kept == "all" or (kept == "found" and bool(month["findings"] or month["differs"]))


def _weight(report: Report, level: Trim) -> int:
    days = nodes = 0
    for month in report["trees"]:
        for item in month["items"]:
            days += len(item["days"]["rows"]) if item["days"] and shows(level.days, month) else 0
            nodes += _count(item["node"]) if item["node"] and shows(level.nodes, month) else 0
    return days * OF_DAY + nodes * OF_NODE


def _count(node: Report) -> int:
    return 1 + sum(_count(child) for child in node["args"])
