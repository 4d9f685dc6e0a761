"""The heat ledger: steam to works, hot water to towns, and what the customers paid for."""

from __future__ import annotations

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.frames import Column, frame, hundredths, spread, where
from mrvaudit.sectors.power.sample.physics.operation import Running
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.digits import Ints, printed
from mrvaudit.sectors.power.sample.world.names import Names
from mrvaudit.tables import Table

# Steam as it is sold (regulation reference, section 1.11): MPa absolute, °C, kJ/kg.
_STEAM = ((1.0, 250.0, 2943.0), (0.8, 200.0, 2839.0), (1.3, 300.0, 3046.0))
_COLD_WATER_KJ_PER_KG = 83.74
# Network water, out and back in °C, and its heat in kJ/(kg·K).
_WATER_OUT_C, _WATER_BACK_C, _WATER_KJ_PER_KG_K = 105.0, 55.0, 4.1868
_NETWORK_LOSS = {"steam": (0.030, 0.075), "hot_water": (0.010, 0.030)}


def heat_supply(block: Block, names: Names, running: Running, table: Table) -> pl.DataFrame:
    """A row for each unit, month and stream in which heat was sent out."""
    return pl.concat([
        _stream(block, names, "steam", block.year.by_month(running.works_heat), table),
        _stream(block, names, "hot_water", block.year.by_month(running.town_heat), table),
    ])  # fmt: skip


def _stream(block: Block, names: Names, medium: str, heat: Ints, table: Table) -> pl.DataFrame:
    units, months = where((heat > 0) & block.kept[:, None])
    steam = [_STEAM[block.plants[at].index % len(_STEAM)] for at in block.plant_of_unit]
    gj = heat[units, months] / 100
    # a network loses about the same share all year
    usual = block.shares(np.arange(len(block.plants)), "heat", 14)
    least, most = _NETWORK_LOSS[medium]
    loss = least + (most - least) * usual[:, 12:13] + 0.003 * usual[:, :12]
    settled = gj * (1 - loss[block.plant_of_unit[units], months])
    columns: dict[str, Column] = {
        "entity_id": spread(names.entity_of_unit, units),
        "unit_id": spread(names.unit, units),
        "scope": "unit",
        "scope_id": spread(names.unit, units),
        "month": spread(block.year.months, months),
        "medium": medium,
        "heat_gj": hundredths(heat[units, months]),
        "settled_gj": hundredths(printed(settled, 2)),
        "metering_side": "source",
        "internal_use": False,
    }
    if medium == "steam":
        enthalpy = np.array([h for _, _, h in steam])[units]
        columns |= {
            "stream": "工业抽汽",
            "consumer": "示例工业园",
            "mass_t": hundredths(printed(gj * 1000 / (enthalpy - _COLD_WATER_KJ_PER_KG), 2)),
            "pressure_mpa": np.array([p for p, _, _ in steam])[units],
            "pressure_basis": "absolute",
            "temperature_c": np.array([t for _, t, _ in steam])[units],
            "enthalpy_kj_per_kg": enthalpy,
        }
    else:
        mass = printed(gj * 1000 / (_WATER_KJ_PER_KG_K * (_WATER_OUT_C - _WATER_BACK_C)), 2)
        columns |= {
            "stream": "采暖热网",
            "consumer": "示例热力公司",
            "mass_t": hundredths(mass),
            "temperature_c": _WATER_OUT_C,
            "return_mass_t": hundredths(mass),
            "return_temperature_c": _WATER_BACK_C,
        }
    return frame(table, len(units), columns)
