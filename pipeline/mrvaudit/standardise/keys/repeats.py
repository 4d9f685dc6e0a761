"""Rows of one key: one is kept, the others are put aside and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from mrvaudit.ingest.notices import Case, field_words, finding, of_rows, related
from mrvaudit.sector import Sector
from mrvaudit.standardise.keys import completing
from mrvaudit.standardise.keys.completing import UNREAD
from mrvaudit.tables import Table


def identity(table: Table) -> list[str]:
    """Columns that make a row unique; where a table has no key and no owner, all of them."""
    if not table.key and table.owner == "none":
        return list(table.fields)
    return ["entity_id", *table.key]


@dataclass(frozen=True)
class Single:
    """Rows with each key once; `groups` are all rows of keys that stood there more than once, with the reason `_why`
    of those that are put aside; `parts` went into a record that has another place, `moved` says with which fields."""

    rows: pl.DataFrame
    groups: pl.DataFrame
    parts: pl.DataFrame
    moved: pl.DataFrame


def single(table: Table, rows: pl.DataFrame, order: Sequence[str]) -> Single:
    """Rows, sorted by `order`, with each key once.

    Of rows that say different things the one that sorts first by its values is kept, so that the order of the rows
    decides nothing. Rows that say nothing against each other are one record.
    """
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in identity(table))
    marked = rows.with_columns((same & (pl.int_range(pl.len()) > 0)).alias("_same"))
    if not marked["_same"].any():
        nothing = rows.clear().with_columns(
            pl.lit(None, pl.UInt32).alias("_key"), pl.lit(None, pl.String).alias("_why")
        )
        return Single(rows, nothing, rows.clear(), completing.nothing_moved())
    marked = marked.with_columns(
        (~pl.col("_same")).cum_sum().alias("_key"), pl.col("_same").shift(-1, fill_value=False).alias("_next")
    )
    values = [*table.fields, UNREAD]
    groups = marked.filter(pl.col("_same") | pl.col("_next")).sort(
        ["_key", *values, "_block", "_line"], nulls_last=True
    )
    alike = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in ["_key", *values])
    first = pl.col("_key").ne_missing(pl.col("_key").shift())
    groups = groups.with_columns(
        pl.when(first)
        .then(None)
        .when(alike)
        .then(pl.lit("duplicate_row"))
        .otherwise(pl.lit("duplicate_key"))
        .alias("_why")
    )
    others = [name for name in table.fields if name not in identity(table)]
    done = completing.complete(table.name, others, groups)
    groups = done.groups
    made_one = pl.col("_key").is_in(done.whole["_key"].implode())
    kept = groups.filter(pl.col("_why").is_null() & ~made_one).select("_block", "_line")
    single = ~(pl.col("_same") | pl.col("_next"))
    chosen = marked.join(
        kept.with_columns(pl.lit(True).alias("_kept")), on=["_block", "_line"], how="left", maintain_order="left"
    )
    found = chosen.filter(single | pl.col("_kept").fill_null(False)).select(rows.columns)
    if done.whole.height:
        found = pl.concat([found, done.whole.select(rows.columns)]).sort(order)
    return Single(found, groups.drop("_same", "_next"), done.parts.select(rows.columns), done.moved)


def conflicts(sector: Sector, table: Table, groups: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of one key that say different things: one finding a key, at the first field that differs."""
    bad = groups.filter((pl.col("_why") == "duplicate_key").any().over("_key"))
    if bad.is_empty():
        return []
    others = [name for name in table.fields if name not in identity(table)]
    differing = pl.col(UNREAD).max().over("_key").str.extract("^([^\x1f]*)")
    for name in reversed(others):
        differing = pl.when(pl.col(name).n_unique().over("_key") > 1).then(pl.lit(name)).otherwise(differing)
    bad = bad.with_columns(differing.alias("_field"))
    findings: list[dict[str, Any]] = []
    for (name,), part in sorted(bad.partition_by("_field", as_dict=True).items()):
        unread = pl.col(UNREAD).str.extract(f"(?:^|\x1e){name}\x1f([^\x1e]*)")
        value = pl.coalesce(pl.col(str(name)).cast(pl.String), unread, pl.lit("—"))
        # What is said of a key is said of the row that was kept; the cells are those of all its rows.
        both = pl.concat_str(value.first().over("_key"), value.last().over("_key"), separator=" / ")
        said = part.with_columns(both.alias("_text"))
        said = said.with_columns(pl.exclude("_block", "_line", "_key", "_text").first().over("_key"))
        findings += of_rows(sector, table, Case("REC-KEY", "differs"), str(name), said, {})
    return findings


def copies(sector: Sector, table: Table, groups: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows that repeat another in every field: one finding per entity and table.

    What belongs to no entity may well stand in the submissions of several: that is no repetition.
    """
    if table.owner == "none":
        return []
    copies = groups.filter(pl.col("_why") == "duplicate_row").sort("entity_id", "_block", "_line")
    findings = []
    for (entity,), part in sorted(copies.partition_by("entity_id", as_dict=True, maintain_order=True).items()):
        cells = part.select("_block", "_line").to_dicts()
        first = table.key[0] if table.key else "entity_id"
        findings.append(
            finding(
                sector,
                Case("INT-DUP", "repeated"),
                {**field_words(table, None), "count": part.height},
                entity_id=entity,
                table=table.name,
                row_key="",
                field=first,
                related=related(table, first, "", cells[1:21]),
                **cells[0],
            )
        )
    return findings
