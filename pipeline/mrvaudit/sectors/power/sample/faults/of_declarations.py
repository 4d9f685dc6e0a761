"""Faults in the report: one declared figure differs, and whatever is computed from it follows."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import Slip
from mrvaudit.sectors.power.sample.faults.scene import (
    Apply,
    Scene,
    Target,
    drop,
    month_row,
    of_target,
    reported,
    rows,
    run_of_months,
    slip,
    unit_row,
)
from mrvaudit.sectors.power.sample.world.names import DIESEL


def slips(column: str, *, of_fuel: bool = True, adds: bool = False, more: bool = False) -> Apply:
    """A fault that makes one reported figure smaller by its size; `more`: larger. A share, or `adds`: points."""

    def apply(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
        signed = size if more else -size
        times, plus = (1.0, signed) if adds else (1 + signed, 0.0)
        fuel = target.fuel if of_fuel else None
        scene.slips += [Slip(scene.entity_id, unit, target.month, column, fuel, times, plus) for unit in target.units]
        return (target.month,)

    return apply


def _measured(scene: Scene, target: Target) -> pl.DataFrame:
    """Months in which the first unit declares measured carbon of the main fuel, in order."""
    own = (pl.col("unit_id") == target.units[0]) & (pl.col("fuel") == target.fuel)
    return reported(scene).filter(own & (pl.col("carbon_mode") == "monthly_composite")).sort("month")


def _put(scene: Scene, target: Target, months: list[date], figures: dict[str, dict[date, float]]) -> None:
    """Put figures of the main fuel in the place of the declared ones."""
    for column, by_month in figures.items():
        scene.slips += [
            Slip(scene.entity_id, unit, month, column, target.fuel, 0.0, by_month[month])
            for unit in target.units
            for month in months
        ]


def total_below_inner(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """Columns were swapped: the total moisture declared lies that many points below the air-dried one."""
    known = _measured(scene, target).filter(pl.col("month") == target.month)
    if known.is_empty() or known["m_ad_pct"][0] < size + 0.1:
        return ()
    _put(scene, target, [target.month], {"m_ar_pct": {target.month: round(known["m_ad_pct"][0] - size, 2)}})
    return (target.month,)


def default_as_measured(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """In so many months the carbon declared as measured is heat value times the default."""
    known = _measured(scene, target)
    months = run_of_months(known["month"].to_list(), target, int(size))
    group = "coal_unconventional" if target.fuel == "gangue" else "coal"
    default = scene.regime.carbon_default[group]
    heat = dict(known.select("month", "ncv_gj_per_t").iter_rows())
    _put(scene, target, months, {"carbon_content_tc_per_t": {month: heat[month] * default for month in months}})
    return tuple(months)


def old_default(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """In so many months there is no report, and the default taken is the one that was superseded."""
    known = _measured(scene, target)
    months = run_of_months(known["month"].to_list(), target, int(size))
    if not months:
        return ()
    old = scene.regime.superseded_carbon_default
    mine = pl.col("unit_id").is_in(list(target.units)) & (pl.col("fuel") == target.fuel)
    drop(scene, "element_carbon", mine & pl.col("month").is_in(months))
    heat = {unit: {} for unit in target.units}  # type: dict[str, dict[date, float]]
    for unit, month, ncv in reported(scene).filter(mine).select("unit_id", "month", "ncv_gj_per_t").iter_rows():
        heat[unit][month] = ncv
    for unit in target.units:
        one = Target((unit,), target.fuel, target.month, target.free)
        burnt = [month for month in months if heat[unit].get(month) is not None]
        carbon = {month: heat[unit][month] * old for month in burnt}
        _put(scene, one, burnt, {"carbon_content_tc_per_t": carbon})
        _put(scene, one, burnt, {"carbon_per_heat_tc_per_gj": dict.fromkeys(burnt, old)})
    return tuple(months)


def default_of_oil(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The default carbon per heat of ignition oil is taken too low."""
    burnt = rows(scene, "fuel_use").filter(
        (pl.col("unit_id") == target.units[0]) & (pl.col("fuel") == DIESEL) & (pl.col("consumption") > 0)
    )
    if target.month not in set(burnt["date"].dt.truncate("1mo")):
        return ()
    for column in ("carbon_content_tc_per_t", "carbon_per_heat_tc_per_gj"):
        slip(scene, target, column, times=1 - size, fuel=DIESEL)
    return (target.month,)


def heat_of_report(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """In so many months the heat value declared is that of the carbon report."""
    own = (pl.col("unit_id") == target.units[0]) & (pl.col("fuel") == target.fuel)
    known = rows(scene, "element_carbon").filter(own).sort("month")
    months = run_of_months(known["month"].to_list(), target, int(size))
    _put(scene, target, months, {"ncv_gj_per_t": dict(known.select("month", "qnet_ar_mj_per_kg").iter_rows())})
    return tuple(months)


def grid_factor(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """Purchased electricity is counted with another factor."""
    bought = rows(scene, "electricity").filter((pl.col("month") == target.month) & (pl.col("purchased_mwh") > 0))
    if scene.regime.grid_factor is None or bought.is_empty():
        return ()
    # it stands on the first fuel of the first unit
    first = reported(scene).filter(pl.col("month") == target.month).sort("unit_id", "fuel").row(0, named=True)
    if first["unit_id"] not in target.units:
        return ()
    one = Target((first["unit_id"],), first["fuel"], target.month, target.free)
    slip(scene, one, "grid_ef_tco2_per_mwh", times=1 - size, fuel=first["fuel"])
    return (target.month,)


def unit_of_quantity(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The month's consumption is filled in too small by that factor, as in kilotonnes for tonnes."""
    slip(scene, target, "fuel_consumption", times=1 / size, fuel=target.fuel)
    return (target.month,)


def year_of_emissions(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The year's combustion is less than its months."""
    scene.slips += [
        Slip(scene.entity_id, unit, None, "combustion_tco2", target.fuel, times=1 - size) for unit in target.units
    ]
    return (target.month,)


def is_condensing(scene: Scene, target: Target) -> bool:
    """Whether the first unit is no cogeneration unit and sent out no heat in the month."""
    return not unit_row(scene, target)["cogeneration"] and month_row(scene, target)["heat_gj"] == 0


def coal_rate(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The coal rate declared lies that many g/kWh below the usual limit of condensing units."""
    if not is_condensing(scene, target) or rows(scene, "power_output").filter(of_target(target)).is_empty():
        return ()
    rate = (scene.regime.coal_rate_limit_g_per_kwh - size) / 1000
    slip(scene, target, "gross_coal_rate_tce_per_mwh", times=0.0, plus=rate)
    return (target.month,)
