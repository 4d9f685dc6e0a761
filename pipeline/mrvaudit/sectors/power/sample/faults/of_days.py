"""Faults in the daily ledger of fuel: the month, the stock ledger and the composite follow from the days."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import half_up
from mrvaudit.sectors.power.sample.books.ledgers import PERCENTS
from mrvaudit.sectors.power.sample.books.slips import COMPOSITE_G
from mrvaudit.sectors.power.sample.faults.of_declarations import is_condensing
from mrvaudit.sectors.power.sample.faults.scene import (
    SOLID,
    Scene,
    Target,
    change,
    days_of_target,
    month_row,
    reported,
    rows,
    unit_row,
)
from mrvaudit.sectors.power.sample.physics.chemistry import net_heat
from mrvaudit.sectors.power.sample.world.digits import figures, printed

_KJ_PER_KCAL = 4.1868
_ROUND_T = 100
_DAY = ["unit_id", "fuel", "date"]


def book_use(scene: Scene) -> None:
    """The stock ledger books what the days say was burnt."""
    sites = rows(scene, "units").select("unit_id", pl.coalesce("site_id", "entity_id").alias("scope_id"))
    burnt = rows(scene, "fuel_use").filter(SOLID).join(sites, on="unit_id").group_by(
        "scope_id", "fuel", pl.col("date").dt.truncate("1mo").alias("month")
    ).agg(pl.col("consumption").sum().round(2).alias("burnt"))  # fmt: skip
    ledger = rows(scene, "energy_use").join(burnt, on=["scope_id", "fuel", "month"], how="left", maintain_order="left")
    scene.changed["energy_use"] = ledger.with_columns(pl.coalesce("burnt", "consumed").alias("consumed")).drop("burnt")


def weigh_composites(scene: Scene, month: date) -> None:
    """The month's composites are weighed out by the coal in the ledger; days without coal have no part."""
    fuels = rows(scene, "fuel_samples").select("sample_id", "unit_id", "fuel").unique()
    coal = rows(scene, "fuel_use").select(*_DAY, pl.col("consumption").alias("coal"))
    parts = rows(scene, "composites")
    joined = parts.join(fuels, on=["sample_id", "unit_id"], how="left", maintain_order="left").join(
        coal, on=_DAY, how="left", maintain_order="left"
    )
    here = (pl.col("date").dt.truncate("1mo") == month) & pl.col("coal").is_not_null()
    mass = half_up(COMPOSITE_G * pl.col("coal") / pl.col("coal").sum().over("sample_id"), 1)
    weighed = joined.with_columns(pl.when(here).then(mass).otherwise("sub_mass_g").alias("sub_mass_g"))
    scene.changed["composites"] = weighed.filter(~here | (pl.col("coal") > 0)).select(parts.columns)


def _follow(scene: Scene, target: Target) -> tuple[date, ...]:
    book_use(scene)
    weigh_composites(scene, target.month)
    return (target.month,)


def _burning_days(scene: Scene, target: Target) -> list[date]:
    """Days of the month on which the unit burnt at least half of its usual coal, in order."""
    own = rows(scene, "fuel_use").filter(days_of_target(target) & (pl.col("fuel") == target.fuel))
    burnt = own.filter(pl.col("consumption") > 0)
    usual = burnt["consumption"].median()
    return burnt.filter(pl.col("consumption") > 0.5 * pl.lit(usual))["date"].sort().to_list()


def _stretch(scene: Scene, target: Target, count: int, rng: np.random.Generator, *, led_by: int = 0) -> list[date]:
    """`count` burning days in a row, with `led_by` more before them; none where there is no such run."""
    days = _burning_days(scene, target)
    span = timedelta(days=led_by + count - 1)
    starts = [at for at, day in enumerate(days) if days[at : at + led_by + count][-1] == day + span]
    if not starts:
        return []
    at = starts[int(rng.integers(len(starts)))]
    return days[at : at + led_by + count]


def _on(target: Target, days: list[date]) -> pl.Expr:
    return pl.col("unit_id").is_in(list(target.units)) & (pl.col("fuel") == target.fuel) & pl.col("date").is_in(days)


def lower_scales(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The scales show less all year: days, ledger and report alike; what lies in the yard stays what it is."""
    change(scene, "fuel_use", SOLID, consumption=half_up(pl.col("consumption") * (1 - size), 2))
    book_use(scene)
    return (target.month,)


def coal_of_a_month(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """So much coal of a condensing unit is left out that its efficiency lies that many points above its class."""
    if not is_condensing(scene, target):
        return ()
    unit, own = unit_row(scene, target), reported(scene).filter(days_of_month(target))
    reheat, steam, limits = unit["reheat"], str(unit["steam_class"]), scene.regime.efficiency_limit_pct
    design = "double_reheat" if reheat == 2 else steam if steam in limits else "subcritical"
    heat = own.with_columns((pl.col("fuel_consumption") * pl.col("ncv_gj_per_t")).alias("gj"))
    solid, oil = float(heat.filter(SOLID)["gj"].sum()), float(heat.filter(~SOLID)["gj"].sum())
    left = 3.6 * month_row(scene, target)["generation_mwh"] / (limits[design] + size) * 100 - oil
    lower = half_up(pl.col("consumption") * (left / solid), 2)
    change(scene, "fuel_use", days_of_target(target) & SOLID, consumption=lower)
    book_use(scene)
    return (target.month,)


def days_of_month(target: Target) -> pl.Expr:
    """Rows of the first unit in the target's month."""
    return (pl.col("unit_id") == target.units[0]) & (pl.col("month") == target.month)


def days_without_coal(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """The coal of so many running days stands on the day after them."""
    days = _stretch(scene, target, int(size) + 1, rng)
    if not days:
        return ()
    own = pl.col("unit_id").is_in(list(target.units)) & SOLID
    still, after = own & pl.col("date").is_in(days[:-1]), own & (pl.col("date") == days[-1])
    together = pl.col("consumption").filter(own & pl.col("date").is_in(days)).sum().over("fuel").round(2)
    change(scene, "fuel_use", after, consumption=together)
    none = pl.lit(None, pl.Float64)
    change(scene, "fuel_use", still, consumption=pl.lit(0.0), m_ar_pct=none, qnet_ar_mj_per_kg=none)
    return _follow(scene, target)


def rounded_days(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """That share of the month's days is written down in whole hundred tonnes."""
    days = _burning_days(scene, target)
    if len(days) < 12:
        return ()
    chosen = [days[int(at)] for at in rng.permutation(len(days))[: math.ceil(size * len(days))]]
    whole = pl.max_horizontal((pl.col("consumption") / _ROUND_T).round(), pl.lit(1.0)) * _ROUND_T
    change(scene, "fuel_use", _on(target, chosen), consumption=whole)
    return _follow(scene, target)


def copied_days(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """So many days are copies of as many days before them: quantity, tests and all."""
    count = int(size)
    days = _stretch(scene, target, count, rng, led_by=count)
    if not days:
        return ()
    models = dict(zip(days[count:], days[:count], strict=True))
    for table, columns in (
        ("fuel_use", ("consumption", "m_ar_pct", "qnet_ar_mj_per_kg")),
        ("calorific_value", ("qgr_ad_mj_per_kg", "qnet_ar_mj_per_kg", *(f"{name}_pct" for name in PERCENTS))),
    ):
        copied = rows(scene, table).filter(_on(target, days[:count])).select("unit_id", "fuel", "date", *columns)
        model = pl.col("date").replace_strict(models, default=None, return_dtype=pl.Date)
        mine = rows(scene, table).with_columns(pl.when(_on(target, days[count:])).then(model).alias("model"))
        joined = mine.join(copied, left_on=["unit_id", "fuel", "model"], right_on=_DAY, how="left",
                           suffix="_model", maintain_order="left")  # fmt: skip
        put = [pl.coalesce(f"{name}_model", name).alias(name) for name in columns]
        scene.changed[table] = joined.with_columns(put).select(rows(scene, table).columns)
    return _follow(scene, target)


def untested_days(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """So many days have no test of the heat value; the ledger carries on the value of the day before."""
    days = _stretch(scene, target, int(size), rng, led_by=1)
    if not days:
        return ()
    scene.changed["calorific_value"] = rows(scene, "calorific_value").filter(~_on(target, days[1:]))
    last = rows(scene, "fuel_use").filter(_on(target, days[:1]))["qnet_ar_mj_per_kg"][0]
    change(scene, "fuel_use", _on(target, days[1:]), qnet_ar_mj_per_kg=pl.lit(last))
    return (target.month,)


def kilocalories(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """On so many days the ledger has the heat value in kilocalories."""
    days = _stretch(scene, target, int(size), rng)
    change(scene, "fuel_use", _on(target, days),
           qnet_ar_mj_per_kg=half_up(pl.col("qnet_ar_mj_per_kg") / _KJ_PER_KCAL, 3))  # fmt: skip
    return (target.month,) if days else ()


def net_heat_lower(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The month's net heat values are lower than their gross ones convert to; the ledger takes them."""
    own = days_of_target(target) & (pl.col("fuel") == target.fuel)
    lower = half_up(pl.col("qnet_ar_mj_per_kg") * (1 - size), 3)
    for table in ("calorific_value", "fuel_use"):
        change(scene, table, own, qnet_ar_mj_per_kg=lower)
    return (target.month,)


def calorimeter_high(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The plant's calorimeter shows more in that month: gross, net, the ledger and the report follow."""
    own = days_of_target(target) & (pl.col("fuel") == target.fuel)
    change(scene, "calorific_value", own, qgr_ad_mj_per_kg=half_up(pl.col("qgr_ad_mj_per_kg") * (1 + size), 3))
    tests = rows(scene, "calorific_value")
    gross, hydrogen, total, inner = (
        printed(tests[name].to_numpy(), places)
        for name, places in (("qgr_ad_mj_per_kg", 3), ("h_ad_pct", 2), ("m_ar_pct", 2), ("m_ad_pct", 2))
    )
    net = pl.Series("net", figures(net_heat(gross, hydrogen, total, inner), 3))
    tests = tests.with_columns(pl.when(own).then(net).otherwise("qnet_ar_mj_per_kg").alias("qnet_ar_mj_per_kg"))
    scene.changed["calorific_value"] = tests
    shown = tests.filter(own).select(*_DAY, pl.col("qnet_ar_mj_per_kg").alias("shown"))
    ledger = rows(scene, "fuel_use").join(shown, on=_DAY, how="left", maintain_order="left")
    used = pl.when(pl.col("qnet_ar_mj_per_kg").is_not_null()).then(pl.coalesce("shown", "qnet_ar_mj_per_kg"))
    scene.changed["fuel_use"] = ledger.with_columns(used.alias("qnet_ar_mj_per_kg")).drop("shown")
    return (target.month,)


def other_scale(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """On so many days coal is counted by the weighbridge, which the plan does not name."""
    days = _stretch(scene, target, int(size), rng)
    change(scene, "fuel_use", _on(target, days), measured_by=pl.lit("truck_scale"))
    return (target.month,) if days else ()
