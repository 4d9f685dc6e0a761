"""What units do day by day: load, generation, heat sent out, heat of fuel needed, ignition oil."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrvaudit.sectors.power.sample.physics.stops import Stop, running_hours
from mrvaudit.sectors.power.sample.regime import Regime
from mrvaudit.sectors.power.sample.world.block import Block, wander
from mrvaudit.sectors.power.sample.world.digits import Floats, Ints, printed
from mrvaudit.sectors.power.sample.world.names import DIESEL

LOAD_SLOPE = 0.18  # coal rate rises by this share of itself for each unit of load below _USUAL_LOAD
_USUAL_LOAD = 0.80
_EXTRACTION_GAIN = 0.03  # steam taken out for heat spares the condenser a little
_OIL_T_PER_MW = {"oil": 0.055, "micro_oil": 0.018, "plasma": 0.004}
_OIL_BY_START = {"cold": 1.0, "warm": 0.6, "hot": 0.4}
_BURNER_TESTS = {"oil": 3, "micro_oil": 2, "plasma": 1}


@dataclass(frozen=True)
class Running:
    """Unit × day. Hours in 1/100 h, generation in kWh, heat in 1/100 GJ, oil in 1/100 t; fuel heat in GJ unrounded."""

    hours: Ints
    starts: Ints
    generation: Ints
    town_heat: Ints
    works_heat: Ints
    boiler_heat: Ints
    fuel_heat: Floats
    oil: Ints

    @property
    def heat(self) -> Ints:
        """All heat sent out, in 1/100 GJ."""
        return self.town_heat + self.works_heat


def operate(block: Block, stops: list[Stop], regime: Regime) -> Running:
    """Every unit's days; fuel heat follows from generation, heat, load and the unit's own rate."""
    noise = block.noise(block.plant_of_unit, "days", 4, block.year.length)
    hours = running_hours(block, stops)
    load = _load(block, wander(noise[:, 0], 0.6), hours)
    generation = printed(block.per_unit(lambda unit: unit.capacity_mw) * hours * load, 3)
    town, works = _heat(block, hours, noise[:, 1], noise[:, 2])
    sent_out = (town + works) / 100
    power = regime.standard_coal_gj_per_tce * generation / 1000 * _rate(block, load)
    for_heat = sent_out / block.per_unit(lambda unit: unit.efficiency)
    share = for_heat / np.maximum(for_heat + power, 1e-9)
    fuel_heat = for_heat + power * (1 - _EXTRACTION_GAIN * share)
    starts = np.zeros(hours.shape, dtype=np.int64)
    for stop in stops:
        starts[stop.unit, stop.last] = 1
    efficiency = block.per_unit(lambda unit: unit.efficiency) * (1 + 0.0012 * noise[:, 3])
    oil = _oil(block, stops, hours)
    fired = fuel_heat + oil / 100 * regime.ncv_default[DIESEL]
    boiler = np.where(block.burns_gas[:, None], 0, printed(fired * efficiency, 2))
    return Running(
        hours=printed(hours, 2),
        starts=starts,
        generation=generation,
        town_heat=town,
        works_heat=works,
        boiler_heat=boiler,
        fuel_heat=fuel_heat,
        oil=oil,
    )


def _load(block: Block, noise: Floats, hours: Floats) -> Floats:
    year = block.year
    of_season = 0.03 * np.abs(year.summer) - 0.015
    load = block.per_unit(lambda unit: unit.load) + of_season - 0.025 * year.is_weekend + 0.035 * noise
    return np.clip(np.where(hours < 24, 0.85 * load, load), 0.40, 0.97)


def _heat(block: Block, hours: Floats, town_noise: Floats, works_noise: Floats) -> tuple[Ints, Ints]:
    size = block.per_unit(lambda unit: unit.capacity_mw) * hours / 24
    cold = block.seasons() * (1 - 0.25 * block.year.summer)
    town = block.per_unit(lambda unit: unit.town_heat) * size * cold * (1 + 0.04 * np.clip(town_noise, -3, 3))
    works = block.per_unit(lambda unit: unit.works_heat) * size * (1 + 0.05 * np.clip(works_noise, -3, 3))
    return printed(town, 2), printed(works, 2)


def _rate(block: Block, load: Floats) -> Floats:
    """Standard coal per generation in tce/MWh at the day's load."""
    gross = block.per_unit(lambda unit: unit.design_rate / 1000 * (1 - unit.station_use_pct / 100) * (1 + unit.worn))
    return gross * (1 + LOAD_SLOPE * (_USUAL_LOAD - load))


def _oil(block: Block, stops: list[Stop], hours: Floats) -> Ints:
    """Ignition oil in 1/100 t: short burner tests on days of full running, and starts."""
    oil = np.zeros(hours.shape)
    even = block.shares(block.plant_of_unit, "oil", 7, 12)
    firsts = np.array([(month - block.year.first).days for month in block.year.months])
    for at, (plant_at, _) in enumerate(block.units):
        plant = block.plants[plant_at]
        for test in range(_BURNER_TESTS[plant.ignition] if plant.kind != "gas" else 0):
            days = firsts + 1 + np.floor(26 * even[at, test]).astype(np.int64)
            oil[at, days] = 0.35 + 0.8 * even[at, 3 + test]
    oil[hours < 24] = 0.0
    for stop in stops:
        plant_at, started = block.units[stop.unit]
        plant = block.plants[plant_at]
        if plant.kind != "gas":
            usual = _OIL_T_PER_MW[plant.ignition] * started.capacity_mw * _OIL_BY_START[stop.start_type]
            oil[stop.unit, stop.last] = usual * (0.8 + 0.4 * even[stop.unit, 6, stop.first % 12])
    return printed(oil, 2)
