"""One partition from standard tables to findings and check runs: the unit of work of a process."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from mrvaudit import store
from mrvaudit.checks.child import Task, derive_apart, run_apart, run_here
from mrvaudit.checks.run import Outcome, checks_frame
from mrvaudit.ingest.notices import frame
from mrvaudit.rules import Rule


@dataclass(frozen=True)
class Job:
    """A task and the rules it runs; `derive` is false where the views lie there already (global rules)."""

    task: Task
    rules: tuple[Rule, ...]
    derive: bool = True
    name: str = ""


def run_job(job: Job) -> str:
    """Derive, check, and leave findings, checks and timings in the work folder; returns the job's name."""
    start = time.perf_counter()
    if job.derive:
        for partition in job.task.partitions:
            store.derive(job.task.work, job.task.sector, partition, job.task.as_of, job.task.memory, job.task.threads)
            derive_apart(job.task, partition)
    derived = time.perf_counter()
    outcome = _run(job.task, job.rules)
    outcome.seconds |= {"derive": derived - start, "check": time.perf_counter() - derived}
    _leave(job, outcome)
    return job.name


def _run(task: Task, rules: Sequence[Rule]) -> Outcome:
    origins = task.sector.origins
    outcome = run_here(task, [rule for rule in rules if not origins[rule.id].own])
    outcome.add(run_apart(task, [rule for rule in rules if origins[rule.id].own]))
    return outcome


def _leave(job: Job, outcome: Outcome) -> None:
    work = job.task.work
    for folder in ("f", "c"):
        work.file(folder).mkdir(exist_ok=True)
    frame(outcome.findings).write_parquet(work.file("f") / f"{job.name}.parquet")
    checks_frame(outcome.checks).write_parquet(work.file("c") / f"{job.name}.parquet")
    notes = {"crashed": outcome.crashed, "seconds": outcome.seconds}
    (work.file("c") / f"{job.name}.json").write_text(json.dumps(notes), encoding="utf-8")
