"""The conductor: read, standardise, derive, check, assess. Reports are written by whoever called it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import ModuleType

import polars as pl

from mrvaudit import assess, contracts, features, gate, ingest, processes, standardise
from mrvaudit.answers.answer import Answer
from mrvaudit.answers.apply import apply
from mrvaudit.apart import WORTH_BYTES, Apart, imports, timed
from mrvaudit.checks import cells, looked, status
from mrvaudit.checks import findings as found
from mrvaudit.checks.bind import bind
from mrvaudit.checks.child import Task
from mrvaudit.checks.known_on import default_as_of
from mrvaudit.checks.partition import Job, run_job
from mrvaudit.checks.run import SECONDS_PER_RULE
from mrvaudit.detect import run as detecting
from mrvaudit.effects.result import Effects, effects
from mrvaudit.errors import NothingError, UsageError
from mrvaudit.features import Features
from mrvaudit.ingest.notices import frame
from mrvaudit.model import FINDING_INTERNAL, FINDINGS, Audit, Work
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector
from mrvaudit.standardise import Standardised
from mrvaudit.standardise.keys.completing import moved

Progress = Callable[[str, int, int], None]
MOST_THREADS = 4
CHECK_ORDER = ("rule_id", "entity_id", "unit_id")


def silent(_stage: str, _done: int, _total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True)
class Options:
    """What a run may be told beside its inputs."""

    as_of: date | None = None
    mapping: Path | None = None
    workers: int = 1
    memory: str = "2GB"
    only: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    partition_rows: int = 2_000_000
    seconds_per_rule: float = SECONDS_PER_RULE
    gate: bool | None = None
    data_docs: bool = False


@dataclass
class Clock:
    """Seconds per stage; they go to run.json and nowhere else."""

    seconds: dict[str, float] = field(default_factory=dict)
    _start: float = field(default_factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        """Book the time since the last lap on a stage."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._start
        self._start = now


@dataclass(frozen=True)
class Course:
    """One run on its way: what was read, what was said while reading, and as of which day it is judged."""

    sector: Sector
    work: Work
    options: Options
    clock: Clock
    standard: Standardised
    notices: pl.DataFrame
    as_of: date
    files: Mapping[str, Path]
    known: Features | None
    apart: Apart


def audit(
    sector: Sector, inputs: Sequence[Path], work: Work, options: Options | None = None, progress: Progress = silent
) -> Audit:
    """Audit submissions into an Audit; `work` must be an empty folder, and stays the caller's to remove.

    Raises UsageError (an unknown rule), PackError (a pack does not bind), NothingError (no table read).
    """
    options = options or Options()
    clock = Clock()
    known = features.load(sector)
    rules = chosen_rules(sector, options.only)
    if sector.extra is not None:  # shipped packs were bound when they were tested
        bind(sector, lambda con: features.bind(con, sector, known))
    clock.lap("load")
    with Apart() as apart, ThreadPoolExecutor(1) as beside:
        loaded = beside.submit(imports, contracts.HEAVY)
        course = read(sector, inputs, work, options, clock, progress, known, apart)
        # Not while queries run: DuckDB looks into libraries that are half there.
        clock.seconds |= loaded.result()
        broken = beside.submit(timed, contracts.of_all, sector, work, course.standard.partitions)
        names = check_all(course, rules, progress)
        clock.lap("derive and check")
        notices, clock.seconds["contracts"] = broken.result()
        clock.lap("wait for contracts")
        return conclude(replace(course, notices=pl.concat([course.notices, *notices])), names)


def check_all(course: Course, rules: Sequence[Rule], progress: Progress) -> list[str]:
    """Derive and check every partition; returns the names of the results."""
    sector, options, standard = course.sector, course.options, course.standard
    columns = status.submitted_columns(standard.blocks)
    parts = tuple(range(standard.partitions))
    # Workers are processes; one worker alone uses the other cores with threads.
    threads = 1 if options.workers > 1 and len(parts) > 1 else min(len(os.sched_getaffinity(0)), MOST_THREADS)
    task = Task(course.work, sector, parts, course.as_of, columns, options.memory, options.seconds_per_rule, threads)
    return check(task, rules, options.workers, progress)


def read(
    sector: Sector,
    inputs: Sequence[Path],
    work: Work,
    options: Options,
    clock: Clock,
    progress: Progress,
    known: Features | None,
    apart: Apart,
) -> Course:
    """Read and standardise; NothingError where no unit came of it."""
    files = ingest.discover(list(inputs))
    heavy = [library for one in chosen_detectors(options.only) for library in getattr(one, "HEAVY", ())]
    if known is not None and heavy and sum(one.path.stat().st_size for one in files) >= WORTH_BYTES:
        apart.start(heavy)
    standard = standardise.standardise(
        files,
        sector,
        work,
        mapping=options.mapping,
        partition_rows=options.partition_rows,
        progress=lambda _name, done, total: progress("read", done, total),
    )
    if standard.units.is_empty():
        raise nothing(inputs, standard)
    clock.lap("read and standardise")
    as_of = options.as_of or default_as_of(sector, work, standard.partitions)
    names = {one.name: one.path for one in files}
    return Course(sector, work, options, clock, standard, standard.notices, as_of, names, known, apart)


def conclude(course: Course, names: Sequence[str]) -> Audit:
    """From the results of the checks to the Audit: detectors, second opinion, cells, ranking."""
    sector, work, standard = course.sector, course.work, course.standard
    findings, checks, crashed, timings = gather(work, names)
    detected = detect(course, findings)
    crashed += detected.crashed
    second = second_opinion(course, crashed)
    said = pl.concat([course.notices, second.findings])
    every = pl.concat([findings, detected.findings, identified(said, standard.units)])
    findings = assess.sort_findings(cells.attach(every, standard.blocks, moved(work)))
    checks = pl.concat([checks, detected.checks, of_records(course), second.checks]).sort(
        *CHECK_ORDER, nulls_last=False
    )
    findings, answers = apply(findings, checks, course.options.answers, course.as_of)
    course.clock.lap("assess")
    effect = replayed(course, findings, crashed)
    if not effect.notes.is_empty():
        course = replace(course, notices=pl.concat([course.notices, effect.notes]))
        kept = checks.join(of_records(course).select("rule_id").unique(), on="rule_id", how="anti")
        checks = pl.concat([kept, of_records(course)]).sort(*CHECK_ORDER, nulls_last=False)
    findings = assess.sort_findings(pl.concat([effect.findings, identified(effect.notes, standard.units)]))
    scores = assess.scores(
        sector, work, standard.partitions, standard.units, findings, checks, course.as_of, effect.units
    )
    course.clock.lap("assess")
    return Audit(
        sector=sector,
        work=work,
        as_of=course.as_of,
        findings=findings,
        checks=checks,
        scores=detecting.with_anomaly(scores, detected.signals),
        quarantine=standard.quarantine,
        sources=standard.sources,
        blocks=standard.blocks,
        partitions=standard.partitions,
        crashed=tuple(sorted(crashed)),
        unreadable=tuple(str(fault) for fault in standard.unreadable),
        gate=second.verdict,
        answers=answers,
        seconds=course.clock.seconds | timings | detected.seconds | course.apart.seconds,
        files=course.files,
        seeds=detected.seeds,
        signals=detected.signals,
    )


def replayed(course: Course, findings: pl.DataFrame, crashed: list[tuple[str, str]]) -> Effects:
    """Tonnes and causes of the findings by scenario replay; where it fails, the findings stay as they are."""
    options, parts = course.options, tuple(range(course.standard.partitions))
    task = Task(course.work, course.sector, parts, course.as_of, frozenset(), options.memory)
    effect = effects(task, findings, options.workers)
    crashed += effect.crashed
    course.clock.lap("effects")
    return effect


def of_records(course: Course) -> pl.DataFrame:
    """Check runs of intake and record contract, with the rows they looked at."""
    sector, units = course.sector, course.standard.units
    counts = looked.rows_per_owner(course.work, sector, course.standard.partitions)
    return looked.with_rows(contracts.notice_checks(course.notices, units, sector), counts, units)


def chosen_rules(sector: Sector, only: Sequence[str]) -> tuple[Rule, ...]:
    """Active rules, or those named; a name that is neither a rule nor a detector is a usage error."""
    for name in only:
        if name not in sector.rules and name not in detecting.detectors():
            raise UsageError(
                f"--only {name}", "没有这条规则或探测器", "there is no such rule or detector",
                todo_zh="用 mrvaudit rules list 查看编号", todo_en="see mrvaudit rules list",
            )  # fmt: skip
    return tuple(rule for rule in sector.active_rules if not only or rule.id in only)


def chosen_detectors(only: Sequence[str]) -> list[ModuleType]:
    """All detectors, or those named."""
    return [module for name, module in detecting.detectors().items() if not only or name in only]


def check(task: Task, rules: Sequence[Rule], workers: int, progress: Progress) -> list[str]:
    """Unit and entity rules partition by partition, then global rules over all; returns the names of the results."""
    local = tuple(rule for rule in rules if rule.scope != "global")
    jobs = [Job(replace(task, partitions=(part,)), local, name=f"p={part}") for part in task.partitions]
    done: list[str] = []
    progress("check", 0, len(jobs) + 1)
    for name in run_jobs(jobs, workers):
        done.append(name)
        progress("check", len(done), len(jobs) + 1)
    everywhere = tuple(rule for rule in rules if rule.scope == "global")
    done.append(run_job(Job(task, everywhere, derive=False, name="global")))
    progress("check", len(jobs) + 1, len(jobs) + 1)
    return done


def detect(course: Course, findings: pl.DataFrame) -> detecting.Detected:
    """Detectors over the views of all partitions: all, or those named; none where the sector has no features."""
    only, standard = course.options.only, course.standard
    chosen = chosen_detectors(only)
    if course.known is None or not chosen:
        return detecting.Detected()
    units = standard.units.filter(pl.col("reporting")).sort("unit_key")
    known = findings if chosen_rules(course.sector, only) else None
    task = detecting.Task(
        course.sector,
        course.known,
        course.work,
        standard.partitions,
        units,
        known,
        course.as_of,
        course.options.memory,
        course.apart,
    )
    try:
        return detecting.detect(task, chosen)
    finally:
        course.clock.lap("detect")


def second_opinion(course: Course, crashed: list[tuple[str, str]]) -> gate.Gate:
    """What great-expectations says, where it was asked; a failure of it is one crash, and the audit goes on."""
    options, standard = course.options, course.standard
    why_not = gate.wanted(options.gate, standard.units.filter("reporting").height, options.only)
    if why_not is not None:
        return gate.silent(why_not)
    docs = course.work.file("data_docs") if options.data_docs else None
    try:
        gate.load()
        course.clock.lap("import great_expectations")
        return gate.run(course.sector, course.work, range(standard.partitions), course.notices, standard.units, docs)
    except Exception as fault:  # a foreign engine: whatever it raises must not cost the audit
        crashed.append(("GATE", " ".join(str(fault).split())[:200] or type(fault).__name__))
        return gate.crashed(standard.units)
    finally:
        course.clock.lap("second opinion")


def run_jobs(jobs: Sequence[Job], workers: int) -> list[str]:
    """Names of the jobs done, in order; in this process for one worker, else in as many processes."""
    if workers <= 1 or len(jobs) <= 1:
        return [run_job(job) for job in jobs]
    with processes.workers(min(workers, len(jobs))) as pool:
        return list(pool.map(run_job, jobs))


def gather(
    work: Work, names: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame, list[tuple[str, str]], dict[str, float]]:
    """Findings, checks, crashes (each once) and seconds of all jobs."""
    findings = pl.concat([pl.read_parquet(work.file("f") / f"{name}.parquet") for name in names])
    checks = pl.concat([pl.read_parquet(work.file("c") / f"{name}.parquet") for name in names])
    crashed: dict[tuple[str, str], None] = {}
    seconds: dict[str, float] = {}
    for name in names:
        notes = json.loads((work.file("c") / f"{name}.json").read_text(encoding="utf-8"))
        crashed |= dict.fromkeys((rule, reason) for rule, reason in notes["crashed"])
        for key, value in notes["seconds"].items():
            label = key if key in ("derive", "check") else f"rule {key}"
            seconds[label] = seconds.get(label, 0.0) + value
    return findings, checks, sorted(crashed), seconds


def identified(notices: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Notices of intake and contracts in the shape of findings, with their ids and unit keys."""
    keys = {(row[0], row[1]): row[2] for row in units.select("entity_id", "unit_id", "unit_key").iter_rows()}
    rows = []
    for notice in notices.iter_rows(named=True):
        row = {name: notice.get(name) for name in (*FINDINGS, *FINDING_INTERNAL)}
        row["result"] = row["result"] or ""
        row["status"] = row["status"] or "open"
        row["integrity_signal"] = row["integrity_signal"] or "none"
        row["unit_key"] = keys.get((row["entity_id"], row["unit_id"]))
        row["finding_id"] = found.finding_id(row)
        rows.append(row)
    return frame(rows)


def nothing(inputs: Sequence[Path], standard: Standardised) -> NothingError:
    """Why there is nothing to audit, in one line."""
    seen = "；".join(str(fault) for fault in standard.unreadable) or None
    return NothingError(
        ", ".join(path.name for path in inputs),
        "没有可审计的机组：未识别出任何含机组编号的数据表",
        "there is no unit to audit: no table with a unit was recognised",
        read=seen,
        todo_zh="请检查文件名、工作表名与表头，或用 mrvaudit 数据表的名称",
        todo_en="check the names of files, sheets and headers against the record tables",
    )
