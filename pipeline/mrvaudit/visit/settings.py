"""What the section `visit` of a sector's packs says: forms, questions by data code, draws, figures to reproduce."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from mrvaudit import sql
from mrvaudit.errors import PackError
from mrvaudit.packfile import Entry, Words
from mrvaudit.sector import Sector


class ReviewItem(Entry):
    """A line of the document review form; `classes` are those of the findings that belong to it."""

    section: str
    title: Words
    look: Words
    documents: Words
    classes: tuple[str, ...] = ()


class CodeItem(Entry):
    """What to see, whom to ask and how to check for a data code."""

    code: str
    see: Words
    ask: Words
    how: Words


class Column(Entry):
    """A column shown of the rows drawn; `field` of the draw's table gives the cell."""

    column: str
    title: Words
    decimals: int | None = None
    codes: str | None = None
    field: str | None = None


class Draw(Entry):
    """Records to trace: a query that gives unit_key (or entity_id), month, key, leverage_tco2, _block and _line."""

    id: str
    title: Words
    note: Words
    none: Words
    table: str
    of: Literal["unit", "entity"] = "unit"
    rows: str
    columns: tuple[Column, ...]
    by_leverage: int
    at_random: int


class Figure(Entry):
    """A figure and its cell: field of a table, in the row named by the columns `block` and `line`."""

    column: str = ""
    title: Words | None = None
    unit: str = ""
    decimals: int | None = None
    table: str | None = None
    field: str | None = None
    block: str = "_block"
    line: str = "_line"


class Recomputation(Entry):
    """A figure to reproduce on the spot; the query also gives `stated` and `recomputed`."""

    id: str
    title: Words
    none: Words
    table: str
    rows: str
    subject: Words
    inputs: tuple[Figure, ...]
    copy_: tuple[Words, ...] = ()
    steps: Words
    result: Figure

    model_config = Entry.model_config | {"alias_generator": lambda name: name.rstrip("_")}


class Document(Entry):
    """A document to have at hand; `kind` is that of the attachments that show it."""

    kind: str
    title: Words


class Settings(Entry):
    """All of `visit:`; a sector without it gets forms without questions of its own."""

    seed: str = "20260101"
    review: tuple[ReviewItem, ...] = ()
    codes: tuple[CodeItem, ...] = ()
    draws: tuple[Draw, ...] = ()
    recomputations: tuple[Recomputation, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def queries(self) -> tuple[Draw | Recomputation, ...]:
        """Everything that asks for rows."""
        return (*self.draws, *self.recomputations)


def parse(sector: Sector) -> Settings:
    """Settings of a sector, its queries checked; PackError for a key that does not fit or a query that is none."""
    try:
        found = Settings.model_validate(sector.sections.get("visit", {}))
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _fault(place, "的值不符合要求", str(first["msg"])) from None
    known = {*sector.tables, *(view.view for view in sector.views), "unit_index"}
    for one in found.queries:
        try:
            checked = sql.select(one.rows, sector.macros)
        except sql.SqlFault as fault:
            raise _fault(f"{one.id}.rows", fault.zh, fault.en) from None
        strange = sorted(checked.tables - known)
        if strange or one.table not in sector.tables:
            name = strange[0] if strange else one.table
            raise _fault(one.id, f"没有 {name}", f"there is no {name}")
    return found


def _fault(place: str, zh: str, en: str) -> PackError:
    return PackError(
        f"visit.{place}", zh, en, todo_zh="请对照 docs/packs.md 修改", todo_en="see docs/packs.md for the keys"
    )


@cache
def words() -> dict[str, Words]:
    """Interface words of the pack, both languages."""
    text = (Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return {key: Words.model_validate(raw) for key, raw in data["words"].items()}
