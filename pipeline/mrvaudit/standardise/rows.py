"""Second pass: the rows of one table with their entity and unit, in order, each key once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from mrvaudit.ingest.frames import schema
from mrvaudit.ingest.notices import Case, field_words, finding, of_rows, related
from mrvaudit.sector import Sector
from mrvaudit.standardise.keys.completing import UNREAD, nothing_moved
from mrvaudit.standardise.keys.repeats import conflicts, copies, identity, single
from mrvaudit.tables import Table

REASON_WORDS = {
    "not_a_number": ("数字", "a number"),
    "beyond_measure": ("大小可能的数字", "a number of possible size"),
    "not_a_whole_number": ("整数", "a whole number"),
    "not_a_date": ("日期", "a date"),
    "not_a_month": ("月份", "a month"),
    "not_yes_or_no": ("是否", "yes or no"),
    "unknown_word": ("已知的用词", "a known word"),
    "formula_error": ("数值（公式出错）", "a value (the formula failed)"),
    "formula_without_result": ("数值（公式没有存下结果）", "a value (a formula without a stored result)"),
    "unit_unknown": ("单位已知的数值", "a value in a unit that is known"),
    "unit_does_not_fit": ("所列单位的数值", "a value in the stated unit"),
}
REPEATED = {"_block": pl.Int32(), "_line": pl.Int32(), "reason": pl.String()}


@dataclass(frozen=True)
class Finished:
    """A standard table, the repeated rows put aside (block, line, reason), what is to be said, and MOVED."""

    rows: pl.DataFrame
    repeated: pl.DataFrame
    findings: list[dict[str, Any]]
    moved: pl.DataFrame


def finish(sector: Sector, table: Table, rows: pl.DataFrame, cells: pl.DataFrame, keys: pl.DataFrame) -> Finished:
    """Make the standard table of `rows` (entity known); `cells` are its cells that could not be read."""
    wanted = schema(table.columns())
    if rows.is_empty():  # most tables of most submissions
        return Finished(pl.DataFrame(schema=wanted), pl.DataFrame(schema=REPEATED), [], nothing_moved())
    rows = _with_unit(table, _with_level(table, rows), keys)
    rows = _with_decimals(table, rows)
    usable = rows.filter(pl.col("_reason").is_null()).drop("_reason")
    findings = _unusable(sector, table, rows.filter(pl.col("_reason").is_not_null()))
    order = _order(table, usable)
    done = single(table, _with_unread(usable.sort(order), cells), order)
    findings += (
        _cells(sector, table, pl.concat([done.rows, done.parts]), cells)
        + conflicts(sector, table, done.groups)
        + copies(sector, table, done.groups)
        + _nobodys(sector, table, done.rows)
    )
    aside = done.groups.filter(pl.col("_why").is_not_null())
    repeated = aside.select("_block", "_line", pl.col("_why").alias("reason"))
    standard = done.rows.select([pl.col(name).cast(kind) for name, kind in wanted.items()])
    return Finished(standard, repeated, findings, done.moved)


def _with_level(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Fill level, level id and unit id of rows that may speak of a unit, a group, a site or the entity."""
    if table.owner != "scope":
        return rows
    nobody = pl.col("unit_id").is_null() & pl.col("scope_id").is_null()
    level = (
        pl.when(pl.col("scope").is_not_null())
        .then("scope")
        .when(nobody)
        .then(pl.lit("entity"))
        .otherwise(pl.lit("unit"))
    )
    rows = rows.with_columns(level.alias("scope"))
    of_unit = pl.col("scope").is_in(["unit", "group"])
    own = pl.when(pl.col("entity_id") != "").then("entity_id")
    return rows.with_columns(
        pl.when(of_unit).then(pl.coalesce("unit_id", "scope_id")).otherwise("unit_id").alias("unit_id"),
        pl.when(pl.col("scope") == "entity")
        .then(pl.coalesce("scope_id", own))
        .otherwise(pl.coalesce("scope_id", "unit_id", own))
        .alias("scope_id"),
    )


def _with_unit(table: Table, rows: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    if table.owner not in ("unit", "scope"):
        return rows.with_columns(pl.lit(None, pl.Int32).alias("unit_key"))
    rows = rows.join(keys, on=["entity_id", "unit_id"], how="left", maintain_order="left")
    if table.owner == "scope":
        rows = rows.with_columns(pl.when(pl.col("scope").is_in(["unit", "group"])).then("unit_key").alias("unit_key"))
    return rows


def _with_decimals(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Printed decimals of a column are the most that the entity prints in it, whatever file a row came in."""
    names = [f"{name}_decimals" for name, field in table.fields.items() if field.keep_decimals]
    return rows.with_columns(pl.col(name).max().over("entity_id") for name in names) if names else rows


def _with_unread(rows: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Rows with what their unreadable cells said: two rows that differ in nothing else are not the same.

    A formula that failed says nothing.
    """
    cells = cells.filter(~pl.col("reason").str.starts_with("formula_"))
    if cells.is_empty():
        return rows.with_columns(pl.lit(None, pl.String).alias(UNREAD))
    said = pl.concat_str("field", pl.lit("\x1f"), "text", pl.lit("\x1e"))
    unread = cells.group_by("_block", "_line").agg(said.sort().str.join("").alias(UNREAD))
    return rows.join(unread, on=["_block", "_line"], how="left", maintain_order="left")


def _order(table: Table, rows: pl.DataFrame) -> list[str]:
    """Columns to sort by: entity, key, cell; the unit's number stands for entity and unit id where it can."""
    if table.owner == "unit" and table.key[:1] == ("unit_id",) and not rows["unit_key"].null_count():
        return ["unit_key", *table.key[1:], "_block", "_line"]
    return [*identity(table), "_block", "_line"]


def _unusable(sector: Sector, table: Table, rows: pl.DataFrame) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = []
    for (reason,), part in sorted(rows.partition_by("_reason", as_dict=True).items()):
        name = str(reason).partition(":")[2]
        spoken = part.with_columns(pl.lit("").alias("_text"))
        findings += of_rows(sector, table, Case("INT-ROW", "no_key"), name, spoken, {})
    return findings


def _cells(sector: Sector, table: Table, rows: pl.DataFrame, cells: pl.DataFrame) -> list[dict[str, Any]]:
    """One finding per cell that could not be read, in rows that are used."""
    if cells.is_empty():
        return []
    own = cells.select(
        "_block",
        "_line",
        pl.col("text").alias("_text"),
        pl.col("reason").alias("_why"),
        pl.col("field").alias("_field"),
    )
    joined = own.join(rows, on=["_block", "_line"], how="inner")
    findings: list[dict[str, Any]] = []
    for (name, reason), part in sorted(joined.partition_by("_field", "_why", as_dict=True).items()):
        zh, en = REASON_WORDS[str(reason)]
        findings += of_rows(
            sector, table, Case("INT-CELL", str(reason)), str(name), part, {"reason_zh": zh, "reason_en": en}
        )
    return findings


def _nobodys(sector: Sector, table: Table, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows that no entity could be found for."""
    lost = rows.filter(pl.col("entity_id") == "").sort("_block", "_line") if table.owner != "none" else rows.clear()
    if lost.is_empty():
        return []
    cells = lost.select("_block", "_line").head(21).to_dicts()
    values = {**field_words(table, "entity_id"), "count": lost.height}
    place = {"table": table.name, "row_key": "", "field": "entity_id", **cells[0]}
    others = related(table, "entity_id", "", cells[1:])
    return [finding(sector, Case("INT-ENTITY", "unknown"), values, entity_id="", related=others, **place)]
