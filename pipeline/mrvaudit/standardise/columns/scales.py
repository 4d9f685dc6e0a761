"""Units that the figures contradict: found and the right one proposed, never converted in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from mrvaudit import units
from mrvaudit.ingest.notices import Case, field_words, finding
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.standardise.columns import figures
from mrvaudit.standardise.columns.figures import Read
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
        for scale in columns.scales.values():
            found += [_said(sector, one, lines) for one in _of_scale(sector, work, partition, scale, read)]
    return found


def _of_scale(sector: Sector, work: Work, partition: int, scale: Scale, read: Read) -> list[Off]:
    """At most one per entity and column: outside the window, or a slip away from another column of the same datum."""
    rows = {name: figures.of_field(sector, work, partition, scale, name) for name in scale.fields}
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
    for (entity, unit), part in _by_unit(rows, name, read):
        own = _own_unit(sector, name, part)
        low, high = (value(sector, one, part["month"].max()) for one in (scale.low, scale.high))  # type: ignore[arg-type]
        median = part["value"].median()
        if part.height < least or not isinstance(median, float) or _within(median, low, high):
            continue
        proposed = tuple(
            (other, median * ratio)
            for other, ratio in _others(sector, unit or own)
            if _within(median * ratio, low, high) and _is_slip(sector, ratio, "units")
        )
        if proposed:
            yield Off(scale, name, entity, unit, own, part.height, median, proposed, _window(low, high), _first(part))


def _apart(
    sector: Sector, scale: Scale, one: tuple[str, pl.DataFrame], other: tuple[str, pl.DataFrame], read: Read
) -> Iterator[Off]:
    """The second column where it is a slip away from the first in the months that both state."""
    by = [name for name in one[1].columns if name not in ("value", "_block", "_line") and name in other[1].columns]
    first = one[1].select(*by, pl.col("value").alias("_first"))
    both = other[1].join(first, on=by, how="inner", maintain_order="left")
    both = both.with_columns((pl.col("_first") / pl.col("value")).alias("_ratio"))
    title = sector.tables[one[0].partition(".")[0]].title
    for (entity, unit), part in _by_unit(both, other[0], read):
        ratio, median, own = part["_ratio"].median(), part["value"].median(), _own_unit(sector, other[0], part)
        if part.height < number(sector, ROWS) or not isinstance(ratio, float) or not isinstance(median, float):
            continue
        proposed = tuple(
            (spelling, median * factor)
            for spelling, factor in _others(sector, unit or own)
            if _is_slip(sector, ratio, "sources") and _near(ratio, factor, number(sector, BAND, "sources"))
        )
        if proposed:
            zh = f"「{title.zh}」中同一数据为其 {ratio:.4g} 倍"
            en = f"“{title.en}” states {ratio:.4g} times as much for the same datum"
            yield Off(scale, other[0], entity, unit, own, part.height, median, proposed, (zh, en), _first(part))


def _by_unit(rows: pl.DataFrame, name: str, read: Read) -> Iterator[tuple[tuple[str, str | None], pl.DataFrame]]:
    """The rows of each entity by the unit that was read for the column."""
    field = name.partition(".")[2]
    spelled = {block: read.get(block, {}).get(field) for block in rows["_block"].unique().to_list()}
    unit = rows["_block"].replace_strict(list(spelled), list(spelled.values()), default=None, return_dtype=pl.String)
    parts = rows.with_columns(unit.alias("_unit")).partition_by("entity_id", "_unit", as_dict=True)
    for (entity, read_unit), part in sorted(parts.items(), key=lambda item: (str(item[0][0]), str(item[0][1]))):
        yield (str(entity), read_unit if isinstance(read_unit, str) else None), part


def _field(sector: Sector, name: str) -> Field:
    table, _, field = name.partition(".")
    return sector.tables[table].fields[field]


def _own_unit(sector: Sector, name: str, part: pl.DataFrame) -> str:
    """The field's unit; of one that depends on the row, that of gases where all rows are of gases."""
    unit = _field(sector, name).unit
    if not isinstance(unit, UnitByState):
        return unit or ""
    codes = sector.codes.get(sector.tables[name.partition(".")[0]].fields[unit.by].codes or "", {})
    rows = part[unit.by].unique().to_list() if unit.by in part.columns else []
    return unit.gas if rows and all(row in codes and codes[row].state == "gas" for row in rows) else unit.solid


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


def _first(part: pl.DataFrame) -> int:
    return int(part["_block"].min())  # type: ignore[arg-type]


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
