"""The faults that can be planted: each changes what a falsifier or a slip would, and what follows from it follows.

To add one: write a function that takes a scene, a target, a size and random numbers, changes the plant's books with
`change` or adds a `Slip` to the report, and returns the months it spoilt (findings are due from the target's month on);
then add a line to FAULTS with the rule it is meant for and its three sizes. It returns no month, and changes nothing,
where the books have nothing to plant it in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import Slip, half_up
from mrvaudit.sectors.power.sample.faults import of_reports as reports
from mrvaudit.sectors.power.sample.faults.scene import Scene, Target, change, rows
from mrvaudit.sectors.power.sample.world.names import DIESEL

Apply: TypeAlias = Callable[[Scene, Target, float, np.random.Generator], tuple[date, ...]]
SIZE_NAMES = ("small", "real", "gross")


@dataclass(frozen=True)
class Fault:
    """A kind of fault. `table` and `field` are where a finding about it is expected.

    `reach`: a unit, the units that share a laboratory report, or the plant. `sizes`: small, real, gross, in `measure`.
    `kinds`: plants whose main fuel it can be planted at.
    """

    name: str
    rule_id: str
    table: str
    field: str
    reach: Literal["unit", "report", "plant"]
    span: Literal["month", "year"]
    sizes: tuple[float, float, float]
    measure: Literal["share", "point", "days", "months", "items"]
    apply: Apply
    kinds: tuple[str, ...] = ("coal", "gangue")


def slip(column: str, *, of_fuel: bool = True, adds: bool = False) -> Apply:
    """A fault that makes one reported figure smaller by its size as a share, or larger by it in points."""

    def apply(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
        times, plus = (1.0, size) if adds else (1 - size, 0.0)
        fuel = target.fuel if of_fuel else None
        scene.slips += [Slip(scene.entity_id, unit, target.month, column, fuel, times, plus) for unit in target.units]
        return (target.month,)

    return apply


def purchases(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The ledger books more coal than came, each month by a share of what was burnt."""
    more = half_up(pl.col("purchased") + size * pl.col("consumed"), 2)
    change(scene, "energy_use", pl.col("source") == "stock_ledger", purchased=more)
    return (target.month,)


def daily_fuel(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The scales show less all year: days, ledger and report alike; what lies in the yard stays what it is."""
    solid = pl.col("fuel") != DIESEL
    change(scene, "fuel_use", solid, consumption=half_up(pl.col("consumption") * (1 - size), 2))
    sites = rows(scene, "units").select("unit_id", pl.coalesce("site_id", "entity_id").alias("scope_id"))
    burnt = rows(scene, "fuel_use").filter(solid).join(sites, on="unit_id").group_by(
        "scope_id", "fuel", pl.col("date").dt.truncate("1mo").alias("month")
    ).agg(pl.col("consumption").sum().round(2).alias("burnt"))  # fmt: skip
    ledger = rows(scene, "energy_use").join(burnt, on=["scope_id", "fuel", "month"], how="left", maintain_order="left")
    scene.changed["energy_use"] = ledger.with_columns(pl.coalesce("burnt", "consumed").alias("consumed")).drop("burnt")
    return (target.month,)


def opening_stock(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """A month opens with more than the month before closed with; less is booked as bought, so that it still closes."""
    ledger = rows(scene, "energy_use").filter((pl.col("source") == "stock_ledger") & (pl.col("fuel") == target.fuel))
    first = ledger["scope_id"].min()
    before = ledger.filter((pl.col("month") < target.month) & (pl.col("scope_id") == first)).sort("month")
    if before.is_empty() or before["stock_end"][-1] * size < 50:
        return ()
    more = round(before["stock_end"][-1] * size, 2)
    here = (pl.col("source") == "stock_ledger") & (pl.col("fuel") == target.fuel) & (pl.col("scope_id") == first)
    here &= pl.col("month") == target.month
    enough = pl.col("purchased") >= more
    change(
        scene, "energy_use", here,
        stock_begin=half_up(pl.col("stock_begin") + more, 2),
        purchased=pl.when(enough).then(half_up(pl.col("purchased") - more, 2)).otherwise("purchased"),
        adjustment=pl.when(enough).then("adjustment").otherwise(half_up(pl.col("adjustment") - more, 2)),
    )  # fmt: skip
    return (target.month,)


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


def filing(scene: Scene, target: Target, size: float, _rng: np.random.Generator) -> tuple[date, ...]:
    """The month is filed that many days after the limit."""
    here = (pl.col("kind") == "monthly") & (pl.col("month") == target.month)
    change(scene, "filings", here, filed_on=pl.col("due_on").dt.offset_by(f"{int(size)}d"))
    return (target.month,)


_ANY = ("coal", "gangue", "gas")
_REPORTED, _REPORT, _LEDGER = "declarations", "element_carbon", "energy_use"
FAULTS = (
    Fault("declared_fuel", "QTY-01", _REPORTED, "fuel_consumption", "unit", "month", (0.015, 0.03, 0.06), "share",
          slip("fuel_consumption"), _ANY),
    Fault("stock_purchases", "QTY-04", _LEDGER, "consumed", "plant", "year", (0.03, 0.06, 0.12), "share", purchases),
    Fault("daily_fuel", "QTY-04", _LEDGER, "consumed", "plant", "year", (0.025, 0.05, 0.10), "share", daily_fuel),
    Fault("opening_stock", "QTY-05", _LEDGER, "stock_begin", "plant", "month", (0.03, 0.06, 0.12), "share",
          opening_stock),
    Fault("received_early", "LAB-04", _REPORT, "received_on", "report", "month", (1, 2, 4), "days",
          reports.received_early),
    Fault("issued_early", "LAB-04", _REPORT, "issued_on", "report", "month", (1, 2, 4), "days", reports.issued_early),
    Fault("sample_reused", "LAB-07", _REPORT, "sample_id", "report", "month", (1, 2, 4), "months",
          reports.sample_reused),
    Fault("results_copied", "LAB-10", _REPORT, "c_ad_pct", "report", "month", (4, 5, 6), "items",
          reports.results_copied),
    Fault("carbon_lowered", "LAB-14", _REPORT, "c_ad_pct", "report", "month", (0.025, 0.05, 0.10), "share",
          reports.carbon_lowered),
    Fault("laboratory_low", "LAB-14", _REPORT, "c_ad_pct", "report", "year", (0.015, 0.03, 0.06), "share",
          reports.laboratory_low),
    Fault("conversion_moisture", "LAB-17", _REPORTED, "carbon_content_tc_per_t", "unit", "month", (1, 2, 4), "point",
          slip("conversion_m_ar_pct", adds=True)),
    Fault("heat_value", "NCV-01", _REPORTED, "ncv_gj_per_t", "unit", "month", (0.015, 0.03, 0.06), "share",
          slip("ncv_gj_per_t")),
    Fault("emission_arithmetic", "EMI-01", _REPORTED, "combustion_tco2", "unit", "month", (0.01, 0.02, 0.04), "share",
          slip("combustion_tco2"), _ANY),
    Fault("generation", "ELE-03", "electricity", "on_grid_mwh", "plant", "month", (0.01, 0.02, 0.04), "share",
          generation, _ANY),
    Fault("load_factor", "HRS-03", "declared_output", "load_factor_pct", "unit", "month", (0.01, 0.02, 0.04), "share",
          slip("load_factor_pct", of_fuel=False), _ANY),
    Fault("filing_late", "PRC-01", "filings", "filed_on", "plant", "month", (2, 5, 10), "days", filing, _ANY),
)  # fmt: skip
