"""The sections `scales` and `relations` of a sector's packs: where figures lie, and what holds between columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from mrvaudit.errors import PackError
from mrvaudit.packfile import Entry, Name, Words
from mrvaudit.parameters import value_at
from mrvaudit.sector import Sector

ROWS, SHARE, SLIP, BAND = "column_rows_min", "column_contradiction_share_pct", "unit_slip_ratio", "unit_slip_band_pct"
NEEDED = (ROWS, SHARE, SLIP, BAND)
# Rows without a month are judged by the latest values.
LATEST = "9999-12"


class Limit(Entry):
    """A value of a parameter, by its keys joined with `|`."""

    parameter: Name
    key: str = ""


class Scale(Entry):
    """One datum in the columns (`table.field`) that state it; `total` adds the rows of a month up."""

    title: Words
    fields: tuple[str, ...]
    where: dict[Name, tuple[str, ...]] = {}
    by: tuple[Name, ...] = ()
    low: Limit | None = None
    high: Limit | None = None
    per: Name | None = None
    total: bool = False


class Relation(Entry):
    """What holds in a row: `above` (the first is not below the second), or bounds of a sum."""

    title: Words
    tables: tuple[Name, ...]
    where: dict[Name, tuple[str, ...]] = {}
    above: tuple[Name, Name] | None = None
    sum: tuple[Name, ...] = ()
    partial: bool = False
    low: Limit | None = None
    high: Limit | None = None
    usual: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns it speaks of."""
        return self.above or self.sum


Kind = TypeVar("Kind", Scale, Relation)


@dataclass(frozen=True)
class Columns:
    """Both sections of a sector; empty where its packs have none."""

    scales: dict[str, Scale]
    relations: dict[str, Relation]

    def of_table(self, table: str, *, usual: bool) -> dict[str, Relation]:
        """The relations of one table, those that contradict or those that only tell what is usual."""
        return {name: one for name, one in self.relations.items() if table in one.tables and one.usual == usual}


def parse(sector: Sector) -> Columns:
    """The sections checked against tables, fields and parameters; PackError at the entry that does not fit."""
    found = Columns(
        {name: _entry(Scale, "scales", name, sector) for name in sector.sections.get("scales", {})},
        {name: _entry(Relation, "relations", name, sector) for name in sector.sections.get("relations", {})},
    )
    for name in NEEDED if found.scales or found.relations else ():
        if name not in sector.parameters:
            raise PackError("scales, relations", f"缺少参数 {name}", f"the parameter {name} is missing")
    return found


def _entry(model: type[Kind], section: str, name: str, sector: Sector) -> Kind:
    pack, place = sector.written[section, name], (section, name)
    entry = pack.parse(model, sector.sections[section][name], place)
    for zh, en in _faults(entry, sector):
        raise pack.error(place, zh, en, todo_zh="请对照 docs/packs.md 修改", todo_en="see docs/packs.md")
    return entry


def _faults(entry: Scale | Relation, sector: Sector) -> Iterator[tuple[str, str]]:
    limits = [one for one in (entry.low, entry.high) if one is not None]
    for limit in limits:
        known = sector.parameters.get(limit.parameter)
        if known is None or all(value.key != limit.key for value in known.values):
            yield f"没有参数 {limit.parameter}（{limit.key}）", f"there is no parameter {limit.parameter} ({limit.key})"
    if isinstance(entry, Scale):
        pairs = [(one.partition(".")[0], one.partition(".")[2]) for one in entry.fields]
    else:
        pairs = [(table, field) for table in entry.tables for field in entry.fields]
        if (entry.above is None) != bool(entry.sum) or (entry.sum and not limits):
            yield "应有 above，或 sum 与 low、high", "either `above`, or `sum` with low or high"
    for table, field in pairs:
        known_table = sector.tables.get(table)
        # A relation may speak of columns that only some of its tables have.
        if known_table is None or (isinstance(entry, Scale) and field not in known_table.fields):
            yield f"没有 {table}.{field}", f"there is no {table}.{field}"


def value(sector: Sector, limit: Limit | None, month: date | None) -> float | None:
    """The value of a limit in a month (None: the latest); None where there is no limit or no value."""
    if limit is None:
        return None
    found = value_at(sector.parameters[limit.parameter], limit.key, LATEST if month is None else f"{month:%Y-%m}")
    return None if found is None else found.value


def number(sector: Sector, name: str, key: str = "") -> float:
    """The latest value of a parameter that judging columns needs; PackError where a parameter file took it away."""
    found = value(sector, Limit(parameter=name, key=key), None)
    if found is None:
        raise PackError(name, f"没有当前的值（{key}）", f"it has no present value ({key})")
    return found


def slips(sector: Sector) -> tuple[float, ...]:
    """Ratios that a slip of unit makes, as they stand now."""
    return tuple(one.value for one in sector.parameters[SLIP].values if one.covers(LATEST))
