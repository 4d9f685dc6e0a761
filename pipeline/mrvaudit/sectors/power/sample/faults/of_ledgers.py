"""Faults in the stock ledger and in what the statistics office was told."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import half_up
from mrvaudit.sectors.power.sample.faults.scene import Apply, Scene, Target, change, rows
from mrvaudit.sectors.power.sample.world.names import STATISTICS_ERROR

_LEDGER = pl.col("source") == "stock_ledger"


def purchases(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The ledger books more coal than came, each month by a share of what was burnt."""
    more = half_up(pl.col("purchased") + size * pl.col("consumed"), 2)
    change(scene, "energy_use", _LEDGER, purchased=more)
    return (target.month,)


def _yard(scene: Scene, target: Target) -> tuple[pl.DataFrame, pl.Expr]:
    """The ledger of the main fuel in the first yard, by month, and the condition that picks it."""
    ledger = rows(scene, "energy_use").filter(_LEDGER & (pl.col("fuel") == target.fuel))
    own = (pl.col("fuel") == target.fuel) & (pl.col("scope_id") == ledger["scope_id"].min())
    return ledger.filter(own).sort("month"), _LEDGER & own


def opening_stock(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """A month opens with more than the month before closed with; less is booked as bought, so that it still closes."""
    ledger, own = _yard(scene, target)
    before = ledger.filter(pl.col("month") < target.month)
    if before.is_empty() or before["stock_end"][-1] * size < 50:
        return ()
    more = round(before["stock_end"][-1] * size, 2)
    enough = pl.col("purchased") >= more
    change(
        scene, "energy_use", own & (pl.col("month") == target.month),
        stock_begin=half_up(pl.col("stock_begin") + more, 2),
        purchased=pl.when(enough).then(half_up(pl.col("purchased") - more, 2)).otherwise("purchased"),
        adjustment=pl.when(enough).then("adjustment").otherwise(half_up(pl.col("adjustment") - more, 2)),
    )  # fmt: skip
    return (target.month,)


def negative_stock(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """Deliveries are booked a month late: stock closes below zero by a share of the month's use, and opens there."""
    ledger, own = _yard(scene, target)
    here = ledger.filter(pl.col("month") == target.month)
    if here.is_empty():
        return ()
    late = round(here["stock_end"][0] + size * here["consumed"][0], 2)
    if here["consumed"][0] <= 0 or late > here["purchased"][0]:
        return ()
    change(
        scene, "energy_use", own & (pl.col("month") == target.month),
        purchased=half_up(pl.col("purchased") - late, 2), stock_end=half_up(pl.col("stock_end") - late, 2),
    )  # fmt: skip
    after = ledger.filter(pl.col("month") > target.month)["month"].min()
    change(
        scene, "energy_use", own & (pl.col("month") == pl.lit(after, pl.Date)),
        stock_begin=half_up(pl.col("stock_begin") - late, 2), purchased=half_up(pl.col("purchased") + late, 2),
    )  # fmt: skip
    return (target.month,)


def statistics(column: str, *, all_year: bool = False) -> Apply:
    """A fault that makes the statistics' quantity (`times`) or coefficient (`tce_times`) larger by its size."""

    def apply(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
        told = pl.col("fuel") == target.fuel
        if not all_year:
            told &= pl.col("month") == target.month
        change(scene, STATISTICS_ERROR, told, **{column: pl.col(column) * (1 + size)})
        return (target.month,)

    return apply
