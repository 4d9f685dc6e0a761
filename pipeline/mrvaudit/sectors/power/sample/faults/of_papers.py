"""Faults in papers: the list of units, filings, plans, certificates of meters, who verified."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.faults.scene import Scene, Target, change, drop, rows, unit_row

_YEAR_OF_CERTIFICATE = timedelta(days=364)


def filing(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The month is filed that many days after the limit."""
    here = (pl.col("kind") == "monthly") & (pl.col("month") == target.month)
    change(scene, "filings", here, filed_on=pl.col("due_on").dt.offset_by(f"{int(size)}d"))
    return (target.month,)


def plan_filing(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """Next year's plan is filed that many days after this year's end."""
    here = (pl.col("kind") == "plan") & (pl.col("month") == date(scene.year + 1, 1, 1))
    filed = date(scene.year, 12, 31) + timedelta(days=int(size))
    change(scene, "filings", here, filed_on=pl.lit(filed))
    return (target.month,)


def unit_class(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The unit is listed in the other class of capacity (1), as unconventional (2), as a gas unit (3)."""
    other = "coal_le300" if unit_row(scene, target)["unit_class"] == "coal_gt300" else "coal_gt300"
    listed = (other, "coal_unconventional", "gas")[int(size) - 1]
    change(scene, "units", pl.col("unit_id").is_in(list(target.units)), unit_class=pl.lit(listed))
    return (target.month,)


def no_cogeneration(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """A unit that sends out heat is listed without (1), its plan says nothing of heat (2), it has no heat meter (3)."""
    own = pl.col("unit_id").is_in(list(target.units))
    if not rows(scene, "power_output").filter(own)["heat_gj"].sum():
        return ()
    change(scene, "units", own, cogeneration=pl.lit(False))
    if size >= 2:
        drop(scene, "control_plan", own & (pl.col("parameter") == "N"))
    if size >= 3:
        drop(scene, "meters", own & (pl.col("kind") == "heat_meter"))
    return (target.month,)


def meter_lapsed(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The certificate of the fuel's meter ends so many days before the next one begins."""
    own = pl.col("unit_id").is_in(list(target.units)) & pl.col("kind").is_in(["belt_scale", "feeder", "gas_meter"])
    own &= pl.col("event") == "verification"
    papers = rows(scene, "meters").filter(own).sort("due_on")
    burnt = rows(scene, "fuel_use").filter(
        pl.col("unit_id").is_in(list(target.units)) & (pl.col("fuel") == target.fuel) & (pl.col("consumption") > 0)
        & (pl.col("date").dt.truncate("1mo") == target.month)
    )  # fmt: skip
    if papers.height != 2 or burnt.is_empty():
        return ()
    ended = burnt["date"].min() - timedelta(days=1)  # type: ignore[operator]
    for old, made in zip(
        papers["calibrated_on"], (ended - _YEAR_OF_CERTIFICATE, ended + timedelta(days=int(size) + 1)), strict=True
    ):
        number = pl.col("certificate_no").str.replace(f"{old:%Y%m%d}", f"{made:%Y%m%d}", literal=True)
        change(scene, "meters", own & (pl.col("calibrated_on") == old), certificate_no=number,
               due_on=pl.lit(made + _YEAR_OF_CERTIFICATE), calibrated_on=pl.lit(made))  # fmt: skip
    return (target.month,)


def own_verifier(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The body that verified prepared the report too: by its name (1), its id (2), its province and team (3)."""
    serial = scene.entity_id[-6:]
    name, body = f"示例双职{serial}号技术中心", f"SZ-{serial}"
    named = {"verifier_name": name, "preparer_name": name}
    named |= {"verifier_id": body, "preparer_id": body} if size >= 2 else {"verifier_id": body}
    change(scene, "verifications", pl.lit(True), **{column: pl.lit(value) for column, value in named.items()})
    if size < 2:
        change(scene, "verifications", pl.lit(True), preparer_id=pl.lit(None, pl.String))
    if size >= 3:
        change(scene, "verifications", pl.lit(True), preparer_province=pl.col("verifier_province"))
    return (target.month,)


def no_attachment(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The month's list of attachments lacks the ledger of output (1), of fuel (2), and of heat values (3)."""
    kinds = ["output_ledger", "fuel_ledger", "ncv_ledger"][: int(size)]
    made = rows(scene, "power_output").filter((pl.col("month") == target.month) & (pl.col("generation_mwh") > 0))
    if set(made["unit_id"]) != set(target.units):  # a unit that stood still has no ledger to file
        return ()
    drop(scene, "attachments", (pl.col("month") == target.month) & pl.col("kind").is_in(kinds))
    return (target.month,)
