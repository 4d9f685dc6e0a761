"""Run rules on one connection: counts and hits per rule, a timer on each, and nothing stops the next."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl

from mrvaudit import sql
from mrvaudit.checks import findings as found
from mrvaudit.checks.compile import ASIDE, OUTSIDE, UNKNOWN, asked, counted, groups, needed, query
from mrvaudit.checks.lineage import Lineage
from mrvaudit.checks.status import Judge, Owner, Presence, Tally, UnitRow
from mrvaudit.ingest.frames import schema
from mrvaudit.model import CHECKS, Status
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector

SECONDS_PER_RULE = 60.0


@dataclass
class Outcome:
    """What a set of rules found on one connection; rows of findings and checks as plain dicts."""

    findings: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    crashed: list[tuple[str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Take in another outcome."""
        self.findings += other.findings
        self.checks += other.checks
        self.crashed += other.crashed
        for name, value in other.seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + value


class Engine:
    """Rules of one sector over one connection whose tables and views are in place."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        sector: Sector,
        lineage: Lineage,
        columns: frozenset[tuple[str, str]] | None,
        seconds: float = SECONDS_PER_RULE,
    ) -> None:
        self._con, self._sector, self._seconds = con, sector, seconds
        rows = con.execute(
            "SELECT unit_key, entity_id, unit_id, reporting, member_key FROM unit_index ORDER BY unit_key"
        ).fetchall()
        self._units = {row[0]: UnitRow(row[0], row[1], row[2]) for row in rows}
        self._owner_key = {row[0]: row[0] if row[4] is None else row[4] for row in rows}
        self._reporting = [self._units[row[0]] for row in rows if row[3]]
        self._judging = threading.Lock()
        self._judge = Judge(sector, lineage, Presence(con, sector, columns), self._reporting)

    def run(self, rules: Sequence[Rule], threads: int = 1) -> Outcome:
        """Findings, checks, crashes and seconds of the rules; a fused scan that fails is repeated rule by rule.

        With several threads, as many groups are looked at at once, each by a connection of its own that computes on
        one thread; what they found is put together in the order of the groups, whoever came first.
        """
        found_in = groups(rules)
        outcome = Outcome()
        if threads <= 1 or len(found_in) <= 1:
            for group in found_in:
                outcome.add(self._group(self._con, group))
            return outcome
        free: queue.SimpleQueue[duckdb.DuckDBPyConnection] = queue.SimpleQueue()
        for _ in range(threads):
            free.put(self._con.cursor())
        with ThreadPoolExecutor(threads) as pool:
            for part in pool.map(lambda group: self._borrowed(free, group), found_in):
                outcome.add(part)
        for _ in range(threads):
            free.get().close()
        return outcome

    def _borrowed(self, free: queue.SimpleQueue[duckdb.DuckDBPyConnection], group: list[Rule]) -> Outcome:
        con = free.get()
        try:
            return self._group(con, group)
        finally:
            free.put(con)

    def _group(self, con: duckdb.DuckDBPyConnection, group: list[Rule]) -> Outcome:
        start = time.perf_counter()
        limit = min(rule.seconds or self._seconds for rule in group)
        part = Outcome()
        try:
            with _timer(con, limit):
                self._look(con, group, part)
        except (duckdb.Error, MemoryError) as fault:
            if len(group) > 1:
                whole = Outcome()
                for rule in group:
                    whole.add(self._group(con, [rule]))
                return whole
            part = self._crashed(group[0], reason_of(fault, limit))
        for rule in group:
            part.seconds[rule.id] = (time.perf_counter() - start) / len(group)
        return part

    def _crashed(self, rule: Rule, reason: str) -> Outcome:
        return Outcome(checks=list(crashed_rows(rule, self._reporting, reason)), crashed=[(rule.id, reason)])

    def _look(self, con: duckdb.DuckDBPyConnection, group: list[Rule], outcome: Outcome) -> None:
        fused = group[0].rows is None
        looked = query(self._sector, group)
        # Whole rows are read only where there is something to say of them.
        columns = dict.fromkeys(name for index, rule in enumerate(group) for name in counted(rule, index, fused))
        listed = ", ".join(f'"{name}"' for name in columns)
        con.execute(f"CREATE OR REPLACE TEMP TABLE looked AS SELECT {listed} FROM ({looked})")
        for index, rule in enumerate(group):
            applies = self._applies(con, rule)
            tallies = self._count(con, rule, index, fused)
            if any(one.found for one in tallies.values()):
                outcome.findings += self._hits(con, rule, looked, index, fused, applies)
            with self._judging:
                outcome.checks += self._judge.rows(rule, tallies, applies)
        con.execute("DROP TABLE looked")

    def _applies(self, con: duckdb.DuckDBPyConnection, rule: Rule) -> dict[int, bool | None]:
        if rule.applies is None:
            return {unit.unit_key: True for unit in self._reporting}
        applies = sql.rewrite(rule.applies)[0]
        rows = con.execute(f"SELECT unit_key, ({applies}) FROM unit_index WHERE reporting").fetchall()
        return dict(rows)

    def _applies_to(self, owner: Owner, applies: dict[int, bool | None]) -> bool:
        """For the whole entity a rule applies where it applies to one of its units."""
        if owner[1] is not None:
            return applies.get(owner[1]) is True
        return any(applies[unit.unit_key] for unit in self._reporting if unit.entity_id == owner[0])

    def _owner(self, rule: Rule, entity_id: str | None, unit_key: int | None) -> Owner | None:
        if unit_key is None:
            return (entity_id, None) if rule.scope == "entity" and entity_id is not None else None
        unit = self._units.get(self._owner_key.get(unit_key, unit_key))
        return None if unit is None else (unit.entity_id, unit.unit_key)

    def _count(self, con: duckdb.DuckDBPyConnection, rule: Rule, index: int, fused: bool) -> dict[Owner, Tally]:
        state, names = f"_state_{index}", needed(rule)
        tests = [f"{state} > {ASIDE}", f"{state} >= 0", *(f"{state} = {one}" for one in (UNKNOWN, OUTSIDE, ASIDE))]
        wanted = [f"count(*) FILTER ({test})" for test in tests]
        wanted.append(f"min(month) FILTER ({state} = {UNKNOWN})")
        for column in asked(rule, index, fused):
            missing = f'FILTER ({state} = {UNKNOWN} AND "{column}" IS NULL)'
            wanted += [f"count(*) {missing}", f"min(month) {missing}"]
        entity = "entity_id" if rule.scope == "entity" else "NULL::VARCHAR"
        counts_query = f"SELECT {entity}, unit_key, {', '.join(wanted)} FROM looked GROUP BY ALL"
        tallies: dict[Owner, Tally] = {}
        for entity_id, unit_key, *counts in con.execute(counts_query).fetchall():
            owner = self._owner(rule, entity_id, unit_key)
            if owner is not None:
                tallies.setdefault(owner, Tally()).add(counts, names)
        return tallies

    def _hits(
        self,
        con: duckdb.DuckDBPyConnection,
        rule: Rule,
        looked: str,
        index: int,
        fused: bool,
        applies: dict[int, bool | None],
    ) -> Iterator[dict[str, Any]]:
        reply = con.execute(f"SELECT * FROM ({looked}) WHERE _state_{index} >= 0")
        names = [column[0] for column in reply.description or ()]
        while rows := reply.fetchmany(10_000):
            for values in rows:
                row = dict(zip(names, values, strict=True))
                owner = self._owner(rule, row.get("entity_id"), row.get("unit_key"))
                if owner is None or not self._applies_to(owner, applies):
                    continue
                # Before the group's id takes the place of the member's: two members are two rows.
                key = found.row_key(self._sector.tables[rule.subject.table], row)
                row["entity_id"], row["unit_key"] = owner
                row["unit_id"] = self._units[owner[1]].unit_id if owner[1] is not None else None
                result = rule.results[row[f"_state_{index}"]]
                yield found.from_row(self._sector, rule, result, row, f"_{index}" if fused else "", key)


@contextmanager
def _timer(con: duckdb.DuckDBPyConnection, limit: float) -> Iterator[None]:
    timer = threading.Timer(limit, con.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def crashed_rows(rule: Rule, units: Sequence[UnitRow], reason: str) -> Iterator[dict[str, Any]]:
    """Checks rows of a rule that crashed: every unit (or entity) it would have looked at."""
    owners = (
        [(unit.entity_id, unit.unit_id) for unit in units]
        if rule.scope != "entity"
        else [(entity, None) for entity in dict.fromkeys(unit.entity_id for unit in units)]
    )
    for entity_id, unit_id in owners:
        yield {
            "rule_id": rule.id,
            "entity_id": entity_id,
            "unit_id": unit_id,
            "status": str(Status.CRASHED),
            "reason": reason,
            "rows": 0,
            "rows_found": 0,
            "rows_unknown": 0,
        }


def reason_of(fault: BaseException, limit: float) -> str:
    """One line that is the same in every run: no address, no size that varies."""
    if isinstance(fault, duckdb.InterruptException):
        return f"time_limit:{limit:g}s"
    if isinstance(fault, duckdb.OutOfMemoryException | MemoryError):
        return "memory_limit"
    return str(fault).splitlines()[0][:200] if str(fault) else type(fault).__name__


def checks_frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Checks rows as a frame."""
    return pl.DataFrame(rows, schema=schema(CHECKS), orient="row")
