"""Made-up plants: where they stand, which units they have, what they burn. One plant is one reporting entity.

Everything random about plant number k comes from generators seeded by (seed, k, topic), so that a unit is the same in
a fleet of any size.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

from mrvaudit.sectors.power.sample.world.classes import AIR_COOLING_G_PER_KWH, CLASSES, UnitClass
from mrvaudit.sectors.power.sample.world.coals import COALS, Coal, Range
from mrvaudit.sectors.power.sample.world.digits import credit_code
from mrvaudit.sectors.power.sample.world.places import PROVINCES, Province, Town

Choice = TypeVar("Choice")
LABORATORIES = 30
# Coal rate above design after years of running; part of a heat supplier's is what its power side is credited with.
_WORN, _WORN_WITH_HEAT = (0.015, 0.045), (0.045, 0.080)


@dataclass(frozen=True)
class Unit:
    """One generating unit; `kept` is false for the units of the last plant that are beyond the fleet's size.

    Rate of supply as designed in g/kWh, station use in percent, efficiency, wear and load as fractions, heat in GJ a
    day and MW.
    """

    number: int
    of: UnitClass
    capacity_mw: int
    yard: int
    design_rate: float
    station_use_pct: float
    efficiency: float
    worn: float
    load: float
    town_heat: float
    works_heat: float
    commissioned: date
    kept: bool

    @property
    def unit_id(self) -> str:
        """As plants number their units: unique within the plant only."""
        return f"{self.number}#机组"


@dataclass(frozen=True)
class Plant:
    """One reporting entity. `mixed_in` is the share of heat from ordinary coal where the main fuel is gangue."""

    index: int
    entity_id: str
    name: str
    province: Province
    town: Town
    kind: str
    coal: Coal | None
    mixed_in: float
    yards: int
    air_cooled: bool
    cogeneration: bool
    ignition: str
    laboratory: int
    books_surveys: bool
    gas_is_tested: bool
    units: tuple[Unit, ...]


def generator(seed: int, plant: int, topic: str) -> np.random.Generator:
    """The random numbers of one topic of one plant."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(plant, zlib.crc32(topic.encode()))))


def plan_plants(units: int, year: int, seed: int) -> list[Plant]:
    """Plants with `units` units together; of the last plant as many units are kept as are still needed."""
    plants: list[Plant] = []
    missing = units
    while missing > 0:
        plant = _draw_plant(seed, len(plants), year, missing)
        plants.append(plant)
        missing -= len(plant.units)
    return plants


def _draw_plant(seed: int, index: int, year: int, missing: int) -> Plant:
    rng = generator(seed, index, "plant")
    province = _chosen(rng, [(one, one.weight) for one in PROVINCES])
    town = province.towns[rng.integers(len(province.towns))]
    usual = 1 - province.gas - province.gangue
    kind = _chosen(rng, [("gas", province.gas), ("gangue", province.gangue), ("coal", usual)])
    coal = COALS["gangue"] if kind == "gangue" else COALS[_chosen(rng, list(province.coals))]
    count = _chosen(rng, [(1, 0.2), (2, 0.6), (3, 0.1), (4, 0.1)])
    classes = [(one, one.weight) for one in CLASSES.values() if one.kind == kind]
    of, other = _chosen(rng, classes), _chosen(rng, classes)
    two_yards = count == 4 and kind == "coal" and rng.random() < 0.4
    phases = [(of, (1, 2)), (other, (3, 4))] if count == 4 else [(of, tuple(range(1, count + 1)))]
    site = _Site(
        year=year,
        air_cooled=bool(rng.random() < province.air_cooled) and kind != "gas",
        cogeneration=bool(rng.random() < of.cogeneration),
        has_winter=province.heating is not None,
        missing=missing,
    )
    return Plant(
        index=index,
        entity_id=credit_code(province.region, f"MAY{index:05d}"),
        name=f"示例{index + 1:04d}号{'热电' if site.cogeneration else '发电'}有限公司",
        province=province,
        town=town,
        kind=kind,
        coal=None if kind == "gas" else coal,
        mixed_in=_between(rng, (0.20, 0.36)) if kind == "gangue" else 0.0,
        yards=2 if two_yards else 1,
        air_cooled=site.air_cooled,
        cogeneration=site.cogeneration,
        ignition=_chosen(rng, [("oil", 0.3), ("micro_oil", 0.45), ("plasma", 0.25)]),
        laboratory=int(rng.integers(LABORATORIES)),
        books_surveys=bool(rng.random() < 0.7),
        gas_is_tested=kind == "gas" and bool(rng.random() < 0.5),
        units=tuple(
            unit
            for phase, (built_as, numbers) in enumerate(phases)
            for unit in _draw_phase(rng, site, built_as, numbers, phase if two_yards else 0)
        ),
    )


@dataclass(frozen=True)
class _Site:
    """What the units of a plant have in common; `missing` is how many units the fleet still needs."""

    year: int
    air_cooled: bool
    cogeneration: bool
    has_winter: bool
    missing: int


def _draw_phase(
    rng: np.random.Generator, site: _Site, of: UnitClass, numbers: tuple[int, ...], yard: int
) -> list[Unit]:
    """Units built together: of one size and rate, each worn a little differently."""
    capacity = int(rng.choice(of.capacities_mw))
    first_built = date(int(rng.integers(of.commissioned[0], min(of.commissioned[1], site.year - 2) + 1)), 1, 1)
    built = first_built + timedelta(days=int(rng.integers(360)))
    rate = _between(rng, of.design_rate) + (AIR_COOLING_G_PER_KWH if site.air_cooled else 0.0)
    to_town = site.has_winter and rng.random() < 0.85
    to_works = rng.random() < 0.55 or not to_town
    town_heat, works_heat = _between(rng, of.town_heat), _between(rng, of.works_heat)
    units = []
    for number in numbers:
        share = rng.random(5)
        units.append(
            Unit(
                number=number,
                of=of,
                capacity_mw=capacity,
                yard=yard,
                design_rate=round(rate, 1),
                station_use_pct=_at(share[0], of.station_use_pct),
                efficiency=_at(share[1], of.efficiency),
                worn=_at(share[2], _WORN_WITH_HEAT if site.cogeneration else _WORN),
                load=_at(share[3], of.load),
                town_heat=town_heat * (0.9 + 0.2 * share[4]) if site.cogeneration and to_town else 0.0,
                works_heat=works_heat * (0.9 + 0.2 * share[4]) if site.cogeneration and to_works else 0.0,
                commissioned=built + timedelta(days=120 * (number - numbers[0])),
                kept=number <= site.missing,
            )
        )
    return units


def _chosen(rng: np.random.Generator, options: list[tuple[Choice, float]]) -> Choice:
    """One of the options, each as likely as its weight says."""
    edges = np.cumsum([weight for _, weight in options])
    at = int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))
    return options[min(at, len(options) - 1)][0]


def _between(rng: np.random.Generator, window: Range) -> float:
    return _at(rng.random(), window)


def _at(share: float, window: Range) -> float:
    return float(window[0] + share * (window[1] - window[0]))
