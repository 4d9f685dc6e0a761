"""What `allowance:` of a pack says: plans, views, names of columns, words, corrections that move an allowance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from mrvaudit.errors import NothingError, PackError
from mrvaudit.packfile import Entry, Name, Words
from mrvaudit.parameters import Mark

if TYPE_CHECKING:
    from mrvaudit.sector import Sector


class Plan(Entry):
    """An allowance plan: data years [since, until), whether it is law or a draft, and what no table tells."""

    id: str
    since: int = Field(alias="from")
    until: int
    mark: Mark
    title: Words
    unseen: Words | None = None


class Column(Entry):
    """A column of the unit view that goes into the outputs; `shown` ones stand in the printed table."""

    column: Name
    title: Words
    unit: str = ""
    decimals: int | None = None
    codes: str | None = None
    shown: bool = False


class Change(Entry):
    """Findings of these rules about a field correct an input of the allowance by expected minus observed.

    `basis` names the source of the output the correction belongs to; where another one was used nothing moves. With
    `declared` the input is already the corrected one, and that column of the input view is what was declared.
    """

    rules: tuple[str, ...]
    table: Name
    field: Name
    input: Name
    unit: str = ""
    basis: str = ""
    declared: Name | None = None


class Settings(Entry):
    """All of a pack's `allowance:`; `note` is the column of the unit view whose words stand beside a unit."""

    input: Name
    unit: Name
    entity: Name
    offset_limit: Name
    note: Name | None = None
    plans: tuple[Plan, ...]
    columns: tuple[Column, ...] = ()
    words: dict[str, Words] = {}
    changes: tuple[Change, ...] = ()

    def plan_of(self, year: int) -> Plan | None:
        """The plan of a data year, if there is one."""
        return next((plan for plan in self.plans if plan.since <= year < plan.until), None)


def settings(sector: Sector) -> Settings:
    """The sector's allowance settings, checked against its packs.

    Raises NothingError for a sector without them and PackError for a name that does not exist.
    """
    raw = sector.sections.get("allowance")
    if not raw:
        raise NothingError(sector.id, "这个行业没有配额方案", "this sector has no allowance plan")
    try:
        found = Settings.model_validate(raw)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PackError(
            "allowance.yaml", f"{place} 的值不符合要求", f"{place}: {first['msg']}",
            todo_zh="请对照 docs/packs.md 修改", todo_en="see docs/packs.md for the keys of this entry",
        ) from None  # fmt: skip
    for name, exists in _named(found, sector):
        if not exists:
            raise PackError("allowance.yaml", f"没有 {name}", f"there is no {name}")
    return found


def _named(found: Settings, sector: Sector) -> Iterator[tuple[str, bool]]:
    views = {view.view for view in sector.views}
    yield from ((f"view {name}", name in views) for name in (found.input, found.unit, found.entity))
    yield f"parameter {found.offset_limit}", found.offset_limit in sector.parameters
    yield from ((f"code list {one.codes}", one.codes in sector.codes) for one in found.columns if one.codes)
    for change in found.changes:
        table = sector.tables.get(change.table)
        yield f"{change.table}.{change.field}", table is not None and change.field in table.fields
        yield from ((f"rule {name}", name in sector.rules) for name in change.rules)
