"""A unit's month of production, and what the grid company, the meters and the heat customers say of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.frames import Column, frame, hundredths, joined, spread, thousandths, where
from mrvaudit.sectors.power.sample.physics.burning import Burning, gas_heat_of_month
from mrvaudit.sectors.power.sample.physics.operation import Running
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.digits import Ints, figures, half_up_ratio, printed
from mrvaudit.sectors.power.sample.world.names import Names
from mrvaudit.tables import Table

_HEAT_SELF_USE_MWH_PER_GJ = 0.0055
_TRANSFORMER_LOSS = 0.005
_STANDSTILL_MW_PER_MW = 0.002  # what a plant without a running unit draws from the grid
_GRID_METER_ERROR = 4e-4
_GATE = "关口"


@dataclass(frozen=True)
class Production:
    """Unit × month: electricity in kWh, heat in 1/100 GJ, hours in 1/100 h, ratio and load in 1/100 percent."""

    generation: Ints
    self_use: Ints
    heat_self_use: Ints
    total_self_use: Ints
    supply: Ints
    heat: Ints
    heat_ratio: Ints
    hours: Ints
    load_factor: Ints


def produce(block: Block, running: Running, burning: Burning) -> Production:
    """Every figure follows from the printed ones before it."""
    by_month = block.year.by_month
    generation, heat, hours = by_month(running.generation), by_month(running.heat), by_month(running.hours)
    noise = np.clip(block.noise(block.plant_of_unit, "output", 2, 12), -3, 3)
    own = block.per_unit(lambda unit: unit.station_use_pct / 100) * (1 + 0.012 * noise[:, 0])
    for_heat = printed(heat / 100 * _HEAT_SELF_USE_MWH_PER_GJ, 3)
    self_use = printed(generation / 1000 * own, 3) + for_heat
    total = self_use + printed(generation / 1000 * _TRANSFORMER_LOSS * (1 + 0.04 * noise[:, 1]), 3)
    fuel_or_boiler = np.where(
        block.burns_gas[:, None], gas_heat_of_month(block, burning), by_month(running.boiler_heat)
    )
    ratio = half_up_ratio(10_000 * heat, fuel_or_boiler)
    capacity = printed(block.per_unit(lambda unit: unit.capacity_mw), 0)
    return Production(
        generation=generation,
        self_use=self_use,
        heat_self_use=for_heat,
        total_self_use=total,
        supply=generation - half_up_ratio((self_use - for_heat) * (10_000 - ratio), np.array(10_000)),
        heat=heat,
        heat_ratio=ratio,
        hours=hours,
        load_factor=half_up_ratio(1000 * generation, capacity * hours),
    )


def power_output(block: Block, names: Names, made: Production, table: Table) -> pl.DataFrame:
    """The production ledger."""
    units, months = _unit_months(block)
    columns: dict[str, Column] = {
        "entity_id": spread(names.entity_of_unit, units),
        "unit_id": spread(names.unit, units),
        "month": spread(block.year.months, months),
    }
    columns |= {f"{name}_mwh": thousandths(getattr(made, name)[units, months]) for name in
                ("generation", "supply", "self_use", "heat_self_use", "total_self_use")}  # fmt: skip
    columns |= {
        "heat_gj": hundredths(made.heat[units, months]),
        "heat_ratio_pct": hundredths(made.heat_ratio[units, months]),
        "operating_hours": hundredths(made.hours[units, months]),
        # a month without an hour on the grid has no load factor
        "load_factor_pct": pl.Series(hundredths(made.load_factor[units, months])).set(
            pl.Series(made.hours[units, months] == 0), None
        ),
    }
    return frame(table, len(units), columns)


def _unit_months(block: Block) -> tuple[Ints, ...]:
    return where(np.broadcast_to(block.kept[:, None], (len(block.units), 12)))


def purchased_kwh(block: Block, running: Running) -> Ints:
    """Plant × month: electricity drawn from the grid on days without any running unit."""
    plants = len(block.plants)
    runs, size = np.zeros((plants, block.year.length), dtype=np.int64), np.zeros(plants)
    np.add.at(runs, block.plant_of_unit[block.kept], (running.hours[block.kept] > 0).astype(np.int64))
    np.add.at(size, block.plant_of_unit[block.kept], block.per_unit(lambda unit: unit.capacity_mw)[block.kept, 0])
    day = printed(_STANDSTILL_MW_PER_MW * 24 * size, 3)[:, None]
    return block.year.by_month(np.where(runs == 0, day, 0))


def electricity(block: Block, names: Names, made: Production, purchased: Ints, table: Table) -> pl.DataFrame:
    """The grid company's monthly statement per plant: its own meter, hence a little off the plant's sum."""
    on_grid = np.zeros((len(block.plants), 12), dtype=np.int64)
    np.add.at(on_grid, block.plant_of_unit[block.kept], (made.generation - made.total_self_use)[block.kept])
    error = _GRID_METER_ERROR * (2 * block.shares(np.arange(len(block.plants)), "grid", 12) - 1)
    plants, months = where(np.ones_like(on_grid, dtype=np.bool_))
    columns: dict[str, Column] = {
        "entity_id": spread(names.entity, plants),
        "scope": "entity",
        "scope_id": spread(names.entity, plants),
        "month": spread(block.year.months, months),
        "source": "grid_company",
        "meter_point": _GATE,
        "on_grid_mwh": thousandths(printed(on_grid / 1000 * (1 + error), 3)[plants, months]),
        "purchased_mwh": thousandths(purchased[plants, months]),
        "read_from": spread(block.year.months, months),
        "read_to": spread(block.year.month_ends, months),
        "provided_by": "grid",
    }
    return frame(table, len(plants), columns)


def meter_readings(block: Block, names: Names, made: Production, table: Table) -> pl.DataFrame:
    """Readings of each unit's generation meter: difference times multiplier is the month's generation."""
    units, months = _unit_months(block)
    multiplier = 10_000 * printed(block.per_unit(lambda unit: unit.capacity_mw), 0)  # kWh for each step of the dial
    steps = half_up_ratio(10_000 * made.generation, multiplier)  # 1/10000 of a step
    before = np.array([block.plants[at].index % 7 + 17 for at in block.plant_of_unit])
    end = np.cumsum(steps, axis=1) + 10_000 * before[:, None]
    columns: dict[str, Column] = {
        "entity_id": spread(names.entity_of_unit, units),
        "meter_id": joined("DN-", spread(names.number_of_unit, units)),
        "month": spread(block.year.months, months),
        "reading_begin": figures((end - steps)[units, months], 4),
        "reading_end": figures(end[units, months], 4),
        "multiplier": multiplier[units, 0].astype(np.float64),
        "read_from": spread(block.year.months, months),
        "read_to": spread(block.year.month_ends, months),
    }
    return frame(table, len(units), columns)
