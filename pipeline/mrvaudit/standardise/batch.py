"""What the first pass gathers; blocks of one layout are read together, so that a thousand small files cost little."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from mrvaudit.errors import InputError
from mrvaudit.ingest import Found
from mrvaudit.ingest.block import cell_columns, row_text
from mrvaudit.ingest.frames import write
from mrvaudit.ingest.sheets import remarks
from mrvaudit.ingest.sheets.remarks import Remark
from mrvaudit.ingest.values import as_text
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.standardise.columns import refusal, states
from mrvaudit.standardise.columns.refusal import Contradiction
from mrvaudit.standardise.columns.settings import Columns
from mrvaudit.standardise.columns.states import Unstated
from mrvaudit.standardise.entities import Group, note_rows
from mrvaudit.standardise.ids.outside import ID, SYSTEM
from mrvaudit.standardise.layout import Layout, Names
from mrvaudit.standardise.parse import Parsed, parse

BATCH_ROWS, AT_ONCE = 500_000, 2
Part = pl.DataFrame | Path


@dataclass(frozen=True)
class Left:
    """A header, a block or a file that was left aside: what, and why."""

    group: str
    table: str | None
    what: str
    reason: str
    block: int
    line: int | None
    count: int = 1


@dataclass
class Pending:
    """Blocks of one layout that wait to be read."""

    layout: Layout
    frames: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0


@dataclass
class Intake:
    """All that the first pass gathers."""

    sector: Sector
    work: Work
    names: Names
    readers: Mapping[str, ModuleType]
    spill_rows: int
    columns: Columns
    rows: int = 0
    sources: list[dict[str, Any]] = field(default_factory=list)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    pending: dict[object, Pending] = field(default_factory=dict)
    staged: dict[str, list[Part]] = field(default_factory=dict)
    cells: list[pl.DataFrame] = field(default_factory=list)
    raw: list[pl.DataFrame] = field(default_factory=list)
    aside: list[pl.DataFrame] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    unstated: list[Unstated] = field(default_factory=list)
    unreadable: list[InputError] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    found_of_block: dict[int, tuple[Found, int]] = field(default_factory=dict)
    group_of_block: dict[int, str] = field(default_factory=dict)


def add(intake: Intake, layout: Layout, block: int, group: Group) -> None:
    """Let a block wait for others of its layout; all are read when enough rows wait."""
    intake.group_of_block[block] = group.key
    frame = layout.block.frame
    skip = pl.lit(None, pl.String)
    if layout.last_line is not None:
        skip = pl.when(pl.col("_line") > layout.last_line).then(pl.lit("outside_rows"))
    if layout.block.totals:
        totals = pl.Series(layout.block.totals, dtype=pl.Int32)
        skip = pl.when(pl.col("_line").is_in(totals.implode())).then(pl.lit("total_row")).otherwise(skip)
    if layout.units_line is not None:
        skip = pl.when(pl.col("_line") == layout.units_line).then(pl.lit("unit_row")).otherwise(skip)
    frame = frame.select(
        *cell_columns(frame),
        "_line",
        pl.lit(block, pl.Int32).alias("_block"),
        pl.lit(group.number, pl.Int32).alias("_group"),
        skip.alias("_skip"),
    )
    waiting = intake.pending.setdefault(_alike(layout, frame), Pending(layout))
    waiting.frames.append(frame)
    waiting.rows += frame.height
    if sum(one.rows for one in intake.pending.values()) >= BATCH_ROWS:
        flush(intake)


def _alike(layout: Layout, frame: pl.DataFrame) -> object:
    """Blocks for which this is equal can be read as one."""
    placed = tuple(
        (name, one.columns, one.unit, one.unit_column, str(one.mapped)) for name, one in layout.placed.items()
    )
    return (
        layout.table.name,
        layout.block.by,
        layout.block.headers,
        placed,
        tuple(layout.constants.items()),
        layout.external,
        tuple((name, str(kind)) for name, kind in frame.schema.items()),
    )


def flush(intake: Intake) -> None:
    """Read the blocks that wait, several layouts at a time; what they hold is taken in the order of the layouts."""

    def read(waiting: Pending) -> tuple[pl.DataFrame, Parsed]:
        frame = pl.concat(waiting.frames)
        parsed = parse(waiting.layout, frame, intake.sector)
        return frame, replace(parsed, rows=_with_external(waiting.layout, parsed.rows, frame))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for waiting, (frame, parsed) in zip(
            intake.pending.values(), pool.map(read, intake.pending.values()), strict=True
        ):
            note_rows(intake.groups.values(), waiting.layout.table, parsed.rows)
            _take(intake, waiting.layout, _believed(intake, waiting.layout, parsed, frame))
    intake.pending.clear()


def _with_external(layout: Layout, rows: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with the ids by which others name the unit, and the system of these ids; null where there are none."""
    if layout.external is None:
        return rows.with_columns(pl.lit(None, pl.String).alias(SYSTEM), pl.lit(None, pl.String).alias(ID))
    system, column = layout.external
    ids = as_text(frame[column]).str.strip_chars()
    named = frame.select("_block", "_line", pl.lit(system).alias(SYSTEM), ids.alias(ID))
    return rows.join(named, on=["_block", "_line"], how="left", maintain_order="left")


def _believed(intake: Intake, layout: Layout, parsed: Parsed, frame: pl.DataFrame) -> Parsed:
    """What was parsed without the rows of files whose columns contradict each other; those are put aside whole."""
    found = refusal.contradictions(layout, parsed.rows, intake.columns, intake.sector)
    intake.contradictions += found
    intake.unstated += states.unstated(layout, parsed.rows, frame, intake.sector)
    rows, refused = refusal.without(parsed.rows, found)
    if refused.is_empty():
        return parsed
    texts = frame.join(refused, on=["_block", "_line"], how="semi", maintain_order="left")
    aside = texts.select(
        pl.col("_block").alias("block"), pl.col("_line").alias("line"), pl.lit(refusal.REASON).alias("reason")
    ).with_columns(row_text(texts))
    cells = parsed.cells.join(refused, on=["_block", "_line"], how="anti", maintain_order="left")
    return replace(parsed, rows=rows, cells=cells, aside=pl.concat([parsed.aside, aside]))


def _take(intake: Intake, layout: Layout, parsed: Parsed) -> None:
    for block, count in parsed.rows_in.items():
        intake.blocks[block]["rows_in"] = count
    for block, decimals in parsed.decimals.items():
        intake.blocks[block]["decimals"] = json.dumps(decimals)
    intake.cells.append(parsed.cells)
    # Few words in many rows.
    intake.raw.append(parsed.raw.with_columns(pl.col("field").cast(pl.Categorical)))
    intake.aside.append(parsed.aside)
    intake.rows += parsed.rows["_reason"].null_count()
    for one in parsed.totals:
        key, name = intake.group_of_block[one.block], layout.table.name
        intake.remarks.append(remarks.of_total(key, name, one, layout.block.by))
    lacking = parsed.aside.filter(pl.col("reason").str.starts_with("no_column:")).group_by("block").len().sort("block")
    for block, count in lacking.iter_rows():
        line = intake.blocks[block]["header_row"]
        key, name = intake.group_of_block[block], layout.missing_keys[0]
        intake.left.append(Left(key, layout.table.name, name, "no_column", block, line, count))
    _stage(intake, layout.table.name, parsed.rows)


def _stage(intake: Intake, table: str, rows: pl.DataFrame) -> None:
    """Keep the rows; in large submissions a table's rows wait on disk."""
    parts = intake.staged.setdefault(table, [])
    parts.append(rows)
    waiting = [part for part in parts if isinstance(part, pl.DataFrame)]
    if sum(part.height for part in waiting) > intake.spill_rows:
        written = [part for part in parts if isinstance(part, Path)]
        path = intake.work.file("staged") / table / f"{len(written)}.parquet"
        write(pl.concat(waiting), path)
        intake.staged[table] = [*written, path]
