"""What the second opinion is asked about: tables by month and views with `gate:`, each with generated expectations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from mrvaudit.ingest.frames import row_key
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.tables import Table

# A value at the bound passes, whatever its last bit.
ROOM = 1e-9


@dataclass(frozen=True)
class Expectation:
    """One thing expected of a column (of all key columns together for `unique`)."""

    kind: str
    column: str
    min: float | None = None
    max: float | None = None
    words: tuple[str, ...] = ()

    @property
    def limit(self) -> str:
        """The bounds as a reader sees them."""
        low = f"≥ {self.min:g}" if self.min is not None else ""
        high = f"≤ {self.max:g}" if self.max is not None else ""
        return ", ".join(part for part in (low, high) if part)


@dataclass(frozen=True)
class Subject:
    """A frame and what is expected of it; `key` are the columns that name a row."""

    name: str
    kind: str
    frame: pl.DataFrame
    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]


def subjects(sector: Sector, work: Work, partitions: Sequence[int], units: pl.DataFrame) -> Iterator[Subject]:
    """Every table with one row per month, then every view that has a `gate:`, with its rows of all partitions.

    A view that names its unit by key alone gets entity and unit from `units`, the unit index.
    """
    owners = units.select("unit_key", "entity_id", "unit_id")
    for table in sector.tables.values():
        if _monthly(table) and (wanted := _of_table(table, sector)):
            rows = _read([work.part(work.t(table.name), part) for part in partitions])
            yield Subject(table.name, "table", rows.with_columns(row_key(table)), ("entity_id", *table.key), wanted)
    for view in sector.views:
        if view.gate:
            rows = _read([work.part(work.m(view.view), part) for part in partitions])
            if "entity_id" not in rows.columns and "unit_key" in rows.columns:
                rows = rows.join(owners, on="unit_key", how="left", maintain_order="left")
            named = rows.with_columns(_name(rows, [one for one in view.grain if one != "unit_key"]))
            bounds = tuple(
                Expectation("range", column, bound.min, bound.max)
                for column, bound in view.gate.items()
                if bound.min is not None or bound.max is not None
            )
            present = tuple(Expectation("required", name) for name, bound in view.gate.items() if bound.not_null)
            unique = Expectation("unique", view.grain[0])
            yield Subject(view.view, "view", named, view.grain, (*bounds, *present, unique))


def _monthly(table: Table) -> bool:
    return table.month in table.fields and table.fields[table.month or ""].type == "month"


def _of_table(table: Table, sector: Sector) -> tuple[Expectation, ...]:
    found = []
    for field in table.fields.values():
        if field.min is not None or field.max is not None:
            found.append(Expectation("range", field.name, field.min, field.max))
        if field.codes in sector.codes:
            found.append(Expectation("code", field.name, words=tuple(sorted(sector.codes[field.codes]))))
        if field.required and field.name not in table.key and field.name != "entity_id":
            found.append(Expectation("required", field.name))
    return tuple(found)


def _read(paths: Sequence[object]) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(str(path)) for path in paths])


def _name(rows: pl.DataFrame, grain: list[str]) -> pl.Expr:
    kinds = rows.schema
    parts = [
        (pl.col(name).dt.strftime("%Y-%m-%d") if kinds[name] == pl.Date else pl.col(name).cast(pl.String)).fill_null("")
        for name in grain
    ]
    return (pl.concat_str(parts, separator="|") if parts else pl.lit("")).alias("row_key")
