"""Between the passes: rows get their entity and go to the partition that the entity's hash gives."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mrvaudit.ingest.frames import schema, write
from mrvaudit.sector import Sector
from mrvaudit.standardise import units
from mrvaudit.standardise.batch import Intake, Part
from mrvaudit.standardise.entities import GROUP, Owners, resolve
from mrvaudit.standardise.ids import outside
from mrvaudit.standardise.ids.outside import Unmatched
from mrvaudit.tables import Table


@dataclass(frozen=True)
class Routed:
    """Parts of each table per partition, the partition of each entity, every unit that rows speak of, and rows
    whose outside ids stand for nobody."""

    parts: list[dict[str, list[Part]]]
    partition_of: Mapping[str, int]
    references: list[pl.DataFrame]
    unmatched: list[Unmatched]


def partition(entity_id: str, partitions: int) -> int:
    """The partition of an entity: its hash modulo their number; rows without an entity lie in the first."""
    if not entity_id or partitions == 1:
        return 0
    return int(hashlib.sha256(entity_id.encode()).hexdigest()[:16], 16) % partitions


def route(intake: Intake, owners: Owners, partition_rows: int) -> Routed:
    """Resolve entities and split the staged rows; the number of partitions depends on the number of rows alone."""
    partitions = max(1, math.ceil(intake.rows / partition_rows))
    routed = Routed([{} for _ in range(partitions)], {}, [], [])
    whom = _identifiers(intake, owners)
    place: dict[str, int] = {}
    for name, staged in intake.staged.items():
        for number, part in enumerate(staged):
            rows = pl.read_parquet(part) if isinstance(part, Path) else part
            rows, unmatched = outside.identified(rows, intake.sector.tables[name], whom)
            routed.unmatched.append(unmatched)
            rows = resolve(rows.drop(outside.SYSTEM, outside.ID), intake.sector.tables[name], owners).drop(GROUP)
            used = rows.filter(pl.col("_reason").is_null())
            routed.references.append(units.references(used, intake.sector.tables[name]))
            for entity in rows["entity_id"].unique().to_list():
                place.setdefault(entity, partition(entity, partitions))
            target = intake.work.file("staged") / name if isinstance(part, Path) else None
            _split(routed, name, rows, place, None if target is None else target / f"r{number}")
        staged.clear()
    return Routed(routed.parts, place, routed.references, routed.unmatched)


def _identifiers(intake: Intake, owners: Owners) -> outside.Known:
    """Whom the ids of other systems stand for, by the table that says so."""
    staged = intake.staged.get(outside.TABLE, [])
    frames = [pl.read_parquet(part) if isinstance(part, Path) else part for part in staged]
    if not frames:
        return {}
    rows = pl.concat(frames).filter(pl.col("_reason").is_null())
    return outside.known(resolve(rows, intake.sector.tables[outside.TABLE], owners))


def _split(routed: Routed, name: str, rows: pl.DataFrame, place: Mapping[str, int], target: Path | None) -> None:
    """Rows to their partitions; what waited on disk waits there again."""
    if len(routed.parts) == 1:
        routed.parts[0].setdefault(name, []).append(rows)
        return
    at = rows["entity_id"].replace_strict(list(place), list(place.values()), return_dtype=pl.Int32)
    for (number,), part in (
        rows.with_columns(at.alias("_p")).partition_by("_p", as_dict=True, maintain_order=True).items()
    ):
        part = part.drop("_p")
        if target is None:
            routed.parts[int(str(number))].setdefault(name, []).append(part)
        else:
            path = target / f"p={number}.parquet"
            write(part, path)
            routed.parts[int(str(number))].setdefault(name, []).append(path)


def gather(parts: list[Part], table: Table) -> pl.DataFrame:
    """The rows of one table and partition."""
    columns = {name: kind for name, kind in table.columns().items() if name != "unit_key"} | {"_reason": "str"}
    frames = [pl.read_parquet(part) if isinstance(part, Path) else part for part in parts]
    return pl.concat([pl.DataFrame(schema=schema(columns)), *(frame.select(list(columns)) for frame in frames)])


def table_parts(routed: Routed, sector: Sector, name: str, number: int) -> pl.DataFrame:
    """Take the rows of one table and partition out of what was routed, so that their memory can be given back."""
    return gather(routed.parts[number].pop(name, []), sector.tables[name])
