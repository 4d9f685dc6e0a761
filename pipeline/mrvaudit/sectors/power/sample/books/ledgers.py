"""What the plant writes down every day: fuel burnt, its own tests of it, production; and what its gas is made of."""

from __future__ import annotations

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.frames import Column, frame, hundredths, joined, spread, thousandths, where
from mrvaudit.sectors.power.sample.physics.burning import Burning
from mrvaudit.sectors.power.sample.physics.chemistry import Assay
from mrvaudit.sectors.power.sample.physics.operation import Running
from mrvaudit.sectors.power.sample.regime import Regime
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.digits import Bools, Ints, figures
from mrvaudit.sectors.power.sample.world.names import DIESEL, GAS, Names
from mrvaudit.tables import Table

PERCENTS = ("m_ad", "m_ar", "h_ad", "st_ad", "a_ad", "v_ad")


def fuel_use(
    block: Block, names: Names, running: Running, burning: Burning, assays: Assay, regime: Regime, table: Table
) -> pl.DataFrame:
    """Burning days of solid fuel and gas, the days on which ignition oil was used, and some days without fuel."""
    streams, days = where(_written(block, burning.solid, block.unit_of_stream))
    scales = ["feeder" if plant.index % 4 == 0 else "belt_scale" for plant in block.plants]
    burnt = pl.Series(burning.solid[streams, days] > 0)
    solid: dict[str, Column] = {
        "entity_id": spread(names.entity_of_stream, streams),
        "unit_id": spread(names.unit_of_stream, streams),
        "fuel": spread(names.fuel_of_stream, streams),
        "date": spread(block.year.days, days),
        "consumption": hundredths(burning.solid[streams, days]),
        "measured_by": spread(scales, block.plant_of_stream[streams]),
        "metering_point": "furnace",
        "m_ar_pct": pl.Series(hundredths(assays.m_ar[streams, days])).set(~burnt, None),
        "qnet_ar_mj_per_kg": pl.Series(thousandths(assays.qnet_ar[streams, days])).set(~burnt, None),
    }
    units, days = where((running.oil > 0) & block.kept[:, None])
    oil = _of_units(names, units) | {
        "fuel": DIESEL,
        "date": spread(block.year.days, days),
        "consumption": hundredths(running.oil[units, days]),
        "measured_by": "meter",
        "metering_point": "furnace",
        "qnet_ar_mj_per_kg": regime.ncv_default[DIESEL],
    }
    burners, days = where(_written(block, burning.gas, np.arange(len(block.units))) & block.burns_gas[:, None])
    heat = burning.gas_tests.heat[block.plant_of_unit[burners], block.year.month_of_day[days]]
    gas = _of_units(names, burners) | {
        "fuel": GAS,
        "date": spread(block.year.days, days),
        "consumption": hundredths(burning.gas[burners, days]),
        "volume_state": "0C",
        "measured_by": "meter",
        "metering_point": "furnace",
        "ncv_gj_per_1e4nm3": thousandths(heat),
    }
    return pl.concat(
        [frame(table, len(streams), solid), frame(table, len(units), oil), frame(table, len(burners), gas)]
    )


def _written(block: Block, burnt: Ints, units: Ints) -> Bools:
    """Days that have a row: burning days; at every other plant, and in months without any, zero is written down too."""
    idle_month = (block.year.by_month(burnt) == 0)[:, block.year.month_of_day]
    zeros = np.array([plant.index % 2 == 0 for plant in block.plants])[block.plant_of_unit[units]]
    written: Bools = ((burnt > 0) | idle_month | zeros[:, None]) & block.kept[units][:, None]
    return written


def heat_tests(block: Block, names: Names, burning: Burning, assays: Assay, table: Table) -> pl.DataFrame:
    """calorific_value: one test of every stream on every burning day."""
    streams, days = where((burning.solid > 0) & block.kept_streams[:, None])
    dates = spread(block.year.days, days)
    numbers = [f"R{number}" for number in names.number_of_unit]
    marks = [names.mark_of_pile[stream.pile] for stream in block.streams]
    labels = [numbers[stream.unit] + mark + "-" for stream, mark in zip(block.streams, marks, strict=True)]
    columns: dict[str, Column] = {
        "entity_id": spread(names.entity_of_stream, streams),
        "sample_id": joined(spread(labels, streams), dates.dt.strftime("%Y%m%d")),
        "unit_id": spread(names.unit_of_stream, streams),
        "fuel": spread(names.fuel_of_stream, streams),
        "date": dates,
        "tested_by": "own",
        "tested_on": dates.dt.offset_by("1d"),
        "qgr_ad_mj_per_kg": thousandths(assays.qgr_ad[streams, days]),
        "qnet_ar_mj_per_kg": thousandths(assays.qnet_ar[streams, days]),
    }
    columns |= {f"{name}_pct": hundredths(getattr(assays, name)[streams, days]) for name in PERCENTS}
    return frame(table, len(streams), columns)


def power_daily(block: Block, names: Names, running: Running, table: Table) -> pl.DataFrame:
    """Every unit's every day."""
    units, days = where(np.broadcast_to(block.kept[:, None], running.hours.shape))
    columns = _of_units(names, units) | {
        "date": spread(block.year.days, days),
        "generation_mwh": thousandths(running.generation[units, days]),
        "heat_gj": hundredths(running.heat[units, days]),
        "operating_hours": hundredths(running.hours[units, days]),
        "starts": running.starts[units, days],
        "boiler_heat_gj": pl.Series(hundredths(running.boiler_heat[units, days])).set(
            pl.Series(block.burns_gas[units]), None
        ),
    }
    return frame(table, len(units), columns)


def gas_tests(block: Block, names: Names, burning: Burning, table: Table) -> pl.DataFrame:
    """One analysis a month of the gas of the plants that have it tested."""
    tested = np.array([plant.gas_is_tested for plant in block.plants])
    burnt = block.year.by_month(burning.gas) > 0
    units, months = where(burnt & (tested[block.plant_of_unit] & block.kept)[:, None])
    plants, gas = block.plant_of_unit[units], burning.gas_tests
    month = spread(block.year.months, months)
    parts = []
    for component, moles in gas.moles.items():
        columns = _of_units(names, units) | {
            "sample_id": joined("Q", month.dt.strftime("%Y%m")),
            "fuel": GAS,
            "month": month,
            "component": component,
            "mole_pct": thousandths(moles[plants, months]),
            "carbon_tc_per_1e4nm3": figures(gas.carbon[plants, months], 4),
            "ncv_gj_per_1e4nm3": thousandths(gas.heat[plants, months]),
            "volume_state": "0C",
        }
        parts.append(frame(table, len(units), columns))
    return pl.concat(parts)


def _of_units(names: Names, units: Ints) -> dict[str, Column]:
    return {"entity_id": spread(names.entity_of_unit, units), "unit_id": spread(names.unit, units)}
