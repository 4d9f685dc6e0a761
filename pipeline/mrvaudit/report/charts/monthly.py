"""Charts of months and days of one column: pairs of bars, dots, daily dots with steps, deviations of two sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mrvaudit.report import formats
from mrvaudit.report.charts.shared import About, limit_of
from mrvaudit.report.content.months import added, differs, items_of, month_of
from mrvaudit.report.data import Row, UnitRows
from mrvaudit.report.formats import Pair, known
from mrvaudit.report.settings.charts import Chart

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

Drawn = dict[str, Any]
PANELS = 6


def paired_bars(run: Run, rows: UnitRows, chart: Chart, about: About) -> Drawn | None:
    """Declared beside recalculated, one pair a month, from zero."""
    del run, about
    points: list[Drawn] = []
    source = rows.of_unit(chart.view)
    for month in sorted({found for row in source if (found := month_of(row))}):
        of_month = [row for row in source if month_of(row) == month]
        declared = added(row.get(chart.declared or "") for row in of_month)
        recalculated = added(row.get(chart.column) for row in of_month)
        outside = differs(declared, recalculated, chart.tolerance)
        points.append({"month": month, "declared": declared, "recalculated": recalculated, "outside": outside})
    if not any(known(one["declared"]) or known(one["recalculated"]) for one in points):
        return None
    both = [one for one in points if known(one["declared"]) and known(one["recalculated"])]
    declared_sum, recalculated_sum = (added(one[side] for one in both) for side in ("declared", "recalculated"))
    gap = recalculated_sum - declared_sum if declared_sum is not None and recalculated_sum is not None else None
    stats = {
        **_over(points),
        "n": len(both),
        "declared": declared_sum,
        "recalculated": recalculated_sum,
        "difference": gap,
        "share": gap / declared_sum * 100 if gap is not None and declared_sum else None,
    }
    drawn: Drawn = {"points": points, "stats": stats}
    sizes = [one[side] for one in points for side in ("declared", "recalculated") if known(one[side])]
    if chart.axis_small and max(sizes) < chart.scale:
        drawn |= {"scale": 1.0, "axis": chart.axis_small.model_dump()}
    return drawn


def dots_month(run: Run, rows: UnitRows, chart: Chart, about: About) -> Drawn | None:
    """One recalculated value a month, the declared one joined to it where it differs, on a band where there is one."""
    del about
    item = _item(run, rows, chart)
    points = []
    for row in _of_item(run, rows.of_unit(chart.view), item):
        month, value = month_of(row), _scaled(row.get(chart.column), chart)
        declared = _scaled(row.get(chart.declared or ""), chart)
        if month and (known(value) or known(declared)):
            low, high = _band(run, chart, row)
            apart = differs(row.get(chart.declared or ""), row.get(chart.column), chart.tolerance)
            point = {"month": month, "recalculated": value, "declared": declared, "outside": apart}
            points.append({**point, "low": low, "high": high})
    values = [one["recalculated"] for one in points if known(one["recalculated"])]
    if not values:
        return None
    stats = {**_over(points), "n": len(values), "min": min(values), "max": max(values), "item": run.item_title(item)}
    return {"points": points, "item": run.item_title(item), "band": _band_words(chart), "stats": stats}


def dots_day_step(run: Run, rows: UnitRows, chart: Chart, about: About) -> Drawn | None:
    """Daily values as dots, the monthly value as a step, days without a value left open."""
    item = _item(run, rows, chart)
    days = [
        (str(row["date"]), _scaled(row.get(chart.column), chart))
        for row in _of_item(run, rows.of_unit(chart.view), item)
        if row.get("date") is not None
        and known(row.get(chart.column))
        and (not about.months or month_of(row) in about.months)
    ]
    if not days:
        return None
    steps = []
    if chart.step:
        steps = [
            (month, _scaled(row.get(chart.step.column), chart))
            for row in _of_item(run, rows.of_unit(chart.step.name), item)
            if (month := month_of(row)) and known(row.get(chart.step.column))
        ]
    values = [value for _, value in days]
    shown = sorted({day[:7] for day, _ in days} | {month for month, _ in steps})
    stats = {
        "n": len(days),
        "min": min(values),
        "max": max(values),
        "months": formats.months(shown),
        "item": run.item_title(item),
        "steps": len(steps),
    }
    return {
        "days": days,
        "steps": steps,
        "item": run.item_title(item),
        "gap": chart.gap.model_dump() if chart.gap else None,
        "stats": stats,
    }


def deviation_dots(run: Run, rows: UnitRows, chart: Chart, about: About) -> Drawn | None:
    """How far one source lies from another by month, in percent of the other, one panel for each level and source."""
    del about
    source = rows.of_entity(chart.view) if chart.of == "entity" else rows.of_unit(chart.view)
    panels: dict[tuple[str, ...], list[Drawn]] = {}
    for row in source:
        if not speaks_of(rows, row) or row.get(chart.where or "") is False:
            continue
        month, value, base = month_of(row), row.get(chart.column), row.get(chart.against or "")
        if month and known(value) and known(base) and base:
            low, high = _band(run, chart, row)
            gap = (value / base - 1) * 100
            beyond = (high is not None and gap > high + 1e-9) or (low is not None and gap < low - 1e-9)
            name = tuple(str(row.get(column) or "") for column in chart.split)
            point = {"month": month, "value": round(gap, 8), "low": low, "high": high, "outside": bool(beyond)}
            panels.setdefault(name, []).append(point)
    if not panels:
        return None
    made = [_panel(run, rows, chart, name, points) for name, points in sorted(panels.items())][:PANELS]
    stats = {**_over([point for panel in made for point in panel["points"]]), "n": sum(one["n"] for one in made)}
    return {"panels": made, "band": _band_words(chart), "stats": stats}


def speaks_of(rows: UnitRows, row: Row) -> bool:
    """Whether a row of the entity is about the unit or a level above it."""
    if row.get("unit_key") not in (None, rows.unit_key):
        return False
    levels = {rows.entity_id, *(rows.unit.get(name) for name in ("unit_id", "site_id", "merged_group"))}
    return row.get("scope_id") in (None, "", *levels)


def _panel(run: Run, rows: UnitRows, chart: Chart, name: Sequence[str], points: list[Drawn]) -> Drawn:
    values = [point["value"] for point in points]
    stats = {**_over(points), "n": len(points), "min": min(values), "max": max(values), "limit": points[-1]["high"]}
    key = "panel_outside" if stats["n_outside"] else "panel_inside" if known(stats["limit"]) else "panel"
    label = _level(run, rows, chart, name)
    return {"label": label, "points": points, "n": len(points), "caption": run.say(key, **stats)}


def _level(run: Run, rows: UnitRows, chart: Chart, name: Sequence[str]) -> Pair:
    """The level and source of a panel in words; ids as submitted, save those that the report's head names already."""
    named = {"", rows.entity_id, str(rows.unit.get("unit_id"))}
    words = [
        run.code_title(run.settings.split_codes.get(column), value)
        for column, value in zip(chart.split, name, strict=True)
        if value not in named
    ]
    return {lang: " · ".join(one[lang] for one in words) for lang in formats.LANGUAGES}


def _over(points: Sequence[Drawn]) -> dict[str, Any]:
    outside = [point["month"] for point in points if point["outside"]]
    return {
        "n_outside": len(outside),
        "months_outside": formats.months(outside),
        "months": formats.months([point["month"] for point in points]),
    }


def _scaled(value: Any, chart: Chart) -> Any:
    return round(value / chart.scale, 10) if known(value) else None


def _item(run: Run, rows: UnitRows, chart: Chart) -> str | None:
    """The item a chart shows: the one that weighs most by `rank_by`, else in the unit's totals."""
    if not chart.by_item or run.settings.item is None:
        return None
    if chart.rank_by is None:
        return next(iter(items_of(run, rows)), None)
    sizes: dict[str, float] = {}
    for row in rows.of_unit(chart.view):
        name, size = row.get(run.settings.item.column), row.get(chart.rank_by)
        if name is not None and known(row.get(chart.column)):
            sizes[name] = sizes.get(name, 0.0) + (added([size]) or 0.0)
    return min(sizes, key=lambda name: (-sizes[name], name), default=None)


def _of_item(run: Run, rows: Sequence[Row], item: str | None) -> list[Row]:
    column = run.settings.item.column if run.settings.item else ""
    return [row for row in rows if item is None or row.get(column, item) == item]


def _band(run: Run, chart: Chart, row: Row) -> tuple[float | None, float | None]:
    if chart.band is None:
        return None, None
    high = limit_of(run, chart.band.high, row)
    low = limit_of(run, chart.band.low, row) if chart.band.low else (-high if high is not None else None)
    return low, high


def _band_words(chart: Chart) -> Pair | None:
    return chart.band.title.model_dump() if chart.band else None
