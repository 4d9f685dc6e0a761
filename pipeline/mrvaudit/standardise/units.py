"""The reporting units of a run: one number for each unit of each entity, and merged groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from mrvaudit.ingest.frames import schema
from mrvaudit.tables import Table

REFERENCE = {"entity_id": pl.String(), "unit_id": pl.String()}
EXTRA = {"unit_key": "i32", "reporting": "bool", "member_key": "i32", "_block": "i32", "_line": "i32"}


def references(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The distinct (entity, unit) pairs that rows with an entity speak of, merged groups included."""
    if table.owner == "unit":
        pairs = [rows.select("entity_id", "unit_id")]
    elif table.owner == "scope":
        speaks = pl.col("scope").is_null() | pl.col("scope").is_in(["unit", "group"])
        pairs = [rows.filter(speaks).select("entity_id", pl.coalesce("unit_id", "scope_id").alias("unit_id"))]
    else:
        return pl.DataFrame(schema=REFERENCE)
    if "merged_group" in rows.columns:
        pairs.append(rows.select("entity_id", pl.col("merged_group").alias("unit_id")))
    return pl.concat(pairs).drop_nulls().unique()


def number(pairs: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """entity_id, unit_id, unit_key: the rank of each pair in sorted order over the whole run."""
    distinct = pl.concat([pl.DataFrame(schema=REFERENCE), *pairs]).unique().sort("entity_id", "unit_id")
    return distinct.with_row_index("unit_key").with_columns(pl.col("unit_key").cast(pl.Int32))


def index(table: Table, units: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """One row per unit_key; `units` are the used rows of the table `units`.

    A merged group is a unit of its own: capacities add up, other fields are kept where all members agree; its members
    do not report. Of several rows of one unit the latest `valid_from` counts.
    """
    columns = schema({name: field.type for name, field in table.fields.items()} | EXTRA)
    latest = units.sort(["unit_key", "valid_from"] if "valid_from" in units.columns else ["unit_key"], nulls_last=False)
    known = {row["unit_key"]: row for row in latest.iter_rows(named=True)}
    key_of = {(entity, unit): key for key, entity, unit in keys.select("unit_key", "entity_id", "unit_id").iter_rows()}
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in known.values():
        group = key_of.get((row["entity_id"], row["merged_group"])) if row.get("merged_group") else None
        if group is not None and group != row["unit_key"]:
            groups.setdefault(group, []).append(row)
    member_of = {row["unit_key"]: group for group, members in groups.items() for row in members}
    rows = []
    for key, entity, unit in keys.select("unit_key", "entity_id", "unit_id").iter_rows():
        row = dict(known.get(key, {}))
        if key in groups:
            merged = _merged(table, groups[key])
            row = merged | {name: value for name, value in row.items() if value is not None}
        row |= {"entity_id": entity, "unit_id": unit, "unit_key": key}
        row |= {"reporting": key not in member_of, "member_key": member_of.get(key)}
        rows.append({name: row.get(name) for name in columns})
    return pl.DataFrame(rows, schema=columns, orient="row")


def _merged(table: Table, members: list[dict[str, Any]]) -> dict[str, Any]:
    """What is true of all members together; the cell shown is the first member's."""
    members = sorted(members, key=lambda row: str(row["unit_id"]))
    merged: dict[str, Any] = {"_block": members[0]["_block"], "_line": members[0]["_line"]}
    for name, field in table.fields.items():
        values = [row[name] for row in members]
        if field.merge == "sum" and None not in values:
            merged[name] = math.fsum(values)
        elif field.merge is None and name != "merged_group" and all(value == values[0] for value in values):
            merged[name] = values[0]
    return merged
