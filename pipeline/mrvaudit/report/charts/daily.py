"""Charts of daily records: the strip of the year, day by item, and how often each last digit occurs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from mrvaudit.report import formats
from mrvaudit.report.charts.shared import About, Drawn, limit_of
from mrvaudit.report.content.months import items_of
from mrvaudit.report.data import UnitRows
from mrvaudit.report.formats import LANGUAGES, Pair, known
from mrvaudit.report.settings.charts import DayStrip, Digits, StripItem

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

AT_LEAST = 100
"""Values below which a count of digits says nothing, and steps of the last digit that the values must span."""
Z_95 = 1.96
DAY = timedelta(days=1)
TOLD = ("missing", "equal", "differs")
"""States that the sentence below the strip counts."""


def day_strip(run: Run, rows: UnitRows, chart: DayStrip, about: About) -> Drawn | None:
    """Runs of equal state for each item over the days of the last year; None without a daily figure."""
    year = max((month[:4] for month in about.months), default=None)
    if year is None:
        return None
    months = sorted(month for month in about.months if month[:4] == year)
    days = list(_days(months))
    still = _outages(rows, chart)
    limit = limit_of(run, chart.equal_days, {"month": months[0]})
    lines = []
    for item in chart.items:
        values = _values(run, rows, item)
        if any(day in values for day in days):
            states = _states(days, values, still, _at_odds(about, item), limit)
            lines.append(_line(item, states))
    if not lines:
        return None
    parts = [_told(run, one) for one in lines if _speaks(one["counts"])]
    told = {lang: formats.form("semicolons", lang).join(one[lang] for one in parts) for lang in LANGUAGES}
    stats = {"n": len(days), "year": year, "items": len(lines), "n_outside": len(parts), "parts": told}
    return {"days": [days[0].isoformat(), days[-1].isoformat()], "lines": lines, "stats": stats}


def _speaks(counts: Mapping[str, int]) -> bool:
    return any(counts[state] for state in TOLD)


def _told(run: Run, line: Drawn) -> Pair:
    """A line's states that are worth a word, each with its days."""
    found = [run.say(f"strip_{state}", n=line["counts"][state]) for state in TOLD if line["counts"][state]]
    counts = {lang: formats.form("list", lang).join(one[lang] for one in found) for lang in LANGUAGES}
    return run.say("strip_part", title=line["title"], counts=counts)


def _days(months: Sequence[str]) -> Iterable[date]:
    """Every day from the first month's first to the last month's last."""
    day, last = date.fromisoformat(f"{months[0]}-01"), months[-1]
    while day.isoformat()[:7] <= last:
        yield day
        day += DAY


def _values(run: Run, rows: UnitRows, item: StripItem) -> dict[date, float]:
    """The figure of each day, of the item that weighs most where the rows have items."""
    column = run.settings.item.column if run.settings.item else ""
    main = next(iter(items_of(run, rows)), None)
    found: dict[date, float] = {}
    for row in rows.of_unit(item.name):
        value = row.get(item.column)
        if row.get("date") is not None and known(value) and row.get(column, main) == main:
            found[row["date"]] = value
    return found


def _outages(rows: UnitRows, chart: DayStrip) -> set[date]:
    found: set[date] = set()
    for row in rows.of_unit(chart.outages.table) if chart.outages else ():
        assert chart.outages is not None
        first, last = row.get(chart.outages.first), row.get(chart.outages.last)
        if isinstance(first, date) and isinstance(last, date):
            found.update(first + DAY * shift for shift in range(min((last - first).days + 1, 400)))
    return found


def _at_odds(about: About, item: StripItem) -> set[str]:
    """Months in which the data table shows another declared than recalculated value of the item's code."""
    return {
        cell["month"]
        for line in about.table
        if item.code and line["code"] == item.code
        for cell in line["months"]
        if cell["differs"]
    }


def _states(
    days: Sequence[date], values: Mapping[date, float], still: set[date], odd: set[str], limit: float | None
) -> list[str]:
    states = [_state(day, values.get(day), still, odd) for day in days]
    at = 0
    for value, run in groupby(values.get(day) for day in days):
        length = len(list(run))
        # Zero on a running day is no reading that could repeat.
        if limit is not None and length > limit and value:
            states[at : at + length] = ["equal"] * length
        at += length
    return states


def _state(day: date, value: float | None, still: set[date], odd: set[str]) -> str:
    if not value:
        return "still" if day in still or value == 0 else "missing"
    return "differs" if day.isoformat()[:7] in odd else "kept"


def _line(item: StripItem, states: Sequence[str]) -> Drawn:
    runs, at = [], 0
    for state, run in groupby(states):
        length = len(list(run))
        runs.append([at, length, state])
        at += length
    counts = {state: states.count(state) for state in ("kept", "differs", "missing", "equal", "still")}
    return {"title": item.title.model_dump(), "runs": runs, "counts": counts}


def digits(run: Run, rows: UnitRows, chart: Digits, about: About) -> Drawn | None:
    """Counts of the last printed digit; None below AT_LEAST values, or where they span too few steps to be even."""
    del run, about
    name = f"{chart.column}_decimals"
    read = [(row[chart.column], row.get(name)) for row in rows.of_unit(chart.table) if known(row.get(chart.column))]
    values = [value for value, _ in read if value]
    decimals = max((int(places) for value, places in read if value and known(places)), default=0)
    scale = 10**decimals
    if len(values) < AT_LEAST or (max(values) - min(values)) * scale < AT_LEAST:
        return None
    counted = Counter(round(abs(value) * scale) % 10 for value in values)
    expected = len(values) / 10
    spread = Z_95 * math.sqrt(expected * 0.9)
    low, high = round(max(0.0, expected - spread), 8), round(expected + spread, 8)
    points = [
        {"digit": digit, "count": counted[digit], "outside": not low <= counted[digit] <= high} for digit in range(10)
    ]
    outside = [str(one["digit"]) for one in points if one["outside"]]
    listed = {lang: formats.form("list", lang).join(outside) or formats.NONE for lang in LANGUAGES}
    stats = {"n": len(values), "low": low, "high": high, "n_outside": len(outside), "digits": listed}
    return {"points": points, "low": low, "high": high, "stats": stats}
