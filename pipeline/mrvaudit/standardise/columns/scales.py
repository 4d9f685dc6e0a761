"""Units that the figures contradict: found and the right one proposed, never converted in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from mrvaudit import units
from mrvaudit.ingest.notices import Case, field_words, finding
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.standardise.columns import figures
from mrvaudit.standardise.columns.figures import Read
from mrvaudit.standardise.columns.months import Months
from mrvaudit.standardise.columns.settings import BAND, ROWS, Columns, Scale, number, slips, value
from mrvaudit.tables import Field, UnitByState

NOTICE = "INT-SCALE"
# A figure at the bound passes: the room of every comparison of DOUBLE in this program.
ROOM = 1e-9


@dataclass(frozen=True)
class Off:
    """A column of an entity whose unit does not hold: the median as read, and what it would be in which units."""

    scale: Scale
    name: str
    entity: str
    unit: str | None
    own: str
    count: int
    median: float
    proposed: tuple[tuple[str, float], ...]
    reason: tuple[str, str]
    block: int


def check(sector: Sector, work: Work, partitions: int, columns: Columns, blocks: pl.DataFrame) -> list[dict[str, Any]]:
    """Findings INT-SCALE about the standard tables; `blocks` say which unit was read and where the header stands."""
    if not columns.scales or NOTICE not in sector.notices:
        return []
    read = figures.units_read(blocks)
    lines = dict(blocks.select("block", "header_row").iter_rows())
    found: list[dict[str, Any]] = []
    for partition in range(partitions):
        months = Months(sector, work, partition)
        for scale in columns.scales.values():
            found += [_said(sector, one, lines) for one in _of_scale(sector, work, partition, scale, read, months)]
    return found


def _of_scale(sector: Sector, work: Work, partition: int, scale: Scale, read: Read, months: Months) -> list[Off]:
    """At most one per entity and column: outside the window, or a slip away from another column of the same datum."""
    rows = {name: figures.of_field(months, scale, name) for name in scale.fields}
    off = [
        one
        for name, frame in rows.items()
        for one in _outside(sector, scale, name, figures.per_unit(work, partition, scale, frame), read)
    ]
    monthly = {name: figures.monthly(scale, frame) for name, frame in rows.items() if frame.height}
    for at, (name, frame) in enumerate(monthly.items()):
        for other in list(monthly)[:at]:
            known = {(one.name, one.entity) for one in off}
            pairs = _apart(sector, scale, (other, monthly[other]), (name, frame), read)
            off += [one for one in pairs if not {(one.name, one.entity), (other, one.entity)} & known]
    return off


def _outside(sector: Sector, scale: Scale, name: str, rows: pl.DataFrame, read: Read) -> Iterator[Off]:
    least = number(sector, ROWS)
    for part in _by_unit(sector, rows, name, read):
        entity, unit, own, median = part.entity, part.unit, _own_unit(sector, name, part), part.median
        if part.count < least or median is None:
            continue
        low, high = (value(sector, one, part.month) for one in (scale.low, scale.high))
        if _within(median, low, high):
            continue
        proposed = tuple(
            (other, median * ratio)
            for other, ratio in _others(sector, unit or own)
            if _within(median * ratio, low, high) and _is_slip(sector, ratio, "units")
        )
        if proposed:
            yield Off(scale, name, entity, unit, own, part.count, median, proposed, _window(low, high), part.block)


def _apart(
    sector: Sector, scale: Scale, one: tuple[str, pl.DataFrame], other: tuple[str, pl.DataFrame], read: Read
) -> Iterator[Off]:
    """The second column where it is a slip away from the first in the months that both state."""
    by = [name for name in one[1].columns if name not in ("value", "_block", "_line") and name in other[1].columns]
    first = one[1].select(*by, pl.col("value").alias("_first"))
    both = other[1].join(first, on=by, how="inner", maintain_order="left")
    both = both.with_columns((pl.col("_first") / pl.col("value")).alias("_ratio"))
    title = sector.tables[one[0].partition(".")[0]].title
    least = number(sector, ROWS)
    for part in _by_unit(sector, both, other[0], read):
        entity, unit, own = part.entity, part.unit, _own_unit(sector, other[0], part)
        ratio, median = part.ratio, part.median
        if part.count < least or ratio is None or median is None or not _is_slip(sector, ratio, "sources"):
            continue
        proposed = tuple(
            (spelling, median * factor)
            for spelling, factor in _others(sector, unit or own)
            if _near(ratio, factor, number(sector, BAND, "sources"))
        )
        if proposed:
            zh = f"「{title.zh}」中同一数据为其 {ratio:.4g} 倍"
            en = f"“{title.en}” states {ratio:.4g} times as much for the same datum"
            yield Off(scale, other[0], entity, unit, own, part.count, median, proposed, (zh, en), part.block)


@dataclass(frozen=True)
class Part:
    """The rows of one entity whose column was read in one unit: middle figures, last month, first block."""

    entity: str
    unit: str | None
    count: int
    median: float | None
    ratio: float | None
    month: date | None
    block: int
    kinds: tuple[str, ...]


def _by_unit(sector: Sector, rows: pl.DataFrame, name: str, read: Read) -> Iterator[Part]:
    """The rows of each entity by the unit that was read for the column."""
    field, own = name.partition(".")[2], _field(sector, name).unit
    spelled = {block: read.get(block, {}).get(field) for block in rows["_block"].unique().to_list()}
    unit = rows["_block"].replace_strict(list(spelled), list(spelled.values()), default=None, return_dtype=pl.String)
    by = own.by if isinstance(own, UnitByState) and own.by in rows.columns else None
    parts = (
        rows.with_columns(unit.alias("_unit"))
        .group_by(pl.col("entity_id").cast(pl.String), "_unit")
        .agg(
            pl.len(),
            pl.col("value").median(),
            (pl.col("_ratio").median() if "_ratio" in rows.columns else pl.lit(None, pl.Float64)).alias("_ratio"),
            pl.col("month").max(),
            pl.col("_block").min(),
            (pl.col(by).unique().sort() if by else pl.lit([], pl.List(pl.String))).alias("_kinds"),
        )
        .sort("entity_id", "_unit", nulls_last=False)
    )
    for entity, read_unit, count, median, ratio, month, block, kinds in parts.iter_rows():
        yield Part(entity, read_unit, count, median, ratio, month, block, tuple(kinds))


def _field(sector: Sector, name: str) -> Field:
    table, _, field = name.partition(".")
    return sector.tables[table].fields[field]


def _own_unit(sector: Sector, name: str, part: Part) -> str:
    """The field's unit; of one that depends on the row, that of gases where all rows are of gases."""
    unit = _field(sector, name).unit
    if not isinstance(unit, UnitByState):
        return unit or ""
    codes = sector.codes.get(sector.tables[name.partition(".")[0]].fields[unit.by].codes or "", {})
    gases = part.kinds and all(kind in codes and codes[kind].state == "gas" for kind in part.kinds)
    return unit.gas if gases else unit.solid


def _others(sector: Sector, own: str) -> Iterator[tuple[str, float]]:
    """Other units of the dimension, one for each size, and the ratio of the figures if the column were in them."""
    known = units.find(sector.units, own)
    if known is None:
        return
    seen = {sector.units[known].factor}
    for spelling, one in sector.units.items():
        if one.dimension == sector.units[known].dimension and one.factor not in seen:
            seen.add(one.factor)
            yield spelling, one.factor / sector.units[known].factor


def _is_slip(sector: Sector, ratio: float, of: str) -> bool:
    """Whether a ratio or its inverse is near one that a slip of unit makes."""
    band = number(sector, BAND, of)
    return (
        any(_near(ratio, slip, band) or _near(1 / ratio, slip, band) for slip in slips(sector)) if ratio > 0 else False
    )


def _near(ratio: float, slip: float, band_pct: float) -> bool:
    return abs(ratio / slip - 1) <= band_pct / 100 + ROOM


def _within(median: float, low: float | None, high: float | None) -> bool:
    """Inside the window, its bounds included."""
    room = ROOM * max(1.0, abs(median))
    return (low is None or median >= low - room) and (high is None or median <= high + room)


def _window(low: float | None, high: float | None) -> tuple[str, str]:
    bounds = f"{'' if low is None else f'{low:g}'}–{'' if high is None else f'{high:g}'}".strip("–")
    if low is not None and high is not None:
        return f"可能的范围为 {bounds}", f"it can lie within {bounds}"
    side = ("不低于", "at least") if high is None else ("不高于", "at most")
    return f"可能的数值{side[0]} {bounds}", f"it can be {side[1]} {bounds}"


def _said(sector: Sector, one: Off, lines: dict[int, int]) -> dict[str, Any]:
    table_name, _, field_name = one.name.partition(".")
    table, field = sector.tables[table_name], _field(sector, one.name)
    own, per = one.own, one.scale.per
    measure = own if per is None else f"{own}/{sector.tables['units'].fields[per].unit}"
    words = {
        **field_words(table, field_name),
        "count": one.count,
        "unit_zh": one.unit or f"未写明（按 {own}）",
        "unit_en": one.unit or f"not stated (taken for {own})",
        "text": f"{one.median:.4g} {measure}",
        "reason_zh": one.reason[0],
        "reason_en": one.reason[1],
        "proposed_zh": "；".join(f"{unit}（中位数 {figure:.4g} {measure}）" for unit, figure in one.proposed),
        "proposed_en": "; ".join(f"{unit} (median {figure:.4g} {measure})" for unit, figure in one.proposed),
    }
    return finding(
        sector,
        Case(NOTICE, f"{field_name}:{one.unit or ''}", "major" if field.data_code else None, measure),
        words,
        entity_id=one.entity,
        data_code=field.data_code,
        table=table_name,
        row_key="",
        field=field_name,
        observed=one.median,
        expected=one.proposed[0][1] if len(one.proposed) == 1 else None,
        _block=one.block,
        _line=lines.get(one.block),
    )
