"""What goes first where a page would be too large: daily rows, formulas, long lists, each with a line saying so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Report = Mapping[str, Any]
Kept = Literal["all", "found", "differs", "none"]


@dataclass(frozen=True)
class Trim:
    """How much a page shows. `found`: only in months with a finding or a difference; `differs`: with a difference."""

    days: Kept = "all"
    nodes: Kept = "all"
    records: int = 30
    aside: int = 60
    lists_checks: bool = True
    full: int = 1_000
    short: int = 0
    years: int = 100


_DAYS = Trim(days="none")
_LISTS = replace(_DAYS, records=10, aside=30, lists_checks=False)
LEVELS = (
    Trim(),
    Trim(days="found"),
    Trim(days="differs"),
    _DAYS,
    _LISTS,
    replace(_LISTS, nodes="found"),
    replace(_LISTS, nodes="differs"),
    replace(_LISTS, nodes="none"),
    replace(_LISTS, nodes="none", records=5, aside=10, full=60, short=300),
    replace(_LISTS, nodes="none", records=3, aside=10, full=30, short=200, years=4),
    replace(_LISTS, nodes="none", records=2, aside=5, full=12, short=60, years=2),
)
# The least bytes of a daily row, of each of its figures and of a node: they only tell which tree need not be written.
OF_DAY, OF_FIGURE, OF_NODE = 30, 8, 110


def shows(kept: Kept, month: Report) -> bool:
    """Whether a month's daily rows or formulas are shown."""
    if kept in ("all", "none"):
        return kept == "all"
    return bool(month["differs"] or (kept == "found" and month["findings"]))


def least_bytes(report: Report, level: Trim) -> int:
    """Bytes that the tree takes at the least, so that none is written in vain."""
    days = nodes = 0
    for month in report["trees"]:
        for item in month["items"]:
            if item["days"] and shows(level.days, month):
                days += len(item["days"]["rows"]) * (OF_DAY + OF_FIGURE * len(item["days"]["columns"]))
            nodes += _count(item["node"]) if item["node"] and shows(level.nodes, month) else 0
    return days + nodes * OF_NODE


def _count(node: Report) -> int:
    return 1 + sum(_count(child) for child in node["args"])
