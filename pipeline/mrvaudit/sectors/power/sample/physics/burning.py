"""How much of each fuel the units burn on each day, and what the gas is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrvaudit.sectors.power.sample.physics.chemistry import Assay
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.digits import Floats, Ints, half_up_ratio, printed

_METER_ERROR = 0.006
# Component: usual mole percent, spread, carbon atoms, net heat in MJ/m3 at 0 °C.
COMPONENTS = {
    "C2H6": (3.0, 0.5, 2, 64.35),
    "C3H8": (0.8, 0.2, 3, 93.18),
    "CO2": (1.1, 0.3, 1, 0.0),
    "N2": (1.0, 0.3, 0, 0.0),
}
_METHANE_HEAT = 35.88
_MOLAR_VOLUME_L = 22.4  # of the guide's formula for carbon in gas


@dataclass(frozen=True)
class Gas:
    """Plant × month: mole percent in 1/1000 by component, carbon in 1/10^4 tC and heat in 1/1000 GJ per 10^4 Nm3."""

    moles: dict[str, Ints]
    carbon: Ints
    heat: Ints


@dataclass(frozen=True)
class Burning:
    """Solid fuel of stream × day in 1/100 t, gas of unit × day in 100 Nm3 (two decimals of 10^4 Nm3)."""

    solid: Ints
    gas: Ints
    gas_tests: Gas


def burn(block: Block, fuel_heat: Floats, assays: Assay) -> Burning:
    """Fuel for the heat needed (unit × day, GJ), each stream its share; gas by the month's heat value."""
    year, units = block.year, block.unit_of_stream
    noise = block.noise(block.plant_of_unit, "burning", 2, year.length)
    share = np.array([stream.share for stream in block.streams]).reshape(-1, 1)
    mixed = np.array([block.plants[at].mixed_in for at in block.plant_of_stream]).reshape(-1, 1)
    # more of one fuel is less of the other: the main one takes what the mixed-in one leaves
    more_mixed_in = mixed * 0.08 * np.clip(noise[units, 0], -2.5, 2.5)
    share = share + np.where(share >= 0.5, -more_mixed_in, more_mixed_in)
    needed = fuel_heat * (1 + _METER_ERROR * noise[:, 1])
    solid = printed(needed[units] * share / np.maximum(assays.qnet_ar / 1000, 1.0), 2)
    gas = gas_of(block)
    volume = needed / (gas.heat[block.plant_of_unit][:, year.month_of_day] / 1000)
    return Burning(solid, np.where(block.burns_gas[:, None], printed(volume, 2), 0), gas)


def gas_of(block: Block) -> Gas:
    """The gas each plant gets each month, composition to three decimals and what follows from it as printed."""
    noise = np.clip(block.noise(np.arange(len(block.plants)), "gas", len(COMPONENTS), 13), -2.5, 2.5)
    moles: dict[str, Ints] = {}
    for channel, (name, (usual, spread, _, _)) in enumerate(COMPONENTS.items()):
        own, of_month = noise[:, channel, :1], noise[:, channel, 1:]
        moles[name] = printed(usual + spread * (0.8 * own + 0.3 * of_month), 3)
    methane = 100_000 - np.sum(list(moles.values()), axis=0)
    carbon, heat = methane.astype(np.float64), _METHANE_HEAT * methane
    for name, (_, _, atoms, net) in COMPONENTS.items():
        carbon, heat = carbon + atoms * moles[name], heat + net * moles[name]
    return Gas(
        moles={"CH4": methane} | moles,
        carbon=printed(carbon / 100_000 * 12 / _MOLAR_VOLUME_L * 10, 4),
        heat=printed(heat / 100_000 * 10, 3),
    )


def gas_heat_of_month(block: Block, burning: Burning) -> Ints:
    """Heat of the gas of unit × month in 1/100 GJ, half-up."""
    return half_up_ratio(block.year.by_month(burning.gas) * burning.gas_tests.heat[block.plant_of_unit], np.array(1000))
