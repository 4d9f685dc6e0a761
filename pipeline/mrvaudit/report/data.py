"""What the reports read from the work folder: one scan per table and partition, cut into slices by unit or entity.

Three thousand units share a handful of scans; a slice becomes Python rows only when its unit's turn comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from mrvaudit.ingest.block import column_letter
from mrvaudit.report.settings import Settings
from mrvaudit.report.settings.charts import Source
from mrvaudit.standardise.keys.completing import Field, Place, moved, places

if TYPE_CHECKING:
    from mrvaudit.model import Audit

Row = dict[str, Any]
Key = tuple[Any, ...]
EVERY = "*"
"""In place of a column: all columns of the view."""
ORDER = ("month", "year", "date", "_block", "_line")


@dataclass(frozen=True)
class Slices:
    """A frame sorted by its keys, and where each key's rows stand."""

    frame: pl.DataFrame
    spans: Mapping[Key, tuple[int, int]]

    def of(self, *key: Any) -> pl.DataFrame:
        """The slice of one key, empty where it does not occur."""
        return self.frame.slice(*self.spans.get(key, (0, 0)))

    def rows(self, *key: Any) -> list[Row]:
        """Rows of one key, none where it does not occur."""
        return self.of(*key).to_dicts() if key in self.spans else []


def slices(frame: pl.DataFrame, keys: Iterable[str]) -> Slices:
    """`frame` cut by `keys`; the order of rows within a key is kept."""
    names = list(keys)
    if frame.is_empty() or not set(names) <= set(frame.columns):
        return Slices(frame, {})
    ordered = frame.with_columns(pl.int_range(pl.len()).alias("_order")).sort([*names, "_order"], nulls_last=False)
    spans = (
        ordered.with_row_index("_start")
        .group_by(names, maintain_order=True)
        .agg(pl.col("_start").first(), pl.len().alias("_length"))
    )
    where = {tuple(row[:-2]): (int(row[-2]), int(row[-1])) for row in spans.iter_rows()}
    return Slices(ordered.drop("_order"), where)


def scan(folder: Path, partition: int, columns: Iterable[str] | None = None) -> pl.DataFrame:
    """The named columns of one partition's file, those that exist; an empty frame without a file."""
    path = folder / f"p={partition}.parquet"
    if not path.is_file():
        return pl.DataFrame()
    frame = pl.scan_parquet(path, glob=False)
    if columns is not None:
        present = frame.collect_schema().names()
        wanted = set(columns)
        frame = frame.select([name for name in present if name in wanted])
    return frame.collect()


@dataclass(frozen=True)
class Blocks:
    """Where the rows came from: block number -> file, sheet, and the column of each field."""

    frame: pl.DataFrame
    moved: Mapping[Field, Place] = field(default_factory=dict)
    """Fields that were read apart from their record: its block and line, and the field -> block and line."""

    def where(self, block: int, line: int, name: str | None) -> tuple[int, int]:
        """Block and line that a field of a record was read at."""
        return self.moved.get((block, line, name or ""), (block, line))

    @cached_property
    def by_number(self) -> dict[int, Row]:
        """Every block by its number."""
        return {row["block"]: row for row in self.frame.iter_rows(named=True)}

    @cached_property
    def _spans(self) -> dict[tuple[int, tuple[str, ...]], tuple[str, str]]:
        return {}

    def cells(self, block: int | None, line: int | None, names: tuple[str, ...]) -> str | None:
        """Where fields of a row stand, as one A1 range or a cell; None where block or columns are not known."""
        if block is None or line is None:
            return None
        if (block, names) not in self._spans:
            self._spans[(block, names)] = self._span(block, names)
        first, last = self._spans[(block, names)]
        return None if not first else f"{first}{line}" if first == last else f"{first}{line}:{last}{line}"

    def _span(self, block: int, names: tuple[str, ...]) -> tuple[str, str]:
        columns = json.loads(self.by_number.get(block, {}).get("field_columns") or "{}")
        found = sorted(columns[name] for name in names if columns.get(name))
        return (column_letter(found[0]), column_letter(found[-1])) if found else ("", "")


def blocks_of(audit: Audit) -> Blocks:
    """The blocks of a run, with what was read apart from its record."""
    return Blocks(audit.blocks, places(moved(audit.work)))


@dataclass(frozen=True)
class Partition:
    """The rows of one partition: views and tables by unit, those of plants by entity."""

    units: pl.DataFrame
    by_unit: dict[str, Slices]
    by_entity: dict[str, Slices]
    members: dict[int, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitRows:
    """The rows of one unit and of its entity; each view becomes Python rows once."""

    part: Partition
    unit_key: int
    entity_id: str
    unit: Row
    _seen: dict[tuple[str, Any], Any] = field(default_factory=dict)

    def of_unit(self, name: str) -> list[Row]:
        """Rows of the unit in a view or table."""
        return self._once("unit", self.part.by_unit.get(name), name, self.unit_key)

    def of_entity(self, name: str) -> list[Row]:
        """Rows of the entity in a view or table."""
        return self._once("entity", self.part.by_entity.get(name), name, self.entity_id)

    def by_month(self, name: str, entity: bool = False) -> list[tuple[str, Row]]:
        """Rows of the unit (or its entity) with their months, the highest version of a month last."""
        key = ("months of entity" if entity else "months of unit", name)
        if key not in self._seen:
            rows = self.of_entity(name) if entity else self.of_unit(name)
            dated = [(str(row["month"])[:7] if row.get("month") else "", row) for row in rows]
            self._seen[key] = sorted(dated, key=lambda pair: pair[1].get("version") or 0)
        return self._seen[key]  # type: ignore[no-any-return]

    def records(self, name: str) -> dict[str, list[Row]]:
        """Records of a table by month: those of the unit, of the members of its group, and of the entity as a whole."""
        if ("records", name) not in self._seen:
            units = self.part.units
            grouped = units.filter(pl.col("member_key") == self.unit_key) if "member_key" in units.columns else None
            keys = [self.unit_key, *(grouped["unit_key"] if grouped is not None else ())]
            of_units = self.part.by_unit.get(name)
            rows = [row for key in keys for row in (of_units.rows(key) if of_units else ())]
            rows += [row for row in self.of_entity(name) if row.get("unit_key") is None]
            found: dict[str, list[Row]] = {}
            for row in rows:
                found.setdefault(str(row.get("month") or row.get("date") or "")[:7], []).append(row)
            self._seen["records", name] = found
        return self._seen["records", name]  # type: ignore[no-any-return]

    def records_of(self, table: str, month: str, item: str | None, value: Any) -> list[Row]:
        """Records of a table in a month, and of an item where a value of it is given: its own and those of no item."""
        key = ("records of", (table, month, value))
        if key not in self._seen:
            found = self.records(table).get(month, [])
            if item is not None and value is not None:
                found = [one for one in found if one.get(item) in (None, value)]
            self._seen[key] = found
        return self._seen[key]  # type: ignore[no-any-return]

    def _once(self, kind: str, found: Slices | None, name: str, key: Any) -> list[Row]:
        if (kind, name) not in self._seen:
            self._seen[(kind, name)] = found.rows(key) if found else []
        return self._seen[(kind, name)]  # type: ignore[no-any-return]


def wanted(settings: Settings, more: Iterable[Source]) -> dict[str, set[str]]:
    """Columns to read of every view and table (tables as `t/name`)."""
    needs: dict[str, set[str]] = {}
    for source in (*settings.sources(), *more):
        name = source.name if source.view else f"t/{source.name}"
        needs.setdefault(name, set()).add(source.column)
    return needs


def load(audit: Audit, partition: int, needs: Mapping[str, set[str]], item: str | None) -> Partition:
    """Everything the reports of one partition's units read, one scan per table and view."""
    work = audit.work
    by_unit: dict[str, Slices] = {}
    by_entity: dict[str, Slices] = {}
    for name, columns in sorted(needs.items()):
        folder = work.t(name[2:]) if name.startswith("t/") else work.m(name)
        fixed = {"unit_key", "entity_id", "scope_id", "version", *ORDER, *([item] if item else [])}
        frame = scan(folder, partition, None if EVERY in columns else columns | fixed)
        order = [one for one in (*ORDER[:3], item or "", *ORDER[3:]) if one in frame.columns]
        frame = frame.sort(order, nulls_last=False) if order else frame
        if "unit_key" in frame.columns:
            by_unit[name.removeprefix("t/")] = slices(frame.filter(pl.col("unit_key").is_not_null()), ["unit_key"])
        if "entity_id" in frame.columns:
            by_entity[name.removeprefix("t/")] = slices(frame, ["entity_id"])
    units = scan(work.t("unit_index"), partition)
    return Partition(units, by_unit, by_entity, _members(units))


def _members(units: pl.DataFrame) -> dict[int, list[str]]:
    """Members of each merged group by the group's key."""
    if "member_key" not in units.columns:
        return {}
    found = units.filter(pl.col("member_key").is_not_null()).sort("member_key", "unit_id")
    grouped = found.group_by("member_key", maintain_order=True).agg(pl.col("unit_id"))
    return dict(grouped.iter_rows())


def owned(audit: Audit, partition: int) -> dict[str, tuple[int, ...]]:
    """Which blocks hold rows of which entity of a partition, from two columns of every table."""
    work = audit.work
    found = [
        frame.filter(pl.col("_block").is_not_null()).unique()
        for name in audit.sector.tables
        if {"entity_id", "_block"} <= set((frame := scan(work.t(name), partition, ("entity_id", "_block"))).columns)
    ]
    if not found:
        return {}
    found.append(moved(work).select("entity_id", pl.col("own_block").alias("_block")))
    pairs = pl.concat(found, how="vertical_relaxed").unique().sort("entity_id", "_block")
    grouped = pairs.group_by("entity_id", maintain_order=True).agg(pl.col("_block"))
    return {entity: tuple(blocks) for entity, blocks in grouped.iter_rows()}


def months_of(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The months of rows as 2025-03, those that have one."""
    for row in rows:
        if row.get("month") is not None:
            yield str(row["month"])[:7]
