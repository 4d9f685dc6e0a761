"""Scales and frames that the charts share: round ticks, month labels, bands, and the arithmetic of days."""

from __future__ import annotations

import calendar
import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.formats import known, number, signed

Frame = dict[str, Any]
GAP_DAYS = 3
"""Runs of days without a value are shaded when they are longer than this; shorter ones only stay open."""


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that span [low, high] in at most `most` steps."""
    if high <= low:
        pad = abs(low) * 0.05 or 1.0
        low, high = low - pad, high + pad
    raw = (high - low) / most
    scale = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        step = factor * scale
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= most:
            break
    return [round(index * step, 12) for index in range(first, last + 1)]


def tenth(place: float) -> float:
    """A place on the drawing to a tenth of a pixel; `round` takes five times as long."""
    return math.floor(place * 10 + 0.5) / 10


class Axis:
    """A vertical axis: values to y, and its tick labels."""

    def __init__(self, marks: Sequence[float], top: float, bottom: float, sign: bool = False) -> None:
        self.low, self.high, self.top, self.bottom = marks[0], marks[-1], top, bottom
        decimals = formats.decimals_of(list(marks), 6)
        show = signed if sign else number
        self.ticks = [{"y": self.y(value), "text": show(value, decimals), "zero": value == 0} for value in marks]

    def y(self, value: float) -> float:
        """Height of a value on the drawing, clipped to the axis."""
        inside = min(max(value, self.low), self.high)
        return tenth(self.bottom - (inside - self.low) / (self.high - self.low) * (self.bottom - self.top))


def month_labels(months: Sequence[str], xs: Sequence[float], most: int) -> tuple[list[Frame], list[Frame]]:
    """Labels under the months (thinned where they are many) and, over several years, a label at each year's start."""
    every = max(1, math.ceil(len(months) / most))
    every = next((one for one in (1, 2, 3, 6, 12) if one >= every), every)
    shown = [
        {"x": x, "text": str(int(month[5:7]))}
        for month, x in zip(months, xs, strict=True)
        if (int(month[5:7]) - 1) % every == 0
    ]
    several = len({month[:4] for month in months}) > 1
    starts: dict[str, float] = {}
    for month, x in zip(months, xs, strict=True):
        starts.setdefault(month[:4], x)
    return shown, [{"x": x, "text": year} for year, x in starts.items()] if several else []


def spread(count: int, left: float, right: float) -> list[float]:
    """Equal distances from left to right; a single mark stands in the middle."""
    if count == 1:
        return [round((left + right) / 2, 1)]
    return [round(left + (right - left) * index / (count - 1), 1) for index in range(count)]


def bands(
    points: Sequence[Mapping[str, Any]], xs: Sequence[float], axis: Axis, left: float, right: float
) -> list[Frame]:
    """The band as few rectangles: months of equal limits form one."""
    edges = [left, *(round((a + b) / 2, 1) for a, b in pairwise(xs)), right]
    found: list[Frame] = []
    for index, point in enumerate(points):
        if not (known(point["low"]) and known(point["high"])):
            continue
        limits = (point["low"], point["high"])
        start, end = edges[index], edges[index + 1]
        if found and found[-1]["limits"] == limits and found[-1]["end"] == start:
            found[-1]["end"] = end
        else:
            found.append({"limits": limits, "x": start, "end": end})
    for band in found:
        low, high = band.pop("limits")
        band["y"], band["h"] = axis.y(high), round(axis.y(low) - axis.y(high), 1)
        band["w"] = round(band["end"] - band["x"], 1)
    return found


def frame(
    width: int,
    height: int,
    left: float,
    right: float,
    axis: Axis,
    labels: list[Frame],
    years: list[Frame],
    months: Sequence[str],
    **marks: Any,
) -> Frame:
    """The frame of a chart with its axis and month labels, and the marks that are its own."""
    return {
        "width": width,
        "height": height + (16 if years else 0),
        "left": left,
        "right": right,
        "top": axis.top,
        "bottom": axis.bottom,
        "ticks": axis.ticks,
        "labels": labels,
        "years": years,
        "year": formats.years(months) if not years else None,
        **marks,
    }


def gaps(days: Sequence[date], first: date, last: date) -> list[tuple[date, date]]:
    """Runs of more than GAP_DAYS days without a value, with their first and last day."""
    edges = [first.toordinal() - 1, *(day.toordinal() for day in days), last.toordinal() + 1]
    return [
        (date.fromordinal(before + 1), date.fromordinal(after - 1))
        for before, after in pairwise(edges)
        if after - before - 1 > GAP_DAYS
    ]


def months_between(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both as 2025-03."""
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{index // 12:04d}-{index % 12 + 1:02d}" for index in range(start, end + 1)]


def month_end(month: str) -> date:
    """Last day of a month."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year, number, calendar.monthrange(year, number)[1])
