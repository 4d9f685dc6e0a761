"""Texts that many tables share: ids of plants and units, of yards, of fuels, prefixes of samples."""

from __future__ import annotations

from dataclasses import dataclass

from mrvaudit.sectors.power.sample.world.block import Block

SITES = ("一期", "二期")
DIESEL, GAS = "diesel", "natural_gas"
STATISTICS_ERROR = "statistics_error"  # beside the ledgers, no table of the contract


@dataclass(frozen=True)
class Names:
    """Lists in the order of the block's plants, units, piles or streams."""

    entity: list[str]
    unit: list[str]
    entity_of_unit: list[str]
    unit_of_stream: list[str]
    entity_of_stream: list[str]
    fuel_of_stream: list[str]
    mark_of_pile: list[str]
    fuel_of_pile: list[str]
    number_of_unit: list[str]


def names_of(block: Block) -> Names:
    """The texts of a block."""
    entity = [plant.entity_id for plant in block.plants]
    unit = [unit.unit_id for _, unit in block.units]
    entity_of_unit = [entity[at] for at, _ in block.units]
    return Names(
        entity=entity,
        unit=unit,
        entity_of_unit=entity_of_unit,
        unit_of_stream=[unit[stream.unit] for stream in block.streams],
        entity_of_stream=[entity_of_unit[stream.unit] for stream in block.streams],
        fuel_of_stream=[block.piles[stream.pile].coal.fuel for stream in block.streams],
        mark_of_pile=[_mark(block, at) for at in range(len(block.piles))],
        fuel_of_pile=[pile.coal.fuel for pile in block.piles],
        number_of_unit=[str(unit.number) for _, unit in block.units],
    )


def _mark(block: Block, pile_at: int) -> str:
    """What tells a plant's piles apart on its slips; nothing where there is one."""
    pile = block.piles[pile_at]
    plant = block.plants[pile.plant]
    if plant.mixed_in:
        return "矸" if pile.coal is plant.coal else "煤"
    return "AB"[pile.yard] if plant.yards > 1 else ""
