"""Whose row it is: the entity of rows that do not name it themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import polars as pl

from mrvaudit.tables import Table

GROUP = "_group"


@dataclass
class Group:
    """Records that belong together: a workbook, or the files of one folder.

    `name` stands for the entity where nothing else names one; `above` are the folders that hold the group, nearest
    first.
    """

    key: str
    number: int
    name: str
    above: tuple[str, ...]
    units: dict[str, set[str]] = field(default_factory=dict)  # unit_id -> entities, as the units table states them
    titles: dict[str, str] = field(default_factory=dict)  # entity name -> entity
    own: set[str] = field(default_factory=set)  # entities that any row names
    has_units: bool = False

    @property
    def entities(self) -> set[str]:
        """Entities of the units table, or where it names none, of the other tables."""
        stated = {entity for entities in self.units.values() for entity in entities}
        return stated or self.own


@dataclass(frozen=True)
class Owners:
    """The look-ups that give a row its entity: by group, by group and unit."""

    by_group: Mapping[int, str]
    by_unit: Mapping[tuple[int, str], str]
    named_after: Mapping[int, str]
    known: frozenset[str]


def above(key: str, folder: str) -> tuple[str, ...]:
    """The folders a group lies in, nearest first."""
    start = PurePosixPath(folder)
    chain = [str(one) for one in (start, *start.parents) if str(one) != "."]
    return tuple(one for one in chain if one != key)


def note_rows(groups: Iterable[Group], table: Table, rows: pl.DataFrame) -> None:
    """Remember which entities and units the rows (with their group's number) name."""
    if table.owner == "none":
        return
    by_number = {group.number: group for group in groups}
    for number, entity in rows.select(GROUP, "entity_id").drop_nulls().unique().iter_rows():
        by_number[number].own.add(entity)
    if "entity_name" in table.fields:
        named = rows.select(GROUP, "entity_name", "entity_id").drop_nulls().unique().sort(pl.all())
        for number, name, entity in named.iter_rows():
            by_number[number].titles.setdefault(name, entity)
    if table.name == "units":
        for number in rows[GROUP].unique().to_list():
            by_number[number].has_units = True
        for column in ("unit_id", "merged_group"):
            for number, unit, entity in rows.select(GROUP, column, "entity_id").drop_nulls().unique().iter_rows():
                by_number[number].units.setdefault(unit, set()).add(entity)


def settle(groups: Mapping[str, Group]) -> Owners:
    """Decide for each group which entity its rows belong to where they do not say."""
    by_group: dict[int, str] = {}
    by_unit: dict[tuple[int, str], str] = {}
    named_after: dict[int, str] = {}
    for key, group in sorted(groups.items()):
        single, units = _of_group(key, group, groups)
        if single is not None:
            by_group[group.number] = single
        elif units is None:
            by_group[group.number] = named_after[group.number] = group.name
        else:
            by_unit |= {(group.number, unit): entity for unit, entity in units.items()}
    known = frozenset(entity for group in groups.values() for entity in group.entities)
    return Owners(by_group, by_unit, named_after, known)


def _of_group(key: str, group: Group, groups: Mapping[str, Group]) -> tuple[str | None, dict[str, str] | None]:
    """The one entity of a group, or the entity of each unique unit id; neither where nothing names an entity."""
    if len(group.entities) == 1:
        return next(iter(group.entities)), None
    if group.entities:
        return None, _unique([group])
    for folder in group.above:
        parent = groups.get(folder)
        if parent is None:
            continue
        if parent.has_units and not parent.entities:
            return parent.name, None
        if group.name in parent.entities or group.name in parent.titles:
            return parent.titles.get(group.name, group.name), None
        if len(parent.entities) == 1:
            return next(iter(parent.entities)), None
        if parent.units:
            return None, _unique([parent])
    members = [other for other in groups.values() if key in other.above and other.entities]
    entities = {entity for member in members for entity in member.entities}
    if len(entities) == 1:
        return entities.pop(), None
    return (None, _unique(members)) if members else (None, None)


def _unique(groups: Iterable[Group]) -> dict[str, str]:
    """Unit ids that only one entity uses."""
    users: dict[str, set[str]] = {}
    for group in groups:
        for unit, entities in group.units.items():
            users.setdefault(unit, set()).update(entities)
    return {unit: next(iter(entities)) for unit, entities in users.items() if len(entities) == 1}


def resolve(rows: pl.DataFrame, table: Table, owners: Owners) -> pl.DataFrame:
    """The rows with `entity_id` filled: their own, else the group's, else that of their unit id, else ''."""
    if table.owner == "none" or not rows["entity_id"].null_count():
        return rows.with_columns(pl.col("entity_id").fill_null(""))
    group = {GROUP: list(owners.by_group), "_by_group": list(owners.by_group.values())}
    rows = _joined(rows, pl.DataFrame(group, schema={GROUP: pl.Int32, "_by_group": pl.String}))
    found = ["entity_id", "_by_group"]
    units = pl.DataFrame(
        [(number, unit, entity) for (number, unit), entity in owners.by_unit.items()],
        schema={GROUP: pl.Int32, "unit": pl.String, "entity": pl.String},
        orient="row",
    )
    for column in ("unit_id", "scope_id"):
        if column in rows.columns:
            found.append(f"_by_{column}")
            rows = _joined(rows, units.rename({"unit": column, "entity": f"_by_{column}"}))
    if "scope_id" in rows.columns:
        known = pl.Series(sorted(owners.known), dtype=pl.String).implode()
        stated = pl.when((pl.col("scope") == "entity") & pl.col("scope_id").is_in(known)).then("scope_id")
        rows, found = rows.with_columns(stated.alias("_by_scope")), [*found, "_by_scope"]
    return rows.with_columns(pl.coalesce([*found, pl.lit("")]).alias("entity_id")).drop(found[1:])


def _joined(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    return rows.join(known, on=known.columns[:-1], how="left", maintain_order="left")
