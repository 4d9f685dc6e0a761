"""The coal yard: what is delivered, what lies there, and the ledger of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.frames import Column, frame, hundredths, joined, spread, thousandths, where
from mrvaudit.sectors.power.sample.physics.chemistry import Seams, Yards, assay, inner_moisture
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.digits import Floats, Ints, printed
from mrvaudit.sectors.power.sample.world.names import SITES, Names
from mrvaudit.tables import Table

_MOST_DELIVERIES = 184
_COVER_DAYS = (12.0, 26.0)
_SURVEY_MONTHS = (2, 5, 8, 11)  # March, June, September, December
_LOSS = 0.001  # of what is delivered: wind, wagons, rain
_FRESHER = 1.005  # heat of delivered coal against the same coal after its weeks in the yard


@dataclass(frozen=True)
class Stock:
    """Pile × month, in 1/100 t."""

    begin: Ints
    purchased: Ints
    adjustment: Ints
    end: Ints
    consumed: Ints


@dataclass(frozen=True)
class Batches:
    """Deliveries: pile, number among the pile's deliveries of the year, day, mass in 1/100 t."""

    pile: Ints
    number: Ints
    day: Ints
    mass: Ints


def keep_stock(block: Block, coal: Ints) -> Stock:
    """Stocks that carry over from month to month; `coal` is what each stream burnt on each day, in 1/100 t.

    Plants that book their surveys write the difference as an adjustment each quarter; the others write what they
    found in the yard, so that their months close within the survey's error.
    """
    consumed = np.zeros((len(block.piles), 12), dtype=np.int64)
    kept = np.where(block.kept_streams[:, None], block.year.by_month(coal), 0)
    np.add.at(consumed, block.pile_of_stream, kept)
    noise = np.clip(block.noise(block.plant_of_pile, "stocks", 2, 14), -2.5, 2.5)
    cover = np.mean(_COVER_DAYS) + (_COVER_DAYS[1] - _COVER_DAYS[0]) / 5 * noise[:, 0, 13]
    usual = consumed.sum(axis=1) / block.year.length * cover
    wanted = printed(usual[:, None] / 100 * (1 + 0.12 * noise[:, 0, :13]), 2)
    books = np.array([block.plants[pile.plant].books_surveys for pile in block.piles])
    found_error = np.where(books[:, None], 0.0, 0.004 * noise[:, 1, :13])
    there = wanted[:, 0]
    begin, end, purchased, adjustment = (np.zeros_like(consumed) for _ in range(4))
    counted = _share_of(there, 1 + found_error[:, 0])
    for month in range(12):
        begin[:, month] = counted
        purchased[:, month] = np.maximum(wanted[:, month + 1] + consumed[:, month] - there, 0)
        book = counted + purchased[:, month] - consumed[:, month]
        there = np.maximum(there + purchased[:, month] - consumed[:, month] - _share_of(purchased[:, month], _LOSS), 0)
        if month in _SURVEY_MONTHS:
            adjustment[:, month] = np.where(books, there - book + _share_of(there, 0.0015 * noise[:, 1, month]), 0)
        counted = np.where(books, book + adjustment[:, month], _share_of(there, 1 + found_error[:, month + 1]))
        end[:, month] = counted
    return Stock(begin, purchased, adjustment, end, consumed)


def _share_of(units: Ints, share: Floats | float) -> Ints:
    return printed(units * share / 100, 2)


def deliver(block: Block, stock: Stock) -> Batches:
    """Every two to four days a delivery; those of a month add up to what was bought."""
    even = block.shares(block.plant_of_pile, "receipts", 2, _MOST_DELIVERIES)
    days = np.cumsum(2 + np.floor(3 * even[:, 0]).astype(np.int64), axis=1) - 2
    masses = np.zeros_like(days)
    for pile, purchased in enumerate(stock.purchased):
        number = np.flatnonzero(days[pile] < block.year.length)
        months, weight = block.year.month_of_day[days[pile, number]], 0.7 + 0.6 * even[pile, 1, number]
        mass = np.floor(purchased[months] * weight / np.bincount(months, weight, 12)[months]).astype(np.int64)
        left = purchased - np.bincount(months, mass, 12).astype(np.int64)
        mass[np.searchsorted(months, np.arange(12))] += left
        masses[pile, number] = mass
    piles, numbers = where(masses > 0)
    return Batches(piles, numbers, days[piles, numbers], masses[piles, numbers])


def receipts(block: Block, names: Names, batches: Batches, seams: Seams, yards: Yards, table: Table) -> pl.DataFrame:
    """coal_receipts: each delivery with the plant's test of it."""
    noise = block.noise(block.plant_of_pile, "delivered", 8, _MOST_DELIVERIES)[batches.pile, :, batches.number].T
    seam = seams.pick(batches.pile, block.year.month_of_day[batches.day])
    inner = inner_moisture(block, batches.pile, noise[5][:, None])[:, 0]
    dry_ash = yards.dry_ash[batches.pile, batches.day] + 0.4 * noise[6]
    moisture = yards.moisture[batches.pile, batches.day] + 0.3 * noise[7]
    tests = assay(replace(seam, heat=seam.heat * _FRESHER), dry_ash, moisture, inner, noise)
    dates = spread(block.year.days, batches.day)
    plants = block.plant_of_pile[batches.pile]
    stamp = dates.dt.strftime("%Y%m%d")
    mines = [f"示例{plant.index % 89 + 1:02d}号煤矿{side}区" for plant in block.plants for side in "东西中"]
    columns: dict[str, Column] = {
        "entity_id": spread(names.entity, plants),
        "batch_id": joined("RC", spread(names.mark_of_pile, batches.pile), stamp),
        "date": dates,
        "supplier": spread([f"示例煤业第{plant.index % 37 + 1}公司" for plant in block.plants], plants),
        "mine": spread(mines, 3 * plants + batches.number % 3),
        "coal_rank": spread([pile.coal.rank for pile in block.piles], batches.pile),
        "net_t": hundredths(batches.mass),
        "weighed_by": spread(["rail_scale" if plant.index % 3 else "truck_scale" for plant in block.plants], plants),
        "qnet_ar_mj_per_kg": thousandths(tests.qnet_ar),
        "qgr_ad_mj_per_kg": thousandths(tests.qgr_ad),
        "transport_doc": joined("YD", stamp, spread([f"{n:03d}" for n in range(_MOST_DELIVERIES)], batches.number)),
    }
    columns |= {f"{name}_pct": hundredths(getattr(tests, name)) for name in ("m_ar", "a_ad", "v_ad", "st_ad")}
    return frame(table, len(plants), columns)


def stock_ledger(block: Block, names: Names, stock: Stock, table: Table) -> pl.DataFrame:
    """The ledger's rows of energy_use: of the whole plant, or of each site where there are two yards."""
    used = np.isin(np.arange(len(block.piles)), block.pile_of_stream[block.kept_streams])
    piles, months = where(np.broadcast_to(used[:, None], stock.begin.shape))
    two = [block.plants[pile.plant].yards > 1 for pile in block.piles]
    levels = ["site" if apart else "entity" for apart in two]
    entities = [names.entity[pile.plant] for pile in block.piles]
    ids = [SITES[pile.yard] if apart else own for pile, apart, own in zip(block.piles, two, entities, strict=True)]
    columns: dict[str, Column] = {
        "entity_id": spread(names.entity, block.plant_of_pile[piles]),
        "scope": spread(levels, piles),
        "scope_id": spread(ids, piles),
        "month": spread(block.year.months, months),
        "fuel": spread(names.fuel_of_pile, piles),
        "source": "stock_ledger",
        "period": "month",
        "stock_begin": hundredths(stock.begin[piles, months]),
        "purchased": hundredths(stock.purchased[piles, months]),
        "sold": 0.0,
        "other_use": 0.0,
        "adjustment": hundredths(stock.adjustment[piles, months]),
        "stock_end": hundredths(stock.end[piles, months]),
        "consumed": hundredths(stock.consumed[piles, months]),
    }
    return frame(table, len(piles), columns)
