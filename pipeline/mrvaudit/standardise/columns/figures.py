"""The figures of each column that states a datum: per entity, table and unit read, with the block they stand in."""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from mrvaudit.model import Work
from mrvaudit.standardise.columns.months import Months
from mrvaudit.standardise.columns.settings import Scale

# Unit read of each column: block -> field -> spelling, None where no unit was written.
Read = Mapping[int, Mapping[str, str | None]]
COLUMNS = ("entity_id", "unit_key", "month", "value", "_block", "_line")


def units_read(blocks: pl.DataFrame) -> Read:
    """The units that headers, units rows or mappings gave, from `blocks` (its columns `block` and `units`)."""
    return {
        block: {field: unit for field, (unit, _) in json.loads(text).items()}
        for block, text in blocks.select("block", "units").iter_rows()
    }


def of_field(months: Months, scale: Scale, name: str) -> pl.DataFrame:
    """Known figures other than zero of one column (`table.field`), in the field's unit, with the scale's `by` columns.

    Rows that the scale does not speak of are left out.
    """
    table, _, field = name.partition(".")
    wanted = {"entity_id", "unit_key", "_block", "_line", field, *scale.where, *scale.by}
    rows = months.read(table, wanted).with_columns(months.of(table).alias("_month"))
    rows = rows.filter(pl.col(field).is_not_null() & (pl.col(field) != 0))
    for column, words in scale.where.items():
        if column in rows.columns:
            rows = rows.filter(pl.col(column).is_in(words))
    by = [column for column in scale.by if column in rows.columns]
    return rows.select(
        "entity_id", "unit_key", pl.col("_month").alias("month"), pl.col(field).alias("value"), "_block", "_line", *by
    )


def per_unit(work: Work, partition: int, scale: Scale, rows: pl.DataFrame) -> pl.DataFrame:
    """The figures over the unit's `per` column, where it is known and not zero."""
    if scale.per is None:
        return rows
    index = pl.read_parquet(work.part(work.t("unit_index"), partition))
    if scale.per not in index.columns:
        return rows.clear()
    known = index.select("unit_key", pl.col(scale.per).alias("_per")).filter(pl.col("_per") > 0)
    joined = rows.join(known, on="unit_key", how="inner", maintain_order="left")
    return joined.with_columns(pl.col("value") / pl.col("_per")).drop("_per")


def monthly(scale: Scale, rows: pl.DataFrame) -> pl.DataFrame:
    """One figure per unit and month (and `by`): the total or the median of its rows, with the first cell."""
    by = [name for name in rows.columns if name not in COLUMNS]
    figure = pl.col("value").sort().sum() if scale.total else pl.col("value").median()
    keys = ["entity_id", "unit_key", "month", *by]
    return (
        rows.drop_nulls(["unit_key", "month"])
        .sort(*keys, "_block", "_line", "value")
        .group_by(keys, maintain_order=True)
        .agg(figure, pl.col("_block", "_line").first())
    )
