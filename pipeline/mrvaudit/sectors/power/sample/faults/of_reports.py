"""Faults in the laboratory's reports and the papers of the sample: all units that share a report share its fault."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import half_up
from mrvaudit.sectors.power.sample.faults.scene import Scene, Target, change, rows
from mrvaudit.sectors.power.sample.physics.chemistry import net_heat
from mrvaudit.sectors.power.sample.world.digits import figures, printed

# What a copied report has in common with its model, the most telling first.
_ITEMS = ("c_ad_pct", "qgr_ad_mj_per_kg", "m_ad_pct", "a_ad_pct", "h_ad_pct", "st_ad_pct")


def _mine(target: Target) -> pl.Expr:
    return pl.col("unit_id").is_in(list(target.units)) & (pl.col("fuel") == target.fuel)


def _free_months(scene: Scene, target: Target) -> list[date]:
    """Months without another fault for which the first of the units has a report."""
    own = rows(scene, "element_carbon").filter((pl.col("unit_id") == target.units[0]) & (pl.col("fuel") == target.fuel))
    return [month for month in own["month"].sort() if month in target.free]


def received_early(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The laboratory received the sample that many days before it was sent."""
    if target.month not in _free_months(scene, target):
        return ()
    slip = _mine(target) & (pl.col("sampled_from") == target.month)
    received = pl.lit(rows(scene, "fuel_samples").filter(slip)["sent_on"][0]).dt.offset_by(f"-{int(size)}d")
    change(scene, "element_carbon", _mine(target) & (pl.col("month") == target.month), received_on=received)
    change(scene, "fuel_samples", slip, received_on=received)
    return (target.month,)


def issued_early(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The report is dated that many days before its tests ended."""
    if target.month not in _free_months(scene, target):
        return ()
    issued = pl.col("tested_to").dt.offset_by(f"-{int(size)}d")
    change(scene, "element_carbon", _mine(target) & (pl.col("month") == target.month), issued_on=issued)
    return (target.month,)


def sample_reused(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """Reports from this month on carry the code of the month before; the slips of all of them are missing."""
    known = _free_months(scene, target)
    at = known.index(target.month) if target.month in known else 0
    spoilt = known[at - 1 : at + int(size)]
    if at == 0 or len(spoilt) <= int(size):
        return ()
    own = rows(scene, "element_carbon").filter(_mine(target) & pl.col("month").is_in(spoilt)).sort("month")
    codes = own["sample_id"].unique(maintain_order=True).to_list()
    change(scene, "element_carbon", _mine(target) & pl.col("month").is_in(spoilt), sample_id=pl.lit(codes[0]))
    theirs = pl.col("unit_id").is_in(list(target.units)) & pl.col("sample_id").is_in(codes)
    change(scene, "composites", theirs, sample_id=pl.lit(codes[0]))
    scene.changed["fuel_samples"] = rows(scene, "fuel_samples").filter(~theirs)
    return tuple(spoilt)


def results_copied(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """As many results as `size` says are those of an earlier month; what is computed from them is computed anew."""
    known = _free_months(scene, target)
    others = [month for month in known if month < target.month]
    if not others or target.month not in known:
        return ()
    model = others[int(rng.integers(len(others)))]
    own = rows(scene, "element_carbon").filter(_mine(target) & (pl.col("month") == model)).row(0, named=True)
    here = _mine(target) & (pl.col("month") == target.month)
    change(scene, "element_carbon", here, **{name: pl.lit(own[name]) for name in _ITEMS[: int(size)]})
    report = rows(scene, "element_carbon").filter(here).row(0, named=True)
    hydrogen, moisture, inner = (printed(np.array(report[name]), 2) for name in ("h_ad_pct", "m_ar_pct", "m_ad_pct"))
    net = net_heat(printed(np.array(report["qgr_ad_mj_per_kg"]), 3), hydrogen, moisture, inner)
    fixed = 100 - report["m_ad_pct"] - report["a_ad_pct"] - report["v_ad_pct"]
    change(
        scene, "element_carbon", here,
        qnet_ar_mj_per_kg=pl.lit(float(figures(net, 3))), fc_ad_pct=pl.lit(round(fixed, 2)),
    )  # fmt: skip
    return (model, target.month)


def carbon_lowered(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The report's carbon is lower than what was measured; the rest of the report is not."""
    if target.month not in _free_months(scene, target):
        return ()
    lower = half_up(pl.col("c_ad_pct") * (1 - size), 2)
    change(scene, "element_carbon", _mine(target) & (pl.col("month") == target.month), c_ad_pct=lower)
    return (target.month,)


def laboratory_low(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The laboratory shades the carbon of every month for this client."""
    change(scene, "element_carbon", _mine(target), c_ad_pct=half_up(pl.col("c_ad_pct") * (1 - size), 2))
    return tuple(_free_months(scene, target))
