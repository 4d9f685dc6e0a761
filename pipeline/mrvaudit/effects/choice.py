"""Which findings get a scenario of their own, in which order, and which scenarios go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mrvaudit.effects.causes import Found
from mrvaudit.effects.scenarios import Scenario
from mrvaudit.model import SEVERITIES

# Of one unit, or of an entity's own findings: beyond this they share the joint scenario alone.
MOST_SCENARIOS = 50
# Copied rows of one pass: what fits into the memory of a connection with room to spare.
MOST_ROWS = 1_500_000


@dataclass(frozen=True)
class Item:
    """A finding of one entity in the eyes of the replay; `kind` is how its tonnes count; `open` as its status."""

    found: Found
    entity_id: str
    unit_key: int | None
    month: date | None
    kind: str
    severity: str
    gap: float
    open: bool = True

    def size(self, tonnes: Mapping[tuple[int, date], float]) -> float:
        """How large its effect may be: the share by which the figure is off, of the emissions it bears on."""
        if self.unit_key is None or self.month is None:
            return self.gap * max((v for (unit, _), v in tonnes.items() if unit == self.unit_key), default=0.0)
        return self.gap * tonnes.get((self.unit_key, self.month), 0.0)


def gap(observed: float | None, expected: float | None) -> float:
    """By which share of the larger figure two figures differ; 1 where there are no two figures to compare."""
    if observed is None or expected is None or observed == expected == 0:
        return 1.0
    return abs(observed - expected) / max(abs(observed), abs(expected))


def ranked(item: Item, tonnes: Mapping[tuple[int, date], float]) -> tuple[object, ...]:
    """Largest first, then gravest, then by id."""
    return (-item.size(tonnes), SEVERITIES.index(item.severity), item.found.finding_id)


def chosen(items: Sequence[Item], tonnes: Mapping[tuple[int, date], float]) -> tuple[list[Item], list[Item]]:
    """Items with a correction that get a scenario, in order, and those that do not."""
    taken: list[Item] = []
    left: list[Item] = []
    counts: dict[tuple[str, int | None], int] = {}
    for item in sorted((one for one in items if one.found.cells), key=lambda one: ranked(one, tonnes)):
        owner = (item.entity_id, item.unit_key)
        counts[owner] = counts.get(owner, 0) + 1
        (taken if counts[owner] <= MOST_SCENARIOS else left).append(item)
    return sorted(taken, key=lambda one: one.found.finding_id), left


@dataclass
class Batch:
    """Scenarios of one pass: of each entity first the rows as submitted."""

    scenarios: list[Scenario]
    bases: dict[int, int]
    items: dict[int, Item]
    rows: int = 0


def batches(items: Sequence[Item], rows: Mapping[str, int]) -> Iterator[Batch]:
    """Items in passes of at most MOST_ROWS copied rows; an entity with many goes into several, each with its base.

    `rows` is how many rows a copy of each entity has. The passes depend on the data alone.
    """
    batch = Batch([], {}, {})
    base_of: dict[str, int] = {}
    for item in sorted(items, key=lambda one: (one.entity_id, one.found.finding_id)):
        cost = rows.get(item.entity_id, 0)
        needed = cost if item.entity_id in base_of else 2 * cost
        if batch.items and batch.rows + needed > MOST_ROWS:
            yield batch
            batch, base_of = Batch([], {}, {}), {}
            needed = 2 * cost
        if item.entity_id not in base_of:
            base_of[item.entity_id] = len(batch.scenarios)
            batch.bases[len(batch.scenarios)] = len(batch.scenarios)
            batch.scenarios.append(Scenario(item.entity_id))
        number = len(batch.scenarios)
        batch.bases[number], batch.items[number] = base_of[item.entity_id], item
        batch.scenarios.append(Scenario(item.entity_id, item.found.cells))
        batch.rows += needed
    if batch.items:
        yield batch
