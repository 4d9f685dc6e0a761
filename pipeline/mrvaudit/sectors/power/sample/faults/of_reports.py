"""Faults in the laboratory's reports and the papers of the sample: all units that share a report share its fault."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import half_up
from mrvaudit.sectors.power.sample.faults.scene import Scene, Target, change, drop, rows
from mrvaudit.sectors.power.sample.physics.chemistry import net_heat
from mrvaudit.sectors.power.sample.world.digits import figures, printed

# What a copied report has in common with its model, the most telling first.
_ITEMS = ("c_ad_pct", "qgr_ad_mj_per_kg", "m_ad_pct", "a_ad_pct", "h_ad_pct", "st_ad_pct")
# What a report may lack without leaving its month without carbon.
_MISSING = (("h_ad_pct",), ("st_ad_pct",), ("qgr_ad_mj_per_kg", "qnet_ar_mj_per_kg"))
_OF_COAL = ("c_ad_pct", "h_ad_pct", "n_ad_pct", "st_ad_pct", "v_ad_pct")  # shares of what is neither ash nor water


def mine(target: Target) -> pl.Expr:
    """Reports and samples of the target's units and fuel."""
    return pl.col("unit_id").is_in(list(target.units)) & (pl.col("fuel") == target.fuel)


def free_months(scene: Scene, target: Target) -> list[date]:
    """Months without another fault for which the first of the units has a report."""
    own = rows(scene, "element_carbon").filter((pl.col("unit_id") == target.units[0]) & (pl.col("fuel") == target.fuel))
    return [month for month in own["month"].sort() if month in target.free]


def _here(target: Target) -> pl.Expr:
    return mine(target) & (pl.col("month") == target.month)


def recount(scene: Scene, target: Target) -> None:
    """Net heat and fixed carbon of the month's reports follow from what else they print."""
    reports = rows(scene, "element_carbon")
    gross, hydrogen, total, inner = (
        printed(reports[name].fill_null(0).to_numpy(), places)
        for name, places in (("qgr_ad_mj_per_kg", 3), ("h_ad_pct", 2), ("m_ar_pct", 2), ("m_ad_pct", 2))
    )
    net = pl.lit(pl.Series(figures(net_heat(gross, hydrogen, total, inner), 3)))
    fixed = half_up(100 - pl.col("m_ad_pct") - pl.col("a_ad_pct") - pl.col("v_ad_pct"), 2)
    change(scene, "element_carbon", _here(target), qnet_ar_mj_per_kg=net, fc_ad_pct=fixed)


def received_early(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The laboratory received the sample that many days before it was sent."""
    if target.month not in free_months(scene, target):
        return ()
    slip = mine(target) & (pl.col("sampled_from") == target.month)
    received = pl.lit(rows(scene, "fuel_samples").filter(slip)["sent_on"][0]).dt.offset_by(f"-{int(size)}d")
    change(scene, "element_carbon", _here(target), received_on=received)
    change(scene, "fuel_samples", slip, received_on=received)
    return (target.month,)


def issued_early(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The report is dated that many days before its tests ended."""
    if target.month not in free_months(scene, target):
        return ()
    change(scene, "element_carbon", _here(target), issued_on=pl.col("tested_to").dt.offset_by(f"-{int(size)}d"))
    return (target.month,)


def issued_late(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The report is issued that many days after its time limit, under the number of that day."""
    if target.month not in free_months(scene, target):
        return ()
    end = pl.select(pl.lit(target.month).dt.month_end()).item()
    issued = end + timedelta(days=scene.regime.report_days + int(size))
    number = pl.col("report_no").str.replace(r"\d{4}-\d{3}", f"{issued:%Y-%j}")
    change(scene, "element_carbon", _here(target), issued_on=pl.lit(issued), report_no=number)
    return (target.month,)


def other_month(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The report names as the sample's month one that lies so many months back."""
    if target.month not in free_months(scene, target):
        return ()
    change(scene, "element_carbon", _here(target), sample_month=pl.col("sample_month").dt.offset_by(f"-{int(size)}mo"))
    return (target.month,)


def sample_reused(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """Reports from this month on carry the code of the month before; the slips of all of them are missing."""
    known = free_months(scene, target)
    at = known.index(target.month) if target.month in known else 0
    spoilt = known[at - 1 : at + int(size)]
    if at == 0 or len(spoilt) <= int(size):
        return ()
    own = rows(scene, "element_carbon").filter(mine(target) & pl.col("month").is_in(spoilt)).sort("month")
    codes = own["sample_id"].unique(maintain_order=True).to_list()
    change(scene, "element_carbon", mine(target) & pl.col("month").is_in(spoilt), sample_id=pl.lit(codes[0]))
    theirs = pl.col("unit_id").is_in(list(target.units)) & pl.col("sample_id").is_in(codes)
    change(scene, "composites", theirs, sample_id=pl.lit(codes[0]))
    drop(scene, "fuel_samples", theirs)
    return tuple(spoilt)


def results_copied(scene: Scene, target: Target, size: float, rng: np.random.Generator) -> tuple[date, ...]:
    """As many results as `size` says are those of an earlier month; what is computed from them is computed anew."""
    known = free_months(scene, target)
    others = [month for month in known if month < target.month]
    if not others or target.month not in known:
        return ()
    model = others[int(rng.integers(len(others)))]
    own = rows(scene, "element_carbon").filter(mine(target) & (pl.col("month") == model)).row(0, named=True)
    change(scene, "element_carbon", _here(target), **{name: pl.lit(own[name]) for name in _ITEMS[: int(size)]})
    recount(scene, target)
    return (model, target.month)


def items_missing(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """So many items are not in the report: hydrogen, then sulphur, then heat."""
    if target.month not in free_months(scene, target):
        return ()
    gone = [name for names in _MISSING[: int(size)] for name in names]
    change(scene, "element_carbon", _here(target), **{name: pl.lit(None, pl.Float64) for name in gone})
    return (target.month,)


def carbon_lowered(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The report's carbon is lower than what was measured; the rest of the report is not."""
    if target.month not in free_months(scene, target):
        return ()
    change(scene, "element_carbon", _here(target), c_ad_pct=half_up(pl.col("c_ad_pct") * (1 - size), 2))
    return (target.month,)


def laboratory_low(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The laboratory shades the carbon of every month for this client."""
    change(scene, "element_carbon", mine(target), c_ad_pct=half_up(pl.col("c_ad_pct") * (1 - size), 2))
    return tuple(free_months(scene, target))


def carbon_flat(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """Dry carbon spreads over the year only that part of what it did; the rest of the reports is as it was."""
    months = free_months(scene, target)
    if len(months) < 10:
        return ()
    own = pl.col("c_ad_pct") / (100 - pl.col("m_ad_pct"))
    mean = rows(scene, "element_carbon").filter(mine(target)).select(own.mean()).item()
    narrow = (mean + (own - mean) / size) * (100 - pl.col("m_ad_pct"))
    change(scene, "element_carbon", mine(target), c_ad_pct=half_up(narrow, 2))
    return tuple(months)


def ash_of_another(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The ash is another sample's: with it the parts add up to that many points more than all of it."""
    if target.month not in free_months(scene, target):
        return ()
    others = pl.sum_horizontal("c_ad_pct", "h_ad_pct", "st_ad_pct", "m_ad_pct")
    change(scene, "element_carbon", _here(target), a_ad_pct=half_up(100 + size - others, 2))
    recount(scene, target)
    return (target.month,)


def sample_diluted(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The sample was stretched with stone: that share of the coal in it is ash, in every result."""
    if target.month not in free_months(scene, target):
        return ()
    less = {name: half_up(pl.col(name) * (1 - size), 2) for name in _OF_COAL}
    less["qgr_ad_mj_per_kg"] = half_up(pl.col("qgr_ad_mj_per_kg") * (1 - size), 3)
    stone = half_up(pl.col("a_ad_pct") + size * (100 - pl.col("m_ad_pct") - pl.col("a_ad_pct")), 2)
    change(scene, "element_carbon", _here(target), a_ad_pct=stone, **less)
    recount(scene, target)
    return (target.month,)
