"""Faults in how the month's composite is mixed and who tests it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import half_up
from mrvaudit.sectors.power.sample.faults.of_reports import free_months, mine
from mrvaudit.sectors.power.sample.faults.scene import Scene, Target, change, rows


def _parts(scene: Scene, target: Target) -> tuple[str, pl.DataFrame, float]:
    """The number of the month's composite, the unit's larger parts of it by day, and its mass."""
    here = mine(target) & (pl.col("sampled_from") == target.month)
    number = rows(scene, "fuel_samples").filter(here)["sample_id"]
    if number.is_empty():
        return "", rows(scene, "composites").clear(), 0.0
    sample = rows(scene, "composites").filter(pl.col("sample_id") == number[0])
    own = sample.filter(pl.col("unit_id").is_in(list(target.units)))
    usual = own["sub_mass_g"].median()
    large = own.filter(pl.col("sub_mass_g") > 0.5 * pl.lit(usual)).sort("date")
    return number[0], large, float(sample["sub_mass_g"].sum())


def uneven_composite(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """One day's part of the composite is larger by that many points of the whole; the others are smaller for it."""
    number, parts, total = _parts(scene, target)
    if parts.is_empty():
        return ()
    day, mass = parts.select("date", "sub_mass_g").row(int(rng.integers(parts.height)))
    larger = mass + size / 100 * total
    here = pl.col("sample_id") == number
    one = here & pl.col("unit_id").is_in(list(target.units)) & (pl.col("date") == day)
    smaller = half_up(pl.col("sub_mass_g") * ((total - larger) / (total - mass)), 1)
    change(scene, "composites", here, sub_mass_g=pl.when(one).then(round(larger, 1)).otherwise(smaller))
    return (target.month,)


def days_left_out(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """So many of the unit's days have no part in the composite; the others are weighed out larger for it."""
    number, parts, total = _parts(scene, target)
    if parts.height <= size + 5:
        return ()
    days = [parts["date"][int(at)] for at in rng.permutation(parts.height)[: int(size)]]
    here = pl.col("sample_id") == number
    gone = here & pl.col("unit_id").is_in(list(target.units)) & pl.col("date").is_in(days)
    left = total - float(rows(scene, "composites").filter(gone)["sub_mass_g"].sum())
    change(scene, "composites", here, sub_mass_g=half_up(pl.col("sub_mass_g") * (total / left), 1))
    scene.changed["composites"] = rows(scene, "composites").filter(~gone)
    return (target.month,)


def lapsed_laboratory(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The month is tested by a laboratory whose papers had ended that many days before."""
    if target.month not in free_months(scene, target):
        return ()
    here = mine(target) & (pl.col("month") == target.month)
    tested = rows(scene, "element_carbon").filter(here)["tested_on"][0]
    serial = scene.entity_id[-6:]
    names = {"lab_id": f"JC-{serial}", "lab_name": f"示例煤质{serial}号化验室"}
    numbers = {"cma_no": f"1915{serial}01", "cnas_no": f"L8{serial}"}
    change(scene, "element_carbon", here, **{name: pl.lit(value) for name, value in (names | numbers).items()})
    change(
        scene, "fuel_samples", mine(target) & (pl.col("sampled_from") == target.month), lab_id=pl.lit(names["lab_id"])
    )
    model = scene.fleet["laboratories"].head(2).with_columns(entity_id=pl.lit(scene.entity_id))
    ended = tested - timedelta(days=int(size))
    number = pl.when(pl.col("scheme") == "CMA").then(pl.lit(numbers["cma_no"])).otherwise(pl.lit(numbers["cnas_no"]))
    papers = model.with_columns(
        lab_id=pl.lit(names["lab_id"]),
        lab_name=pl.lit(names["lab_name"]),
        certificate_no=number,
        valid_from=pl.lit(ended - timedelta(days=6 * 365)),
        valid_to=pl.lit(ended),
    )
    scene.changed["laboratories"] = pl.concat([rows(scene, "laboratories"), papers])
    return (target.month,)
