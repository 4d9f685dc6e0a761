"""Second sources: how many different sources speak of a datum in each month, and who handed them over.

Which rows speak of which datum is found once per partition, by unit and month; a unit's matrix is then a few look-ups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from mrvaudit.report import formats
from mrvaudit.report.data import Row, Slices, UnitRows, scan, slices
from mrvaudit.report.formats import Pair

if TYPE_CHECKING:
    from mrvaudit.report.context import Run
    from mrvaudit.report.settings.sources import Datum, Evidence, SecondSources

OWNER = ("unit_key", "entity_id", "scope_id")
PROVIDER = "provided_by"
Providers = tuple[str | None, ...]
WANTING = ("none", "single", "own")
"""Kinds of cells that a verification report has to speak of."""


@dataclass(frozen=True)
class Presence:
    """Rows (owner, month, item, provider) that speak of a datum, by the datum's place and the source's place."""

    of: Mapping[tuple[int, int], tuple[Slices, Slices]]

    def rows(self, place: tuple[int, int], rows: UnitRows) -> list[Row]:
        """Rows of the unit, and those of its entity that are about the unit or a level above it."""
        by_unit, by_entity = self.of[place]
        levels = {None, "", rows.entity_id, *(rows.unit.get(name) for name in ("unit_id", "site_id", "merged_group"))}
        above = by_entity.rows(rows.entity_id)
        return [*by_unit.rows(rows.unit_key), *(row for row in above if row.get("scope_id") in levels)]


def gather(run: Run, partition: int) -> Presence:
    """What every source of the settings says in one partition; empty without settings."""
    settings = run.settings.second_sources
    found = {
        (at, place): _slices(_rows(run, partition, source))
        for at, datum in enumerate(settings.data if settings else ())
        for place, source in enumerate(datum.sources)
    }
    return Presence(found)


def _slices(frame: pl.DataFrame) -> tuple[Slices, Slices]:
    if "unit_key" not in frame.columns:
        return slices(pl.DataFrame(), ()), slices(frame, ["entity_id"])
    whole = frame.filter(pl.col("unit_key").is_null())
    return slices(frame.filter(pl.col("unit_key").is_not_null()), ["unit_key"]), slices(whole, ["entity_id"])


def _rows(run: Run, partition: int, source: Evidence) -> pl.DataFrame:
    """Distinct owner, month, item and provider of the rows in which the source has a figure."""
    if not source.name:
        return pl.DataFrame()
    work = run.audit.work
    item = run.settings.item.column if run.settings.item else ""
    frame = scan(
        work.m(source.name) if source.view else work.t(source.name),
        partition,
        {*source.reads(), *OWNER, item, PROVIDER},
    )
    needed = {"entity_id", *source.where, *([source.equals] if source.equals else [])}
    needed.add(source.through.key if source.through else source.month)
    if frame.is_empty() or not needed <= set(frame.columns):
        return pl.DataFrame()
    present = [pl.col(name).is_not_null() for name in source.columns if name in frame.columns]
    frame = frame.filter(pl.any_horizontal(present) if present else False)
    for name, value in source.where.items():
        frame = frame.filter(pl.col(name).cast(pl.String) == value)
    if source.equals:
        frame = frame.filter(pl.col(source.columns[0]) == pl.col(source.equals))
    if source.through:
        frame = _dated(run, partition, source, frame)
    kept = [name for name in (*OWNER, item, PROVIDER) if name in frame.columns]
    month = pl.col(source.month if not source.through else "month").dt.strftime("%Y-%m").alias("month")
    named = {item: "item"} if item in kept else {}
    return frame.select(*kept, month).unique(maintain_order=True).rename(named).sort("month", nulls_last=False)


def _dated(run: Run, partition: int, source: Evidence, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with the month, unit and item of the record that shares their key."""
    assert source.through is not None
    item = run.settings.item.column if run.settings.item else ""
    key, month = source.through.key, source.through.month
    other = scan(run.audit.work.t(source.through.table), partition, {"entity_id", "unit_key", key, month, item})
    if other.is_empty() or not {key, month, "entity_id"} <= set(other.columns):
        return frame.clear().with_columns(pl.lit(None, pl.Date).alias("month"))
    own = frame.select([name for name in frame.columns if name not in ("unit_key", item, "month")])
    return own.join(other.unique().rename({month: "month"}), on=["entity_id", key], how="inner")


def matrix(run: Run, presence: Presence, rows: UnitRows, table: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Second sources of a unit: lines by data code and item, sentences, documents to ask for; None without settings.

    A source: {id, title, providers[] ("" for unknown), provided_by: words or None where the value is prescribed}.
    `table` holds the lines of the data table. A cell: {month, count (0, 1 or 2), kind, sources[], providers[]}, where
    kind is none (declared only), single, own (several, none from outside), independent or prescribed.
    """
    settings = run.settings.second_sources
    if settings is None:
        return None
    months = sorted({cell["month"] for line in table for cell in line["months"]})
    lines = [
        made
        for at, datum in enumerate(settings.data)
        for declared in table
        if declared["code"] == datum.code
        if (made := _line(run, presence, rows, (at, datum), declared, months))["cells"]
    ]
    return {
        "months": months,
        "note": settings.note.model_dump() if settings.note else None,
        "lines": lines,
        "documents": _documents(run, settings, lines),
    }


def _line(
    run: Run,
    presence: Presence,
    rows: UnitRows,
    place: tuple[int, Datum],
    declared: Mapping[str, Any],
    months: Sequence[str],
) -> dict[str, Any]:
    at, datum = place
    found: dict[str, dict[str, set[str | None]]] = {}
    prescribed: dict[str, str] = {}
    for number, source in enumerate(datum.sources):
        for row in presence.rows((at, number), rows) if source.name else ():
            if not _same_item(source, row, declared["item"]):
                continue
            for month in months if source.spans else [row["month"]]:
                if source.prescribed:
                    prescribed[month] = source.id
                elif month:
                    found.setdefault(month, {}).setdefault(source.id, set()).add(_provider(run, source, row))
    told = {cell["month"] for cell in declared["months"] if cell["declared"] is not None}
    cells = [
        _cell(run, month, found.get(month, {}), prescribed.get(month))
        for month in months
        if month in found or month in prescribed or month in told
    ]
    seen = {one for cell in cells for one in cell["sources"]}
    line = {
        "code": datum.code,
        "title": datum.title.model_dump() if datum.title else declared["title"],
        "item": declared["item"],
        "item_title": declared["item_title"],
        "sources": _titles(run, datum, seen, found),
        "cells": cells,
    }
    return {**line, "sentences": _sentences(run, line)}


def _same_item(source: Evidence, row: Row, item: str | None) -> bool:
    """Whether a row is about the item: its own, one that such records state together, or none is named."""
    if item is None:
        return True
    own = row.get("item")
    if own is None:
        return not source.together or item in source.together
    return own == item or (own in source.together and item in source.together)


def _provider(run: Run, source: Evidence, row: Row) -> str | None:
    """Who handed a record over: as stated, else the enterprise for what it keeps itself, else unknown."""
    settings = run.settings.second_sources
    assert settings is not None
    return row.get(PROVIDER) or (settings.own[0] if source.own else None)


def _cell(run: Run, month: str, found: Mapping[str, set[str | None]], prescribed: str | None) -> dict[str, Any]:
    settings = run.settings.second_sources
    assert settings is not None
    providers = sorted({one for of in found.values() for one in of if one})
    outside = [one for one in providers if one not in settings.own]
    if prescribed:
        count, kind = 1, "prescribed"
    elif len(found) < 2:
        count, kind = len(found), ("single" if found else "none")
    else:
        count, kind = (2, "independent") if outside else (1, "own")
    named = [prescribed] if prescribed else list(found)
    return {"month": month, "count": count, "kind": kind, "sources": named, "providers": providers}


def _titles(
    run: Run, datum: Datum, seen: Iterable[str], found: Mapping[str, Mapping[str, set[str | None]]]
) -> list[dict[str, Any]]:
    """Sources that the unit has, once each, in the order of the settings, with who handed them over."""
    settings = run.settings.second_sources
    assert settings is not None
    wanted, titles = set(seen), {one.id: one.title.model_dump() for one in reversed(datum.sources)}
    named = []
    for one in dict.fromkeys(source.id for source in datum.sources):
        by = sorted({who or "" for of in found.values() for who in of.get(one, ())})
        words = [run.code_title(settings.providers, who) if who else run.say("source_unnamed") for who in by]
        if one in wanted:
            named.append(
                {"id": one, "title": titles[one], "providers": by, "provided_by": _listed(words) if by else None}
            )
    return named


def _sentences(run: Run, line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One sentence per kind and set of sources: {kind, months[], words}."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for cell in line["cells"]:
        if cell["kind"] in WANTING:
            groups.setdefault((cell["kind"], tuple(cell["sources"])), []).append(cell["month"])
    titles = {one["id"]: one["title"] for one in line["sources"]}
    said = []
    for (kind, named), months in sorted(groups.items(), key=lambda pair: (pair[1][0], pair[0])):
        values = {"months": formats.months(months), "sources": _listed([titles[one] for one in named])}
        said.append({"kind": kind, "months": months, "words": run.say(f"source_sentence_{kind}", **values)})
    return said


def _listed(words: Sequence[Pair]) -> Pair:
    return {lang: formats.form("list", lang).join(one[lang] for one in words) for lang in formats.LANGUAGES}


def _documents(run: Run, settings: SecondSources, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Papers that would be a second source where there is none from outside: {words, codes[], months[]}."""
    asked: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        wanting = {cell["month"]: cell["sources"] for cell in line["cells"] if cell["kind"] in WANTING}
        datum = next(one for one in settings.data if one.code == line["code"])
        for source in datum.sources if wanting else ():
            if source.ask is None or not _fits(source, line["item"]):
                continue
            # What the enterprise keeps and has sent is not asked for again; a paper from outside must come from there.
            months = [month for month, there in wanting.items() if not (source.own and source.id in there)]
            if not months:
                continue
            words = source.ask.model_dump()
            if source.issuer:
                words = run.say("source_ask_from", paper=words, issuer=source.issuer.model_dump())
            one = asked.setdefault((words["zh"], words["en"]), {"words": words, "codes": [], "months": []})
            one["codes"] = sorted({*one["codes"], line["code"]})
            one["months"] = sorted({*one["months"], *months})
    return list(asked.values())


def _fits(source: Evidence, item: str | None) -> bool:
    return item is None or not source.together or item in source.together
