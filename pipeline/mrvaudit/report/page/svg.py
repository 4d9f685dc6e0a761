"""Geometry of the charts: from a chart's figures to the marks that the templates draw.

Frames of the design: 880 wide, 440 for a pair, 300 for a panel; bars start at zero, dots need not; at most six ticks.
Every function returns a plain mapping of numbers and short labels; no markup is made here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.formats import known, signed
from mrvaudit.report.page import axes
from mrvaudit.report.page.axes import Frame

HALF = ("dots_month", "digits", "waterfall", "scatter_fit")
"""Kinds of charts that stand side by side."""


def paired_bars(chart: Mapping[str, Any]) -> Frame:
    """Pairs of bars by month on an 880 × 318 frame, the difference written above where it is beyond tolerance."""
    points, scale = chart["points"], chart["scale"]
    left, right, top, bottom = 56.0, 872.0, 38.0, 264.0
    values = [one[side] / scale for one in points for side in ("declared", "recalculated") if known(one[side])]
    axis = axes.Axis(
        axes.ticks(min(0.0, *values), max(*values, 0.0))
        if len(values) > 1
        else axes.ticks(0.0, max(*values, 0.0, 1e-9)),
        top,
        bottom,
    )
    slot = (right - left) / len(points)
    bar = round(min(17.0, slot * 0.3), 1)
    xs = [round(left + slot * (index + 0.5), 1) for index in range(len(points))]
    bars = [_pair(one, x, bar, slot, axis, scale, chart["decimals"]) for one, x in zip(points, xs, strict=True)]
    labels, years = axes.month_labels([one["month"] for one in points], xs, 24)
    return axes.frame(880, 318, left, right, axis, labels, years, [one["month"] for one in points], bars=bars, bar=bar)


def _pair(
    point: Mapping[str, Any], x: float, bar: float, slot: float, axis: axes.Axis, scale: float, decimals: int
) -> Frame:
    zero = axis.y(0.0)
    made: Frame = {"x": x, "declared": None, "recalculated": None, "label": None}
    for side, at in (("declared", x - bar - 1), ("recalculated", x + 1)):
        if known(point[side]):
            y = axis.y(point[side] / scale)
            made[side] = {"x": round(at, 1), "y": min(y, zero), "h": round(abs(zero - y), 1)}
    if point["outside"]:
        top = min(made[side]["y"] for side in ("declared", "recalculated"))
        gap = (point["recalculated"] - point["declared"]) / scale
        made["label"] = {"y": round(top - 7, 1), "text": "▲" + (signed(gap, decimals) if slot >= 44 else "")}
        made["label"]["tiny"] = slot < 16
    return made


def dots_month(chart: Mapping[str, Any]) -> Frame:
    """Dots by month on a 440 × 272 frame; declared values that differ as hollow triangles joined by a dotted line."""
    points = chart["points"]
    left, right, top, bottom = 60.0, 434.0, 38.0, 228.0
    names = ("recalculated", "declared", "low", "high")
    values = [one[name] for one in points for name in names if known(one[name])]
    axis = axes.Axis(axes.ticks(min(values), max(values)), top, bottom)
    xs = axes.spread(len(points), left + 16, right - 15)
    dots = []
    for one, x in zip(points, xs, strict=True):
        dot: Frame = {
            "x": x,
            "y": axis.y(one["recalculated"]) if known(one["recalculated"]) else None,
            "declared": None,
        }
        if one["outside"] or (dot["y"] is None and known(one["declared"])):
            dot["declared"] = axis.y(one["declared"])
        dots.append(dot)
    labels, years = axes.month_labels([one["month"] for one in points], xs, 12)
    months = [one["month"] for one in points]
    band = axes.bands(points, xs, axis, left, right)
    return axes.frame(440, 272, left, right, axis, labels, years, months, dots=dots, bands=band)


def dots_day_step(chart: Mapping[str, Any]) -> Frame:
    """Daily dots and monthly steps on an 880 × 262 frame; longer runs without a value are shaded."""
    left, right, top, bottom = 58.0, 870.0, 32.0, 222.0
    days = [(date.fromisoformat(day), value) for day, value in chart["days"]]
    months = sorted({day[:7] for day, _ in chart["days"]} | {month for month, _ in chart["steps"]})
    months = axes.months_between(months[0], months[-1])
    first, last = date.fromisoformat(f"{months[0]}-01"), axes.month_end(months[-1])
    width = (last - first).days + 1
    values = [value for _, value in days] + [value for _, value in chart["steps"]]
    axis = axes.Axis(axes.ticks(min(values), max(values)), top, bottom)

    start_at, y = first.toordinal(), axis.y

    def x(day: date, part: float = 0.5) -> float:
        return axes.tenth(left + (day.toordinal() - start_at + part) / width * (right - left))

    starts = {month: x(date.fromisoformat(f"{month}-01"), 0.0) for month in months}
    ends = {month: x(axes.month_end(month), 1.0) for month in months}
    middles = [round((starts[month] + ends[month]) / 2, 1) for month in months]
    labels, years = axes.month_labels(months, middles, 24)
    gaps = [
        {"x": x(start, 0.0), "w": round(x(end, 1.0) - x(start, 0.0), 1)}
        for start, end in axes.gaps([day for day, _ in days], first, last)
    ]
    return axes.frame(
        880, 262, left, right, axis, labels, years, months,
        dots="".join([f"M{x(day)} {y(value)}h0" for day, value in days]),
        steps="".join(f"M{starts[month]} {axis.y(value)}H{ends[month]}" for month, value in chart["steps"]),
        cuts="".join(f"M{starts[month]} {bottom}v5" for month in months[1:]),
        gaps=gaps,
    )  # fmt: skip


def deviation_dots(chart: Mapping[str, Any]) -> list[Frame]:
    """One 300 × 150 panel for each level and source: deviations in percent on their tolerance band."""
    return [_panel(panel) for panel in chart["panels"]]


def _panel(panel: Mapping[str, Any]) -> Frame:
    points = panel["points"]
    left, right, top, bottom = 42.0, 298.0, 18.0, 122.0
    reach = max(abs(one[name]) for one in points for name in ("value", "low", "high") if known(one[name]))
    half = axes.ticks(0.0, reach or 0.1, 2)[-1]
    axis = axes.Axis([-half, -half / 2, 0.0, half / 2, half], top, bottom, sign=True)
    xs = axes.spread(len(points), left + 10, right - 10.6)
    dots = [
        {
            "x": x,
            "y": axis.y(one["value"]),
            "outside": one["outside"],
            "text": signed(one["value"], 1 if reach >= 1 else 2),
        }
        for one, x in zip(points, xs, strict=True)
    ]
    crowded = sum(one["outside"] for one in points) > 4
    for dot in dots:
        dot["label"] = None if crowded or not dot["outside"] else "end" if dot["x"] > right - 40 else "start"
    labels, years = axes.month_labels([one["month"] for one in points], xs, 12)
    months = [one["month"] for one in points]
    bands = axes.bands(points, xs, axis, left, right)
    frame = axes.frame(300, 150, left, right, axis, labels, years, months, dots=dots, bands=bands)
    return {**frame, "title": panel["label"], "caption": panel["caption"]}


def steps(parts: Sequence[tuple[Any, float]], total: float | None, apart: Sequence[tuple[Any, float]]) -> Frame | None:
    """Horizontal steps from zero: each part where the one before ended, the total, and conditional tonnes apart."""
    if not parts and not apart:
        return None
    left, right = 196.0, 780.0
    ends = [0.0]
    for _, value in parts:
        ends.append(ends[-1] + value)
    reach = [*ends, *(value for _, value in apart), *([total] if known(total) and total is not None else [])]
    marks = axes.ticks(min(0.0, *reach), max(0.0, *reach), 4)

    def x(value: float) -> float:
        return round(left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left), 1)

    rows: list[Frame] = []
    for (label, value), start in zip(parts, ends, strict=False):
        rows.append({**_step(x, start, start + value, value), "class": "rec", "label": label})
    if total is not None and len(parts) > 1:
        rows.append({**_step(x, 0.0, total, total), "class": "tot", "label": None})
    for label, value in apart:
        rows.append({**_step(x, 0.0, value, value), "class": "cond", "label": label})
    y = 26
    for row in rows:
        y += 6 if row["class"] == "cond" else 0
        row["y"] = y
        y += 31
    links = [
        {"x": x(end), "y": row["y"] + 18} for row, end in zip(rows, ends[1:-1], strict=False) if row["class"] == "rec"
    ]
    decimals = formats.decimals_of(marks)
    grid = [{"x": x(value), "text": signed(value, decimals), "zero": value == 0} for value in marks]
    return {"rows": rows, "links": links, "grid": grid, "bottom": y - 6, "height": y + 36}


def _step(x: Any, start: float, end: float, value: float) -> Frame:
    low, high = sorted((x(start), x(end)))
    return {"x": low, "w": round(max(high - low, 0.8), 1), "end": round(high + 8, 1), "text": signed(value, 0)}


def scores(points: Sequence[Mapping[str, Any]]) -> Frame:
    """A detector's score by month on a 440 × 252 frame, over the band of the group; diamonds where it is rare."""
    left, right, top, bottom = 60.0, 434.0, 38.0, 208.0
    values = [one[name] for one in points for name in ("score", "low", "high") if known(one[name])]
    axis = axes.Axis(axes.ticks(min(values), max(values)), top, bottom)
    xs = axes.spread(len(points), left + 16, right - 15)
    dots = [
        {"x": x, "y": axis.y(one["score"]), "outside": one["flagged"]}
        for one, x in zip(points, xs, strict=True)
        if known(one["score"])
    ]
    months = [one["month"] for one in points]
    labels, years = axes.month_labels(months, xs, 12)
    bands = axes.bands(points, xs, axis, left, right)
    return axes.frame(440, 252, left, right, axis, labels, years, months, dots=dots, bands=bands)
