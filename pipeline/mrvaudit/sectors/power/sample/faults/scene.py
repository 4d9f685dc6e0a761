"""One plant's books while faults are planted in them, cut out of the fleet's tables and put back afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from mrvaudit.sectors.power.sample.books.declared import Slip
from mrvaudit.sectors.power.sample.frames import Tables

Spans = dict[str, dict[str, tuple[int, int]]]  # table -> plant -> first row and number of rows


@dataclass
class Scene:
    """The books of one plant: the fleet's tables, where its rows stand, what was changed, slips of its report."""

    entity_id: str
    fleet: Mapping[str, pl.DataFrame]
    spans: Spans
    changed: Tables = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)


@dataclass(frozen=True)
class Target:
    """Where a fault is planted: its units, their main fuel, the month, and the months that no other fault speaks of."""

    units: tuple[str, ...]
    fuel: str
    month: date
    free: frozenset[date]


def rows(scene: Scene, table: str) -> pl.DataFrame:
    """The plant's rows of a table as they now are."""
    if table in scene.changed:
        return scene.changed[table]
    first, count = scene.spans[table].get(scene.entity_id, (0, 0))
    return scene.fleet[table].slice(first, count)


def change(scene: Scene, table: str, where: pl.Expr, **values: pl.Expr) -> None:
    """Give columns new values in the rows where the condition holds."""
    changes = [pl.when(where).then(value).otherwise(pl.col(name)).alias(name) for name, value in values.items()]
    scene.changed[table] = rows(scene, table).with_columns(changes)


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
    """The fleet's tables with the changed rows of every scene in the places of the old ones."""
    done = dict(fleet)
    for name in {name for scene in scenes for name in scene.changed}:
        pieces, at = [], 0
        own = [scene for scene in scenes if name in scene.changed and scene.entity_id in spans[name]]
        for scene in sorted(own, key=lambda one: spans[name][one.entity_id]):
            first, count = spans[name][scene.entity_id]
            pieces += [fleet[name].slice(at, first - at), scene.changed[name]]
            at = first + count
        done[name] = pl.concat([*pieces, fleet[name].slice(at)])
    return done
