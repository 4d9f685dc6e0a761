"""Faults in generation, hours and heat: the production ledger is wrong, and the report takes it over."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import half_up
from mrvaudit.sectors.power.sample.faults.scene import (
    Scene,
    Target,
    change,
    days_of_target,
    month_row,
    of_target,
    rows,
    unit_row,
)

_LEAST_STEAM_GJ_PER_T = 2.85


def generation(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """All units generate and feed in more on paper than the grid company's meter saw."""
    capacity = dict(rows(scene, "units").select("unit_id", "capacity_mw").iter_rows())
    more = half_up(pl.col("generation_mwh") * (1 + size), 3)
    full = pl.col("unit_id").replace_strict(capacity, return_dtype=pl.Float64) * pl.col("operating_hours")
    change(
        scene, "power_output", pl.col("month") == target.month,
        generation_mwh=more,
        supply_mwh=half_up(pl.col("supply_mwh") + more - pl.col("generation_mwh"), 3),
        load_factor_pct=half_up(100 * more / full, 2),
    )  # fmt: skip
    change(scene, "power_daily", pl.col("date").dt.truncate("1mo") == target.month, generation_mwh=more)
    return (target.month,)


def supply(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """More supply than generation and station use leave."""
    change(scene, "power_output", of_target(target), supply_mwh=half_up(pl.col("supply_mwh") * (1 + size), 3))
    return (target.month,)


def _hours(scene: Scene, target: Target, hours: float) -> tuple[date, ...]:
    """Running hours of the month and the load factor that follows."""
    full = float(str(unit_row(scene, target)["capacity_mw"])) * hours
    change(
        scene, "power_output", of_target(target),
        operating_hours=pl.lit(hours), load_factor_pct=half_up(100 * pl.col("generation_mwh") / full, 2),
    )  # fmt: skip
    return (target.month,)


def hours_beyond(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """So many hours more than the month has; the form takes none above 744."""
    last = (pl.select(pl.lit(target.month).dt.month_end()).item()).day
    hours = 24.0 * last + size
    return () if hours > 744 else _hours(scene, target, hours)


def hours_short(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """Fewer hours than full load would need, by a share of what is stated."""
    full = month_row(scene, target)["generation_mwh"] / float(str(unit_row(scene, target)["capacity_mw"]))
    return _hours(scene, target, round(full / (1 + size), 2))


def steam_heat(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """More heat than the steam had: stream, days, ledger, ratio and supply; what customers paid for stays.

    Steam of little heat is left out: with a fifth more it is still as rich as other steam.
    """
    own = of_target(target) & (pl.col("medium") == "steam")
    stream = rows(scene, "heat_supply").filter(own)
    if stream.is_empty() or stream["heat_gj"][0] / stream["mass_t"][0] < _LEAST_STEAM_GJ_PER_T:
        return ()
    more = round(stream["heat_gj"][0] * size, 2)
    change(scene, "heat_supply", own, heat_gj=half_up(pl.col("heat_gj") + more, 2))
    ledger = month_row(scene, target)
    raised = 1 + more / ledger["heat_gj"]
    change(scene, "power_daily", days_of_target(target), heat_gj=half_up(pl.col("heat_gj") * raised, 2))
    ratio = half_up(pl.col("heat_ratio_pct") * raised, 2)
    for_power = (pl.col("self_use_mwh") - pl.col("heat_self_use_mwh")) * (1 - ratio / 100)
    change(
        scene, "power_output", of_target(target),
        heat_gj=half_up(pl.col("heat_gj") + more, 2), heat_ratio_pct=ratio,
        supply_mwh=half_up(pl.col("generation_mwh") - for_power, 3),
    )  # fmt: skip
    return (target.month,)
