"""Allowances by the views of the pack, from the records that an audit keeps; nothing is written there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from mrvaudit import derived, macros, store
from mrvaudit.allowance.settings import Settings, settings
from mrvaudit.derived import View
from mrvaudit.errors import PackError
from mrvaudit.model import Work
from mrvaudit.sector import Sector

NO_PLAN = "no_plan"
IDENTITY = ("entity_id", "unit_id", "entity_name", "unit_name", "province", "city")
FIGURES = (
    "emission_tco2",
    "declared_tco2",
    "recalculated_tco2",
    "allowance_t",
    "duty_t",
    "gap_t",
    "gap_rate_pct",
    "preallocation_t",
)
ENTITY_FIGURES = (
    "units", "units_assessed", "emission_tco2", "allowance_t", "floor_t", "approved_t", "duty_t", "gap_t",
    "gap_rate_pct", "short_t", "borrow_t", "preallocation_t",
)  # fmt: skip


@dataclass(frozen=True)
class Frames:
    """What the views gave: inputs, units and entities by year, with all their columns."""

    inputs: pl.DataFrame
    units: pl.DataFrame
    entities: pl.DataFrame


@dataclass(frozen=True)
class Source:
    """Where allowances are calculated from."""

    work: Work
    sector: Sector
    partitions: Sequence[int]
    as_of: date


def rows(work: Work, sector: Sector, partitions: Sequence[int], as_of: date) -> pl.DataFrame:
    """One row per reporting unit and year: identity, plan and its mark, status, reason, figures, the pack's columns.

    `work` is a work folder or the records kept of one. `status` is `assessed` or `not_assessable`; `reason` (a code of
    the pack's words, with its words beside it) says why there is no allowance or no gap. Tonnes are whole.
    """
    source = Source(work, sector, partitions, as_of)
    return unit_rows(source, evaluate(source))


def evaluate(source: Source, given: pl.DataFrame | None = None) -> Frames:
    """The frames of the pack's three views; `given` stands in the place of the input view."""
    found = settings(source.sector)
    con = store.connect("1GB", None)
    try:
        macros.install(con, source.sector, source.as_of)
        files = store.attach_tables(con, source.work, source.sector, source.partitions)
        if given is not None:
            con.register("given_inputs", given.to_arrow())
            con.execute(f'CREATE TEMP TABLE "{found.input}" AS SELECT * FROM given_inputs')
        missing = _attach(con, source, found, given is not None, files)
        store.cage(con, files)
        for view in missing:
            _compute(con, view, source.sector)
        frames = [_read(con, name) for name in (found.input, found.unit, found.entity)]
    finally:
        con.close()
    return Frames(*frames)


def _attach(
    con: duckdb.DuckDBPyConnection, source: Source, found: Settings, given: bool, files: list[Path]
) -> list[View]:
    """Attach the views that lie there; returns those to be computed, in order.

    With inputs given, everything behind the inputs is computed anew.
    """
    views = {view.view: view for view in source.sector.views}
    stale = {found.input} if given else set()
    for view in source.sector.views:
        if given and stale & set(view.reads):
            stale.add(view.view)
    wanted, queue = set(), [found.unit, found.entity, found.input]
    while queue:
        name = queue.pop()
        if name not in views or name in wanted or (given and name == found.input):
            continue
        wanted.add(name)
        kept = [source.work.part(source.work.m(name), part) for part in source.partitions]
        if name not in stale and all(path.is_file() for path in kept):
            store.attach(con, name, kept)
            files += kept
            wanted.discard(name)
            views.pop(name)
        else:
            queue += views[name].reads
    return [view for view in source.sector.views if view.view in wanted]


def _compute(con: duckdb.DuckDBPyConnection, view: View, sector: Sector) -> None:
    text = derived.query(view, sector.macros)
    try:
        con.execute(f'CREATE TEMP TABLE "{view.view}" AS SELECT * FROM ({text}) ORDER BY {", ".join(view.grain)}')
    except duckdb.Error as fault:
        line = str(fault).splitlines()[0][:200]
        raise PackError(
            f"views {view.view}", f"视图未能算出：{line}", f"the view could not be computed: {line}"
        ) from None


def _read(con: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    return pl.DataFrame(con.sql(f'SELECT * FROM "{name}"').to_arrow_table())


def unit_rows(source: Source, frames: Frames) -> pl.DataFrame:
    """Rows of units, sorted by entity, unit and year."""
    found = settings(source.sector)
    index = read(source, "unit_index").filter("reporting")
    units = frames.units.join(index.select("unit_key", *IDENTITY[2:]), on="unit_key", how="inner")
    named = _with_status(units, found)
    columns = [one.column for one in found.columns if one.column not in FIGURES]
    chosen = [
        *IDENTITY,
        "year",
        "plan",
        "mark",
        "status",
        "reason",
        "reason_zh",
        "reason_en",
        *columns,
        "emission_basis",
        *FIGURES,
    ]
    return named.select(chosen).sort("entity_id", "unit_id", "year")


def entity_rows(source: Source, frames: Frames) -> pl.DataFrame:
    """Rows of entities, sorted by entity and year; status and reason as for units."""
    found = settings(source.sector)
    named = _with_status(frames.entities.join(places(source), on="entity_id", how="left"), found)
    chosen = [
        "entity_id",
        "entity_name",
        "province",
        "city",
        "year",
        "plan",
        "mark",
        "status",
        "reason",
        "reason_zh",
        "reason_en",
    ]
    return named.select(*chosen, *ENTITY_FIGURES).sort("entity_id", "year")


def _with_status(frame: pl.DataFrame, found: Settings) -> pl.DataFrame:
    """Status, plan, mark and the words of the reason."""
    known = pl.col("allowance_t").is_not_null()
    status = pl.when(known).then(pl.lit("assessed")).otherwise(pl.lit("not_assessable")).alias("status")
    return with_words(frame.with_columns(status), found)


def with_words(frame: pl.DataFrame, found: Settings) -> pl.DataFrame:
    """Plan and its mark by `year`, the words of `reason`."""
    plans = {year: found.plan_of(year) for year in frame["year"].drop_nulls().unique().to_list()}
    year, reason = pl.col("year"), pl.col("reason")
    text = pl.String()
    return frame.with_columns(
        year.replace_strict({y: p.id if p else None for y, p in plans.items()}, default=None, return_dtype=text).alias(
            "plan"
        ),
        year.replace_strict(
            {y: p.mark if p else None for y, p in plans.items()}, default=None, return_dtype=text
        ).alias("mark"),
        reason.replace_strict({k: w.zh for k, w in found.words.items()}, default=reason, return_dtype=text).alias(
            "reason_zh"
        ),
        reason.replace_strict({k: w.en for k, w in found.words.items()}, default=reason, return_dtype=text).alias(
            "reason_en"
        ),
    )


def read(source: Source, table: str) -> pl.DataFrame:
    """A standard table over all partitions."""
    return pl.concat([pl.read_parquet(source.work.part(source.work.t(table), part)) for part in source.partitions])


def places(source: Source) -> pl.DataFrame:
    """entity_id, entity_name, province, city: by the table of entities, else by the entity's units where they agree."""
    names = ("entity_name", "province", "city")
    listed = read(source, "entities").select("entity_id", *names).unique("entity_id", keep="first", maintain_order=True)
    agreed = [
        pl.when(pl.col(name).drop_nulls().n_unique() == 1).then(pl.col(name).drop_nulls().first()).alias(name)
        for name in names
    ]
    units = (
        read(source, "unit_index").sort("entity_id", "unit_id").group_by("entity_id", maintain_order=True).agg(agreed)
    )
    both = units.join(listed, on="entity_id", how="full", coalesce=True, suffix="_listed")
    return both.select("entity_id", *(pl.coalesce(f"{name}_listed", name).alias(name) for name in names)).sort(
        "entity_id"
    )
