"""Charts of balances: a stock from its opening over the year's flows to its closing, and one quantity over another."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from mrvaudit.report import formats
from mrvaudit.report.charts.monthly import speaks_of
from mrvaudit.report.charts.shared import About, Drawn
from mrvaudit.report.content.months import added, month_of
from mrvaudit.report.data import Row, UnitRows
from mrvaudit.report.formats import known
from mrvaudit.report.settings.charts import Scatter, Waterfall

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

FEWEST = 6
"""Months below which a line through them says nothing."""


def waterfall(run: Run, rows: UnitRows, chart: Waterfall, about: About) -> Drawn | None:
    """The last year's stock of the level and item that moved most; None where a month or a figure is missing."""
    del about
    item = run.settings.item.column if run.settings.item else ""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows.of_entity(chart.view):
        if speaks_of(rows, row) and month_of(row):
            key = (str(row.get("scope") or ""), str(row.get("scope_id") or ""), str(row.get(item) or ""))
            groups.setdefault(key, []).append(row)
    if not groups:
        return None
    key, found = max(groups.items(), key=lambda pair: (added(row.get(chart.share_of) for row in pair[1]) or 0, pair[0]))
    year = max(month_of(row) or "" for row in found)[:4]
    of_year = sorted((row for row in found if (month_of(row) or "")[:4] == year), key=lambda row: row["month"])
    sums = _sums(chart, of_year)
    if sums is None:
        return None
    opening, flows, closing = sums
    book = round(opening + sum(flows), 8)
    used = added(row.get(chart.share_of) for row in of_year)
    gap = round(closing - book, 8)
    steps = [
        {"title": flow.title.model_dump(), "value": value}
        for flow, value in zip((chart.opening, *chart.flows), (opening, *flows), strict=True)
        if value or flow is chart.opening
    ]
    stats = {
        "n": len(of_year), "opening": opening, "book": book, "closing": closing, "gap": gap,
        "share": gap / used * 100 if used else None, "months": formats.months([str(row["month"]) for row in of_year]),
        "item": run.item_title(key[2]) if key[2] else None,
    }  # fmt: skip
    end = {"title": chart.closing.title.model_dump(), "value": closing}
    return {"steps": steps, "book": book, "closing": end, "gap": gap, "stats": stats, "item": stats["item"]}


def _sums(chart: Waterfall, of_year: Sequence[Row]) -> tuple[float, list[float], float] | None:
    """Opening, signed flows and closing of months without a hole; None where there is one."""
    numbers = [int(row["month"].month) for row in of_year]
    flows = [
        (added(row.get(flow.column) for row in of_year) or 0.0) * flow.sign
        for flow in chart.flows
        if all(known(row.get(flow.column)) for row in of_year)
    ]
    opening, closing = of_year[0].get(chart.opening.column), of_year[-1].get(chart.closing.column)
    whole = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    if not whole or len(flows) < len(chart.flows) or not (known(opening) and known(closing)):
        return None
    return float(opening), flows, float(closing)


def scatter_fit(run: Run, rows: UnitRows, chart: Scatter, about: About) -> Drawn | None:
    """Months over a line that a few odd ones do not move (median of slopes), with two standard deviations beside it."""
    del run, about
    points: list[Drawn] = []
    for row in rows.of_unit(chart.view):
        month, x = month_of(row), row.get(chart.x)
        factors = [float(value) for column in chart.y if known(value := row.get(column))]
        if month and known(x) and x > 0 and len(factors) == len(chart.y):
            y = math.prod(factors) / chart.scale_y
            points.append({"month": month, "x": round(x / chart.scale_x, 8), "y": round(y, 8)})
    if len(points) < FEWEST or len({one["x"] for one in points}) < 2:
        return None
    slope, level = _line([(one["x"], one["y"]) for one in points])
    gaps = [one["y"] - level - slope * one["x"] for one in points]
    spread = math.sqrt(sum(gap * gap for gap in gaps) / (len(gaps) - 2))
    for one, gap in zip(points, gaps, strict=True):
        one["outside"] = bool(abs(gap) > 2 * spread + 1e-9 * max(1.0, abs(one["y"])))
        one["gap"] = round(gap, 8)
    odd = [one["month"] for one in points if one["outside"]]
    stats = {
        "n": len(points), "n_outside": len(odd), "months_outside": formats.months(odd), "band": 2 * spread,
    }  # fmt: skip
    return {
        "points": points,
        "axis_x": chart.axis_x.model_dump(),
        "fit": {"slope": round(slope, 10), "level": round(level, 8), "band": round(2 * spread, 8)},
        "stats": stats,
    }


def _line(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope and level: the medians of all slopes between two points, and of what is left (Theil and Sen)."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(sorted(pairs), 2) if b[0] != a[0]]
    slope = statistics.median(slopes)
    return slope, statistics.median(y - slope * x for x, y in pairs)
