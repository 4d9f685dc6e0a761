"""Which finding lies downstream of which in the derived graph, and is gone once that one is corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mrvaudit.checks.compile import FIGURES, needed
from mrvaudit.checks.lineage import Lineage
from mrvaudit.effects.replay import Place
from mrvaudit.effects.scenarios import Cell
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector

Source = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """A finding as causes see it; `order` is its place among those that may be its cause."""

    finding_id: str
    rule_id: str
    result: str
    table: str
    field: str
    block: int | None
    line: int | None
    cells: tuple[Cell, ...]
    order: tuple[Any, ...]

    @property
    def subject(self) -> Source:
        """The cell's column."""
        return (self.table, self.field)

    @property
    def place(self) -> Place:
        """What tells it apart in a scenario."""
        return (self.rule_id, self.result, self.block or 0, self.line or 0)

    @property
    def corrected(self) -> frozenset[Source]:
        """Columns that its correction changes."""
        return frozenset((cell.table, cell.field) for cell in self.cells)


class Graph:
    """What the question of each rule reads, down to the record tables.

    `moved` is the column of the declared result, which moves with a correction of any of the columns `movers`.
    """

    def __init__(
        self, sector: Sector, lineage: Lineage, moved: Source | None = None, movers: frozenset[Source] = frozenset()
    ) -> None:
        self._sector, self._lineage = sector, lineage
        self._moved, self._movers = moved, movers
        self._known: dict[str, frozenset[Source]] = {}

    def reads(self, rule: Rule) -> frozenset[Source]:
        """Record-table columns behind the figures and the question of a rule."""
        if rule.id not in self._known:
            names = dict.fromkeys((*needed(rule), *FIGURES[:3]))
            direct = [one for name in names for one in self._lineage.of_rule(rule, name)]
            self._known[rule.id] = frozenset(base for source in direct for base in self._lineage.base_columns(*source))
        return self._known[rule.id]

    def follows(self, later: Found, cause: Found) -> bool:
        """Whether the later finding's subject lies downstream of what the cause corrects, and not the other way.

        Rules that look at the whole run are not asked: in a scenario they would see copies of one entity.
        """
        rules = self._sector.rules
        if later.rule_id not in rules or cause.rule_id not in rules or later.finding_id == cause.finding_id:
            return False
        rule = rules[later.rule_id]
        if rule.scope == "global" or later.block is None or later.subject == cause.subject:
            return False
        changed = cause.corrected
        if self._moved is not None and changed & self._movers:
            changed |= {self._moved}
        return bool(changed & self.reads(rule)) and later.subject not in self.reads(rules[cause.rule_id])


def pairs(graph: Graph, found: Sequence[Found]) -> list[tuple[Found, Found]]:
    """(later, cause) of one entity's findings that the derived graph allows."""
    causes = [one for one in found if one.cells]
    return [(later, cause) for later in found for cause in causes if graph.follows(later, cause)]


def causes(
    allowed: Iterable[tuple[Found, Found]],
    fired: Mapping[Place, frozenset[int]],
    scenario: Mapping[str, int],
    base: int,
) -> dict[str, str]:
    """finding_id -> finding_id of its cause: found as submitted, not found once the cause is corrected.

    `fired` gives the scenarios in which a row is found, `scenario` that of each cause. Of several causes the one
    furthest up, then the first in order; a loop is cut where it closes.
    """
    heads: dict[str, list[Found]] = {}
    for later, cause in allowed:
        made = fired.get(later.place, frozenset())
        if cause.finding_id in scenario and base in made and scenario[cause.finding_id] not in made:
            heads.setdefault(later.finding_id, []).append(cause)
    chosen: dict[str, str] = {}
    for finding_id, candidates in heads.items():
        for cause in sorted(candidates, key=lambda one: (one.finding_id in heads, one.order)):
            if not _leads_to(chosen, cause.finding_id, finding_id):
                chosen[finding_id] = cause.finding_id
                break
    return chosen


def _leads_to(chosen: Mapping[str, str], start: str, goal: str) -> bool:
    while start != goal and start in chosen:
        start = chosen[start]
    return start == goal
