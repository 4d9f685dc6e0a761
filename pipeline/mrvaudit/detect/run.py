"""From features to signals, findings and check runs of every detector; one that fails is crashed, the others go on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import ModuleType
from typing import Any

import polars as pl

from mrvaudit import features, plugins
from mrvaudit.apart import Apart
from mrvaudit.checks.run import checks_frame, reason_of
from mrvaudit.detect import words
from mrvaudit.detect.peers import Group, groups, too_few
from mrvaudit.features import Features
from mrvaudit.ingest.frames import schema
from mrvaudit.ingest.notices import frame
from mrvaudit.model import SIGNALS, Status, Work, no_signals
from mrvaudit.parameters import value_at
from mrvaudit.sector import Sector

REQUIRED = ("ID", "TITLE", "MIN_ROWS", "FEATURES", "LIMITS", "FALSE_FLAGS", "score")
COMMON_LIMITS = ("entities", "known_share", "crowd")
PARAMETER = "detector_limit"
COUNTED = ("critical", "major", "minor")


@cache
def detectors() -> dict[str, ModuleType]:
    """Detectors by id: modules of this package and those registered as `mrvaudit.detectors`."""
    found = plugins.load("mrvaudit.detect", REQUIRED, "mrvaudit.detectors")
    return {module.ID: module for module in sorted(found, key=lambda one: str(one.ID))}


@dataclass(frozen=True)
class Task:
    """What the detectors look at: views, reporting units, and what the rules found (None: no rules ran)."""

    sector: Sector
    features: Features
    work: Work
    partitions: int
    units: pl.DataFrame
    findings: pl.DataFrame | None
    as_of: date
    memory: str = "2GB"
    apart: Apart = field(default_factory=Apart)


@dataclass(frozen=True)
class _Begun:
    """A detector at work: its limits (or the reason code of one without a value), groups, and scores to wait for."""

    module: ModuleType
    limits: dict[str, float]
    missing: str | None
    groups: list[Group] = field(default_factory=list)
    scores: Callable[[], list[pl.DataFrame]] = list
    elsewhere: bool = False


@dataclass
class Detected:
    """What the detectors say, in the shapes of the outputs."""

    signals: pl.DataFrame = field(default_factory=no_signals)
    findings: pl.DataFrame = field(default_factory=lambda: frame([]))
    checks: pl.DataFrame = field(default_factory=lambda: checks_frame([]))
    crashed: list[tuple[str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    seeds: dict[str, int] = field(default_factory=dict)


@dataclass
class _Judged:
    """What one detector made of the rows: signals, rows it could not judge with the reason, groups and reasons."""

    signals: list[pl.DataFrame] = field(default_factory=list)
    unknown: dict[int, str] = field(default_factory=dict)
    groups: list[words.Judged] = field(default_factory=list)


def detect(task: Task, chosen: Sequence[ModuleType]) -> Detected:
    """Run detectors over all partitions; every reporting unit has a row in checks for each of them."""
    out = Detected(seeds={one.ID: one.SEED for one in chosen if hasattr(one, "SEED")})
    start = time.perf_counter()
    try:
        rows = _rows(task)
    except Exception as fault:  # no detector can look, and the run says so
        _crash(task, chosen, fault, out)
        return out
    out.seconds["features"] = time.perf_counter() - start
    findings: list[dict[str, Any]] = []
    checks: list[dict[str, Any]] = []
    signals: list[pl.DataFrame] = []
    begun = [_begin(task, module, rows) for module in chosen]
    # What is computed elsewhere goes on meanwhile.
    looks = {one.module.ID: _look(task, one, rows, out) for one in sorted(begun, key=lambda one: one.elsewhere)}
    for module in chosen:
        look = looks[module.ID]
        if look is not None:
            signals += look[0].signals
            findings += look[1]
            checks += _statuses(task, module, rows, look[0])
    out.findings = frame(findings)
    out.checks = pl.concat([out.checks, checks_frame(checks)])
    if signals:
        out.signals = pl.concat(signals).sort("unit_key", "month", "detector")
    return out


def _crash(task: Task, chosen: Sequence[ModuleType], fault: Exception, out: Detected) -> None:
    reason = reason_of(fault, 0)
    rows = [
        _check(module, entity, unit, Status.CRASHED, reason, (0, 0, 0))
        for module in chosen
        for entity, unit in task.units.select("entity_id", "unit_id").iter_rows()
    ]
    out.checks = pl.concat([out.checks, checks_frame(rows)])
    out.crashed += [(module.ID, reason) for module in chosen]


def _rows(task: Task) -> pl.DataFrame:
    """The features of all rows that are compared, numbered."""
    hits = None if task.findings is None else _hits(task.findings, task.sector)
    found = features.frame(task.sector, task.features, task.work, range(task.partitions), hits, task.as_of, task.memory)
    units = task.units.select("unit_key").with_columns(pl.col("unit_key").cast(pl.Int32))
    return found.join(units, on="unit_key", how="semi", maintain_order="left").with_row_index("row")


def _hits(findings: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Findings of rules by unit and month; observations are none."""
    counted = pl.col("rule_id").is_in(list(sector.rules)) & pl.col("severity").is_in(COUNTED)
    known = pl.col("unit_key").is_not_null() & pl.col("month").is_not_null()
    by_month = findings.filter(counted & known).with_columns(pl.col("month").dt.truncate("1mo"))
    return by_month.group_by("unit_key", "month").len("rule_hits").sort("unit_key", "month")


def limits(task: Task, module: ModuleType) -> tuple[dict[str, float], str | None]:
    """The detector's limits in the month of the audit, and the reason code of the first that has no value."""
    parameter, month = task.sector.parameters.get(PARAMETER), f"{task.as_of:%Y-%m}"
    found: dict[str, float] = {}
    asked = [
        *((name, f"any|{name}") for name in COMMON_LIMITS),
        *((name, f"{module.ID}|{name}") for name in module.LIMITS),
    ]
    for name, key in asked:
        value = value_at(parameter, key, month) if parameter is not None else None
        if value is None:
            return found, f"no_parameter:{PARAMETER}|{key}@{month}"
        found[name] = value.value
    return found, None


def _begin(task: Task, module: ModuleType, rows: pl.DataFrame) -> _Begun:
    """The groups that a detector looks at, and its scores on their way."""
    found, missing = limits(task, module)
    if missing is not None:
        return _Begun(module, found, missing)
    compared = rows.filter("compared")
    asked = list(groups(task.sector, task.features, compared, module.FEATURES, module.MIN_ROWS, found))
    heavy = getattr(module, "HEAVY", ())
    if not heavy or not asked:
        return _Begun(module, found, None, asked, lambda: _scores(module, asked))
    scores = task.apart.begin(f"scores {module.ID}", _scores, module, asked, heavy=heavy)
    return _Begun(module, found, None, asked, scores, task.apart.started)


def _scores(module: ModuleType, asked: Sequence[Group]) -> list[pl.DataFrame]:
    return [module.score(group) for group in asked]


def _look(task: Task, begun: _Begun, rows: pl.DataFrame, out: Detected) -> tuple[_Judged, list[dict[str, Any]]] | None:
    """What one detector makes of the rows, and its findings; None where it fails: the others go on."""
    start = time.perf_counter()
    try:
        judged = _judge(task, begun, rows.filter("compared"))
        found = list(words.findings(task.sector, task.work, task.partitions, begun.module, judged.groups))
    except Exception as fault:
        _crash(task, [begun.module], fault, out)
        return None
    out.seconds[f"detector {begun.module.ID}"] = time.perf_counter() - start
    return judged, found


def _judge(task: Task, begun: _Begun, compared: pl.DataFrame) -> _Judged:
    judged, module = _Judged(), begun.module
    if begun.missing is not None:
        judged.unknown = dict.fromkeys(compared["row"].to_list(), begun.missing)
        return judged
    seen: list[int] = []
    for group, scored in zip(begun.groups, begun.scores(), strict=True):
        judged.unknown |= {row: f"too_few:{have}<{least}" for row, have, least in group.thin.iter_rows()}
        seen += group.thin["row"].to_list()
        seen += scored["row"].to_list()
        told = words.reasons(group, scored)
        judged.groups.append((group, scored, told))
        judged.signals.append(_signals(module, group, scored, told))
    reasons = too_few(task.features, compared, module.MIN_ROWS, begun.limits["entities"])
    judged.unknown |= {row: reasons[row] for row in sorted(set(reasons) - set(seen))}
    return judged


def _signals(
    module: ModuleType, group: Group, scored: pl.DataFrame, reasons: dict[int, list[words.Reason]]
) -> pl.DataFrame:
    joined = scored.join(group.rows.select("row", "unit_key", "entity_id", "unit_id", "month"), on="row", how="left")
    return joined.with_columns(
        detector=pl.lit(module.ID),
        group=pl.lit(group.key),
        group_zh=pl.lit(group.title.zh),
        group_en=pl.lit(group.title.en),
        n=pl.lit(group.rows.height),
        reasons=pl.Series(
            [json.dumps(reasons.get(row, []), ensure_ascii=False) for row in scored["row"]], dtype=pl.String
        ),
    ).select(pl.col(name).cast(kind) for name, kind in schema(SIGNALS).items())


def _statuses(task: Task, module: ModuleType, rows: pl.DataFrame, judged: _Judged) -> Iterator[dict[str, Any]]:
    """One row per reporting unit: found wins, then one unknown month, then passed; a unit that never ran is aside."""
    flagged: dict[int, int] = {}
    for signals in judged.signals:
        for unit, count in signals.filter("flagged").group_by("unit_key").len().iter_rows():
            flagged[unit] = flagged.get(unit, 0) + count
    months = dict(rows.filter("compared").group_by("unit_key").len().iter_rows())
    reasons: dict[int, list[str]] = {}
    owners = dict(rows.select("row", "unit_key").iter_rows())
    for row in sorted(judged.unknown):
        reasons.setdefault(owners[row], []).append(judged.unknown[row])
    for key, entity, unit in task.units.select("unit_key", "entity_id", "unit_id").sort("unit_key").iter_rows():
        looked, found, unknown = months.get(key, 0), flagged.get(key, 0), reasons.get(key, [])
        counts = (looked, found, len(unknown))
        if found:
            yield _check(module, entity, unit, Status.FOUND, None, counts)
        elif unknown:
            yield _check(module, entity, unit, Status.NOT_ASSESSABLE, unknown[0], counts)
        elif looked:
            yield _check(module, entity, unit, Status.PASSED, None, counts)
        else:
            yield _check(module, entity, unit, Status.NOT_APPLICABLE, "no_event", counts)


def _check(
    module: ModuleType, entity: str, unit: str, status: Status, reason: str | None, counts: tuple[int, int, int]
) -> dict[str, Any]:
    rows, found, unknown = counts
    return {
        "rule_id": module.ID, "entity_id": entity, "unit_id": unit, "status": str(status), "reason": reason,
        "rows": rows, "rows_found": found, "rows_unknown": unknown,
    }  # fmt: skip


def with_anomaly(scores: pl.DataFrame, signals: pl.DataFrame) -> pl.DataFrame:
    """Scores with `anomaly`: the unit's highest monthly score of the isolation forest, null where it abstained."""
    highest = (
        signals.filter(pl.col("detector") == ANOMALY_OF)
        .group_by("unit_key")
        .agg(pl.col("score").max().alias("highest"))
    )
    joined = scores.join(highest, on="unit_key", how="left", maintain_order="left")
    return joined.with_columns(pl.col("highest").cast(pl.Float64).alias("anomaly")).drop("highest")


ANOMALY_OF = "DET-FOREST"
