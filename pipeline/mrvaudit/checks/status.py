"""From counts to statuses: passed, found, not applicable, not assessable, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import polars as pl

from mrvaudit import sql
from mrvaudit.checks.compile import needed
from mrvaudit.checks.lineage import Lineage
from mrvaudit.model import Status
from mrvaudit.parameters import value_at
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector

Owner = tuple[str, int | None]


@dataclass
class Tally:
    """What a rule saw of one owner.

    `aside`: rows that its `where` leaves out; `month`: first unknown; `nulls`: needed column -> first month without.
    """

    rows: int = 0
    found: int = 0
    unknown: int = 0
    outside: int = 0
    aside: int = 0
    month: date | None = None
    nulls: dict[str, date | None] = field(default_factory=dict)

    def add(self, counts: Sequence[Any], names: Sequence[str]) -> None:
        """Take in rows, found, unknown, outside, aside, first month unknown; per needed column nulls and month."""
        self.rows += counts[0]
        self.found += counts[1]
        self.unknown += counts[2]
        self.outside += counts[3]
        self.aside += counts[4]
        self.month = min(filter(None, (self.month, counts[5])), default=None)
        for position, name in enumerate(names):
            if counts[6 + 2 * position]:
                self.nulls[name] = counts[7 + 2 * position]


@dataclass(frozen=True)
class UnitRow:
    """One reporting unit."""

    unit_key: int
    entity_id: str
    unit_id: str


class Presence:
    """Which owner has rows in which table, and which columns anybody submitted."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, sector: Sector, columns: frozenset[tuple[str, str]] | None
    ) -> None:
        self._con, self._sector, self._columns = con, sector, columns
        self._owners: dict[str, tuple[frozenset[int], frozenset[str]]] = {}
        self._in_view: dict[str, frozenset[int]] = {}

    def has_rows(self, table: str, owner: Owner) -> bool:
        """Whether the owner (or the entity it belongs to) has a row in the table."""
        if table not in self._owners:
            rows = self._con.execute(f'SELECT DISTINCT entity_id, unit_key FROM "{table}"').fetchall()
            self._owners[table] = (
                frozenset(row[1] for row in rows if row[1] is not None),
                frozenset(row[0] for row in rows if row[1] is None or owner[1] is None),
            )
        units, entities = self._owners[table]
        if owner[1] is None:
            return owner[0] in entities or self._any_unit(table, owner[0])
        return owner[1] in units or owner[0] in entities

    def has_view(self, name: str, owner: Owner) -> bool:
        """Whether the name is that of a view by unit in which the owner has a row: then its tables say enough."""
        if name not in self._in_view:
            self._in_view[name] = self._units_in(name)
        return owner[1] in self._in_view[name]

    def _units_in(self, name: str) -> frozenset[int]:
        """Units with a row in a view by unit; none where the name is that of something else."""
        if all(view.view != name for view in self._sector.views):
            return frozenset()
        columns = [row[0] for row in self._con.execute(f'DESCRIBE "{name}"').fetchall()]
        if "unit_key" not in columns:
            return frozenset()
        rows = self._con.execute(f'SELECT DISTINCT unit_key FROM "{name}" WHERE unit_key IS NOT NULL').fetchall()
        return frozenset(row[0] for row in rows)

    def _any_unit(self, table: str, entity_id: str) -> bool:
        query = f'SELECT count(*) FROM "{table}" WHERE entity_id = ?'
        return bool(self._con.execute(query, [entity_id]).fetchone()[0])  # type: ignore[index]

    def has_column(self, table: str, column: str) -> bool:
        """Whether any block of the run has the column (examples: always)."""
        return self._columns is None or (table, column) in self._columns


def submitted_columns(blocks: pl.DataFrame) -> frozenset[tuple[str, str]]:
    """(table, column) pairs that some block of the run carries."""
    return frozenset(
        (row["table"], column)
        for row in blocks.select("table", "field_columns").iter_rows(named=True)
        if row["table"] is not None
        for column in json.loads(row["field_columns"])
    )


class Judge:
    """Writes the checks rows of one rule."""

    def __init__(self, sector: Sector, lineage: Lineage, presence: Presence, units: list[UnitRow]) -> None:
        self._sector, self._lineage, self._presence, self._units = sector, lineage, presence, units

    def rows(
        self, rule: Rule, tallies: Mapping[Owner, Tally], applies: Mapping[int, bool | None]
    ) -> Iterator[dict[str, Any]]:
        """One row per unit; for entity scope one per entity, and per unit where the records speak of units."""
        if rule.scope != "entity":
            for unit in self._units:
                owner = (unit.entity_id, unit.unit_key)
                yield self._row(rule, owner, unit.unit_id, tallies.get(owner), applies[unit.unit_key])
            return
        for entity in dict.fromkeys(unit.entity_id for unit in self._units):
            yield from self._entity_rows(rule, entity, tallies, applies)

    def _entity_rows(
        self, rule: Rule, entity: str, tallies: Mapping[Owner, Tally], applies: Mapping[int, bool | None]
    ) -> Iterator[dict[str, Any]]:
        units = [unit for unit in self._units if unit.entity_id == entity]
        whole = tallies.get((entity, None))
        by_unit = any((entity, unit.unit_key) in tallies for unit in units)
        if whole is not None or not by_unit:
            answers = [applies[unit.unit_key] for unit in units]
            yield self._row(rule, (entity, None), None, whole, any(answers) or (None if None in answers else False))
        for unit in units if by_unit else ():
            tally = tallies.get((entity, unit.unit_key))
            if tally is not None or whole is None:
                yield self._row(rule, (entity, unit.unit_key), unit.unit_id, tally, applies[unit.unit_key])

    def _row(
        self, rule: Rule, owner: Owner, unit_id: str | None, tally: Tally | None, applies: bool | None
    ) -> dict[str, Any]:
        seen = tally or Tally()
        status, reason = self._judge(rule, owner, seen, applies)
        looked = status in (Status.FOUND, Status.PASSED, Status.NOT_ASSESSABLE)
        return {
            "rule_id": rule.id,
            "entity_id": owner[0],
            "unit_id": unit_id,
            "status": str(status),
            "reason": reason,
            "rows": seen.rows if looked else 0,
            "rows_found": seen.found if looked else 0,
            "rows_unknown": seen.unknown if looked else 0,
        }

    def _judge(self, rule: Rule, owner: Owner, seen: Tally, applies: bool | None) -> tuple[Status, str | None]:
        if applies is False:
            return Status.NOT_APPLICABLE, "applies"
        if applies is None:
            return Status.NOT_ASSESSABLE, self._null_of_units(rule)
        if seen.found:
            return Status.FOUND, None
        if seen.unknown:
            return Status.NOT_ASSESSABLE, self._reason(rule, owner, seen)
        if seen.rows:
            return Status.PASSED, None
        if seen.outside:
            return Status.NOT_APPLICABLE, "outside_validity"
        if seen.aside and rule.rows is not None:
            return Status.NOT_APPLICABLE, "no_event"
        missing = self._missing_table(rule, owner)
        if missing:
            return Status.NOT_ASSESSABLE, f"no_table:{missing}"
        if rule.without_rows == "not_assessable":
            return Status.NOT_ASSESSABLE, f"no_rows:{rule.subject.table}"
        return Status.NOT_APPLICABLE, "no_event"

    def _null_of_units(self, rule: Rule) -> str:
        columns = sorted(sql.expression(rule.applies or "", self._sector.macros).columns)
        for column in columns:
            if not self._presence.has_column("units", column):
                return f"no_column:units.{column}"
        return f"null:units.{columns[0]}" if columns else "null:units"

    def _missing_table(self, rule: Rule, owner: Owner) -> str | None:
        """The table of the subject or the first one below the rule's reads; none where all that it needs is there."""
        needed_reads = [name for name in rule.reads if name not in self._lineage.looked_up(rule)]
        absent = [name for name in needed_reads or rule.reads if not self._presence.has_view(name, owner)]
        if needed_reads and not absent:
            return None
        tables = [rule.subject.table, *(table for name in absent for table in self._lineage.base_tables(name))]
        return next((table for table in tables if not self._presence.has_rows(table, owner)), None)

    def _reason(self, rule: Rule, owner: Owner, seen: Tally) -> str:
        ordered = [name for name in needed(rule) if name in seen.nulls] or list(seen.nulls)
        reasons = [self._reason_for(rule, owner, name, seen.nulls[name]) for name in ordered]
        if seen.month is not None:
            asked = [name for name in self._lineage.parameters_asked(rule) if not self._in_force(name, seen.month)]
            reasons += [f"no_parameter:{name}@{seen.month:%Y-%m}" for name in asked]
        rank = ("no_table:", "no_column:", "no_parameter:", "null:")
        reasons.sort(key=lambda text: next(i for i, start in enumerate(rank) if text.startswith(start)))
        return reasons[0] if reasons else "null:" + rule.subject.table

    def _reason_for(self, rule: Rule, owner: Owner, name: str, month: date | None) -> str:
        direct = [one for one in self._lineage.of_rule(rule, name) if one[1] not in ("month", "unit_key", "entity_id")]
        base = [one for source in direct for one in self._lineage.base_columns(*source, needed=True)]
        asked = self._lineage.parameters_of(rule, name)
        absent = [one for one in asked if month is not None and not self._in_force(one, month)]
        if absent and len(absent) == len(asked):  # whatever else is missing, it would not help to have it
            return f"no_parameter:{absent[0]}@{month:%Y-%m}"
        for table, _ in base:
            if not self._presence.has_rows(table, owner):
                return f"no_table:{table}"
        for table, column in base:
            if (
                not self._presence.has_column(table, column)
                and self._sector.tables[table].fields[column].default is None
            ):
                return f"no_column:{table}.{column}"
        if absent:
            return f"no_parameter:{absent[0]}@{month:%Y-%m}"
        shown = base[0] if base else direct[0] if direct else (rule.subject.table, name)
        return f"null:{shown[0]}.{shown[1]}"

    def _in_force(self, name: str, month: date) -> bool:
        parameter = self._sector.parameters[name]
        return any(value_at(parameter, value.key, f"{month:%Y-%m}") for value in parameter.values)
