"""Put the rows that an example gives into the tables of an in-memory database, with the units they speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from mrvaudit import store
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector
from mrvaudit.tables import Table

ENTITY, UNIT = "E1", "U1"


class Given:
    """Fills the standard tables of one connection; nothing is taken out again: that is the caller's rollback."""

    def __init__(self, con: duckdb.DuckDBPyConnection, sector: Sector) -> None:
        self._con, self._sector = con, sector
        self._columns = store.table_columns(sector)

    def fill(self, given: Mapping[str, Sequence[Mapping[str, Any]]], rule: Rule) -> str | None:
        """The given rows, and of the views those that the rule reads; what is wrong with the rows, if anything."""
        rows = {name: [dict(row) for row in entries] for name, entries in given.items()}
        for name in rows:
            if name not in self._sector.tables:
                return f"no such table: {name}"
            unknown = {column for row in rows[name] for column in row} - set(self._columns[name])
            if unknown:
                return f"no such column: {name}.{sorted(unknown)[0]}"
        keys = self._units(rows)
        for name, entries in rows.items():
            for line, row in enumerate(entries, start=2):
                table = self._sector.tables[name]
                self._insert(name, self._complete(table, row, keys, line))
        store.compute(self._con, self._sector, (*rule.reads, rule.scanned))
        return None

    def _units(self, rows: dict[str, list[dict[str, Any]]]) -> dict[tuple[str, str], int]:
        """Fill unit_index: the given units, those merely mentioned, or the default one."""
        default = {"entity_id": ENTITY, "unit_id": UNIT, **self._sector.settings.example_unit}
        named = {
            (str(row.get("entity_id", ENTITY)), str(row.get("unit_id", UNIT))): {**default, **row}
            for row in rows.get("units", [])
        }
        for name, entries in rows.items():
            if name == "units" or self._sector.tables[name].owner == "none":
                continue
            for row in entries:
                entity = str(row.get("entity_id", ENTITY))
                if row.get("unit_id") is not None:
                    named.setdefault(
                        (entity, str(row["unit_id"])), {**default, "entity_id": entity, "unit_id": str(row["unit_id"])}
                    )
        if not named:
            named[ENTITY, UNIT] = default
        for entity in {str(row.get("entity_id", ENTITY)) for entries in rows.values() for row in entries}:
            if all(key[0] != entity for key in named):
                named[entity, UNIT] = {**default, "entity_id": entity}
        keys = {owner: key for key, owner in enumerate(sorted(named))}
        for owner, key in keys.items():
            row = {**named[owner], "entity_id": owner[0], "unit_id": owner[1], "unit_key": key, "reporting": True}
            self._insert("unit_index", row)
        return keys

    def _complete(
        self, table: Table, row: dict[str, Any], keys: Mapping[tuple[str, str], int], line: int
    ) -> dict[str, Any]:
        full: dict[str, Any] = {
            name: field.default for name, field in table.fields.items() if field.default is not None
        } | row
        full.setdefault("entity_id", ENTITY)
        if table.owner == "unit":
            full.setdefault("unit_id", sorted(key[1] for key in keys if key[0] == str(full["entity_id"]))[0])
        if table.owner == "scope":
            full.setdefault("scope", "unit" if full.get("unit_id") is not None else "entity")
            full.setdefault("scope_id", full["unit_id"] if full["scope"] == "unit" else full["entity_id"])
            if full["scope"] in ("unit", "group"):
                full["unit_key"] = keys.get((str(full["entity_id"]), str(full["scope_id"])))
        elif full.get("unit_id") is not None:
            full["unit_key"] = keys[str(full["entity_id"]), str(full["unit_id"])]
        full.setdefault("_block", 0)
        full.setdefault("_line", line)
        months = [
            name for name, field in table.fields.items() if field.type == "month" and isinstance(full.get(name), str)
        ]
        return full | {name: f"{full[name][:7]}-01" for name in months}

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        known = {name: value for name, value in row.items() if value is not None}
        columns = ", ".join(f'"{name}"' for name in known)
        marks = ", ".join("?" for _ in known)
        self._con.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(known.values()))
