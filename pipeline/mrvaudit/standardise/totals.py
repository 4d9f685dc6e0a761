"""Totals that a sheet states, held against what they add up: never data, and no accusation where they may be a mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from mrvaudit import units
from mrvaudit.ingest import values, words
from mrvaudit.ingest.sheets.remarks import Mismatch
from mrvaudit.sector import Sector
from mrvaudit.standardise.layout import Layout, Placed
from mrvaudit.tables import Field, UnitByState

# What does not add up, beside whatever is measured per something else.
NOT_ADDING = frozenset("angle length power fraction number temperature pressure calendar volume_flow".split())
# A total of everything, or of what stands before it. One that names what it totals (`1#机组合计`) may total anything.
PLAIN = re.compile(r"^(?:本月|当月|全月|本年|全年|年度|季度)?(?:合计|总计|小计|共计|汇总|total|subtotal|sum)[:：]?$")
HAIR = 1e-9


def mismatches(layout: Layout, records: pl.DataFrame, totals: pl.DataFrame, sector: Sector) -> list[Mismatch]:
    """One for each block and field whose totals are neither a sum of its rows nor within their range.

    Figures are compared as written, in the unit of the column; both frames are rows of blocks of this layout.
    """
    if totals.is_empty() or records.is_empty():
        return []
    totals = totals.filter(_plain(layout, totals))
    found: list[Mismatch] = []
    for one in layout.placed.values():
        mixed = isinstance(one.field.unit, UnitByState) and _mixed(one.field.unit.by, records, layout)
        if totals.height and len(one.columns) == 1 and adds(one.field, sector) and not mixed:
            found += _of_field(one, records, totals)
    return sorted(found, key=lambda one: (one.block, one.line, one.field))


def _plain(layout: Layout, totals: pl.DataFrame) -> pl.Series:
    """Which totals are of everything or of what stands before them; those of a table across are by their place."""
    if layout.block.by == "columns":
        return ~values.nothing(totals.height)
    texts = totals.select(pl.col(name) for name, kind in totals.schema.items() if kind == pl.String)
    return pl.Series(
        [any(PLAIN.match(words.folded(cell)) for cell in row if cell) for row in texts.drop("_skip").iter_rows()],
        dtype=pl.Boolean,
    )


def _mixed(by: str, records: pl.DataFrame, layout: Layout) -> bool:
    """Whether rows of several units may stand in one column: tonnes and cubic metres have no sum."""
    placed = layout.placed.get(by)
    return placed is not None and any(records[name].n_unique() > 1 for name in placed.columns)


def adds(field: Field, sector: Sector) -> bool:
    """Whether a field is a quantity of which a sum means something."""
    if field.type != "f64" or field.unit is None:
        return False
    unit = field.unit.solid if isinstance(field.unit, UnitByState) else field.unit
    dimension = units.dimension(sector.units, unit)
    return dimension is not None and "_per_" not in dimension and dimension not in NOT_ADDING


def _of_field(placed: Placed, records: pl.DataFrame, totals: pl.DataFrame) -> Iterator[Mismatch]:
    name = placed.columns[0]
    cells, stated = values.read_numbers(records[name]), values.read_numbers(totals[name])
    if not stated.values.count():
        return
    rows = records.select("_block", "_line").with_columns(
        cells.values.alias("value"), cells.bad.alias("bad"), values.decimals_of(cells).alias("decimals")
    )
    said = totals.select("_block", "_line").with_columns(
        stated.values.alias("value"), values.decimals_of(stated).alias("decimals"), stated.text.alias("text")
    )
    for (block,), mine in sorted(said.partition_by("_block", as_dict=True).items()):
        own = rows.filter(pl.col("_block") == block).sort("_line")
        known = own["value"].drop_nulls()
        if own["bad"].any() or not known.len():
            continue
        wrong = list(_wrong(mine, own))
        if wrong:
            line, value, text, expected = wrong[0]
            yield Mismatch(int(str(block)), line, placed.field.name, text, value, expected, len(wrong))


def _wrong(stated: pl.DataFrame, own: pl.DataFrame) -> Iterator[tuple[int, float, str, float]]:
    """(line, total, its text, the nearest sum) of totals that are none of the sums they may be."""
    stated, lines = stated.sort("_line"), stated["_line"].to_list()
    low, high = own["value"].min(), own["value"].max()
    assert isinstance(low, float) and isinstance(high, float)
    most = own["decimals"].max()
    half = 0.5 * 10.0 ** -(most if isinstance(most, int) else 0)
    for line, value, decimals, text in stated.select("_line", "value", "decimals", "text").iter_rows():
        if value is None:
            continue
        before = max((one for one in lines if one < line), default=0)
        after = min((one for one in lines if one > line), default=None)
        spans = [
            own,
            own.filter(pl.col("_line") < line),
            own.filter((pl.col("_line") > before) & (pl.col("_line") < line)),
            own.filter((pl.col("_line") > line) & (pl.lit(after is None) | (pl.col("_line") < (after or 0)))),
        ]
        sums = [(float(span["value"].sum()), span["value"].count()) for span in spans if span["value"].count()]
        room = 0.5 * 10.0**-decimals
        if own.height > 1 and low - room <= value <= high + room:
            continue
        if all(abs(value - total) > room + count * half + HAIR * max(1.0, abs(total)) for total, count in sums):
            yield line, value, text, min((total for total, _ in sums), key=lambda total: abs(total - value))
