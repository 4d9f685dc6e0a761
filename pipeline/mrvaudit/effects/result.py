"""What the replay says, put into the findings and beside the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from mrvaudit.checks.child import Task
from mrvaudit.checks.words import fill
from mrvaudit.effects.choice import MOST_SCENARIOS
from mrvaudit.effects.stage import KINDS, Outcome, replay_all
from mrvaudit.ingest.frames import schema
from mrvaudit.ingest.notices import frame
from mrvaudit.model import FINDINGS

# The id under which the replay stands in `crashed`, and that of the note about findings beyond the limit.
CRASHED, NOTE = "effects", "INT-SCENARIOS"
UNITS = {
    "unit_key": "i32",
    "at_stake_tco2": "f64",
    "if_default_tco2": "f64",
    "scenarios": "i64",
    "scenarios_left": "i64",
    "unknown": "bool",
}


@dataclass(frozen=True)
class Effects:
    """Findings with tonnes and causes; tonnes at stake of each unit; notes and crashes of the replay.

    units: one row per unit that the joint scenarios speak of or whose replay failed. notes: findings to be identified.
    """

    findings: pl.DataFrame
    units: pl.DataFrame
    notes: pl.DataFrame
    crashed: tuple[tuple[str, str], ...]


def effects(task: Task, findings: pl.DataFrame, workers: int) -> Effects:
    """Replay the findings of a run. Where a rule gives tonnes of its own, they stay only where replay has none."""
    outcomes = replay_all(task, findings, workers)
    units = pl.concat(
        [pl.read_parquet(task.work.part(task.work.t("unit_index"), part)) for part in task.partitions]
    ).select("unit_key", "entity_id", "unit_id")
    crashed = sorted({one.crashed for one in outcomes if one.crashed is not None})
    return Effects(
        _filled(task, findings, outcomes),
        _units(units, outcomes),
        _notes(task, units, outcomes),
        tuple((CRASHED, reason) for reason in crashed),
    )


def _filled(task: Task, findings: pl.DataFrame, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    """Findings with impact_tco2, impact_kind and cause_id."""
    kinds = {
        (rule.id, result.name): result.impact_kind for rule in task.sector.rules.values() for result in rule.results
    }
    tonnes = {key: value for one in outcomes for key, value in one.effects.items() if value is not None}
    heads = {key: value for one in outcomes for key, value in one.causes.items()}
    impacts, named, found = [], [], []
    columns = ("finding_id", "rule_id", "result", "impact_tco2", "impact_kind", "cause_id")
    for finding_id, rule_id, result, impact, kind, cause in findings.select(columns).iter_rows():
        own = tonnes.get(finding_id)
        impacts.append(impact if own is None else own)
        named.append(kind if own is None else kinds.get((rule_id, result)))
        found.append(heads.get(finding_id, cause))
    return findings.with_columns(
        pl.Series("impact_tco2", impacts, pl.Float64),
        pl.Series("impact_kind", named, pl.String),
        pl.Series("cause_id", found, pl.String),
    )


def _units(units: pl.DataFrame, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    keys: dict[str, list[int]] = {}
    for unit_key, entity, _ in units.sort("unit_key").iter_rows():
        keys.setdefault(entity, []).append(unit_key)
    for one in outcomes:
        if one.crashed is not None:
            rows += [(key, None, None, 0, 0, True) for entity in one.entities for key in keys.get(entity, ())]
            continue
        speaks = {key for key, _ in one.stakes} | {key for _, key in (*one.replayed, *one.left) if key is not None}
        counts = [{key: number for (_, key), number in each.items()} for each in (one.replayed, one.left)]
        for key in sorted(speaks):
            stakes = [one.stakes.get((key, kind)) for kind in KINDS]
            unknown = stakes[0] is None and (key, KINDS[0]) in one.stakes
            rows.append((key, *stakes, *(each.get(key, 0) for each in counts), unknown))
    return pl.DataFrame(rows, schema=schema(UNITS), orient="row")


def _notes(task: Task, units: pl.DataFrame, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    """One note for each unit (or entity) with findings beyond the limit, where the packs have the words for it."""
    notice = task.sector.notices.get(NOTE)
    ids = dict(units.select("unit_key", "unit_id").iter_rows())
    rows = []
    for (entity, key), count in sorted(
        ((owner, count) for one in outcomes for owner, count in one.left.items()),
        key=lambda pair: (pair[0][0], pair[0][1] is not None, pair[0][1] or 0),
    ):
        if notice is None:
            break
        values = {"count": count, "limit": MOST_SCENARIOS}
        row = dict.fromkeys(FINDINGS)
        row |= {
            "rule_id": NOTE, "result": "limit", "severity": notice.severity, "nc_class": notice.nc_class,
            "entity_id": entity, "unit_id": ids.get(key) if key is not None else None, "table": "", "row_key": "",
            "field": "", "message_zh": fill(notice.message.zh, values, "zh"),
            "message_en": fill(notice.message.en, values, "en"), "basis": notice.basis,
        }  # fmt: skip
        rows.append(row)
    return frame(rows)
