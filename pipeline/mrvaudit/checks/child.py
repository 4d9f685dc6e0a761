"""Packs from outside run in a process of their own: address-space limit, hard kill, and one bad rule harms no other."""

from __future__ import annotations

import multiprocessing
import pickle
import resource
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from mrvaudit import macros, sql, store
from mrvaudit.checks.compile import groups, query
from mrvaudit.checks.lineage import Lineage
from mrvaudit.checks.run import SECONDS_PER_RULE, Engine, Outcome, crashed_rows
from mrvaudit.checks.status import UnitRow
from mrvaudit.errors import PackError
from mrvaudit.model import Work
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector

# What a process needs beside DuckDB's own memory: interpreter, libraries, Arrow buffers (measured: 1.1 GB mapped).
ADDRESS_SPACE_BYTES = 6 << 30
GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Task:
    """Rules to run over some partitions."""

    work: Work
    sector: Sector
    partitions: tuple[int, ...]
    as_of: date
    columns: frozenset[tuple[str, str]]
    memory: str
    seconds: float = SECONDS_PER_RULE
    threads: int = 1


def open_caged(task: Task, texts: Iterable[str] | None = None) -> duckdb.DuckDBPyConnection:
    """A locked connection that sees the partitions' tables and views and nothing else, and has the macros that the
    texts call."""
    con = store.connect(task.memory, task.work.file("spill"))
    macros.install(con, task.sector, task.as_of, texts)
    files = store.attach_tables(con, task.work, task.sector, task.partitions)
    files += store.attach_views(con, task.work, task.sector, task.partitions)
    store.cage(con, files)
    return con


def run_here(task: Task, rules: Sequence[Rule]) -> Outcome:
    """Run rules in this process."""
    queries = [query(task.sector, group) for group in groups(rules)]
    con = open_caged(task, [*queries, *(sql.rewrite(rule.applies)[0] for rule in rules if rule.applies)])
    try:
        return Engine(con, task.sector, Lineage(task.sector), task.columns, task.seconds).run(rules, task.threads)
    finally:
        con.close()


def run_apart(task: Task, rules: Sequence[Rule]) -> Outcome:
    """Run rules in a child; if it dies or hangs, each rule again in its own child, so that only the bad one crashes."""
    if not rules:
        return Outcome()
    limit = sum(rule.seconds or task.seconds for rule in rules) + GRACE_SECONDS
    outcome = apart(task, _Rules(tuple(rules)), limit)
    if outcome is not None:
        return outcome
    if len(rules) == 1:
        return _died(task, rules[0])
    whole = Outcome()
    for rule in rules:
        whole.add(run_apart(task, [rule]))
    return whole


def derive_apart(task: Task, partition: int) -> None:
    """Materialise the views of own packs in a child; PackError where they fail or take more than their limits."""
    views = task.sector.own_views
    if not views:
        return
    limit = task.seconds * len(views) + GRACE_SECONDS
    if apart(task, _Views(partition), limit) is None:
        raise PackError(
            f"views {', '.join(sorted(views))}",
            f"自备视图在 {limit:g} 秒或内存上限内未能算出",
            f"own views could not be computed within {limit:g} s or the memory limit",
            todo_zh="请检查其查询",
            todo_en="check their queries",
        )


@dataclass(frozen=True)
class _Rules:
    """Work for a child: these rules."""

    rules: tuple[Rule, ...]

    def __call__(self, task: Task) -> Outcome:
        return run_here(task, self.rules)


@dataclass(frozen=True)
class _Views:
    """Work for a child: the own views of a partition."""

    partition: int

    def __call__(self, task: Task) -> Outcome:
        store.derive_own(task.work, task.sector, self.partition, task.as_of, task.memory)
        return Outcome()


Made = TypeVar("Made")


def apart(task: Task, work: Callable[[Task], Made], limit: float) -> Made | None:
    """What the work gives in a child with limits; None where it died or was killed. A PackError is raised here."""
    context = multiprocessing.get_context("spawn")
    target = task.work.file(f"child-{task.partitions[0]}.pickle")
    process = context.Process(target=_child, args=(task, work, target), daemon=False)
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        process.join()
    if process.exitcode != 0 or not target.exists():
        target.unlink(missing_ok=True)
        return None
    outcome = pickle.loads(target.read_bytes())
    target.unlink()
    if isinstance(outcome, PackError):
        raise outcome
    made: Made = outcome
    return made


def _child(task: Task, work: Callable[[Task], Any], target: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        result = work(task)
    except PackError as fault:
        result = fault
    target.write_bytes(pickle.dumps(result))


def _died(task: Task, rule: Rule) -> Outcome:
    con = open_caged(task, [])
    try:
        rows = con.execute(
            "SELECT unit_key, entity_id, unit_id FROM unit_index WHERE reporting ORDER BY unit_key"
        ).fetchall()
    finally:
        con.close()
    reason = "memory_or_time_limit"
    units = [UnitRow(*row) for row in rows]
    return Outcome(checks=list(crashed_rows(rule, units, reason)), crashed=[(rule.id, reason)])
