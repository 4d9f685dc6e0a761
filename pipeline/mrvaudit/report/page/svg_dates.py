"""Geometry of the charts of days: the date chain of each record, and the strip of the year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.formats import number, signed
from mrvaudit.report.page import axes
from mrvaudit.report.page.axes import Frame

STEP = 25.5
STATES = ("kept", "differs", "missing", "equal", "still")
POINTS = ("prepared", "sent", "received", "tested", "tested_to", "issued")


def date_chain(chart: Mapping[str, Any]) -> Frame:
    """One line a record on a frame 880 wide, days from the end of sampling across; the limit dashed."""
    chains: Sequence[Mapping[str, Any]] = chart["chains"]
    days = [mark["day"] for one in chains for mark in one["marks"]]
    limits = [one["limit"] for one in chains if one["limit"] is not None]
    marks = axes.ticks(min([0, *days]), max([0, *days, *limits]), 8)
    left, right, top = 196.0, 850.0, 40.0

    def x(day: float) -> float:
        return round(left + (day - marks[0]) / (marks[-1] - marks[0]) * (right - left), 1)

    bottom = top + STEP * len(chains)
    several = len({one["month"][:4] for one in chains}) > 1
    lines = [_chain(one, x, round(top + STEP * (at + 0.5), 1), several) for at, one in enumerate(chains)]
    limit = limits[-1] if limits and len(set(limits)) == 1 else None
    grid = [{"x": x(day), "text": signed(day, 0), "zero": day == 0} for day in marks]
    return {
        "width": 880, "height": round(bottom + 36, 1), "top": top, "bottom": bottom, "grid": grid, "lines": lines,
        "limit": {"x": x(limit), "days": limit} if limit is not None else None, "zero": x(0),
    }  # fmt: skip


def _chain(chain: Mapping[str, Any], x: Any, y: float, several: bool) -> Frame:
    at = {mark["sign"]: x(mark["day"]) for mark in chain["marks"]}
    ends = [at[name] for name in POINTS if name in at]
    sampled = (at.get("from", at.get("to")), at.get("to"))
    breach = chain["breach"]
    made: Frame = {
        "y": y,
        "month": formats.month(chain["month"], year=several),
        "label": chain["label"][:18],
        "samp": {"x": sampled[0], "w": round(max(sampled[1] - sampled[0], 1), 1)} if sampled[1] is not None else None,
        "line": f"M{min(ends)} {y}H{max(ends)}" if len(ends) > 1 else "",
        "test": None,
        "breach": None,
        **{name: at.get(name) for name in ("prepared", "sent", "received", "issued")},
    }
    if "tested" in at:
        last = max(at.get("tested_to", at["tested"]), at["tested"])
        made["test"] = {"x": at["tested"], "w": round(max(last - at["tested"], 4), 1), "bad": False}
    if breach:
        place = at[breach["sign"]]
        bad = breach["sign"] in ("tested", "tested_to")
        if made["test"]:
            made["test"]["bad"] = bad
        near = place if place < 620 else place - 10
        made["breach"] = {"x": place, "at": round(near, 1), "words": breach["words"], "bad": bad}
        made["breach"]["anchor"] = "start" if place < 620 else "end"
        free = max([*at.values()]) + 12
        if place < 620:
            made["breach"]["at"] = round(free, 1)
        else:
            made["breach"]["at"] = round(min([*at.values()]) - 12, 1)
    return made


def day_strip(chart: Mapping[str, Any]) -> Frame:
    """A row of rectangles for each item on a frame 880 wide; days of equal state are one rectangle."""
    left, right, top, step = 110.0, 871.0, 30.0, 27
    first, last = (date.fromisoformat(day) for day in chart["days"])
    width = (last - first).days + 1

    def x(shift: float) -> float:
        return round(left + shift / width * (right - left), 1)

    lines = []
    for at, line in enumerate(chart["lines"]):
        paths = dict.fromkeys(STATES, "")
        y = top + at * step
        for start, length, state in line["runs"]:
            wide = round(x(start + length) - x(start), 1)
            paths[state] += f"M{x(start)} {y:g}h{wide}v20h-{wide}z"
        lines.append({"title": line["title"], "y": y + 14, "paths": {key: d for key, d in paths.items() if d}})
    bottom = top + len(lines) * step - 7
    months = axes.months_between(first.isoformat()[:7], last.isoformat()[:7])
    starts = [(date.fromisoformat(f"{month}-01") - first).days for month in months]
    ends = [(axes.month_end(month) - first).days + 1 for month in months]
    labels = [
        {"x": x((start + end) / 2), "text": str(int(month[5:7]))}
        for month, start, end in zip(months, starts, ends, strict=True)
    ]
    cuts = "".join(f"M{x(start)} {top - 2:g}V{bottom:g}" for start in starts[1:])
    counts = {state: sum(line["counts"][state] for line in chart["lines"]) for state in STATES}
    return {
        "width": 880, "height": bottom + 44, "lines": lines, "labels": labels, "cuts": cuts, "bottom": bottom,
        "right": right, "year": formats.years(months), "states": [state for state in STATES if counts[state]],
    }  # fmt: skip


def digits(chart: Mapping[str, Any]) -> Frame:
    """Ten bars on a 440 × 236 frame over the band of what chance allows."""
    left, right, top, bottom = 46.0, 434.0, 34.0, 190.0
    counts = [one["count"] for one in chart["points"]]
    axis = axes.Axis(axes.ticks(0.0, max(*counts, chart["high"])), top, bottom)
    slot = (right - left) / 10
    bars = [
        {
            "x": round(left + slot * (one["digit"] + 0.5), 1),
            "y": axis.y(one["count"]),
            "h": round(bottom - axis.y(one["count"]), 1),
            "digit": one["digit"],
            "count": number(one["count"]) if one["outside"] else None,
        }
        for one in chart["points"]
    ]
    band = {"y": axis.y(chart["high"]), "h": round(axis.y(chart["low"]) - axis.y(chart["high"]), 1)}
    return {
        "width": 440, "height": 236, "left": left, "right": right, "top": top, "bottom": bottom, "ticks": axis.ticks,
        "bars": bars, "band": band, "bar": 20,
    }  # fmt: skip
