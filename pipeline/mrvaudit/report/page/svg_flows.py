"""Geometry of the charts of balances: the waterfall of a stock, and months over a fitted line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.formats import number, signed
from mrvaudit.report.page import axes
from mrvaudit.report.page.axes import Frame

KILO = 1000.0


def waterfall(chart: Mapping[str, Any]) -> Frame:
    """Bars in kilotonnes on a 440 × 272 frame: opening, flows, what should remain, what is said to, the gap between."""
    left, right, top, bottom = 60.0, 434.0, 38.0, 214.0
    level, ends, bars = 0.0, [0.0], []
    for at, step in enumerate(chart["steps"]):
        start, level = level, level + step["value"]
        ends.append(level)
        bars.append((start, level, "rec" if at == 0 else "flow", step["title"], signed(step["value"] / KILO, 1)))
    bars[0] = (*bars[0][:4], number(chart["steps"][0]["value"] / KILO, 1))
    bars.append((0.0, chart["book"], "rec", None, number(chart["book"] / KILO, 1)))
    bars.append(
        (0.0, chart["closing"]["value"], "dec", chart["closing"]["title"], number(chart["closing"]["value"] / KILO, 1))
    )
    reach = [*ends, chart["book"], chart["closing"]["value"]]
    axis = axes.Axis(axes.ticks(min(reach) / KILO, max(reach) / KILO), top, bottom)
    slot = (right - left) / len(bars)
    wide = round(min(34.0, slot * 0.62), 1)
    drawn = []
    for at, (start, end, kind, title, text) in enumerate(bars):
        x = round(left + slot * (at + 0.5), 1)
        high, low = axis.y(max(start, end) / KILO), axis.y(min(start, end) / KILO)
        drawn.append(
            {"x": x, "y": high, "h": round(max(low - high, 0.8), 1), "class": kind, "title": title, "text": text}
        )
    links = "".join(
        f"M{round(one['x'] + wide / 2, 1)} {axis.y(level / KILO)}H{round(two['x'] - wide / 2, 1)}"
        for one, two, level in zip(drawn[:-2], drawn[1:-1], ends[1:], strict=True)
    )
    book, said = axis.y(chart["book"] / KILO), axis.y(chart["closing"]["value"] / KILO)
    gap = {
        "x": drawn[-1]["x"],
        "y": min(book, said),
        "h": round(abs(book - said), 1),
        "text": signed(chart["gap"] / KILO, 1),
    }
    return {
        "width": 440, "height": 272, "left": left, "right": right, "top": top, "bottom": bottom, "ticks": axis.ticks,
        "bars": drawn, "bar": wide, "links": links, "gap": gap,
    }  # fmt: skip


def scatter_fit(chart: Mapping[str, Any]) -> Frame:
    """Diamonds on a frame 440 × 272 over the band of the fit; those outside carry their month."""
    left, right, top, bottom = 60.0, 424.0, 38.0, 214.0
    points, fit = chart["points"], chart["fit"]
    xs, ys = [one["x"] for one in points], [one["y"] for one in points]
    marks = axes.ticks(min(xs), max(xs))
    axis = axes.Axis(axes.ticks(min(ys) - fit["band"], max(ys) + fit["band"]), top, bottom)

    def x(value: float) -> float:
        return round(left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left), 1)

    ends = [(value, fit["level"] + fit["slope"] * value) for value in (min(xs), max(xs))]
    edge = [
        (x(at), axis.y(level + side * fit["band"]))
        for side, part in ((1, ends), (-1, ends[::-1]))
        for at, level in part
    ]
    decimals = formats.decimals_of(marks, 6)
    dots = [
        {"x": x(one["x"]), "y": axis.y(one["y"]), "outside": one["outside"], "month": formats.month(one["month"])}
        for one in points
    ]
    for dot in dots:
        dot["anchor"] = "end" if dot["x"] > right - 50 else "start"
    return {
        "width": 440, "height": 272, "left": left, "right": right, "top": top, "bottom": bottom, "ticks": axis.ticks,
        "grid": [{"x": x(value), "text": number(value, decimals)} for value in marks],
        "band": "M" + "L".join(f"{a} {b}" for a, b in edge) + "z",
        "line": "M" + "L".join(f"{x(at)} {axis.y(level)}" for at, level in ends),
        "dots": dots,
    }  # fmt: skip
