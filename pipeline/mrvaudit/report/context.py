"""What every unit report of one run shares: the sector's words and settings, findings and checks cut by unit."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mrvaudit import derived, plugins
from mrvaudit.checks.lineage import Lineage
from mrvaudit.detect.run import detectors
from mrvaudit.errors import UsageError
from mrvaudit.report import formats, settings, settings_forms
from mrvaudit.report.content import cells
from mrvaudit.report.data import Blocks, Row, Slices, blocks_of, slices
from mrvaudit.report.formats import Pair

if TYPE_CHECKING:
    from mrvaudit.answers.answer import Answer
    from mrvaudit.model import Audit
    from mrvaudit.report.settings import DataCode, Settings
    from mrvaudit.report.settings_forms import Forms
    from mrvaudit.rules import Rule
    from mrvaudit.sector import Sector

PROFILES = ("verifier", "enterprise", "province")
CALLED = re.compile(r"\b([a-z_0-9]+)\(")
# How packs ask for a parameter, as written and as rewritten for the database; a key may be a literal.
ASKED = re.compile(r"\b(?:known|param)\(\s*'([^']+)'\s*(?:,\s*'([^']*)'\s*,)?")
ASKED_MACRO = re.compile(r"\bp__(\w+?)(?:__must)?\(\s*(?:'([^']*)'\s*,)?")
LITERAL = re.compile(r"'([^']*)'")
Asked = frozenset[tuple[str, str | None]]
"""Names of parameters with their keys; None for a key that depends on the row."""


@dataclass(frozen=True)
class Run:
    """One run, as its reports see it."""

    audit: Audit
    settings: Settings
    forms: Forms
    words: Mapping[str, Pair]
    findings: Slices
    checks: Slices
    blocks: Blocks
    texts: Mapping[cells.Place, str]
    parameters_of: Mapping[str, Asked]
    parameters_always: Asked
    entity_units: Mapping[str, int]
    context: derived.Context
    codes_by_column: Mapping[tuple[str, str], DataCode]
    lineage: Lineage
    answers: Mapping[str, Answer] = field(default_factory=dict)
    profile: str = "verifier"
    detectors: Mapping[str, Any] = field(default_factory=dict)
    titles: dict[tuple[str, str], Pair] = field(default_factory=dict)
    skeletons: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def sector(self) -> Sector:
        """The sector that was audited."""
        return self.audit.sector

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of an id; None for record contracts, intake and other ids outside the packs."""
        return self.sector.rules.get(rule_id)

    def title(self, rule_id: str) -> Pair:
        """Title of a rule, notice or detector; the id itself where none is known."""
        found = self.sector.rules.get(rule_id) or self.sector.notices.get(rule_id)
        if found:
            return found.title.model_dump()
        detector = detectors().get(rule_id)
        return detector.TITLE.model_dump() if detector else {"zh": rule_id, "en": rule_id}

    def topic(self, rule_id: str) -> Pair | None:
        """Short word for what a rule is about, chosen by the letters of its id."""
        words = self.settings.topics.get(rule_id.split("-")[0])
        return words.model_dump() if words else None

    def say(self, key: str, **values: Any) -> Pair:
        """Interface words of a key, with placeholders filled."""
        return formats.fill(self.words[key], values)

    def findings_of(self, entity_id: str, unit_id: str) -> list[Row]:
        """Findings of a unit, and those of its entity as a whole (`unit_id` null)."""
        return [*self.findings.rows(entity_id, unit_id), *self.findings.rows(entity_id, None)]

    def checks_of(self, entity_id: str, unit_id: str) -> list[Row]:
        """Check runs of a unit and of its entity as a whole, by rule."""
        rows = [*self.checks.rows(entity_id, unit_id), *self.checks.rows(entity_id, None)]
        return sorted(rows, key=lambda row: (row["rule_id"], row["unit_id"] is None))

    def code_title(self, listing: str | None, value: Any) -> Pair:
        """The words of a code of a list; the value itself where it is none."""
        code = self.sector.codes.get(listing or "", {}).get(str(value))
        return code.title.model_dump() if code else {"zh": str(value), "en": str(value)}

    def item_title(self, value: Any) -> Pair | None:
        """The words of an item of the data, None for None."""
        item = self.settings.item
        return None if value is None or item is None else self.code_title(item.codes, value)


def gather(audit: Audit, profile: str = "verifier", *, texts: bool = True) -> Run:
    """What the reports of a run share (`texts` false: without cells); UsageError for a profile that does not exist."""
    if profile not in PROFILES:
        raise UsageError("--profile", f"没有报告对象 {profile}", f"there is no profile {profile}", read=profile)
    parsed = settings.parse(audit.sector.sections.get("report", {}))
    words = formats.book()["words"] | {key: one.model_dump() for key, one in parsed.words.items()}
    units = audit.scores.group_by("entity_id").len().sort("entity_id")
    return Run(
        audit=audit,
        settings=parsed,
        forms=settings_forms.parse(audit.sector),
        words=words,
        findings=slices(audit.findings, ("entity_id", "unit_id")),
        checks=slices(audit.checks, ("entity_id", "unit_id")),
        blocks=blocks_of(audit),
        texts=cells.texts(audit) if texts else {},
        parameters_of={name: _asked(rule, audit.sector) for name, rule in audit.sector.rules.items()},
        parameters_always=_of_views(audit.sector),
        entity_units=dict(units.iter_rows()),
        context=audit.sector.derived_context(),
        codes_by_column={
            (code.recalculated.name, code.recalculated.column): code for code in parsed.data_codes if code.recalculated
        },
        lineage=Lineage(audit.sector),
        answers={one.finding_id: one for one in audit.answers if one.state == "in_force"},
        profile=profile,
        detectors=_detectors(audit),
    )


def _detectors(audit: Audit) -> dict[str, Any]:
    """Detectors by id, where a run has signals of any; their modules say what they do and whom they flag falsely."""
    frame = getattr(audit, "signals", None)
    if frame is None or frame.is_empty() or importlib.util.find_spec("mrvaudit.detect") is None:
        return {}
    return {one.ID: one for one in plugins.load("mrvaudit.detect", ("ID", "TITLE", "score"), "mrvaudit.detectors")}


def _asked(rule: Rule, sector: Sector) -> Asked:
    """Parameters a rule asks for, itself or through the formulas it calls."""
    names = _in_texts(list(_strings(rule.model_dump(exclude={"examples"}))), sector)
    return frozenset(one for one in names if one[0] in sector.parameters)


def _of_views(sector: Sector) -> Asked:
    """Parameters that the derived views rest on, save those of the totals, whose rows tell the very keys."""
    names: set[tuple[str, str | None]] = set()
    for view in sector.views:
        names |= _in_texts(list(_strings(view.model_dump())), sector)
        if sector.settings.totals is None or view.view != sector.settings.totals.view:
            for column in view.columns.values():
                names |= {(column.parameter, literal_key(column.keys))} if column.parameter else set()
                names |= _of_formula(column.formula, sector)
    return frozenset(one for one in names if one[0] in sector.parameters)


def _in_texts(texts: Sequence[str], sector: Sector) -> set[tuple[str, str | None]]:
    """Parameters that SQL asks for, by name or through the formulas that it calls."""
    found = [pair for text in texts for one in (ASKED, ASKED_MACRO) for pair in one.findall(text)]
    called = {name.removesuffix("_printed") for text in texts for name in CALLED.findall(text)}
    through = [one for name in sorted(called) for one in _of_formula(name, sector)]
    return {(name, key or None) for name, key in found} | set(through)


def _of_formula(name: str | None, sector: Sector) -> set[tuple[str, str | None]]:
    """Parameters of a formula."""
    formula = sector.formulas.get(name or "")
    return {(uses.name, literal_key(uses.keys)) for uses in formula.parameters.values()} if formula else set()


def literal_key(keys: Sequence[str]) -> str | None:
    """The key that is written out in a pack, None where there is none or it depends on the row."""
    parts = [LITERAL.fullmatch(key) for key in keys]
    return "|".join(one[1] for one in parts if one) if parts and all(parts) else None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
