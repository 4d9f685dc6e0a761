"""Chooses which units get a fault, plants it, and writes down the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from mrvaudit.sector import Sector
from mrvaudit.sectors.power.sample.books.declared import Slip
from mrvaudit.sectors.power.sample.faults.kinds import FAULTS, SIZE_NAMES, Fault
from mrvaudit.sectors.power.sample.faults.scene import Scene, Target, before, put_back, rows, spans_of
from mrvaudit.sectors.power.sample.frames import Tables
from mrvaudit.sectors.power.sample.regime import Regime
from mrvaudit.sectors.power.sample.world.names import GAS
from mrvaudit.sectors.power.sample.world.plants import Plant, Unit, generator

TRUTH = {
    "entity_id": pl.String(), "unit_id": pl.String(), "month": pl.String(), "fault": pl.String(),
    "size_name": pl.String(), "size": pl.Float64(), "rule_id": pl.String(), "table": pl.String(), "field": pl.String(),
}  # fmt: skip
_LEAST_HOURS = 240  # a month in which a fault is worth planting


@dataclass(frozen=True)
class Setting:
    """What a fleet is made under: the packs, the year's numbers, the year and the seed."""

    sector: Sector
    regime: Regime
    year: int
    seed: int


def plant_faults(
    fleet: Tables, plants: list[Plant], share: float, setting: Setting
) -> tuple[Tables, list[Slip], pl.DataFrame]:
    """Ledgers with faults at a share of the units, slips of their reports, and the truth: a row for each finding due.

    A fault of units that share a report stands there once for each of them, a fault of the plant once without a unit;
    a fault of the whole year has no month. Kinds and sizes are dealt like cards, the real sizes of all kinds first, so
    that a fleet has some of each. A kind whose rule does not ask of the year is left out.
    """
    if share <= 0:
        return fleet, [], pl.DataFrame(schema=TRUTH)
    spans, scenes, truth = spans_of(fleet), [], []
    deck = Deck(generator(setting.seed, 0, "deck"), faults_of(setting.sector, setting.year))
    for plant in plants:
        rng = generator(setting.seed, plant.index, "faults")
        scene = Scene(plant.entity_id, fleet, spans, setting.regime, setting.year)
        taken: dict[date | str, Fault] = {}
        for unit in plant.units:
            if unit.kept and rng.random() < share:
                truth += _one(scene, plant, unit, rng, deck, taken)
        if scene.changed or scene.slips:
            scenes.append(scene)
    slips = [slip for scene in scenes for slip in scene.slips]
    return put_back(fleet, spans, scenes), slips, pl.DataFrame(truth, schema=TRUTH, orient="row")


def faults_of(sector: Sector, year: int) -> tuple[Fault, ...]:
    """The kinds whose rules ask of the records of that data year."""

    def asked(fault: Fault) -> bool:
        valid, of_year = sector.rules[fault.rule_id].valid, year + fault.ahead
        return valid.since <= f"{of_year}-01" and (valid.until is None or valid.until > f"{of_year}-12")

    return tuple(fault for fault in FAULTS if asked(fault))


@dataclass
class Deck:
    """Kinds of faults and the positions of their sizes, shuffled; what was dealt is gone until all have been."""

    rng: np.random.Generator
    faults: tuple[Fault, ...]
    cards: list[tuple[Fault, int]] = field(default_factory=list)

    def shuffled(self) -> list[tuple[Fault, int]]:
        """All cards in a new order, those of real size before the others."""
        cards = [(fault, size_at) for fault in self.faults for size_at in range(len(SIZE_NAMES))]
        mixed = [cards[int(at)] for at in self.rng.permutation(len(cards))]
        return sorted(mixed, key=lambda card: SIZE_NAMES[card[1]] != "real")


def _one(
    scene: Scene, plant: Plant, unit: Unit, rng: np.random.Generator, deck: Deck, taken: dict[date | str, Fault]
) -> list[tuple[object, ...]]:
    """Plant one fault at the unit: the first card that finds something to be planted in.

    `taken` are the months, the kinds and the rules of year-long faults of the plant so far: no two faults speak of the
    same figures.
    """
    months = [month for month in _running_months(scene, unit) if month not in taken]
    deck.cards = deck.cards or deck.shuffled()
    for card in [*deck.cards, *deck.shuffled()]:
        fault, size_at = card
        if plant.kind not in fault.kinds or {fault.name, fault.rule_id} & set(taken) or _meets(fault, taken):
            continue
        for at in rng.permutation(len(months)):
            target = Target(_units_of(plant, unit, fault), _main_fuel(plant), months[int(at)], frozenset(months))
            spoilt = fault.apply(scene, target, fault.sizes[size_at], rng)
            if spoilt:
                deck.cards = [one for one in deck.cards if one is not card]
                taken[fault.name] = fault
                taken.update({fault.rule_id: fault} if fault.span == "year" else dict.fromkeys(spoilt, fault))
                return _truth(scene, fault, target, size_at, spoilt)
    return []


def _meets(fault: Fault, taken: dict[date | str, Fault]) -> bool:
    """Whether a fault of reports would meet another, because one of them runs through the whole year."""
    others = [other for other in taken.values() if other.reach == fault.reach == "report"]
    return any("year" in (fault.span, other.span) for other in others)


def _running_months(scene: Scene, unit: Unit) -> list[date]:
    ledger = rows(scene, "power_output").filter(pl.col("unit_id") == unit.unit_id)
    return ledger.filter(pl.col("operating_hours") >= _LEAST_HOURS)["month"].to_list()


def _units_of(plant: Plant, unit: Unit, fault: Fault) -> tuple[str, ...]:
    """The units a fault concerns: the one, those of its yard, all of the plant."""
    if fault.reach == "unit":
        return (unit.unit_id,)
    same = [one for one in plant.units if one.kept and (fault.reach != "report" or one.yard == unit.yard)]
    return tuple(one.unit_id for one in same)


def _main_fuel(plant: Plant) -> str:
    return plant.coal.fuel if plant.coal is not None else GAS


def _truth(
    scene: Scene, fault: Fault, target: Target, size_at: int, spoilt: tuple[date, ...]
) -> list[tuple[object, ...]]:
    what = (fault.name, SIZE_NAMES[size_at], float(fault.sizes[size_at]), fault.rule_id, fault.table, fault.field)
    reports = before(scene, "element_carbon").filter(pl.col("fuel") == target.fuel)
    tested = set(reports.select("unit_id", "month").iter_rows())
    due: list[date | None] = [month for month in sorted(spoilt) if month >= target.month]
    truth: list[tuple[object, ...]] = []
    for month in due if fault.span == "month" else [None]:
        text = f"{month:%Y-%m}" if month is not None else None
        for unit in (None,) if fault.reach == "plant" else target.units:
            # a unit that stood still has no report of that month to be wrong
            if fault.reach != "report" or month is None or (unit, month) in tested:
                truth.append((scene.entity_id, unit, text, *what))
    return truth
