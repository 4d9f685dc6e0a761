"""When units stand still: overhauls in spring and autumn, faults, reserve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.digits import Floats

_OVERHAULS = (("C级检修", 0.50, (18, 26)), ("B级检修", 0.16, (32, 45)), ("A级检修", 0.05, (48, 62)))
_SHORT = (("非计划停运", 0.6, (1, 4)), ("备用停机", 0.4, (3, 9)))
_SPRING, _AUTUMN = (62, 135), (246, 290)
_APART_DAYS = 5


@dataclass(frozen=True)
class Stop:
    """A unit off the grid from `hour_off` of one day to `hour_on` of a later one (days counted from 0)."""

    unit: int
    first: int
    hour_off: float
    last: int
    hour_on: float
    kind: str

    @property
    def start_type(self) -> str:
        """Cold after three days, hot within ten hours."""
        hours = 24 * (self.last - self.first) + self.hour_on - self.hour_off
        return "cold" if hours > 72 else "warm" if hours > 10 else "hot"


def draw_stops(block: Block) -> list[Stop]:
    """The stops of every unit, by unit and day. Overhauls of one plant's units do not meet."""
    stops: list[Stop] = []
    position = 0
    for at, plant in enumerate(block.plants):
        rng = block.rng(at, "stops")
        planned: list[Stop] = []
        for _ in plant.units:
            own: list[Stop] = []
            overhaul = _overhaul(rng, position)
            if overhaul is not None and _is_free(overhaul, planned):
                planned.append(overhaul)
                own.append(overhaul)
            for _ in range(rng.poisson(1.4)):
                kind, _, (least, most) = _SHORT[int(rng.random() < _SHORT[1][1])]
                first = int(rng.integers(8, block.year.length - 20))
                stop = _stop(rng, position, first, first + int(rng.integers(least, most + 1)), kind)
                if _is_free(stop, own):
                    own.append(stop)
            stops += sorted(own, key=lambda stop: stop.first)
            position += 1
    return stops


def _overhaul(rng: np.random.Generator, unit: int) -> Stop | None:
    drawn, season = rng.random(), _SPRING if rng.random() < 0.55 else _AUTUMN
    first, share = int(rng.integers(*season)), rng.random()
    for kind, chance, (least, most) in _OVERHAULS:
        if drawn < chance:
            return _stop(rng, unit, first, first + least + int(share * (most - least + 1)), kind)
        drawn -= chance
    return None


def _stop(rng: np.random.Generator, unit: int, first: int, last: int, kind: str) -> Stop:
    off, on = rng.uniform(0.5, 23.5, 2)
    return Stop(unit, first, round(float(off), 2), last, round(float(on), 2), kind)


def _is_free(stop: Stop, others: list[Stop]) -> bool:
    return all(stop.last + _APART_DAYS < other.first or other.last + _APART_DAYS < stop.first for other in others)


def running_hours(block: Block, stops: list[Stop]) -> Floats:
    """Hours on the grid of each unit and day, two decimals."""
    hours = np.full((len(block.units), block.year.length), 24.0)
    for stop in stops:
        hours[stop.unit, stop.first] = stop.hour_off
        hours[stop.unit, stop.first + 1 : stop.last] = 0.0
        hours[stop.unit, stop.last] = round(24 - stop.hour_on, 2)
    return hours
