"""What a unit's allowance comes to by the plan in force, year by year, or why it could not be determined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from mrvaudit import allowance
from mrvaudit.allowance.settings import settings
from mrvaudit.report.data import Slices, slices
from mrvaudit.report.formats import known

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

FIGURES = ("emission_tco2", "allowance_t", "duty_t", "gap_t")
NONE = Slices(pl.DataFrame(), {})


def gather(run: Run) -> Slices:
    """Rows of all units; none where the sector has no plan, or the run has no view to calculate it from."""
    found = settings(run.sector) if run.sector.sections.get("allowance") else None
    views = {view.view for view in run.sector.views}
    if found is None or found.unit not in views or not run.audit.work.m(found.input).is_dir():
        return NONE
    audit = run.audit
    rows = allowance.rows(audit.work, audit.sector, range(audit.partitions), audit.as_of)
    return slices(rows, ("entity_id", "unit_id"))


def years(run: Run, gathered: Slices, entity_id: str, unit_id: str) -> list[dict[str, Any]]:
    """A year: {year, plan, mark, status, reason, emission_tco2, allowance_t, duty_t, gap_t}; tonnes whole or None."""
    if not gathered.spans:
        return []
    plans = {one.id: one.title.model_dump() for one in settings(run.sector).plans}
    return [_year(row, plans) for row in gathered.rows(entity_id, unit_id)]


def _year(row: Mapping[str, Any], plans: Mapping[str, Any]) -> dict[str, Any]:
    reason = {"zh": row["reason_zh"] or row["reason"], "en": row["reason_en"] or row["reason"]}
    return {
        "year": row["year"],
        "plan": plans.get(row["plan"]),
        "mark": row["mark"],
        "status": row["status"],
        "reason": reason if row["reason"] else None,
        **{name: row[name] if known(row[name]) else None for name in FIGURES},
    }
