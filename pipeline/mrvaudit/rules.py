"""Rules: one check each, with its basis, its question, its words in two languages and its own examples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field

from mrvaudit import sql
from mrvaudit.packfile import Entry, Name, Pack, Place, Text, Words
from mrvaudit.parameters import MONTH, Mark
from mrvaudit.tables import Table

SeverityName = Literal["critical", "major", "minor", "info"]
Scope = Literal["unit", "entity", "global"]
RuleStatus = Literal["draft", "shadow", "info", "stable", "retired"]
NcClass = Literal["basic", "boundary", "method", "data", "quality", "plan", "other_onsite", "other"]
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLAIN = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*(:\d)?$")


class Basis(Entry):
    """What a rule rests on."""

    document: Text
    clause: Text = Words(zh="", en="")
    mark: Mark = "law"

    @property
    def words(self) -> Words:
        """Document and clause in one line per language."""
        return Words(
            zh=f"{self.document.zh} {self.clause.zh}".rstrip(), en=f"{self.document.en} {self.clause.en}".rstrip()
        )


class Valid(Entry):
    """Months [since, until) for which the rule asks."""

    since: str = Field(alias="from")
    until: str | None = None


class Subject(Entry):
    """The record and field a finding is about; `view` is scanned in the table's place where it is given."""

    table: str
    field: str
    view: str | None = None


class Related(Entry):
    """A further cell of a finding: names of the columns that carry its block, line and key."""

    table: str
    field: str
    block: Name
    line: Name
    row_key: Name


class Corrects(Entry):
    """A cell that would hold another value if the finding is right: the scenario of its tonnes.

    `value`, `block` and `line` are columns of the rows looked at; lists in them stand for several cells. Where one of
    them is NULL, nothing is corrected. Table and field default to those of the finding.
    """

    value: Name = "expected"
    table: str | None = None
    field: str | None = None
    block: Name = "_block"
    line: Name = "_line"


class Result(Entry):
    """One way a row can be found; the first true one wins. `field` goes before the subject's."""

    name: str
    violates: str
    severity: SeverityName
    integrity_signal: Literal["none", "weak", "strong"] = "none"
    nc_class: NcClass = "data"
    impact_kind: Literal["recalculated", "if_default_applies", "range"] = "recalculated"
    corrects: tuple[Corrects, ...] = ()
    field: str | None = None
    unit: str | None = None
    month: Literal["row", "none"] = "row"
    message: Words | None = None
    ask: Words | None = None


class RuleExample(Entry):
    """Rows given, findings expected, how many rows must stay unknown, and the status of every check where stated."""

    name: str
    given: dict[str, list[dict[str, Any]]]
    as_of: date | None = None
    expect: list[dict[str, Any]]
    unknown: int = 0
    status: Literal["found", "passed", "not_applicable", "not_assessable"] | None = None


class Rule(Entry):
    """One check. Without `rows` it joins the one scan of its subject's view or table."""

    id: str
    version: int
    status: RuleStatus
    topic: str
    scope: Scope = "unit"
    title: Words
    basis: tuple[Basis, ...]
    valid: Valid
    applies: str | None = None
    reads: tuple[str, ...] = ()
    subject: Subject
    rows: str | None = None
    where: str | None = None
    observed: str | None = None
    expected: str | None = None
    tolerance: str | None = None
    impact_tco2: str | None = None
    needs: tuple[Name, ...] = ()
    also: tuple[Related, ...] = ()
    results: tuple[Result, ...]
    message: Words
    ask: Words | None = None
    remedy: Words
    false_positives: tuple[Words, ...] = ()
    seconds: float | None = None
    without_rows: Literal["not_applicable", "not_assessable"] = "not_applicable"
    examples: tuple[RuleExample, ...]

    @property
    def scanned(self) -> str:
        """The table or view that a rule without `rows` looks through."""
        return self.subject.view or self.subject.table

    @property
    def basis_text(self) -> str:
        """Documents and clauses in one line, in Chinese."""
        return "；".join(one.words.zh for one in self.basis)


@dataclass(frozen=True)
class Origin:
    """Where a rule stands, for messages; `own` is true for packs that came with the command."""

    pack: Pack
    place: Place
    own: bool

    def error(self, key: str, zh: str, en: str) -> Exception:
        """A PackError at a key of the rule."""
        return self.pack.error((*self.place, *key.split(".")) if key else self.place, zh, en)


@dataclass(frozen=True)
class Context:
    """Names a rule may use."""

    tables: Mapping[str, Table]
    views: frozenset[str]
    parameters: frozenset[str]
    macros: frozenset[str]


def parse_rules(pack: Pack, context: Context, own: bool) -> dict[str, tuple[Rule, Origin]]:
    """Rules of one pack file, each with its origin; PackError for anything unknown, unsafe or missing."""
    found: dict[str, tuple[Rule, Origin]] = {}
    topic = str(pack.data.get("topic", ""))
    for index, raw in enumerate(pack.data.get("rules") or []):
        place: Place = ("rules", index)
        entry = {"topic": topic, **raw} if isinstance(raw, dict) else {}
        rule = pack.parse(Rule, entry, place)
        if rule.id in found:
            raise pack.error((*place, "id"), f"规则编号重复：{rule.id}", f"the rule id {rule.id} is used twice")
        _check(pack, rule, place, context)
        found[rule.id] = (rule, Origin(pack, place, own))
    return found


def _check(pack: Pack, rule: Rule, place: Place, context: Context) -> None:
    if not all(MONTH.match(month) for month in (rule.valid.since, rule.valid.until) if month is not None):
        raise pack.error((*place, "valid"), "有效期应写成 YYYY-MM", "the period is written YYYY-MM")
    table = context.tables.get(rule.subject.table)
    for name in (rule.subject.field, *(result.field for result in rule.results if result.field is not None)):
        if table is None or name not in table.fields:
            spot = f"{rule.subject.table}.{name}"
            raise pack.error((*place, "subject"), f"没有 {spot}", f"there is no {spot}")
    for index, result in enumerate(rule.results):
        for one in result.corrects:
            owner = context.tables.get(one.table or rule.subject.table)
            name = one.field or result.field or rule.subject.field
            if owner is None or name not in owner.fields:
                spot = f"{one.table or rule.subject.table}.{name}"
                spot_place = (*place, "results", index, "corrects")
                raise pack.error(spot_place, f"没有 {spot}", f"there is no {spot}")
    known = {*context.tables, *context.views, "unit_index"}
    for name in (*rule.reads, rule.scanned):
        if name not in known:
            raise pack.error((*place, "reads"), f"没有表或视图 {name}", f"there is no table or view {name}")
    _check_rows(pack, rule, place, context)
    _check_expressions(pack, rule, place, context)
    _check_words(pack, rule, place)
    if not rule.examples:
        raise pack.error((*place, "examples"), "缺少算例", "a rule has examples")


def _check_rows(pack: Pack, rule: Rule, place: Place, context: Context) -> None:
    if rule.rows is None:
        return
    try:
        checked = sql.select(rule.rows, context.macros)
    except sql.SqlFault as fault:
        raise pack.error((*place, "rows"), fault.zh, fault.en) from None
    allowed = {*rule.reads, "unit_index"}
    for name in sorted(checked.tables):
        if name not in allowed:
            raise pack.error((*place, "rows"), f"{name} 未列入 reads", f"{name} is not listed under reads")
    _check_parameters(pack, (*place, "rows"), checked, context)


def _check_expressions(pack: Pack, rule: Rule, place: Place, context: Context) -> None:
    single = {
        key: getattr(rule, key)
        for key in ("applies", "where", "observed", "expected", "tolerance", "impact_tco2")
        if getattr(rule, key) is not None
    }
    if rule.rows is not None and set(single) - {"applies", "where"}:
        key = sorted(set(single) - {"applies", "where"})[0]
        raise pack.error((*place, key), "已有 rows 时应写在 rows 里", "with rows, this belongs in the query")
    for key, text in single.items():
        _check_parameters(pack, (*place, key), _expression(pack, (*place, key), text, context), context)
    for index, result in enumerate(rule.results):
        spot = (*place, "results", index, "violates")
        _check_parameters(pack, spot, _expression(pack, spot, result.violates, context), context)


def _expression(pack: Pack, place: Place, text: str, context: Context) -> sql.Sql:
    try:
        return sql.expression(text, context.macros)
    except sql.SqlFault as fault:
        raise pack.error(place, fault.zh, fault.en) from None


def _check_parameters(pack: Pack, place: Place, checked: sql.Sql, context: Context) -> None:
    for name in sorted(checked.parameters):
        if name not in context.parameters:
            raise pack.error(place, f"没有参数 {name}", f"there is no parameter {name}")


def _check_words(pack: Pack, rule: Rule, place: Place) -> None:
    for words in (rule.message, rule.ask, *(one.message for one in rule.results), *(one.ask for one in rule.results)):
        if words is None:
            continue
        for name in PLACEHOLDER.findall(words.zh) + PLACEHOLDER.findall(words.en):
            if not PLAIN.match(name):
                raise pack.error(
                    (*place, "message"),
                    f"占位符只能是列名：{{{name}}}",
                    f"a placeholder is a plain name, not {{{name}}}",
                )
