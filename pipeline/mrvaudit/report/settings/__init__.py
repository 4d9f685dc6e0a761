"""What report.yaml of a sector says: data codes, charts, facts of the head, words. Nothing here knows a sector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from mrvaudit.errors import PackError
from mrvaudit.packfile import Entry, Words
from mrvaudit.report.settings.charts import AnyChart, Source, Tolerance
from mrvaudit.report.settings.profiles import Article, Worth
from mrvaudit.report.settings.sources import SecondSources

if TYPE_CHECKING:
    from mrvaudit.sector import Sector

Aggregate = Literal["sum", "same", "none"]
Unit = str | dict[str, str]
"""A unit, or one per state of the item's code: {solid: t, gas: 10⁴ Nm³}."""


class MeanBy(Entry):
    """A year's value as the mean of its months, weighted by a column of the same view."""

    mean_by: str
    declared_by: str | None = None


class Ratio(Entry):
    """A year's value as the quotient of two other data codes of that year."""

    ratio: tuple[str, str]


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


class Section(Entry):
    """A section of charts with its title, and a line on how to read them."""

    id: str
    title: Words
    note: Words | None = None


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
    charts: tuple[AnyChart, ...] = ()
    day_rows: DayRows | None = None
    index_columns: tuple[IndexColumn, ...] = ()
    second_sources: SecondSources | None = None
    worth: Worth | None = None
    articles: tuple[Article, ...] = ()
    topics: dict[str, Words] = {}
    papers: dict[str, Words] = {}
    words: dict[str, Words] = {}
    columns: dict[str, Words] = {}
    split_codes: dict[str, str] = {}
    key_words: dict[str, Words] = {}

    def sources(self) -> Iterator[Source]:
        """Every column the report reads, tables and views alike."""
        for code in self.data_codes:
            yield from (one for one in (code.declared, code.recalculated) if one)
            if isinstance(code.aggregate, MeanBy):
                yield from _weights(code)
        for chart in self.charts:
            yield from chart.sources()
        if self.worth:
            yield Source(view=self.worth.view, column=self.worth.column)
            for column in ("kind", self.worth.filed) if self.worth.filings else ():
                yield Source(table=self.worth.filings, column=column)
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
    if found.worth:
        named.append((f"parameter {found.worth.days}", found.worth.days in sector.parameters))
        tables = [name for way in found.worth.repairs for name in way.tables]
        named += [(f"table {name}", name in sector.tables) for name in tables]
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
    # Beside a number stands how many decimals were printed.
    return table is not None and source.column.removesuffix("_decimals") in table.fields


def _parameters(found: Settings) -> Iterator[str]:
    yield from (limit.parameter for chart in found.charts for limit in chart.limits() if limit.parameter)


def _sections(found: Settings) -> set[str]:
    return {"months", *(one.id for one in found.sections)}
