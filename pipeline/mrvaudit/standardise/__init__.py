"""Put what was submitted into the standard tables, losing no row and no cell without saying so."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit.errors import InputError, NothingError
from mrvaudit.ingest import Found
from mrvaudit.ingest import notices as words
from mrvaudit.ingest.frames import schema, write
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.standardise import units
from mrvaudit.standardise.about import about_intake
from mrvaudit.standardise.batch import Intake
from mrvaudit.standardise.columns import scales
from mrvaudit.standardise.entities import settle
from mrvaudit.standardise.ids import credit_code, outside, period
from mrvaudit.standardise.intake import Progress, take_in
from mrvaudit.standardise.keys import completing
from mrvaudit.standardise.parse import CELLS, RAW
from mrvaudit.standardise.partition import Routed, route, table_parts
from mrvaudit.standardise.quarantine import counted, quarantine, texts
from mrvaudit.standardise.rows import REPEATED, finish

PARTITION_ROWS = 2_000_000
SOURCES = {"source": "i32", "path": "str", "sha256": "str", "bytes": "i64", "encoding": "str", "kind": "str"}


@dataclass(frozen=True)
class Standardised:
    """What standardising leaves beside the tables in the work folder; `notices` are findings without ids and places."""

    sources: pl.DataFrame
    blocks: pl.DataFrame
    quarantine: pl.DataFrame
    notices: pl.DataFrame
    partitions: int
    units: pl.DataFrame
    unreadable: tuple[InputError, ...]


@dataclass(frozen=True)
class _Tables:
    """What finishing the tables leaves: repeated rows, findings, the unit index, a row of each unit not listed, fields
    that were read apart from their record."""

    repeated: pl.DataFrame
    moved: pl.DataFrame
    findings: list[dict[str, Any]]
    unit_index: pl.DataFrame
    seen: dict[int, tuple[str, int, int]]


def standardise(
    found: Sequence[Found],
    sector: Sector,
    work: Work,
    mapping: Path | None = None,
    partition_rows: int = PARTITION_ROWS,
    progress: Progress | None = None,
) -> Standardised:
    """Write the standard tables of a submission or fleet into the work folder.

    `mapping` is a mapping file that goes before those beside the submission. Raises PackError where it is broken and
    NothingError where no row of any table could be used; files that cannot be read are listed, the rest goes on.
    """
    intake = take_in(found, sector, work, mapping, max(1, partition_rows // 2), progress)
    _refuse_nothing(intake)
    owners = settle(intake.groups)
    routed = route(intake, owners, partition_rows)
    cells = pl.concat([pl.DataFrame(schema=CELLS), *intake.cells])
    tables = _finish(intake, routed, cells)
    unread = [one.rows.select("_block", "_line", pl.col("_why").alias("reason")) for one in routed.unmatched]
    aside = pl.concat([*intake.aside, texts(intake, pl.concat([tables.repeated, *unread]))])
    sources = pl.DataFrame(intake.sources, schema=schema(SOURCES), orient="row")
    blocks = counted(intake, aside)
    raw = pl.concat([pl.DataFrame(schema=RAW), *(part.cast(pl.Schema(RAW)) for part in intake.raw)])
    for frame, name in ((sources, "sources"), (blocks, "blocks"), (raw, "raw")):
        write(frame, work.file(f"{name}.parquet"))
    if tables.moved.height:
        write(tables.moved, work.file(completing.FILE))
    shutil.rmtree(work.file("staged"), ignore_errors=True)
    findings = [*about_intake(intake, owners, tables.unit_index, tables.seen), *tables.findings]
    findings += [said for one in routed.unmatched for said in outside.said(sector, one, owners.by_group)]
    findings += period.check(sector, work, len(routed.parts))
    findings += scales.check(sector, work, len(routed.parts), intake.columns, blocks)
    return Standardised(
        sources,
        blocks,
        quarantine(blocks, aside, cells),
        words.frame(findings),
        len(routed.parts),
        tables.unit_index,
        tuple(intake.unreadable),
    )


def _refuse_nothing(intake: Intake) -> None:
    if intake.rows:
        return
    first = str(intake.unreadable[0]) if intake.unreadable else None
    raise NothingError(
        ", ".join(row["path"] for row in intake.sources[:5]),
        "没有一行记录可以审核：文件名、工作表名或表头不是已知的表",
        "there is no record to audit: no file, sheet or header is that of a known table",
        read=first,
        todo_zh="请对照 docs/records.md 的表名与列名，或提供映射文件（--mapping）",
        todo_en="see docs/records.md for the names of tables and columns, or give a mapping file (--mapping)",
    )


def _finish(intake: Intake, routed: Routed, cells: pl.DataFrame) -> _Tables:
    """Make every table of every partition; `units` first, because it says what the others may speak of."""
    sector, work = intake.sector, intake.work
    keys = units.number(routed.references)
    repeated, findings, used = [pl.DataFrame(schema=REPEATED)], [], []
    moved = [completing.nothing_moved()]
    unit_index, seen = pl.DataFrame(), dict[int, tuple[str, int, int]]()
    for name in ("units", *(name for name in sector.tables if name != "units")):
        blocks = pl.Series([row["block"] for row in intake.blocks if row["table"] == name], dtype=pl.Int32)
        own_cells = cells.filter(pl.col("_block").is_in(blocks.implode()))
        for number in range(len(routed.parts)):
            done = finish(sector, sector.tables[name], table_parts(routed, sector, name, number), own_cells, keys)
            write(done.rows, work.part(work.t(name), number))
            findings += credit_code.check(sector, sector.tables[name], done.rows)
            repeated.append(done.repeated)
            moved.append(done.moved)
            findings += done.findings
            if name == "units":
                used.append(done.rows)
            else:
                _see(seen, name, done.rows, unit_index)
        if name == "units":
            unit_index = units.index(sector.tables[name], pl.concat(used), keys)
    at = pl.col("entity_id").replace_strict(routed.partition_of, default=0, return_dtype=pl.Int64)
    for number in range(len(routed.parts)):
        write(unit_index.filter(at == number), work.part(work.t("unit_index"), number))
    return _Tables(pl.concat(repeated), pl.concat(moved), findings, unit_index, seen)


def _see(seen: dict[int, tuple[str, int, int]], name: str, rows: pl.DataFrame, unit_index: pl.DataFrame) -> None:
    """Remember one row of each unit that the units table does not list."""
    unlisted = unit_index.filter(pl.col("_block").is_null())["unit_key"]
    mine = rows.filter(pl.col("unit_key").is_in(unlisted.implode())) if unlisted.len() else rows.clear()
    if mine.is_empty():
        return
    first = mine.sort("unit_key", "_block", "_line").unique("unit_key", keep="first", maintain_order=True)
    for key, block, line in first.select("unit_key", "_block", "_line").iter_rows():
        seen.setdefault(key, (name, block, line))
