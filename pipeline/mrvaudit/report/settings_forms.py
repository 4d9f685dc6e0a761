"""What `forms:` says about the Word report: texts that govern, how a datum is determined, what is compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from mrvaudit.errors import PackError
from mrvaudit.packfile import Entry, Words
from mrvaudit.parameters import Mark
from mrvaudit.report.settings.charts import Source

if TYPE_CHECKING:
    from mrvaudit.sector import Sector

PLAN, METERS, ATTACHMENTS = "control_plan", "meters", "attachments"
"""Tables of every sector that the report reads where they exist."""


class Criterion(Entry):
    """A text that the verification rests on, for data months from `from` until before `until`."""

    title: Words
    since: str = Field(alias="from")
    until: str | None = None
    mark: Mark

    def covers(self, month: str) -> bool:
        """Whether it governs a month."""
        return self.since <= month and (self.until is None or month < self.until)


class Datum(Entry):
    """How one data code is determined: names of it in the control plan, kinds of meters, tables with its records."""

    plan: tuple[str, ...] = ()
    meters: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    computed: Words | None = None


class Allocation(Entry):
    """What the annex for the allocation of allowances lists: fields of `units`, and data codes."""

    facts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class Forms(Entry):
    """All of `forms:`; a sector without it gets a report with the chapters alone."""

    title: Words | None = None
    criteria: tuple[Criterion, ...] = ()
    blocks: dict[str, Datum] = {}
    year_on_year: tuple[str, ...] = ()
    previous_total: Source | None = None
    allocation: Allocation = Allocation()

    def tables(self) -> set[str]:
        """Record tables whose rows the report reads."""
        return {PLAN, METERS, ATTACHMENTS, *([self.previous_total.name] if self.previous_total else ())}


def parse(sector: Sector) -> Forms:
    """Forms of a sector; PackError where a key does not fit."""
    try:
        return Forms.model_validate(sector.sections.get("forms", {}))
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PackError(
            "forms",
            f"{place} 的值不符合要求",
            f"{place}: {first['msg']}",
            todo_zh="请对照 docs/packs.md 修改",
            todo_en="see docs/packs.md for the keys of this entry",
        ) from None


def check(sector: Sector) -> None:
    """Whether everything that `forms:` names exists; PackError for the first that does not."""
    for name, exists in _named(parse(sector), sector):
        if not exists:
            raise PackError("forms", f"没有 {name}", f"there is no {name}")


def _named(found: Forms, sector: Sector) -> Iterator[tuple[str, bool]]:
    codes = {str(one.get("code")) for one in sector.sections.get("report", {}).get("data_codes", ())}
    units = sector.tables["units"].fields if "units" in sector.tables else {}
    kinds = sector.codes.get("meter_kinds", {})
    for code, datum in found.blocks.items():
        yield f"data code {code}", code in codes
        yield from ((f"table {name}", name in sector.tables) for name in datum.records)
        yield from ((f"meter kind {name}", name in kinds) for name in datum.meters)
    yield from ((f"data code {code}", code in codes) for code in (*found.year_on_year, *found.allocation.codes))
    yield from ((f"units.{name}", name in units) for name in found.allocation.facts)
    if found.previous_total:
        source = found.previous_total
        table = sector.tables.get(source.table or "")
        yield f"table {source.table}.{source.column}", table is not None and source.column in table.fields
