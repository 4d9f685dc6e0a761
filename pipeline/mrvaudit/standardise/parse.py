"""The rows of one block as rows of its table; what could not be read is put aside with its text and the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from mrvaudit.ingest import values, words
from mrvaudit.ingest.block import cell_columns, row_text, with_cells
from mrvaudit.ingest.frames import POLARS_TYPES
from mrvaudit.ingest.sheets.remarks import Mismatch
from mrvaudit.sector import Sector
from mrvaudit.standardise.cells import Reading, read_constant, read_placed
from mrvaudit.standardise.layout import Layout, Placed
from mrvaudit.standardise.totals import mismatches
from mrvaudit.tables import Field, Table, UnitByState

CELLS: dict[str, pl.DataType] = {
    "_block": pl.Int32(),
    "_line": pl.Int32(),
    "field": pl.String(),
    "column": pl.String(),
    "text": pl.String(),
    "reason": pl.String(),
}
RAW: dict[str, pl.DataType] = {"block": pl.Int32(), "line": pl.Int32(), "field": pl.String(), "text": pl.String()}
ASIDE: dict[str, pl.DataType] = {"block": pl.Int32(), "line": pl.Int32(), "reason": pl.String(), "value": pl.String()}


@dataclass(frozen=True)
class Parsed:
    """Blocks of one layout read: `rows` of their table with `_reason` (why a row cannot be used, else null), `cells`
    that could not be read, `raw` cells whose text must be kept, rows put `aside`; rows and decimals of each block.
    """

    rows: pl.DataFrame
    cells: pl.DataFrame
    raw: pl.DataFrame
    aside: pl.DataFrame
    rows_in: Mapping[int, int]
    decimals: Mapping[int, Mapping[str, int]]
    totals: Sequence[Mismatch]


@dataclass
class _Gathered:
    """What the fields leave behind."""

    columns: dict[str, pl.Series] = field(default_factory=dict)
    bad: dict[str, pl.Series] = field(default_factory=dict)
    printed: dict[str, pl.Series] = field(default_factory=dict)
    cells: list[pl.DataFrame] = field(default_factory=list)
    raw: list[pl.DataFrame] = field(default_factory=list)


def parse(layout: Layout, frame: pl.DataFrame, sector: Sector) -> Parsed:
    """Read every cell of `frame`: the rows of one or more blocks of this layout.

    Beside the cells stand `_block`, `_line`, `_group` and `_skip` (why a row is no record, null where it may be one).
    """
    table, frame = layout.table, with_cells(frame)
    reason = _not_records(layout, frame)
    asides = [_aside(frame, reason)]
    records = frame.filter(reason.is_null())
    if layout.missing_keys:
        missing = pl.repeat(f"no_column:{layout.missing_keys[0]}", records.height, dtype=pl.String, eager=True)
        asides.append(_aside(records, missing))
        records = records.clear()
    gathered = _Gathered()
    # Fields whose unit depends on another field of the row come last.
    for one in sorted(table.fields.values(), key=lambda one: isinstance(one.unit, UnitByState)):
        _read_field(one, layout, records, gathered, sector)
    _second_columns(layout, records, gathered, sector)
    why = _why_not(table, gathered, records.height)
    asides.append(_aside(records, why))
    columns = [gathered.columns[name].alias(name) for name in table.columns() if name in gathered.columns]
    return Parsed(
        pl.DataFrame([*columns, records["_block"], records["_line"], records["_group"], why.alias("_reason")]),
        _cells(table, pl.concat([pl.DataFrame(schema=CELLS), *gathered.cells]), records.filter(why.is_not_null())),
        pl.concat([pl.DataFrame(schema=RAW), *gathered.raw]),
        pl.concat(asides),
        dict(frame.group_by("_block").len().iter_rows()),
        _decimals(records["_block"], gathered.printed),
        mismatches(layout, records, frame.filter(reason == "total_row"), sector),
    )


def _aside(frame: pl.DataFrame, reason: pl.Series) -> pl.DataFrame:
    """Place, reason and text of the rows that have a reason."""
    chosen = frame.filter(reason.is_not_null())
    columns = [chosen["_block"], chosen["_line"], reason.drop_nulls(), row_text(chosen)]
    return pl.DataFrame([one.alias(name) for one, name in zip(columns, ASIDE, strict=True)], schema=ASIDE)


def _cells(table: Table, cells: pl.DataFrame, unusable: pl.DataFrame) -> pl.DataFrame:
    """The cells that could not be read; of rows that are put aside as a whole only those of the key."""
    if cells.is_empty() or unusable.is_empty():
        return cells
    keys = pl.Series(table.key, dtype=pl.String).implode()
    of_rows = cells.join(unusable, on=["_block", "_line"], how="semi").filter(pl.col("field").is_in(keys))
    return pl.concat([cells.join(unusable, on=["_block", "_line"], how="anti"), of_rows])


def _decimals(block: pl.Series, printed: Mapping[str, pl.Series]) -> dict[int, dict[str, int]]:
    """The most decimals that each block prints per field."""
    if not printed:
        return {}
    most = pl.DataFrame([block, *(one.alias(name) for name, one in printed.items())]).group_by("_block").max()
    return {
        row.pop("_block"): {name: value for name, value in row.items() if value is not None}
        for row in most.iter_rows(named=True)
    }


def _not_records(layout: Layout, frame: pl.DataFrame) -> pl.Series:
    """Why a row is no record at all: row of units, below the last row, total, note; null where it is one."""
    tests: list[tuple[str, pl.Series]] = []
    columns = cell_columns(frame)
    keys = [column for name in layout.table.key if name in layout.placed for column in layout.placed[name].columns]
    for column in dict.fromkeys([*keys, *columns[:1]]):
        if frame[column].dtype == pl.String:
            tests.append(("total_row", _matching(frame[column], "计|汇总|(?i)total|sum", words.is_total)))
    if len(columns) > 2 and frame[columns[0]].dtype == pl.String:
        alone = frame.select(pl.sum_horizontal(pl.col(name).is_not_null() for name in columns)).to_series() == 1
        tests.append(("note", alone & _matching(frame[columns[0]], "^.{2,}", words.is_note, alone)))
    reason = frame["_skip"]
    for name, test in tests:
        reason = reason.set(test & reason.is_null(), name)
    return reason


def _matching(text: pl.Series, likely: str, match: Callable[[str], bool], among: pl.Series | None = None) -> pl.Series:
    """Where a text matches; only the distinct texts that are likely to are looked at one by one."""
    chosen = text.str.contains(likely).fill_null(False)
    if among is not None:
        chosen = chosen & among
    hits = [word for word in text.filter(chosen).unique().to_list() if match(word)] if chosen.any() else []
    if not hits:
        return values.nothing(text.len())
    return text.is_in(pl.Series(hits, dtype=pl.String).implode()).fill_null(False)


def _read_field(one: Field, layout: Layout, frame: pl.DataFrame, gathered: _Gathered, sector: Sector) -> None:
    placed = layout.placed.get(one.name)
    if placed is None:
        reading = read_constant(one, layout.constants.get(one.name), frame.height, sector)
    else:
        spelled = None if placed.unit_column is None else values.as_text(frame[placed.unit_column])
        reading = read_placed(layout.table, placed, _joined(frame, placed), gathered.columns, sector, spelled)
        _keep(one, placed, reading, frame, gathered)
    if reading.printed is not None:
        gathered.printed[one.name] = reading.printed
    if one.keep_decimals:
        nothing = pl.Series([None], dtype=pl.Int8)
        printed = nothing.new_from_index(0, frame.height) if reading.printed is None else reading.printed
        gathered.columns[f"{one.name}_decimals"] = printed
    gathered.columns[one.name] = _with_default(one, layout.table, reading)
    gathered.bad[one.name] = reading.bad


def _joined(frame: pl.DataFrame, placed: Placed) -> pl.Series:
    """The cells of a field; the parts of a value that stands in several columns are joined by a hyphen."""
    if len(placed.columns) == 1:
        return frame[placed.columns[0]]
    parts = pl.DataFrame([values.as_text(frame[name]) for name in placed.columns])
    return parts.select(pl.concat_str(parts.columns, separator="-")).to_series()


def _keep(one: Field, placed: Placed, reading: Reading, frame: pl.DataFrame, gathered: _Gathered) -> None:
    """Put aside the cells that could not be read, and the texts that their values would not print."""
    if reading.bad.any():
        place = frame.select("_block", "_line").filter(reading.bad)
        gathered.cells.append(
            place.select(
                "_block",
                "_line",
                pl.lit(one.name).alias("field"),
                pl.lit(placed.header).alias("column"),
                reading.text.filter(reading.bad).alias("text"),
                reading.reasons().filter(reading.bad).alias("reason"),
            )
        )
    if reading.odd.any():
        place = frame.select("_block", "_line").filter(reading.odd)
        gathered.raw.append(
            place.select(
                pl.col("_block").alias("block"),
                pl.col("_line").alias("line"),
                pl.lit(one.name).alias("field"),
                reading.text.filter(reading.odd).alias("text"),
            )
        )


def _with_default(one: Field, table: Table, reading: Reading) -> pl.Series:
    """Empty cells take the field's default; cells that could not be read do not."""
    # What a row without a level speaks of is settled when its unit is known.
    if one.default is None or (table.owner == "scope" and one.name == "scope"):
        return reading.values
    default = pl.lit(one.default).cast(POLARS_TYPES[one.type])
    empty = reading.values.is_null() & ~reading.bad
    return pl.select(pl.when(empty).then(default).otherwise(reading.values)).to_series()


def _second_columns(layout: Layout, frame: pl.DataFrame, gathered: _Gathered, sector: Sector) -> None:
    """Words that settle a second column too fill it where it is empty."""
    for name, one in layout.table.fields.items():
        also = sector.also.get(one.codes or "", {})
        if not also or (name not in layout.placed and name not in layout.constants):
            continue
        spelling = {words.folded(word): entry.set for word, entry in also.items()}
        text = _joined(frame, layout.placed[name]) if name in layout.placed else None
        if text is None:
            text = pl.repeat(layout.constants[name], frame.height, dtype=pl.String, eager=True)
        text = values.as_text(text)
        distinct = {word: spelling.get(words.folded(word), {}) for word in text.drop_nulls().unique().to_list()}
        for second in sorted({column for sets in distinct.values() for column in sets} & set(layout.table.fields)):
            settled = {word: sets[second] for word, sets in distinct.items() if second in sets}
            filled_in = text.replace_strict(list(settled), list(settled.values()), default=None, return_dtype=pl.String)
            gathered.columns[second] = pl.select(pl.coalesce(gathered.columns[second], filled_in)).to_series()


def _why_not(table: Table, gathered: _Gathered, height: int) -> pl.Series:
    """`no_key:field` for rows whose key lacks a required part or has one that could not be read."""
    why = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    for name in reversed(table.key):
        lacking = gathered.bad[name]
        level = table.owner == "scope" and name in ("unit_id", "scope", "scope_id")
        if table.fields[name].required and not level:
            lacking = lacking | gathered.columns[name].is_null()
        why = why.set(lacking, f"no_key:{name}")
    return why
