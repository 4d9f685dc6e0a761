"""A run of plants worked on together: their units, piles of fuel and streams as flat lists with positions.

A pile is one solid fuel of one yard; a stream is what one unit burns from one pile. Arrays of the other modules have a
row per unit, pile or stream, in these orders, and a column per day or month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from mrvaudit.sectors.power.sample.world.coals import COALS, Coal, Range
from mrvaudit.sectors.power.sample.world.dates import DayOfYear, Year
from mrvaudit.sectors.power.sample.world.digits import Bools, Floats, Ints
from mrvaudit.sectors.power.sample.world.plants import Plant, Unit, generator

Draw: TypeAlias = Callable[[np.random.Generator, tuple[int, ...]], Floats]


@dataclass(frozen=True)
class Pile:
    """One solid fuel in one yard of a plant (position in the block)."""

    plant: int
    yard: int
    coal: Coal


@dataclass(frozen=True)
class Stream:
    """A unit's draw from a pile (positions in the block): usual share of the unit's heat."""

    unit: int
    pile: int
    share: float


@dataclass(frozen=True)
class Block:
    """Plants of one year, in the order of their numbers."""

    seed: int
    year: Year
    plants: tuple[Plant, ...]

    @cached_property
    def units(self) -> list[tuple[int, Unit]]:
        """Position of the plant, and the unit."""
        return [(at, unit) for at, plant in enumerate(self.plants) for unit in plant.units]

    @cached_property
    def piles(self) -> list[Pile]:
        """Every yard's main fuel, then what is mixed in."""
        piles = []
        for at, plant in enumerate(self.plants):
            if plant.coal is not None:
                piles += [Pile(at, yard, plant.coal) for yard in range(plant.yards)]
            if plant.mixed_in:
                piles.append(Pile(at, 0, COALS["mid_bituminous"]))
        return piles

    @cached_property
    def streams(self) -> list[Stream]:
        """In the order of units, the main fuel first."""
        of_plant: dict[int, list[int]] = {}
        for position, pile in enumerate(self.piles):
            of_plant.setdefault(pile.plant, []).append(position)
        streams = []
        for at, (plant_at, unit) in enumerate(self.units):
            plant = self.plants[plant_at]
            for position in of_plant.get(plant_at, []):
                pile = self.piles[position]
                main = pile.coal is plant.coal
                if pile.yard == unit.yard:
                    streams.append(Stream(at, position, 1 - plant.mixed_in if main else plant.mixed_in))
        return streams

    @cached_property
    def plant_of_unit(self) -> Ints:
        """Position of each unit's plant."""
        return np.array([at for at, _ in self.units], dtype=np.int64)

    @cached_property
    def kept(self) -> Bools:
        """Units that belong to the fleet."""
        return np.array([unit.kept for _, unit in self.units], dtype=np.bool_)

    @cached_property
    def kept_streams(self) -> Bools:
        """Streams of units that belong to the fleet."""
        return self.kept[self.unit_of_stream]

    @cached_property
    def burns_gas(self) -> Bools:
        """Units of gas plants."""
        return np.array([self.plants[at].kind == "gas" for at, _ in self.units], dtype=np.bool_)

    @cached_property
    def unit_of_stream(self) -> Ints:
        """Position of each stream's unit."""
        return np.array([stream.unit for stream in self.streams], dtype=np.int64)

    @cached_property
    def pile_of_stream(self) -> Ints:
        """Position of each stream's pile."""
        return np.array([stream.pile for stream in self.streams], dtype=np.int64)

    def per_unit(self, figure: Callable[[Unit], float]) -> Floats:
        """A column of one figure of each unit."""
        return np.array([figure(unit) for _, unit in self.units], dtype=np.float64).reshape(-1, 1)

    def of_coals(self, pair: Callable[[Coal], Range]) -> tuple[Floats, Floats]:
        """Two columns: the first and the second figure of each pile's coal."""
        found = np.array([pair(pile.coal) for pile in self.piles], dtype=np.float64).reshape(-1, 2)
        return found[:, :1], found[:, 1:]

    @cached_property
    def plant_of_pile(self) -> Ints:
        """Position of each pile's plant."""
        return np.array([pile.plant for pile in self.piles], dtype=np.int64)

    @cached_property
    def plant_of_stream(self) -> Ints:
        """Position of each stream's plant."""
        return self.plant_of_unit[self.unit_of_stream]

    def rng(self, plant: int, topic: str) -> np.random.Generator:
        """Random numbers of a topic of the plant at this position."""
        return generator(self.seed, self.plants[plant].index, topic)

    def noise(self, owners: Ints, topic: str, *shape: int) -> Floats:
        """Independent noise of spread 1, an array of `shape` for each row; `owners` are the rows' plants, in order."""
        return self._drawn(owners, topic, shape, lambda rng, size: rng.standard_normal(size))

    def shares(self, owners: Ints, topic: str, *shape: int) -> Floats:
        """As `noise`, but even between 0 and 1."""
        return self._drawn(owners, topic, shape, lambda rng, size: rng.random(size))

    def _drawn(self, owners: Ints, topic: str, shape: tuple[int, ...], draw: Draw) -> Floats:
        counts = np.bincount(owners, minlength=len(self.plants))
        rows = [draw(self.rng(at, topic), (count, *shape)) for at, count in enumerate(counts) if count]
        return np.concatenate(rows) if rows else np.empty((0, *shape))

    def seasons(self) -> Floats:
        """Heating season of each unit by day."""
        known: dict[tuple[DayOfYear, DayOfYear] | None, Floats] = {}
        rows = []
        for at, _ in self.units:
            window = self.plants[at].province.heating
            rows.append(known.setdefault(window, self.year.season(window)))
        return np.array(rows)


def wander(noise: Floats, memory: float) -> Floats:
    """Noise of spread 1 that remembers the day before, from independent noise; days along the last axis."""
    out = np.empty_like(noise)
    out[..., 0] = noise[..., 0]
    step = (1 - memory**2) ** 0.5
    for day in range(1, noise.shape[-1]):
        out[..., day] = memory * out[..., day - 1] + step * noise[..., day]
    return out
