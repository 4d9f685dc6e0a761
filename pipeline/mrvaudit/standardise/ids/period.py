"""Rows of evidence that lie outside the years that their entity declares for: used, and said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from mrvaudit.ingest.frames import months
from mrvaudit.ingest.notices import Case, field_words, finding, related
from mrvaudit.model import Work
from mrvaudit.sector import Sector

NOTICE = "INT-PERIOD"
MOST_CELLS = 21
Years = Mapping[str, tuple[int, int]]


def check(sector: Sector, work: Work, partitions: int) -> list[dict[str, Any]]:
    """One finding per entity and table with rows before the first or after the last year of its declarations."""
    if NOTICE not in sector.notices:
        return []
    found: list[dict[str, Any]] = []
    for partition in range(partitions):
        declared = _dated(sector, work, partition, "declared")
        years = {
            str(entity): (int(part["_year"].min()), int(part["_year"].max()))  # type: ignore[arg-type]
            for (entity,), part in pl.concat([*declared.values(), _nothing()])
            .partition_by("entity_id", as_dict=True)
            .items()
        }
        for name, rows in _dated(sector, work, partition, "evidence").items():
            found += _outside(sector, name, rows, years)
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


def _dated(sector: Sector, work: Work, partition: int, kind: str) -> dict[str, pl.DataFrame]:
    """Entity, year, month and place of the rows of each table of a kind."""
    found = {}
    for name, table in sector.tables.items():
        if table.period != kind:
            continue
        rows = pl.read_parquet(work.part(work.t(name), partition))
        rows = rows.with_columns(months(table, rows).alias("_month")).drop_nulls("_month")
        found[name] = rows.select("entity_id", pl.col("_month").dt.year().alias("_year"), "_month", "_block", "_line")
    return found


def _outside(sector: Sector, name: str, rows: pl.DataFrame, years: Years) -> list[dict[str, Any]]:
    found, table = [], sector.tables[name]
    for entity, (first, last) in sorted(years.items()):
        late = rows.filter((pl.col("entity_id") == entity) & ~pl.col("_year").is_between(first, last))
        if late.is_empty():
            continue
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
