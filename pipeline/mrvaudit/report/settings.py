"""What report.yaml of a sector says: data codes, charts, facts of the head, words. Nothing here knows a sector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from mrvaudit.errors import PackError
from mrvaudit.packfile import Entry, Words
from mrvaudit.report.settings_sources import SecondSources

if TYPE_CHECKING:
    from mrvaudit.sector import Sector

Aggregate = Literal["sum", "same", "none"]
Unit = str | dict[str, str]
"""A unit, or one per state of the item's code: {solid: t, gas: 10⁴ Nm³}."""


class Source(Entry):
    """A column of a derived view, or of a record table."""

    view: str | None = None
    table: str | None = None
    column: str

    @property
    def name(self) -> str:
        """The view or table it is read from."""
        return self.view or self.table or ""


class MeanBy(Entry):
    """A year's value as the mean of its months, weighted by a column of the same view."""

    mean_by: str
    declared_by: str | None = None


class Ratio(Entry):
    """A year's value as the quotient of two other data codes of that year."""

    ratio: tuple[str, str]


class Tolerance(Entry):
    """Differences that are rounding: only beyond them does a month carry the sign."""

    absolute: float = 0.0
    relative_pct: float = 0.0


class DataCode(Entry):
    """One line of the data table: declared beside recalculated."""

    code: str
    title: Words
    unit: Unit = ""
    decimals: int | None = None
    by_item: bool = False
    per: Literal["month", "year"] = "month"
    of: Literal["unit", "entity"] = "unit"
    declared: Source | None = None
    recalculated: Source | None = None
    aggregate: Aggregate | MeanBy | Ratio = "none"
    tolerance: Tolerance = Tolerance()


class Item(Entry):
    """The column that divides a month's rows, and the code list that names its values."""

    column: str
    codes: str


class Fact(Entry):
    """A field of `units` shown in the head of a report."""

    field: str
    decimals: int | None = None


class Limit(Entry):
    """Where the edge of a band comes from: a column of the chart's view, or a parameter keyed by columns of the row."""

    column: str | None = None
    parameter: str | None = None
    factor: float = 1.0


class Band(Entry):
    """A tolerance or an expected range; `low` left out means the negative of `high`."""

    title: Words
    high: Limit
    low: Limit | None = None


class Chart(Entry):
    """One chart: its kind, what it draws, and the sentences that state its result.

    `where` names a column: rows in which it is false are left out. Values are divided by `scale`; where they are small
    and `axis_small` is given, they are drawn as they are.
    """

    id: str
    kind: Literal["paired_bars", "dots_month", "dots_day_step", "deviation_dots"]
    section: str
    title: Words
    axis: Words
    view: str
    column: str = ""
    declared: str | None = None
    against: str | None = None
    step: Source | None = None
    by_item: bool = False
    rank_by: str | None = None
    of: Literal["unit", "entity"] = "unit"
    split: tuple[str, ...] = ()
    where: str | None = None
    scale: float = 1.0
    axis_small: Words | None = None
    decimals: int = 2
    band: Band | None = None
    tolerance: Tolerance = Tolerance()
    gap: Words | None = None
    caption: Words
    caption_outside: Words | None = None
    missing: Words
    key: dict[str, Words] = {}


class Section(Entry):
    """A section of charts with its title."""

    id: str
    title: Words


class DayColumn(Entry):
    """A column of the daily rows at the end of the tree; `source` is the field of the record it was read from."""

    column: str
    source: str | None = None
    title: Words
    decimals: int = 2


class DayRows(Entry):
    """The records below a month of the tree, one a day."""

    view: str
    title: Words
    columns: tuple[DayColumn, ...]


class IndexColumn(Entry):
    """A column of the fleet index that can be filtered: a field of `units`, or the most frequent value of a source."""

    title: Words
    field: str | None = None
    source: Source | None = None


class Settings(Entry):
    """All of report.yaml; a sector without one gets a report without data codes and charts of its own."""

    item: Item | None = None
    facts: tuple[Fact, ...] = ()
    tolerance: Tolerance = Tolerance()
    data_codes: tuple[DataCode, ...] = ()
    sections: tuple[Section, ...] = ()
    charts: tuple[Chart, ...] = ()
    day_rows: DayRows | None = None
    index_columns: tuple[IndexColumn, ...] = ()
    second_sources: SecondSources | None = None
    topics: dict[str, Words] = {}
    papers: dict[str, Words] = {}
    words: dict[str, Words] = {}
    columns: dict[str, Words] = {}
    split_codes: dict[str, str] = {}

    def sources(self) -> Iterator[Source]:
        """Every column the report reads, tables and views alike."""
        for code in self.data_codes:
            yield from (one for one in (code.declared, code.recalculated) if one)
            if isinstance(code.aggregate, MeanBy):
                yield from _weights(code)
        for chart in self.charts:
            limits = [chart.band.high, chart.band.low] if chart.band else []
            columns = [chart.column, chart.declared, chart.against, chart.rank_by, chart.where, *chart.split]
            columns += [limit.column for limit in limits if limit]
            yield from (Source(view=chart.view, column=column) for column in columns if column)
            if chart.step:
                yield chart.step
        if self.day_rows:
            yield from (Source(view=self.day_rows.view, column=one.column) for one in self.day_rows.columns)


def _weights(code: DataCode) -> Iterator[Source]:
    assert isinstance(code.aggregate, MeanBy)
    for source, column in (
        (code.recalculated, code.aggregate.mean_by),
        (code.declared, code.aggregate.declared_by or code.aggregate.mean_by),
    ):
        if source:
            yield source.model_copy(update={"column": column})


def parse(raw: Mapping[str, Any] | None) -> Settings:
    """Settings from report.yaml as read (with or without its top-level key); PackError where a key does not fit."""
    data = dict(raw or {})
    data = data.get("report", data)
    try:
        return Settings.model_validate(data)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PackError(
            "report.yaml",
            f"{place} 的值不符合要求",
            f"{place}: {first['msg']}",
            todo_zh="请对照 docs/packs.md 修改",
            todo_en="see docs/packs.md for the keys of this entry",
        ) from None


def check(sector: Sector) -> None:
    """Whether everything that report.yaml names exists in the sector's packs; PackError for the first that does not."""
    found = parse(sector.sections.get("report", {}))
    views = {view.view for view in sector.views}
    units = sector.tables["units"].fields if "units" in sector.tables else {}
    named: list[tuple[str, bool]] = [
        *((f"facts: {one.field}", one.field in units) for one in found.facts),
        *((f"code list {name}", name in sector.codes) for name in found.split_codes.values()),
        *((f"view {one.view}", one.view in views) for one in found.sources() if one.view),
        *((f"table {one.table}.{one.column}", _has(sector, one)) for one in found.sources() if one.table),
        *((f"papers: {name}", name.split(".")[0] in sector.tables) for name in found.papers),
        *((f"parameter {name}", name in sector.parameters) for name in _parameters(found)),
        *((f"section {one.section}", one.section in _sections(found)) for one in found.charts),
        *_second_sources(sector, found),
    ]
    if found.item:
        named.append((f"code list {found.item.codes}", found.item.codes in sector.codes))
    for name, exists in named:
        if not exists:
            raise PackError("report.yaml", f"没有 {name}", f"there is no {name}")


def _second_sources(sector: Sector, found: Settings) -> Iterator[tuple[str, bool]]:
    """Tables, columns, views, code list and data codes that the second sources name."""
    if found.second_sources is None:
        return
    yield f"code list {found.second_sources.providers}", found.second_sources.providers in sector.codes
    codes = {one.code for one in found.data_codes}
    views = {view.view for view in sector.views}
    for datum in found.second_sources.data:
        yield f"data code {datum.code}", datum.code in codes
        for one in datum.sources:
            if one.view:
                yield f"view {one.view}", one.view in views
            for column in one.reads() if one.table else ():
                there = _has(sector, Source(table=one.table, column=column))
                yield f"table {one.table}.{column}", there or bool(one.through and column == one.month)


def _has(sector: Sector, source: Source) -> bool:
    table = sector.tables.get(source.table or "")
    return table is not None and source.column in table.fields


def _parameters(found: Settings) -> Iterator[str]:
    for chart in found.charts:
        for limit in (chart.band.high, chart.band.low) if chart.band else ():
            if limit and limit.parameter:
                yield limit.parameter


def _sections(found: Settings) -> set[str]:
    return {"months", *(one.id for one in found.sections)}
