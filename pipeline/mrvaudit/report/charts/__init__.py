"""The data behind each chart of a report, and the sentence that states its result; drawing is left to `page`.

A chart is a plain mapping with `kind`, `title`, `axis`, `caption` (both languages) and its series. A chart without
data is left out and named among what could not be assessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mrvaudit.report import formats
from mrvaudit.report.charts import chains, daily, flows, monthly
from mrvaudit.report.charts.shared import About, Drawn
from mrvaudit.report.data import UnitRows
from mrvaudit.report.settings.charts import AnyChart, Chart

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

Maker = Callable[[Any, UnitRows, Any, About], Drawn | None]


def charts(
    run: Run, rows: UnitRows, months: Sequence[Mapping[str, Any]], table: Sequence[Mapping[str, Any]]
) -> tuple[list[Drawn], list[Drawn]]:
    """Charts of a unit that have data, and those that have none (id, title, what would make them)."""
    drawn: list[Drawn] = []
    missing: list[Drawn] = []
    about = About(frozenset(one["month"] for one in months), table)
    for chart in run.settings.charts or _standard(run):
        found = MAKERS[chart.kind](run, rows, chart, about)
        if found is None:
            missing.append({"id": chart.id, "title": chart.title.model_dump(), "paper": chart.missing.model_dump()})
            continue
        drawn.append({**_frame(chart, found), **found})
    return drawn, missing


def _frame(chart: AnyChart, found: Drawn) -> Drawn:
    """What every chart has beside its series: words, and the sentence that states its result."""
    outside = bool(found["stats"].get("n_outside"))
    template = chart.caption_outside if outside and chart.caption_outside else chart.caption
    return {
        "id": chart.id,
        "kind": chart.kind,
        "section": chart.section,
        "title": chart.title.model_dump(),
        "axis": found.pop("axis", chart.axis.model_dump()),
        "decimals": chart.decimals,
        "scale": chart.scale if isinstance(chart, Chart) else 1.0,
        "key": {name: words.model_dump() for name, words in chart.key.items()},
        "caption": formats.fill(template.model_dump(), found["stats"]),
        "item": None,
        "band": None,
    }


def _standard(run: Run) -> tuple[AnyChart, ...]:
    """The one chart of a sector without report.yaml: its totals by month."""
    totals = run.sector.settings.totals
    if totals is None:
        return ()
    words = {key: run.words[f"standard_{key}"] for key in ("title", "axis", "axis_small", "caption", "missing")}
    return (
        Chart.model_validate(
            {"id": "totals", "kind": "paired_bars", "section": "months", "view": totals.view, "scale": 1000.0, **words}
            | {"column": totals.recalculated, "declared": totals.declared, "decimals": 1}
        ),
    )


MAKERS: dict[str, Maker] = {
    "paired_bars": monthly.paired_bars,
    "dots_month": monthly.dots_month,
    "dots_day_step": monthly.dots_day_step,
    "deviation_dots": monthly.deviation_dots,
    "date_chain": chains.date_chain,
    "day_strip": daily.day_strip,
    "digits": daily.digits,
    "scatter_fit": flows.scatter_fit,
    "waterfall": flows.waterfall,
}
