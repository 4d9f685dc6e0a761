"""Every question a rule asks, made slightly wrong: the rule's own examples must notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import sqlglot
from sqlglot import exp

from mrvaudit import sql
from mrvaudit.checks.compile import scan_query
from mrvaudit.checks.examples import FAR, Bench
from mrvaudit.rules import Result, Rule, RuleExample
from mrvaudit.sector import Sector, load_sector

NOTICED_PCT = 95
WHOLE = ("days", "count", "hours", "months")  # figures that go up by ones
WHICH_ROW = ("month", "unit_id", "entity_id", "row_key")  # an example that names them notices a row taken for another
LAST = "rows of the other kind were taken by the result before, or do not differ"
EQUAL = {
    "EMI-02 unit: DIFFERS(observed, expected, tolerance)": LAST,
    "EMI-04 unit: DIFFERS(observed, expected, tolerance)": LAST,
    "ENE-05 standard_coal: DIFFERS(observed, expected, tolerance)": LAST,
    "QTY-14 repeated: EXCEEDS(observed, expected)": LAST,
    "QTY-07 without_load: run_at_furnace AND EXCEEDS(observed, expected)": LAST,
    "QTY-07 without_load_bunkers: EXCEEDS(observed, expected)": LAST,
    "QTY-06 opening: opening": "an opening stock is marked below the limit only",
    "QTY-06 opening: opening AND UNDER(observed, (expected - tolerance) + 0.01)": "marked below the limit only",
    "NCV-02 other_value: EXCEEDS(daily_tests, (0) - 0.01) AND EXCEEDS(other_days, 0)": "unknown or more than none",
    "NCV-02 left_out: EXCEEDS(daily_tests, (0) - 0.01) AND EXCEEDS(empty_days, 0)": "unknown or more than none",
    "LAB-16 oxygen_high: EXCEEDS(observed, expected) AND NOT UNDER(observed, (0) + 0.01)": "the limit lies at 31.5",
}  # changes that change nothing, and why
FLIPS = {"exceeds": "under", "under": "exceeds"}
OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}


@dataclass(frozen=True)
class Mutant:
    """A rule with one result changed, and what was changed."""

    what: str
    rule: Rule


@dataclass(frozen=True)
class Scale:
    """The least step of a result's figure, where it has one."""

    step: float | None


def _parse(text: str) -> exp.Expr:
    return sqlglot.parse_one(re.sub(r"\bover\(", "exceeds(", text), read="duckdb")  # OVER is a word of SQL


def _with(tree: exp.Expr, index: int, change: str) -> str:
    """The question as text with its index-th node changed."""
    copy = tree.copy()
    node = list(copy.walk())[index]
    new = _changed(node, change)
    return str(new.sql("duckdb")) if node is copy else (node.replace(new), copy.sql("duckdb"))[1]


def _changed(node: exp.Expr, change: str) -> exp.Expr:
    if change == "not":
        return exp.Not(this=exp.paren(node.copy()))
    if change == "opposite":
        return OPPOSITE[type(node)](this=node.this.copy(), expression=node.expression.copy())
    if change == "flip":
        return exp.Anonymous(this=FLIPS[node.name], expressions=[one.copy() for one in node.expressions])
    if change in ("left", "right"):
        return node.args["this" if change == "right" else "expression"].copy()
    arguments = [one.copy() for one in node.expressions]
    arguments[-1] = _parse(f"({arguments[-1].sql('duckdb')}) {change}")
    return exp.Anonymous(this=node.name, expressions=arguments)


def _changes(node: exp.Expr, scale: Scale) -> Iterator[str]:
    """What can be made wrong at one node."""
    if isinstance(node, exp.EQ | exp.NEQ):
        yield "opposite"
    elif isinstance(node, exp.And | exp.Or):
        yield from ("left", "right")
    elif isinstance(node, exp.In | exp.Is) or (isinstance(node, exp.Column) and _is_question(node)):
        yield "not"
    elif isinstance(node, exp.Anonymous) and node.name in (*FLIPS, "differs"):
        yield "not" if node.name == "differs" else "flip"
        yield from _moves(node, scale)


def _is_question(node: exp.Expr) -> bool:
    """A column that is itself true or false."""
    return node.parent is None or isinstance(node.parent, exp.And | exp.Or | exp.Not | exp.Paren)


def _moves(node: exp.Expr, scale: Scale) -> Iterator[str]:
    """A limit moves by one where things are counted, by the last digit of a printed figure, else by a hundredth of
    itself; a number written into the question only takes in its own value."""
    if isinstance(node.expressions[-1], exp.Literal):
        if node.name != "differs":
            yield "- 0.01" if node.name == "exceeds" else "+ 0.01"
    elif scale.step is not None:
        yield from (f"+ {scale.step}", f"- {scale.step}")
    else:
        yield from ("* 1.01", "* 0.99")


def _scale(sector: Sector, rule: Rule, result: Result) -> Scale:
    field = sector.tables[rule.subject.table].fields[result.field or rule.subject.field]
    printed = {one.key: one.value for one in sector.parameters["printed_decimals"].values}
    if result.unit in WHOLE:
        return Scale(1)
    if result.unit == "%":
        return Scale(0.01)
    return Scale(round(0.1 ** printed[field.data_code], 9) if field.data_code in printed else None)


def mutants_of(sector: Sector, rule: Rule) -> Iterator[Mutant]:
    """Every one-place change of every result of a rule."""
    for number, result in enumerate(rule.results):
        tree, scale = _parse(result.violates), _scale(sector, rule, result)
        for index, node in enumerate(list(tree.walk())):
            for change in _changes(node, scale):
                text = _with(tree, index, change)
                changed = result.model_copy(update={"violates": text})
                results = (*rule.results[:number], changed, *rule.results[number + 1 :])
                yield Mutant(f"{rule.id} {result.name}: {text}", rule.model_copy(update={"results": results}))


class Notice:
    """Shows a rule's examples to its mutants; what a rule looks at is computed once per example."""

    def __init__(self, sector: Sector) -> None:
        self.bench, self.sector = Bench(sector), sector
        self.con = self.bench._con

    def survivors(self, rule: Rule, mutants: list[Mutant]) -> list[Mutant]:
        """Mutants that no example of the rule tells from the rule."""
        for example in rule.examples:
            if mutants:
                mutants = self._left(rule, example, mutants)
        return mutants

    def _left(self, rule: Rule, example: RuleExample, mutants: list[Mutant]) -> list[Mutant]:
        day: date = example.as_of or FAR
        self.con.execute(f"CREATE OR REPLACE MACRO as_of() AS (DATE '{day.isoformat()}')")
        self.con.execute("BEGIN")
        try:
            assert self.bench._given.fill(example.given, rule) is None
            if rule.rows is not None:
                self.con.execute(f"CREATE TEMP TABLE kept AS {sql.rewrite(rule.rows)[0]}")
            true, *others = self._states([rule, *(one.rule for one in mutants)])
            if not all(any(wanted.get(name) is not None for name in WHICH_ROW) for wanted in example.expect):
                true, others = sorted(true), [sorted(states) for states in others]
            return [one for one, states in zip(mutants, others, strict=True) if states == true]
        finally:
            self.con.execute("ROLLBACK")

    def _states(self, rules: list[Rule]) -> list[list[int]]:
        """For every rule what becomes of each row, in one scan."""
        rule = rules[0]
        owner = "entity_id" if rule.scope == "entity" else "unit_key"
        applies = sql.rewrite(rule.applies or "true")[0]
        units = f"SELECT {owner} FROM unit_index WHERE reporting AND ({applies})"
        kept = {"rows": None, "subject": rule.subject.model_copy(update={"view": "kept"})}
        asked = rules if rule.rows is None else [one.model_copy(update=kept) for one in rules]
        columns = ", ".join(f"_state_{index}" for index in range(len(rules)))
        query = f"SELECT {columns} FROM ({scan_query(self.sector, asked)}) WHERE {owner} IN ({units})"
        rows = self.con.execute(query).fetchall()
        return [[row[index] for row in rows] for index in range(len(rules))]


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The shipped sector."""
    return load_sector()


def test_examples_notice_mutants(sector: Sector) -> None:
    """At least 95 % of all one-place changes of all questions are noticed."""
    notice, count, left, equal = Notice(sector), 0, [], set()
    for rule in sector.rules.values():
        if rule.status == "retired":
            continue
        every = list(mutants_of(sector, rule))
        equal |= {one.what for one in every} & set(EQUAL)
        mutants = [one for one in every if one.what not in EQUAL]
        count += len(mutants)
        left += notice.survivors(rule, mutants)
    noticed = 100 * (count - len(left)) / count
    lines = "\n".join(one.what for one in left)
    assert equal == set(EQUAL), "a question was reworded"
    print(f"{noticed:.1f} % of {count} mutants noticed; survivors:\n{lines}")
    assert noticed >= NOTICED_PCT, f"{noticed:.1f} % of {count} mutants noticed; survivors:\n{lines}"
