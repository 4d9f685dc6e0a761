"""Figures by data code of two runs, side by side: what a correction or a new submission changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from mrvaudit.report import context, data
from mrvaudit.report.content import months
from mrvaudit.report.settings.charts import Source

if TYPE_CHECKING:
    from mrvaudit.model import Audit

OWNER = ("entity_id", "unit_id")
KEY = (*OWNER, "data_code", "item", "period")
SIDES = ("declared", "recalculated")
WHEN = ("before", "after")
# Text figures (kinds, grades) stand apart: a column of figures is a column of figures.
SCHEMA = {
    **dict.fromkeys(KEY, pl.String()),
    **{f"{side}_{when}": pl.Float64() for side in SIDES for when in WHEN},
    **{f"{side}_{when}_text": pl.String() for side in SIDES for when in WHEN},
    "changed": pl.Boolean(),
}
SAME = 1e-9
"""Figures are the same within this share of the larger, or of one: the last bit is no change."""
Pairs = Callable[[Mapping[str, Any], str, Any], tuple[Any, Any]]
"""A line of the data table, a period and the figure declared in this run -> the figure before and the one after."""
Lines = Mapping[tuple[str, str], Sequence[dict[str, Any]]]
"""Lines of the data table by entity and unit, as in the report's `data_codes`."""


def lines(audit: Audit) -> Lines:
    """The data table of every unit of a run."""
    run = context.gather(audit, texts=False)
    totals = run.sector.settings.totals
    more = [Source(view=totals.view, column=data.EVERY)] if totals else []
    item = run.settings.item.column if run.settings.item else None
    scores = {row["unit_key"]: row for row in audit.scores.iter_rows(named=True)}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for number in range(audit.partitions):
        part = data.load(audit, number, data.wanted(run.settings, more), item)
        for unit in part.units.iter_rows(named=True):
            score = scores.get(unit["unit_key"])
            if score is not None:
                rows = data.UnitRows(part, unit["unit_key"], score["entity_id"], unit)
                found[score["entity_id"], score["unit_id"]] = months.data_table(run, rows)
    return found


def table(before: Lines, after: Lines) -> pl.DataFrame:
    """Every figure of both runs, by entity, unit, data code, item and period (a month or a year)."""
    rows = []
    for owner in sorted({*before, *after}):
        old, new = (_cells(one.get(owner, ())) for one in (before, after))
        for key in sorted({*old, *new}, key=lambda one: tuple(part or "" for part in one)):
            cells = {"before": old.get(key, {}), "after": new.get(key, {})}
            row: dict[str, Any] = dict(zip(KEY, (*owner, *key), strict=True))
            for side in SIDES:
                for when in WHEN:
                    value = cells[when].get(side)
                    row[f"{side}_{when}{'_text' if isinstance(value, str) else ''}"] = value
            row["changed"] = any(_differ(cells["before"].get(side), cells["after"].get(side)) for side in SIDES)
            rows.append({name: row.get(name) for name in SCHEMA})
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _cells(of_unit: Sequence[Mapping[str, Any]]) -> dict[tuple[str | None, ...], Mapping[str, Any]]:
    """Figures by data code, item and period; where several lines have one code, their titles tell them apart."""
    found: dict[tuple[str | None, ...], Mapping[str, Any]] = {}
    for line in of_unit:
        code = code_of(line, of_unit)
        for kind, periods in (("month", line["months"]), ("year", line["years"])):
            for cell in periods:
                found[code, line["item"], cell[kind]] = cell
    return found


def code_of(line: Mapping[str, Any], of_unit: Sequence[Mapping[str, Any]]) -> str:
    """The name of a line among those of its unit: its data code, with the title where several lines have that code."""
    several = [one["code"] for one in of_unit if one["item"] is None].count(line["code"]) > 1
    return f"{line['code']} {line['title']['zh']}" if several else str(line["code"])


def declared_twice(report: Mapping[str, Any]) -> Pairs:
    """For a line, a period and the figure declared in this run: the figure before, and the figure after.

    Without a baseline and without corrected values nothing is known of after: None.
    """
    changes = report.get("before_after")
    if changes is None:
        return lambda _line, _period, declared: (declared, None)
    figures = {(one["code"], one["item"], one["period"]): one["declared"] for one in changes["figures"]}

    def pair(line: Mapping[str, Any], period: str, declared: Any) -> tuple[Any, Any]:
        found = figures.get((code_of(line, report["data_codes"]), line["item"], period))
        return (found["before"], found["after"]) if found else (declared, declared)

    return pair


def _differ(before: Any, after: Any) -> bool:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return abs(before - after) > SAME * max(1.0, abs(before), abs(after))
    return bool(before != after)


@dataclass(frozen=True)
class Changes:
    """What changed since a run (`kind` baseline) or by the corrected values of answers (`kind` answers).

    `since` is the day of the run on the left; `table` is what `table` gives, `found` what `findings` gives,
    `allowances` what review.json holds of them.
    """

    kind: str
    since: str
    table: pl.DataFrame
    found: pl.DataFrame | None = None
    allowances: Sequence[Mapping[str, Any]] = ()

    @cached_property
    def _figures(self) -> data.Slices:
        return data.slices(self.table.filter("changed"), OWNER)

    @cached_property
    def _findings(self) -> data.Slices:
        return data.slices(self.found if self.found is not None else pl.DataFrame(), OWNER)

    def of(self, entity_id: str, unit_id: str) -> dict[str, Any]:
        """The report's `before_after` of one unit; figures that did not change are left out."""
        rows = [*self._findings.rows(entity_id, unit_id), *self._findings.rows(entity_id, None)]
        named = {word: [row["finding_id"] for row in rows if row["became"] == word] for word in ("new", "persisting")}
        fixed = [_fixed(row) for row in rows if row["became"] == "fixed"]
        return {
            "kind": self.kind,
            "since": self.since,
            "figures": [_row(row) for row in self._figures.rows(entity_id, unit_id)],
            "findings": None if self.found is None else {**named, "fixed": fixed},
            "allowances": [
                _allowance(one) for one in self.allowances if (one["entity_id"], one["unit_id"]) == (entity_id, unit_id)
            ],
        }


def _allowance(one: Mapping[str, Any]) -> dict[str, Any]:
    """A year's allowance before and after, of the unit that it is told to."""
    return {name: value for name, value in one.items() if name not in OWNER}


def _fixed(row: Mapping[str, Any]) -> dict[str, Any]:
    month = f"{row['month']:%Y-%m}" if row["month"] else None
    message = {"zh": row["message_zh"], "en": row["message_en"]}
    return {**{name: row[name] for name in ("finding_id", "rule_id", "severity")}, "month": month, "message": message}


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    sides = {
        side: {when: _either(row[f"{side}_{when}"], row[f"{side}_{when}_text"]) for when in WHEN} for side in SIDES
    }
    return {"code": row["data_code"], "item": row["item"], "period": row["period"], **sides}


def _either(figure: float | None, text: str | None) -> float | str | None:
    return figure if figure is not None else text


def findings(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Findings of both runs with what became of them: `new`, `persisting`, `fixed`, and the figure on either side.

    A finding is `fixed` where the later run does not make it any more; whether its rule could look says checks.parquet.
    """
    named = (
        "finding_id",
        "rule_id",
        "severity",
        "entity_id",
        "unit_id",
        "month",
        "observed",
        "message_zh",
        "message_en",
    )
    old, new = before.select(named), after.select(named)
    there = old.select("finding_id", pl.col("observed").alias("observed_before"), became=pl.lit("persisting"))
    made = new.join(there, on="finding_id", how="left").with_columns(pl.col("became").fill_null("new"))
    gone = old.join(new.select("finding_id"), on="finding_id", how="anti").with_columns(
        pl.col("observed").alias("observed_before"),
        pl.lit(None, dtype=pl.Float64).alias("observed"),
        became=pl.lit("fixed"),
    )
    joined = pl.concat([made, gone.select(made.columns)])
    return joined.sort("entity_id", "unit_id", "became", "rule_id", "finding_id", nulls_last=False)
