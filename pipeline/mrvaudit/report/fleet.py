"""The fleet at a glance: ranked units with tonnes, findings, months, main matter and coverage, to filter and sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl
from markupsafe import Markup

from mrvaudit.model import SEVERITIES
from mrvaudit.report import formats
from mrvaudit.report.content import model
from mrvaudit.report.content.months import added, differs, month_of
from mrvaudit.report.data import Row, scan
from mrvaudit.report.formats import LANGUAGES, Pair, known
from mrvaudit.report.page import markup
from mrvaudit.report.page.pieces import both

if TYPE_CHECKING:
    from mrvaudit.report.context import Run
    from mrvaudit.report.settings import IndexColumn
    from mrvaudit.report.writing import Writing

FIXED = 12
"""Columns before a sector's own: rank, unit, tonnes, share, months, four severities, conditional, topic, city."""
BARS = 300
Matter = tuple[int, float, str, Pair]
"""Order of severity, tonnes (negative), rule and topic of a finding."""
NOTHING = ""


def render(run: Run, context: Writing, linked: bool = True, base: str = "") -> bytes:
    """The page as UTF-8; `base` leads from its folder to the folder of the run."""
    scores = run.audit.scores.sort("rank", "entity_id", "unit_id")
    months = _months(run)
    extra = [_column(run, one) for one in run.settings.index_columns]
    filled = [one for one, values in zip(run.settings.index_columns, extra, strict=True) if values]
    extra = [values for values in extra if values]
    matters = _main_matters(run)
    counted = dict(run.audit.findings.group_by("severity").len().iter_rows())
    rows = [_row(score, months, extra, matters, base if linked else None) for score in scores.iter_rows(named=True)]
    years = formats.years([month for of_unit in months.values() for month in of_unit])
    words = run.words
    page = (
        markup.environment(words)
        .get_template("index.html.j2")
        .render(
            lang=context.lang,
            title=run.say("index_title", years=years),
            heading=run.say("index_heading", n=len(rows)),
            about=run.say(
                "index_about" if years != formats.NONE else "index_about_no_year",
                years=years,
                as_of=run.audit.as_of.isoformat(),
                pack=_pack(run),
            ),
            total=totals(rows, counted),
            rank=_rank(run, rows),
            rows=rows,
            columns=[one.title.model_dump() for one in filled],
            filters=_filters(run, filled),
            severity_options=[words[f"severity_{name}"] for name in ("all", *SEVERITIES[:3])],
            unreadable=run.audit.unreadable,
            crashed=run.audit.crashed,
            **markup.page_assets("index"),
        )
    )
    return markup.seen(page).encode()


def render_apart(run: Run, context: Writing) -> bytes:
    """The page of a run of several enterprises that each see their own units only: it names none of them."""
    page = (
        markup.environment(run.words)
        .get_template("apart.html.j2")
        .render(
            lang=context.lang,
            title=run.say("index_title", years=""),
            about=run.say("index_about_no_year", as_of=run.audit.as_of.isoformat(), pack=_pack(run)),
            note=run.say("index_apart", n=len(run.entity_units)),
            **markup.page_assets("index"),
        )
    )
    return markup.seen(page).encode()


def _pack(run: Run) -> str:
    return f"{run.sector.id} {run.sector.version}"


def _row(
    score: Row,
    months: Mapping[int, Mapping[str, float]],
    extra: Sequence[Mapping[int, Pair]],
    matters: Mapping[tuple[str, str | None], Matter],
    base: str | None,
) -> dict[str, Any]:
    stake = score["at_stake_tco2"] if known(score["at_stake_tco2"]) else None
    made, apply = score["checks_made"], score["checks_apply"]
    folder = model.folder(score["report_dir"])
    return {
        "rank": score["rank"],
        "unit": score["unit_name"] or score["unit_id"],
        "entity": score["entity_name"] or score["entity_id"],
        "href": f"{base}units/{quote(folder)}/report.html" if base is not None else None,
        "declared": score["declared_tco2"],
        "stake": stake,
        "share": score["at_stake_pct"],
        "spark": spark(months.get(score["unit_key"], {})),
        "severities": [score[name] for name in SEVERITIES],
        "conditional": score["if_default_tco2"],
        "topic": _topic_of(score, matters),
        "city": score["city"],
        "cells": [values.get(score["unit_key"]) for values in extra],
        "coverage": made / apply * 100 if apply else None,
    }


def _months(run: Run) -> dict[int, dict[str, float]]:
    """Recalculated minus declared by month and unit, where it is beyond rounding; months without one hold 0."""
    totals = run.sector.settings.totals
    found: dict[int, dict[str, float]] = {}
    if totals is None:
        return found
    columns = ("unit_key", "month", totals.declared, totals.recalculated)
    for number in range(run.audit.partitions):
        frame = scan(run.audit.work.m(totals.view), number, columns)
        if not set(columns) <= set(frame.columns):
            continue
        grouped: dict[tuple[int, str], list[Row]] = {}
        for row in frame.filter(pl.col("unit_key").is_not_null() & pl.col("month").is_not_null()).iter_rows(named=True):
            grouped.setdefault((row["unit_key"], month_of(row) or ""), []).append(row)
        for (unit, month), rows in sorted(grouped.items()):
            declared, recalculated = (added(row[name] for row in rows) for name in columns[2:])
            beyond = differs(declared, recalculated, run.settings.tolerance)
            gap = recalculated - declared if beyond and recalculated is not None and declared is not None else 0.0
            found.setdefault(unit, {})[month] = gap
    return found


def spark(gaps: Mapping[str, float]) -> Markup:
    """Small bars, one a month of the last year with a difference: up where declared was too low."""
    year = max((month[:4] for month in gaps), default="")
    shown = {int(month[5:7]): gap for month, gap in gaps.items() if month[:4] == year and gap}
    largest = max((abs(gap) for gap in shown.values()), default=0.0)
    bars = "".join(
        f"M{number * 5 - 1.5} 9v{-max(abs(gap) / largest * 8, 1.2) * (1 if gap > 0 else -1):.1f}"
        for number, gap in sorted(shown.items())
    )
    label = ",".join(str(number) for number in sorted(shown)) or "0"
    path = f'<path d="{bars}"/>' if bars else NOTHING
    return Markup(f'<svg viewBox="0 0 62 18" role="img" aria-label="{label}"><path class="b" d="M0 9h62"/>{path}</svg>')


def _column(run: Run, column: IndexColumn) -> dict[int, Pair]:
    """Values of an own column by unit: a field of `units`, or the most frequent value of a table or view."""
    found: dict[int, Pair] = {}
    for number in range(run.audit.partitions):
        if column.source is not None:
            folder = run.audit.work.m if column.source.view else run.audit.work.t
            frame = scan(folder(column.source.name), number, ("unit_key", column.source.column))
            name = column.source.column
        else:
            name = column.field or ""
            frame = scan(run.audit.work.t("unit_index"), number, ("unit_key", name))
        if {"unit_key", name} <= set(frame.columns):
            counted = frame.drop_nulls().group_by("unit_key", name).len().sort("len", name, descending=[True, False])
            for unit, value, _ in counted.iter_rows():
                found.setdefault(unit, _words(run, column, value))
    return found


def _words(run: Run, column: IndexColumn, value: Any) -> Pair:
    table = run.sector.tables.get("units")
    field = table.fields.get(column.field or "") if table else None
    return run.code_title(field.codes if field else None, value)


def _main_matters(run: Run) -> dict[tuple[str, str | None], Matter]:
    """For each unit, and for each entity as a whole (without a unit), its gravest finding."""
    columns = ("entity_id", "unit_id", "rule_id", "severity", "impact_tco2", "impact_kind", "cause_id")
    order = {name: place for place, name in enumerate(SEVERITIES)}
    counted = pl.when(pl.col("impact_kind") == "recalculated").then(pl.col("impact_tco2").abs())
    frame = run.audit.findings.select(columns).with_columns(
        pl.col("severity").replace_strict(order, default=len(order), return_dtype=pl.Int32).alias("_grave"),
        counted.fill_null(0.0).alias("_size"),
    )
    first = frame.filter(pl.col("cause_id").is_null() & (pl.col("_grave") < 3)).sort(
        "_grave", "_size", "rule_id", descending=[False, True, False]
    )
    top = first.group_by("entity_id", "unit_id", maintain_order=True).agg(pl.col("_grave", "_size", "rule_id").first())
    return {
        (entity, unit): (grave, -size, rule, _topic(run, rule)) for entity, unit, grave, size, rule in top.iter_rows()
    }


def _topic_of(score: Row, matters: Mapping[tuple[str, str | None], Matter]) -> Pair | None:
    """What the gravest finding is about that concerns a unit: its own, or one of its whole entity."""
    there = [matters.get((score["entity_id"], one)) for one in (score["unit_id"], None)]
    return min((one for one in there if one), key=lambda one: one[:3], default=(0, 0, "", None))[3]


def _topic(run: Run, rule_id: str) -> Pair:
    return run.topic(rule_id) or dict.fromkeys(LANGUAGES, rule_id)


def totals(rows: Sequence[Mapping[str, Any]], counted: Mapping[str, int]) -> dict[str, Any]:
    """Sums over the fleet, the two directions apart, and findings by severity.

    Findings are `counted` over the run: one of a whole entity stands in the row of each of its units.
    """
    stakes = [row["stake"] for row in rows if row["stake"] is not None]
    return {
        "declared": added(row["declared"] for row in rows),
        "low": added(value for value in stakes if value > 0) or 0.0,
        "high": added(value for value in stakes if value < 0) or 0.0,
        "conditional": added(row["conditional"] for row in rows) or 0.0,
        "findings": {name: counted.get(name, 0) for name in SEVERITIES},
    }


def _rank(run: Run, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Bars of tonnes at stake, largest first, with the share that the first five hold."""
    stakes = sorted((row["stake"] or 0.0 for row in rows), reverse=True)
    low = [value for value in stakes if value > 0]
    if not rows:
        return None
    first = min(5, len(low))
    share = sum(low[:first]) / sum(low) * 100 if low else None
    key = "rank_caption" if low else "rank_caption_none"
    caption = run.say(key, n=len(rows), k=first, share=share)
    shown = stakes if len(stakes) <= BARS else [*stakes[: BARS - 20], *stakes[-20:]]
    largest = max((abs(value) for value in shown), default=0.0) or 1.0
    reach = 40.0 if low else 12.0
    marks = {"pos": NOTHING, "neg": NOTHING}
    for index, value in enumerate(shown):
        size = round(abs(value) / largest * (reach if value > 0 else 12.0), 1)
        if size:
            marks["pos" if value > 0 else "neg"] += f"M{index * 5} 44h4v{'-' if value > 0 else ''}{size}h-4z"
    bars = [{"class": name, "d": path} for name, path in marks.items() if path]
    return {"caption": caption, "bars": bars, "width": max(len(shown) * 5, 60)}


def _filters(run: Run, columns: Sequence[IndexColumn]) -> list[dict[str, Any]]:
    """Select lists above the table: main matter, city, and each own column, with the cell that they look at."""
    fixed = [{"cell": at, "title": both(run.words[name])} for at, name in ((10, "topic"), (11, "city"))]
    own = [{"cell": FIXED + at, "title": both(one.title.model_dump())} for at, one in enumerate(columns)]
    return [*fixed, *own]
