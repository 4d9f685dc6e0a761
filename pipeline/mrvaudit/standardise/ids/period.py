"""Rows of evidence that lie outside the years that their entity declares for: used, and said."""

from __future__ import annotations

from typing import Any

import polars as pl

from mrvaudit.ingest.notices import Case, field_words, finding, related
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.standardise.columns.months import Months

NOTICE = "INT-PERIOD"
MOST_CELLS = 21


def check(sector: Sector, work: Work, partitions: int) -> list[dict[str, Any]]:
    """One finding per entity and table with rows before the first or after the last year of its declarations."""
    if NOTICE not in sector.notices:
        return []
    found: list[dict[str, Any]] = []
    for partition in range(partitions):
        months = Months(sector, work, partition)
        declared = pl.concat([*_dated(months, "declared").values(), _nothing()])
        years = declared.group_by("entity_id").agg(
            pl.col("_year").min().alias("_first"), pl.col("_year").max().alias("_last")
        )
        for name, rows in _dated(months, "evidence").items():
            found += _outside(sector, name, rows.join(years, on="entity_id", how="inner", maintain_order="left"))
    return found


def _nothing() -> pl.DataFrame:
    schema = {
        "entity_id": pl.String(),
        "_year": pl.Int32(),
        "_month": pl.Date(),
        "_block": pl.Int32(),
        "_line": pl.Int32(),
    }
    return pl.DataFrame(schema=schema)


def _dated(months: Months, kind: str) -> dict[str, pl.DataFrame]:
    """Entity, year, month and place of the rows of each table of a kind."""
    found = {}
    for name, table in months.sector.tables.items():
        if table.period == kind:
            rows = months.read(name, {"entity_id", "_block", "_line"}).with_columns(months.of(name).alias("_month"))
            year = pl.col("_month").dt.year().alias("_year")
            found[name] = rows.drop_nulls("_month").select("entity_id", year, "_month", "_block", "_line")
    return found


def _outside(sector: Sector, name: str, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The findings of one table; `rows` with the `_first` and `_last` year that their entity declares for."""
    found, table = [], sector.tables[name]
    outside = rows.filter(~pl.col("_year").is_between("_first", "_last"))
    for entity, first, last in outside.select("entity_id", "_first", "_last").unique().sort("entity_id").iter_rows():
        late = outside.filter(pl.col("entity_id") == entity)
        places = late.sort("_block", "_line").select("_block", "_line").head(MOST_CELLS).to_dicts()
        field = table.month if table.month in table.fields else next(iter(table.key))
        spoken = late["_month"].sort().dt.strftime("%Y-%m")
        words = {
            **field_words(table, None),
            "count": late.height,
            "text": f"{spoken[0]} … {spoken[-1]}",
            "limit": f"{first}" if first == last else f"{first}–{last}",
        }
        found.append(
            finding(
                sector, Case(NOTICE, "outside"), words, entity_id=entity, table=name, row_key="", field=field,
                related=related(table, str(field), "", places[1:]), **places[0],
            )
        )  # fmt: skip
    return found
