"""Run the packs' own examples: one connection, insert, ask, roll back, so that hundreds take seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from mrvaudit import macros, processes, store
from mrvaudit.checks.given import Given
from mrvaudit.checks.lineage import Lineage
from mrvaudit.checks.run import Engine
from mrvaudit.formulas import KEY_UNIT, Example, Formula
from mrvaudit.model import Status
from mrvaudit.rules import Rule, RuleExample
from mrvaudit.sector import Sector

FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Verdict:
    """One example: `fault` is None where it holds, else what was found instead."""

    where: str
    name: str
    fault: str | None


class Bench:
    """An in-memory database with the sector's tables and live views, for one example after the other."""

    def __init__(self, sector: Sector) -> None:
        self._sector = sector
        self._lineage = Lineage(sector)
        self._con = store.connect("2GB", None)
        macros.install(self._con, sector, FAR)
        store.define(self._con, sector)
        self._given = Given(self._con, sector)

    def examples(self, names: Sequence[str]) -> Iterator[Verdict]:
        """Every example of these formulas and rules."""
        for name in names:
            formula = self._sector.formulas.get(name)
            if formula is not None:
                for index, example in enumerate(formula.examples, start=1):
                    yield Verdict(name, f"{index}", self.formula(formula, example))
            else:
                rule = self._sector.rules[name]
                yield from (self.rule(rule, case) for case in rule.examples)

    def rule(self, rule: Rule, example: RuleExample) -> Verdict:
        """Whether the rule makes of the given rows just what the example expects."""
        self._con.execute(f"CREATE OR REPLACE MACRO as_of() AS (DATE '{(example.as_of or FAR).isoformat()}')")
        self._con.execute("BEGIN")
        try:
            fault = self._given.fill(example.given, rule) or self._judge(rule, example)
        except duckdb.Error as error:
            fault = str(error).splitlines()[0]
        finally:
            self._con.execute("ROLLBACK")
        return Verdict(rule.id, example.name, fault)

    def outcome(
        self, rule: Rule, given: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Findings and checks rows that the rule makes of the given rows."""
        self._con.execute("BEGIN")
        try:
            fault = self._given.fill(given, rule)
            if fault is not None:
                raise ValueError(fault)
            result = Engine(self._con, self._sector, self._lineage, None).run([rule])
        finally:
            self._con.execute("ROLLBACK")
        return result.findings, result.checks

    def formula(self, formula: Formula, example: Example) -> str | None:
        """None where the formula gives what the example expects, else what it gave."""
        known = {**dict.fromkeys(formula.args), **example.given}
        if set(known) != set(formula.args):
            return f"arguments {sorted(set(known) ^ set(formula.args))}"
        arguments = ", ".join(self._literal(formula, name, value) for name, value in known.items())
        call = f"({arguments}, DATE '{example.month}-01')"
        row = self._con.execute(f"SELECT {formula.name}{call}, {formula.name}_printed{call}").fetchone()
        assert row is not None
        exact, printed = row
        if not _close(exact, example.expect):
            return f"expected {example.expect}, got {exact}"
        if example.printed is not None and printed != example.printed:
            return f"expected printed {example.printed}, got {printed}"
        return None

    @staticmethod
    def _literal(formula: Formula, name: str, value: Any) -> str:
        if value is None:
            return "NULL"
        if formula.args[name] == KEY_UNIT:
            return "'" + str(value).replace("'", "''") + "'"
        return f"{float(value)!r}::DOUBLE"

    def _judge(self, rule: Rule, example: RuleExample) -> str | None:
        outcome = Engine(self._con, self._sector, self._lineage, None).run([rule])
        if outcome.crashed:
            return f"crashed: {outcome.crashed[0][1]}"
        statuses = sorted({row["status"] for row in outcome.checks})
        if example.status is not None and statuses != [example.status]:
            return f"status: expected {example.status}, got {', '.join(statuses)}"
        unknown = sum(row["rows_unknown"] for row in outcome.checks if row["status"] != Status.NOT_APPLICABLE)
        if unknown != example.unknown:
            return f"unknown rows: expected {example.unknown}, got {unknown}"
        left = list(outcome.findings)
        for wanted in example.expect:
            match = next((one for one in left if _fits(one, wanted)), None)
            if match is None:
                return f"expected {_short(wanted)}, found {[_seen(one, wanted) for one in left] or 'nothing'}"
            left.remove(match)
        return f"also found {[_seen(one, {}) for one in left]}" if left else None


def _fits(finding: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(_equal(finding.get(name), value) for name, value in wanted.items())


def _equal(have: Any, want: Any) -> bool:
    if isinstance(have, date):
        return str(want)[:7] == f"{have:%Y-%m}" and (len(str(want)) == 7 or str(want) == have.isoformat())
    if isinstance(have, float) and isinstance(want, int | float):
        return _close(have, float(want))
    return bool(have == want)


def _close(have: float | None, want: float | None) -> bool:
    """Equal to the digits the example gives."""
    if have is None or want is None:
        return have is want
    digits = len(repr(float(want)).partition(".")[2]) if "e" not in repr(float(want)) else 12
    return abs(have - want) <= max(0.5 * 10.0**-digits * 1.0000001, 1e-9 * abs(want))


def _short(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items())


def _seen(finding: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    names = dict.fromkeys(("result", "unit_id", "month", *wanted, "observed", "expected", "tolerance"))
    return _short({name: finding.get(name) for name in names})


def run_examples(sector: Sector, only: Sequence[str] = (), workers: int = 1) -> Iterator[Verdict]:
    """Every example of every formula and rule (or of those named), in order, on as many processes."""
    names = [name for name in sector.formulas if not only or name in only]
    rules = [name for name in sorted(sector.rules) if sector.rules[name].status != "retired"]
    names += [name for name in rules if not only or name in only]
    if workers <= 1 or len(names) < MANY:
        yield from examples_of(sector, names)
        return
    # Many small shares, so that no process is left with the slow rules.
    shares = [names[start : start + SHARE] for start in range(0, len(names), SHARE)]
    with processes.workers(min(workers, len(shares)), _ready, sector) as pool:
        for verdicts in pool.map(_share, shares):
            yield from verdicts


MANY, SHARE = 20, 4
_BENCH: list[Bench] = []


def _ready(sector: Sector) -> None:
    """One bench for all the shares of a process."""
    _BENCH[:] = [Bench(sector)]


def _share(names: Sequence[str]) -> list[Verdict]:
    return list(_BENCH[0].examples(names))


def examples_of(sector: Sector, names: Sequence[str]) -> Iterator[Verdict]:
    """The examples of these formulas and rules, in this process."""
    yield from Bench(sector).examples(names)
