"""All findings of a run: tonnes of each, tonnes at stake of each unit, causes; partition by partition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from mrvaudit import processes, store
from mrvaudit.checks.child import Task, apart
from mrvaudit.checks.lineage import Lineage
from mrvaudit.checks.run import reason_of
from mrvaudit.effects import causes, tonnes
from mrvaudit.effects.causes import Found, Graph
from mrvaudit.effects.choice import Batch, Item, batches, chosen, gap
from mrvaudit.effects.replay import Place, Replay, ancestors, declared_field
from mrvaudit.effects.scenarios import Scenario, cells_of, together
from mrvaudit.model import SEVERITIES
from mrvaudit.sector import Totals

SECONDS = 300.0
KINDS = ("recalculated", "if_default_applies")
# Tonnes of a copy of the rows as submitted against those of the run: the same arithmetic, so the same figures.
SAME = 1e-6


@dataclass
class Outcome:
    """What the replay of a partition found.

    effects: finding_id -> tonnes; causes: finding_id -> finding_id
    stakes: (unit_key, kind) -> tonnes of the joint scenario
    replayed, left: findings of (entity_id, unit_key) with a scenario of their own, and without for their number
    """

    effects: dict[str, float | None] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    stakes: dict[tuple[int, str], float | None] = field(default_factory=dict)
    replayed: dict[tuple[str, int | None], int] = field(default_factory=dict)
    left: dict[tuple[str, int | None], int] = field(default_factory=dict)
    crashed: str | None = None
    entities: tuple[str, ...] = ()


class NotTheSame(Exception):
    """A copy of the rows as submitted does not give the figures of the run."""


@dataclass(frozen=True)
class Job:
    """One partition and its findings."""

    task: Task
    items: tuple[Item, ...]

    def __call__(self, task: Task) -> Outcome:
        return _Partition(task, self.items).run()


def replay_all(task: Task, findings: pl.DataFrame, workers: int) -> list[Outcome]:
    """Outcomes of the partitions of a run; a partition whose replay fails has `crashed` and nothing else.

    findings: those of the rules, with the internal columns. Packs from outside run in a child with limits.
    """
    if task.sector.settings.totals is None:
        return []
    jobs = []
    for part in task.partitions:
        units = pl.read_parquet(task.work.part(task.work.t("unit_index"), part), columns=["entity_id"])
        items = _items(task, findings.join(units.unique(), on="entity_id", how="semi"))
        if any(item.found.cells for item in items):
            jobs.append(Job(replace(task, partitions=(part,), seconds=SECONDS), items))
    if workers <= 1 or len(jobs) <= 1:
        return [run_job(job) for job in jobs]
    with processes.workers(min(workers, len(jobs))) as pool:
        return list(pool.map(run_job, jobs))


def run_job(job: Job) -> Outcome:
    """One partition; never raises for what a view, a rule or the machine does."""
    entities = tuple(sorted({item.entity_id for item in job.items}))
    try:
        if job.task.sector.extra is None:
            found: Outcome | None = job(job.task)
        else:
            found = apart(job.task, job, job.task.seconds)
    except Exception as fault:  # whatever it is, it takes the tonnes and never the findings
        return Outcome(crashed=reason_of(fault, job.task.seconds), entities=entities)
    return found or Outcome(crashed="memory_or_time_limit", entities=entities)


def _items(task: Task, findings: pl.DataFrame) -> tuple[Item, ...]:
    """Findings of rules, as the replay sees them."""
    rules = task.sector.rules
    items = []
    for row in findings.iter_rows(named=True):
        rule = rules.get(row["rule_id"])
        if rule is None:
            continue
        kind = next((one.impact_kind for one in rule.results if one.name == row["result"]), "recalculated")
        order = (SEVERITIES.index(row["severity"]), row["finding_id"])
        found = Found(
            row["finding_id"], rule.id, row["result"], row["table"], row["field"], row["_block"], row["_line"],
            cells_of(row["corrects"]), order,
        )  # fmt: skip
        size = gap(row["observed"], row["expected"])
        items.append(
            Item(
                found,
                row["entity_id"],
                row["unit_key"],
                row["month"],
                kind,
                row["severity"],
                size,
                row["status"] == "open",
            )
        )
    return tuple(items)


class _Partition:
    """The replay of one partition; raises whatever fails."""

    def __init__(self, task: Task, items: Sequence[Item]) -> None:
        self._task, self._items = task, items
        assert task.sector.settings.totals is not None
        self._totals: Totals = task.sector.settings.totals
        self._lineage = Lineage(task.sector)
        self._reach = tonnes.reach(self._lineage, self._totals)
        self._moves = declared_field(task.sector, self._lineage)
        self._graph = Graph(task.sector, self._lineage, self._moves, self._reach.restated)
        self._known = self._figures()
        self._out = Outcome()

    def run(self) -> Outcome:
        """Single scenarios and what follows from what, then the joint ones."""
        size = self._sizes()
        taken, left = chosen(self._items, size)
        for items, counts in ((taken, self._out.replayed), (left, self._out.left)):
            for item in items:
                owner = (item.entity_id, item.unit_key)
                counts[owner] = counts.get(owner, 0) + 1
        pairs = self._pairs()
        for batch in batches(taken, self._rows(pairs)):
            self._single(batch, pairs)
        self._joint([*taken, *left])
        return self._out

    def _figures(self) -> pl.DataFrame:
        """Rows of the totals view as the run has them."""
        work, totals = self._task.work, self._totals
        paths = [work.part(work.m(totals.view), part) for part in self._task.partitions]
        names = {"declared": totals.declared, "recalculated": totals.recalculated}
        return pl.concat([pl.read_parquet(path) for path in paths]).select(
            "unit_key", "month", *(pl.col(name).alias(alias) for alias, name in names.items())
        )

    def _sizes(self) -> dict[tuple[int, date], float]:
        emission = pl.coalesce("recalculated", "declared").fill_null(0.0)
        sums = self._known.group_by("unit_key", "month").agg(emission.sum().alias("tco2"))
        return {(unit, month): value for unit, month, value in sums.iter_rows()}

    def _pairs(self) -> dict[str, list[tuple[Found, Found]]]:
        """What may follow from what, entity by entity."""
        of_entity: dict[str, list[Found]] = {}
        for item in self._items:
            # What would hold under a condition is no cause of what was found without it.
            found = item.found if item.kind == KINDS[0] else replace(item.found, cells=())
            of_entity.setdefault(item.entity_id, []).append(found)
        pairs = {entity: causes.pairs(self._graph, found) for entity, found in of_entity.items()}
        return {entity: allowed for entity, allowed in pairs.items() if allowed}

    def _rows(self, pairs: Mapping[str, Sequence[tuple[Found, Found]]]) -> dict[str, int]:
        """Rows that a copy of each entity has."""
        rules = [self._task.sector.rules[later.rule_id] for found in pairs.values() for later, _ in found]
        names = {self._totals.view, *(name for rule in rules for name in (*rule.reads, rule.scanned))}
        wanted = ancestors(self._task.sector, names) & {*self._task.sector.tables, "unit_index"}
        con = store.connect(self._task.memory, None)
        try:
            store.attach_tables(con, self._task.work, self._task.sector, self._task.partitions)
            parts = " UNION ALL ".join(f'SELECT entity_id FROM "{name}"' for name in sorted(wanted))
            return dict(con.execute(f"SELECT entity_id, count(*) FROM ({parts}) GROUP BY ALL").fetchall())
        finally:
            con.close()

    def _single(self, batch: Batch, pairs: Mapping[str, Sequence[tuple[Found, Found]]]) -> None:
        entities = {item.entity_id for item in batch.items.values()}
        allowed = [pair for entity in sorted(entities) for pair in pairs.get(entity, ())]
        with Replay(self._task, batch.scenarios) as replay:
            rows = self._differences(replay, batch.scenarios, batch.bases)
            places = [(number, one.unit_key, one.month) for number, one in batch.items.items()]
            frame = pl.DataFrame(places, _PLACES, orient="row")
            found = tonnes.effects(rows, frame)
            self._out.effects |= {one.found.finding_id: found[number] for number, one in batch.items.items()}
            if allowed:
                self._causes(replay, batch, rows, allowed)

    def _differences(self, replay: Replay, scenarios: Sequence[Scenario], bases: Mapping[int, int]) -> pl.DataFrame:
        replay.correct()
        rows = replay.totals(self._totals)
        self._same(rows.filter(pl.col("scenario").is_in([one for one, base in bases.items() if one == base])))
        return tonnes.differences(rows, bases, scenarios, self._reach)

    def _same(self, rows: pl.DataFrame) -> None:
        """Raise NotTheSame where a copy as submitted gives other figures than the run: it would measure nothing."""
        sums = [pl.col(name).sum() for name in ("declared", "recalculated")]
        here = rows.group_by("scenario", "unit_key").agg(sums).join(
            self._known.group_by("unit_key").agg(sums), on="unit_key", how="left", suffix="_run"
        )  # fmt: skip
        for name in ("declared", "recalculated"):
            apart_ = (pl.col(name) - pl.col(f"{name}_run").fill_null(0.0)).abs()
            if not here.filter(apart_ > SAME * pl.max_horizontal(pl.lit(1.0), pl.col(name).abs())).is_empty():
                raise NotTheSame("figures_differ_from_the_run")

    def _causes(self, replay: Replay, batch: Batch, rows: pl.DataFrame, allowed: Sequence[tuple[Found, Found]]) -> None:
        """Ask the rules of what may follow again, with the declared results moved along."""
        moved = rows.filter((pl.col("follows") != pl.col("declared")) & pl.col("block").is_not_null())
        if self._moves is not None:
            replay.move(self._moves, moved.select("scenario", "block", "line", "follows").iter_rows())
        fired: dict[Place, frozenset[int]] = {}
        for rule_id in sorted({later.rule_id for later, _ in allowed}):
            fired |= replay.firing(self._task.sector.rules[rule_id])
        scenario = {item.found.finding_id: number for number, item in batch.items.items()}
        base = {item.entity_id: batch.bases[number] for number, item in batch.items.items()}
        entity = {item.found.finding_id: item.entity_id for item in batch.items.values()}
        by_entity: dict[str, list[tuple[Found, Found]]] = {}
        for later, cause in allowed:
            if cause.finding_id in entity:
                by_entity.setdefault(entity[cause.finding_id], []).append((later, cause))
        for one, theirs in by_entity.items():
            self._out.causes |= causes.causes(theirs, fired, scenario, base[one])

    def _joint(self, items: Sequence[Item]) -> None:
        """All corrections of a kind at once, entity by entity: tonnes of each unit."""
        effects, ids = self._out.effects, self._out.causes
        known = [one for one in items if effects.get(one.found.finding_id, 0.0) is not None]
        usable = [one for one in known if one.open and one.kind in KINDS]
        of_entity: dict[tuple[str, str], list[Item]] = {}
        for item in usable:
            of_entity.setdefault((item.entity_id, item.kind), []).append(item)
        joint = []
        for (entity, kind), theirs in sorted(of_entity.items()):
            # Where two speak of one cell the cause holds, then the gravest, then the largest.
            theirs.sort(
                key=lambda one: (
                    one.found.finding_id in ids,
                    SEVERITIES.index(one.severity),
                    -abs(effects.get(one.found.finding_id) or 0.0),
                    one.found.finding_id,
                )
            )
            found = replace(theirs[0].found, finding_id=kind, cells=together(one.found.cells for one in theirs))
            joint.append(Item(found, entity, None, None, kind, theirs[0].severity, 0.0))
        for batch in batches(joint, self._rows({})):
            with Replay(self._task, batch.scenarios) as replay:
                rows = self._differences(replay, batch.scenarios, batch.bases)
            sums = rows.group_by("scenario", "unit_key").agg(
                tonnes.exact_sum("tco2").alias("tco2"), pl.col("lost").any().alias("lost")
            )
            for number, unit_key, tco2, lost in sums.iter_rows():
                self._out.stakes[unit_key, batch.items[number].kind] = None if lost else tco2


_PLACES: dict[str, Any] = {"scenario": pl.Int64, "unit_key": pl.Int32, "month": pl.Date}
