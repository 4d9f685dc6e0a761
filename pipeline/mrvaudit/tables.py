"""Record tables and their fields, and the code lists whose words they use."""

from __future__ import annotations

from typing import Any, Literal

from mrvaudit import sql
from mrvaudit.packfile import Entry, Name, Pack, Words

SQL_TYPES = {
    "str": "VARCHAR",
    "date": "DATE",
    "month": "DATE",
    "f64": "DOUBLE",
    "i64": "BIGINT",
    "i32": "INTEGER",
    "i8": "TINYINT",
    "bool": "BOOLEAN",
}


class UnitByState(Entry):
    """A unit that depends on another field of the row: its code's state (solid or gas) chooses."""

    by: str
    solid: str
    gas: str


class Field(Entry):
    """One column of a record table; `min` and `max` are physics, not suspicion.

    `unclear` are spellings that may mean the field or something the table does not hold: such a column is asked about.
    The words of a field with `in_headers` may stand beside units of these dimensions in the headers of other columns.
    """

    name: Name
    type: Literal["str", "date", "month", "f64", "i64", "bool"] = "str"
    required: bool = False
    unit: str | UnitByState | None = None
    codes: str | None = None
    title: Words
    aliases: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    in_headers: tuple[str, ...] = ()
    form: Literal["credit_code"] | None = None
    min: float | None = None
    max: float | None = None
    default: str | int | float | bool | None = None
    data_code: str | None = None
    keep_decimals: bool = False
    merge: Literal["sum"] | None = None

    def unit_for(self, state: str | None) -> str | None:
        """The unit of a value whose row has a fuel of this state."""
        if isinstance(self.unit, UnitByState):
            return self.unit.gas if state == "gas" else self.unit.solid
        return self.unit


class Table(Entry):
    """A record table: its key (without entity_id, which is always part of it), its month, its owner."""

    name: Name
    title: Words
    aliases: tuple[str, ...] = ()
    key: tuple[str, ...]
    month: str | None = None
    owner: Literal["unit", "scope", "entity", "none"]
    period: Literal["declared", "evidence"] | None = None
    fields: dict[str, Field]

    def columns(self) -> dict[str, str]:
        """Every column of the standard table and its type name, in order: fields, printed decimals, keys."""
        columns: dict[str, str] = {name: field.type for name, field in self.fields.items()}
        columns |= {f"{name}_decimals": "i8" for name, field in self.fields.items() if field.keep_decimals}
        return columns | {"unit_key": "i32", "_block": "i32", "_line": "i32"}


class Code(Entry):
    """One word of a code list, its spellings, and for a fuel its state."""

    title: Words
    words: tuple[str, ...] = ()
    state: Literal["solid", "gas"] | None = None
    set: dict[str, str] = {}


class Also(Entry):
    """A spelling that means a code and settles a second column too."""

    code: str
    set: dict[str, str]


def parse_tables(pack: Pack, known: dict[str, Table]) -> dict[str, Table]:
    """Tables of one pack file; an entry with `extends: true` adds fields to the table known by that name."""
    tables: dict[str, Table] = {}
    for name, raw in pack.data.get("tables", {}).items():
        place = ("tables", name)
        entry = dict(raw)
        fields = _fields(pack, name, entry.pop("fields", {}))
        if entry.pop("extends", False):
            if name not in known:
                raise pack.error(place, "要扩展的表不存在", "there is no such table to extend")
            tables[name] = known[name].model_copy(update={"fields": known[name].fields | fields})
            continue
        table = pack.parse(Table, {**entry, "name": name, "fields": fields}, place)
        for column in (*table.key, "entity_id"):
            if column not in fields:
                raise pack.error(
                    place, f"键列 {column} 不是本表的字段", f"key column {column} is no field of the table"
                )
        _check_month(pack, table)
        tables[name] = table
    return tables


def _check_month(pack: Pack, table: Table) -> None:
    try:
        sql.expression(table.month or "NULL", frozenset())
    except sql.SqlFault as fault:
        raise pack.error(("tables", table.name, "month"), fault.zh, fault.en) from None


def _fields(pack: Pack, table: str, raw: Any) -> dict[str, Field]:
    place = ("tables", table, "fields")
    if not isinstance(raw, dict) or not all(isinstance(value, dict) for value in raw.values()):
        raise pack.error(place, "应为键值映射", "a mapping of mappings belongs here")
    return {name: pack.parse(Field, {**value, "name": name}, (*place, name)) for name, value in raw.items()}


def parse_codes(pack: Pack) -> dict[str, dict[str, Code]]:
    """Code lists of one pack file, with the spellings under `also` folded into `set`-carrying codes."""
    return {
        listing: {name: pack.parse(Code, value, ("codes", listing, name)) for name, value in (entries or {}).items()}
        for listing, entries in pack.data.get("codes", {}).items()
    }


def parse_also(pack: Pack) -> dict[str, dict[str, Also]]:
    """Spellings that settle a second column: list -> spelling -> code and further columns."""
    return {
        listing: {word: pack.parse(Also, value, ("also", listing, word)) for word, value in entries.items()}
        for listing, entries in pack.data.get("also", {}).items()
    }
