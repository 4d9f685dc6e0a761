"""Made-up fleets: every table of the record contract, each figure following from the others."""

from __future__ import annotations

import numpy as np
import polars as pl

from mrvaudit.sector import Sector, load_sector
from mrvaudit.sectors.power.sample.books import heat, ledgers, output, papers, yard
from mrvaudit.sectors.power.sample.books.reported import declare
from mrvaudit.sectors.power.sample.books.slips import slip_tables
from mrvaudit.sectors.power.sample.faults.planting import Setting, plant_faults
from mrvaudit.sectors.power.sample.frames import Tables
from mrvaudit.sectors.power.sample.physics.burning import burn
from mrvaudit.sectors.power.sample.physics.chemistry import daily_assays, draw_seams, draw_yards
from mrvaudit.sectors.power.sample.physics.laboratory import report
from mrvaudit.sectors.power.sample.physics.operation import operate
from mrvaudit.sectors.power.sample.physics.stops import draw_stops
from mrvaudit.sectors.power.sample.regime import Regime, regime_of
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.dates import Year
from mrvaudit.sectors.power.sample.world.names import GAS, STATISTICS_ERROR, Names, names_of
from mrvaudit.sectors.power.sample.world.plants import Plant, plan_plants

_PLANTS_AT_ONCE = 250


def sample(units: int, year: int, seed: int) -> Tables:
    """A fleet of `units` units in `year`, without faults: a frame for each table, by its name.

    The same arguments give the same frames; unit number i is the same in every fleet of at least i units.
    """
    return sample_with_faults(units, year, seed, 0.0)[0]


def sample_with_faults(
    units: int, year: int, seed: int, share: float, sector: Sector | None = None
) -> tuple[Tables, pl.DataFrame]:
    """The same fleet with a fault at about that share of its units, and the truth of them (see `planting`)."""
    sector = sector or load_sector("power")
    regime, plants = regime_of(sector, year), plan_plants(units, year, seed)
    books = ledgers_of(plants, year, seed, sector, regime)
    books, slips, truth = plant_faults(books, plants, share, Setting(sector, regime, year, seed))
    tables = books | declare(books, slips, regime, year, sector.tables)
    return {name: tables[name] for name in sector.tables if name in tables}, truth


def ledgers_of(plants: list[Plant], year: int, seed: int, sector: Sector, regime: Regime) -> Tables:
    """Everything but the report, rows of a plant together; and STATISTICS_ERROR, which is no table of the contract."""
    blocks: list[Tables] = []
    for first in range(0, len(plants), _PLANTS_AT_ONCE):
        block = Block(seed, Year(year), tuple(plants[first : first + _PLANTS_AT_ONCE]))
        made = _of_block(block, regime, sector)
        blocks.append({name: _sorted(rows, name, sector) for name, rows in made.items()})
    tables = {name: pl.concat([block[name] for block in blocks]) for name in blocks[0]}
    return tables | {"laboratories": papers.laboratories(year, sector.tables["laboratories"])}


def _sorted(rows: pl.DataFrame, name: str, sector: Sector) -> pl.DataFrame:
    keys = sector.tables[name].key if name in sector.tables else ("month", "fuel")
    return rows.sort("entity_id", *keys)


def _of_block(block: Block, regime: Regime, sector: Sector) -> Tables:
    tables, names = sector.tables, names_of(block)
    stops = draw_stops(block)
    running = operate(block, stops, regime)
    seams, yards = draw_seams(block), draw_yards(block)
    assays, dry_ash = daily_assays(block, seams, yards)
    burning = burn(block, running.fuel_heat, assays)
    reports = report(block, seams, burning.solid, dry_ash)
    stock = yard.keep_stock(block, burning.solid)
    made = output.produce(block, running, burning)
    purchased = output.purchased_kwh(block, running)
    found = papers.paper_tables(block, stops, regime, tables)
    found |= slip_tables(block, names, reports, burning.solid, tables)
    return found | {
        "fuel_use": ledgers.fuel_use(block, names, running, burning, assays, regime, tables["fuel_use"]),
        "calorific_value": ledgers.heat_tests(block, names, burning, assays, tables["calorific_value"]),
        "power_daily": ledgers.power_daily(block, names, running, tables["power_daily"]),
        "gas_tests": ledgers.gas_tests(block, names, burning, tables["gas_tests"]),
        "power_output": output.power_output(block, names, made, tables["power_output"]),
        "electricity": output.electricity(block, names, made, purchased, tables["electricity"]),
        "meter_readings": output.meter_readings(block, names, made, tables["meter_readings"]),
        "heat_supply": heat.heat_supply(block, names, running, tables["heat_supply"]),
        "energy_use": yard.stock_ledger(block, names, stock, tables["energy_use"]),
        "coal_receipts": yard.receipts(block, names, yard.deliver(block, stock), seams, yards, tables["coal_receipts"]),
        STATISTICS_ERROR: _statistics_error(block, names),
    }


def _statistics_error(block: Block, names: Names) -> pl.DataFrame:
    """How far off each plant's statistics are by month and fuel; their coefficient of standard coal is not."""
    share = block.shares(np.arange(len(block.plants)), "statistics", 12)
    gas = [(at, GAS) for at, plant in enumerate(block.plants) if plant.coal is None]
    solid = [(pile.plant, pile.coal.fuel) for pile in block.piles]
    rows = [
        (names.entity[at], month, fuel, 1 + 0.004 * (share[at, number] - 0.5), 1.0)
        for at, fuel in dict.fromkeys([*gas, *solid])
        for number, month in enumerate(block.year.months)
    ]
    return pl.DataFrame(rows, schema=["entity_id", "month", "fuel", "times", "tce_times"], orient="row")
