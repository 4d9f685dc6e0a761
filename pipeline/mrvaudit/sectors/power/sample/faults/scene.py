"""One plant's books while faults are planted in them, cut out of the fleet's tables and put back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.books.declared import DECIMALS, Slip, figure, fuel_months
from mrvaudit.sectors.power.sample.frames import Tables
from mrvaudit.sectors.power.sample.regime import Regime
from mrvaudit.sectors.power.sample.world.names import DIESEL

Spans = dict[str, dict[str, tuple[int, int]]]  # table -> plant -> first row and number of rows
SOLID = pl.col("fuel") != DIESEL  # of plants that burn no gas


@dataclass
class Scene:
    """The books of one plant: the fleet's tables, where its rows stand, what was changed, slips of its report."""

    entity_id: str
    fleet: Mapping[str, pl.DataFrame]
    spans: Spans
    regime: Regime
    year: int
    changed: Tables = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)


@dataclass(frozen=True)
class Target:
    """Where a fault is planted: its units, their main fuel, the month, and the months that no other fault speaks of."""

    units: tuple[str, ...]
    fuel: str
    month: date
    free: frozenset[date]


Apply: TypeAlias = Callable[[Scene, Target, float, np.random.Generator], tuple[date, ...]]


def rows(scene: Scene, table: str) -> pl.DataFrame:
    """The plant's rows of a table as they now are."""
    return scene.changed[table] if table in scene.changed else before(scene, table)


def before(scene: Scene, table: str) -> pl.DataFrame:
    """The plant's rows of a table as they were before any fault."""
    first, count = scene.spans[table].get(scene.entity_id, (0, 0))
    return scene.fleet[table].slice(first, count)


def change(scene: Scene, table: str, where: pl.Expr, **values: pl.Expr) -> None:
    """Give columns new values in the rows where the condition holds."""
    changes = [pl.when(where).then(value).otherwise(pl.col(name)).alias(name) for name, value in values.items()]
    scene.changed[table] = rows(scene, table).with_columns(changes)


def drop(scene: Scene, table: str, where: pl.Expr) -> None:
    """Take the rows out for which the condition holds."""
    scene.changed[table] = rows(scene, table).filter(~where)


def slip(scene: Scene, target: Target, column: str, *, times: float = 1.0, plus: float = 0.0, **of: str) -> None:
    """A slip of the target's month for each of its units; `fuel` only for figures of a fuel."""
    fuel = of.get("fuel")
    scene.slips += [Slip(scene.entity_id, unit, target.month, column, fuel, times, plus) for unit in target.units]


def reported(scene: Scene) -> pl.DataFrame:
    """Unit × month × fuel with every figure of the plant's form, from its books and slips as they now are."""
    ledgers = {name: rows(scene, name) for name in ("fuel_use", "element_carbon", "gas_tests", "coal_receipts")}
    months = fuel_months(ledgers, scene.slips, scene.regime, scene.year)
    return months.with_columns(
        figure(pl.col(name), places) for name, places in DECIMALS.items() if name in months.columns
    )


def of_target(target: Target) -> pl.Expr:
    """Rows of the target's units in its month, in tables by month."""
    return pl.col("unit_id").is_in(list(target.units)) & (pl.col("month") == target.month)


def days_of_target(target: Target) -> pl.Expr:
    """Rows of the target's units in its month, in tables by day."""
    return pl.col("unit_id").is_in(list(target.units)) & (pl.col("date").dt.truncate("1mo") == target.month)


def month_row(scene: Scene, target: Target) -> dict[str, float]:
    """The production ledger of the target's first unit and month."""
    own = (pl.col("unit_id") == target.units[0]) & (pl.col("month") == target.month)
    return rows(scene, "power_output").filter(own).row(0, named=True)


def unit_row(scene: Scene, target: Target) -> dict[str, object]:
    """What the list of units says of the target's first unit."""
    return rows(scene, "units").filter(pl.col("unit_id") == target.units[0]).row(0, named=True)


def run_of_months(months: list[date], target: Target, count: int) -> list[date]:
    """So many of the months (in order) from the target's on; none where there are fewer or one is not free."""
    wanted = [month for month in months if month >= target.month][:count]
    return wanted if len(wanted) == count and wanted[0] == target.month and set(wanted) <= target.free else []


def spans_of(tables: Mapping[str, pl.DataFrame]) -> Spans:
    """Where each plant's rows stand; the rows of a plant stand together."""
    spans: Spans = {}
    for name, frame in tables.items():
        runs = frame.select(pl.col("entity_id").rle().alias("run")).unnest("run").rename({"value": "plant"})
        runs = runs.with_columns((pl.col("len").cum_sum() - pl.col("len")).alias("first"))
        spans[name] = {
            plant: (first, count) for plant, first, count in runs.select("plant", "first", "len").iter_rows()
        }
    return spans


def put_back(fleet: Tables, spans: Spans, scenes: list[Scene]) -> Tables:
    """The fleet's tables with the changed rows of every scene in the places of the old ones.

    Rows of a plant that had none in the table stand behind all others.
    """
    done = dict(fleet)
    for name in sorted({name for scene in scenes for name in scene.changed}):
        pieces, at = [], 0
        own = [scene for scene in scenes if name in scene.changed]
        old = [scene for scene in own if scene.entity_id in spans[name]]
        for scene in sorted(old, key=lambda one: spans[name][one.entity_id]):
            first, count = spans[name][scene.entity_id]
            pieces += [fleet[name].slice(at, first - at), scene.changed[name]]
            at = first + count
        new = [scene.changed[name] for scene in own if scene.entity_id not in spans[name]]
        done[name] = pl.concat([*pieces, fleet[name].slice(at), *new])
    return done
