"""The date chain: sampling, preparation, receipt, tests and issue of each record, in days from the end of sampling."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from mrvaudit.report import formats
from mrvaudit.report.charts.shared import About, Drawn, limit_of
from mrvaudit.report.content.months import month_of
from mrvaudit.report.data import Row, UnitRows
from mrvaudit.report.formats import known
from mrvaudit.report.settings.charts import DateChain

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

MOST = 24


def date_chain(run: Run, rows: UnitRows, chart: DateChain, about: About) -> Drawn | None:
    """One chain for each record with a date; a date before the one it should follow, or past the limit, is a breach."""
    joined: dict[Any, Row] = {}
    for row in rows.of_unit(chart.join) if chart.join else ():
        joined.setdefault(row.get(chart.using), row)
    chains = [
        made
        for row in rows.of_unit(chart.table)
        if (month := month_of(row)) and (not about.months or month in about.months)
        if (made := _chain(run, chart, row, joined.get(row.get(chart.using), {}), month))
    ]
    if not chains:
        return None
    chains.sort(key=lambda one: (one["month"], one["label"]))
    breached = [one for one in chains if one["breach"]]
    ends = [mark["day"] for one in chains for mark in one["marks"] if mark["sign"] == "issued"]
    stats = {
        "n": len(chains),
        "n_outside": len(breached),
        "months_outside": formats.months([one["month"] for one in breached]),
        "latest": max(ends, default=None),
        "last": run.say("chain_last", days=max(ends)) if ends else dict.fromkeys(formats.LANGUAGES, ""),
        "limit": next((one["limit"] for one in chains if known(one["limit"])), None),
    }
    return {"chains": _shown(chains), "left_out": max(0, len(chains) - MOST), "stats": stats, "signs": _signs(chart)}


def _shown(chains: Sequence[Drawn]) -> list[Drawn]:
    """Of many records those that break the order first, then the latest; drawn in their order."""
    chosen = sorted(range(len(chains)), key=lambda at: (chains[at]["breach"] is None, -at))[:MOST]
    return [chains[at] for at in sorted(chosen)]


def _signs(chart: DateChain) -> dict[str, Any]:
    return {one.sign: one.title.model_dump() for one in chart.dates}


def _chain(run: Run, chart: DateChain, row: Row, other: Row, month: str) -> Drawn | None:
    dates = {
        mark.sign: value
        for mark in chart.dates
        if isinstance(value := (other if mark.joined else row).get(mark.column), date)
    }
    if not dates.keys() - {"from", "to"}:
        return None
    end = date(int(month[:4]), int(month[5:7]), calendar.monthrange(int(month[:4]), int(month[5:7]))[1])
    stated = other.get(chart.zero, row.get(chart.zero))
    zero = stated if isinstance(stated, date) else end
    limit = limit_of(run, chart.limit, row)
    marks = [{"sign": sign, "day": (value - zero).days} for sign, value in dates.items()]
    # The limit of a composite runs from the month's end, be the last sample earlier or later.
    last = (max(zero, end) - zero).days + limit if known(limit) else None
    label = str(row.get(chart.label) or "")
    breach = _breach(run, _signs(chart), marks, last)
    return {"month": month, "label": label, "marks": marks, "limit": limit, "breach": breach}


def _breach(
    run: Run, titles: Mapping[str, Any], marks: Sequence[Mapping[str, Any]], last: float | None
) -> dict[str, Any] | None:
    """The first date that lies before one that should precede it, else the issue past its limit: sign, day, words."""
    for at, mark in enumerate(marks):
        before = [one for one in marks[:at] if one["day"] > mark["day"]]
        if before:
            words = run.say("chain_before", mark=titles[mark["sign"]], other=titles[before[-1]["sign"]])
            return {"sign": mark["sign"], "day": mark["day"], "words": words}
    for mark in marks:
        if mark["sign"] == "issued" and last is not None and mark["day"] > last:
            return {**mark, "words": run.say("chain_late", mark=titles["issued"], days=mark["day"] - last)}
    return None
