"""A run as it lies in its folder, brought back: records, views derived anew, and if wanted some cells corrected."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit import store
from mrvaudit.answers.folder import Folder
from mrvaudit.checks.child import Task, derive_apart
from mrvaudit.effects.scenarios import Cell
from mrvaudit.ingest.frames import POLARS_TYPES, schema, write
from mrvaudit.model import BESIDE_TABLES, RECORDS, SCORES, Audit, Work
from mrvaudit.sector import Sector


def audit_again(
    folder: Folder,
    sector: Sector,
    into: Path,
    cells: Sequence[Cell] = (),
    *,
    entities: Sequence[str] | None = None,
    memory: str = "2GB",
) -> Audit:
    """The Audit of a folder over a work folder in `into`, which must be empty and is the caller's to remove.

    Views are derived anew from the kept tables, with `cells` corrected in them; findings, checks and scores stay those
    of the run. With `entities`, only their rows and units. Raises PackError where a view cannot be computed.
    """
    into.mkdir(exist_ok=True)
    kept, work = Work(folder.path / RECORDS), Work(into)
    for name in BESIDE_TABLES:
        if kept.file(name).is_file():
            shutil.copyfile(kept.file(name), work.file(name))
    shutil.copytree(kept.file("t"), work.file("t"))
    if entities is not None:
        _keep_only(work, entities)
    for table in sorted({cell.table for cell in cells}):
        _correct(work, sector, table, [cell for cell in cells if cell.table == table])
    parts = tuple(range(len(list(work.t("unit_index").glob("p=*.parquet")))))
    task = Task(work, sector, parts, folder.as_of, frozenset(), memory)
    for part in parts:
        store.derive(work, sector, part, folder.as_of, memory)
        derive_apart(task, part)
    sources, blocks = (_single(work, name) for name in ("sources.parquet", "blocks.parquet"))
    return Audit(
        sector=sector,
        work=work,
        as_of=folder.as_of,
        findings=folder.findings,
        checks=folder.checks,
        scores=_with_keys(folder.scores, work, parts).filter(_of(entities)),
        quarantine=pl.read_parquet(folder.path / "quarantine.parquet"),
        sources=sources,
        blocks=blocks,
        partitions=len(parts),
        answers=folder.answers,
    )


def _of(entities: Sequence[str] | None) -> pl.Expr:
    return pl.lit(True) if entities is None else pl.col("entity_id").is_in(list(entities))


def _keep_only(work: Work, entities: Sequence[str]) -> None:
    """Leave the rows of these entities, and those of no entity, in every table."""
    for path in sorted(work.file("t").rglob("p=*.parquet")):
        frame = pl.read_parquet(path)
        if "entity_id" in frame.columns:
            write(frame.filter(_of(entities) | pl.col("entity_id").is_null()), path)


def _single(work: Work, name: str) -> pl.DataFrame:
    return pl.read_parquet(work.file(name)) if work.file(name).is_file() else pl.DataFrame()


def _with_keys(scores: pl.DataFrame, work: Work, parts: Sequence[int]) -> pl.DataFrame:
    """Scores with the units' keys, which the file leaves out."""
    units = pl.concat([pl.read_parquet(work.part(work.t("unit_index"), part)) for part in parts])
    keys = units.filter(pl.col("reporting")).select("entity_id", "unit_id", "unit_key")
    joined = scores.join(keys, on=["entity_id", "unit_id"], how="left", maintain_order="left")
    return joined.select(pl.col(name).cast(kind) for name, kind in schema(SCORES).items() if name in joined.columns)


def _correct(work: Work, sector: Sector, table: str, cells: Sequence[Cell]) -> None:
    """Put the corrected values into the files of one table."""
    for path in sorted(work.t(table).glob("p=*.parquet")):
        frame = pl.read_parquet(path)
        changed = frame
        for cell in cells:
            here = (pl.col("_block") == cell.block) & (pl.col("_line") == cell.line)
            kind = sector.tables[table].fields[cell.field].type
            value = pl.lit(typed(cell.value, kind), dtype=POLARS_TYPES[kind])
            changed = changed.with_columns(pl.when(here).then(value).otherwise(pl.col(cell.field)).alias(cell.field))
        if not changed.equals(frame):
            write(changed, path)


def typed(value: str | float | int | bool | None, kind: str) -> Any:
    """A corrected value as its field holds it: ISO text of dates and months as a date, `true` and `false` as truth."""
    if kind in ("date", "month") and isinstance(value, str):
        return date.fromisoformat(value)
    if kind == "bool" and isinstance(value, str):
        return value == "true"
    return int(value) if kind == "i64" and isinstance(value, float) else value
