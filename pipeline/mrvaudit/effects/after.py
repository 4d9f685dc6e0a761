"""What a set of corrections makes of the records of a run: for `mrvaudit review`, which has no inputs any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from mrvaudit.checks import findings as found
from mrvaudit.checks.child import Task
from mrvaudit.checks.lineage import Lineage
from mrvaudit.effects import tonnes
from mrvaudit.effects.replay import Replay
from mrvaudit.effects.scenarios import Cell, Scenario, Value, together
from mrvaudit.ingest.frames import row_key
from mrvaudit.model import Work
from mrvaudit.sector import Sector

SUMS = ("declared", "recalculated")


@dataclass(frozen=True)
class Correction:
    """A corrected cell, named as findings name it: `row_key` is that of findings.parquet; dates and months ISO text."""

    entity_id: str
    table: str
    row_key: str
    field: str
    value: Value | None


@dataclass(frozen=True)
class After:
    """Figures before and after a set of corrections, all of them at once.

    months: entity_id, unit_id, month, declared_before, declared_after, recalculated_before, recalculated_after and
        tco2 (what the corrections add, in the sense of `impact_tco2`) of every unit of the entities touched; a figure
        is null where a part of it is unknown
    gone: ids of the findings given that are made no longer
    left: those that are still made
    unknown: those that cannot be asked here (of intake and contract, of rules over the whole run, of other entities)
    unplaced: corrections whose row is not among the records; nothing was done with them
    """

    months: pl.DataFrame
    gone: frozenset[str]
    left: frozenset[str]
    unknown: frozenset[str]
    unplaced: tuple[Correction, ...]


def recalculated_after(
    work: Work,
    sector: Sector,
    corrections: Sequence[Correction],
    *,
    as_of: date,
    findings: pl.DataFrame | None = None,
    memory: str = "2GB",
    seconds: float = 120.0,
) -> After:
    """Recalculated unit-months after corrections, and which of the findings given are made no longer.

    work: records of a run (`records.kept(OUT)`) or a work folder: standard tables `t/<table>/p=K.parquet` are read,
        views are derived again. sector: the packs of the run. as_of: that of the run (summary.json).
    findings: rows of findings.parquet (rule_id, finding_id, entity_id … ); None asks no rule.
    Where several rows bear one key, all of them are corrected. A declared result does not move by itself: who corrects
    a factor corrects what was computed from it.
    Raises duckdb.Error where a view or rule fails or the time limit is passed.
    """
    parts = tuple(range(len(list(work.t("unit_index").glob("p=*.parquet")))))
    task = Task(work, sector, parts, as_of, frozenset(), memory, seconds)
    placed = [(one, _cells(task, one)) for one in corrections]
    entities = sorted({one.entity_id for one, cells in placed if cells})
    scenarios = [Scenario(entity) for entity in entities]
    scenarios += [
        Scenario(one, together(cells for given, cells in placed if given.entity_id == one)) for one in entities
    ]
    unplaced = tuple(one for one, cells in placed if not cells)
    asked = {} if findings is None else {row["finding_id"]: row for row in findings.iter_rows(named=True)}
    if not entities:
        return After(_no_months(), frozenset(), frozenset(), frozenset(asked), unplaced)
    with Replay(task, scenarios) as replay:
        replay.correct()
        months = _months(task, replay, scenarios)
        made = _made(task, replay, asked)
    count = len(entities)
    before = {one for scenario, one in made if scenario < count and one in asked}
    after = {one for scenario, one in made if scenario >= count}
    return After(months, frozenset(before - after), frozenset(before & after), frozenset(set(asked) - before), unplaced)


def _cells(task: Task, given: Correction) -> tuple[Cell, ...]:
    """Where the named cell stands: its rows in the standard table."""
    table = task.sector.tables.get(given.table)
    if table is None or given.field not in table.fields:
        return ()
    places: list[Cell] = []
    for part in task.partitions:
        rows = pl.scan_parquet(task.work.part(task.work.t(given.table), part)).filter(
            pl.col("entity_id") == given.entity_id
        )
        found_rows = rows.filter(row_key(table) == given.row_key).select("_block", "_line").collect()
        places += [
            Cell(given.table, given.field, block, line, given.value) for block, line in sorted(found_rows.iter_rows())
        ]
    return tuple(places)


def _no_months() -> pl.DataFrame:
    figures = [f"{name}_{when}" for name in SUMS for when in ("before", "after")]
    names = {"entity_id": pl.String, "unit_id": pl.String, "month": pl.Date}
    return pl.DataFrame(schema=names | dict.fromkeys([*figures, "tco2"], pl.Float64))


def _months(task: Task, replay: Replay, scenarios: Sequence[Scenario]) -> pl.DataFrame:
    """Unit-months of the entities before and after."""
    totals = task.sector.settings.totals
    if totals is None:
        return _no_months()
    count = len(scenarios) // 2
    bases = {scenario: scenario % count for scenario in range(len(scenarios))}
    reach = tonnes.reach(Lineage(task.sector), totals)
    rows = tonnes.differences(replay.totals(totals), bases, scenarios, reach)
    whole = [
        pl.when(pl.col(name).is_not_null().all()).then(tonnes.exact_sum(name)).alias(alias)
        for figure in SUMS
        for name, alias in ((f"{figure}_0", f"{figure}_before"), (figure, f"{figure}_after"))
    ]
    sums = rows.group_by("unit_key", "month").agg(*whole, tonnes.exact_sum("tco2").alias("tco2"))
    units = _units(task).rename({"key": "unit_key"})
    named = sums.join(units, on="unit_key").select(
        pl.col(name).cast(kind) for name, kind in _no_months().schema.items()
    )
    return named.sort("entity_id", "unit_id", "month")


def _units(task: Task) -> pl.DataFrame:
    """Every unit with its entity, and of a merged group's member the group: key, entity_id, unit_id, owner."""
    frames = [pl.read_parquet(task.work.part(task.work.t("unit_index"), part)) for part in task.partitions]
    rows = pl.concat(frames)
    owner = pl.coalesce("member_key", "unit_key")
    return rows.select(pl.col("unit_key").alias("key"), "entity_id", "unit_id", owner.alias("owner"))


def _made(task: Task, replay: Replay, asked: Mapping[str, Mapping[str, Any]]) -> set[tuple[int, str]]:
    """(scenario, finding_id) of what the rules of the findings find, over the whole entity."""
    owners = {row[0]: row[3] for row in _units(task).iter_rows()}
    names = {row[0]: row[2] for row in _units(task).iter_rows()}
    made: set[tuple[int, str]] = set()
    for rule_id in sorted({row["rule_id"] for row in asked.values()}):
        rule = task.sector.rules.get(rule_id)
        if rule is None or rule.scope == "global":
            continue
        table = task.sector.tables[rule.subject.table]
        for scenario, result, row in replay.found_rows(rule):
            owner = owners.get(row["unit_key"])
            parts = {
                "rule_id": rule.id,
                "result": result.name,
                "entity_id": row["entity_id"],
                "unit_id": names.get(owner) if owner is not None else None,
                "month": row.get("month") if result.month == "row" else None,
                "table": table.name,
                "row_key": found.row_key(table, row),
                "field": result.field or rule.subject.field,
            }
            made.add((scenario, found.finding_id(parts)))
    return made
