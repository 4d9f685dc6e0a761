"""How many records the checks of intake and contract looked at: a check without rows would pass unseen."""

from __future__ import annotations

import duckdb
import polars as pl

from mrvaudit import store
from mrvaudit.model import CHECKS, Work
from mrvaudit.sector import Sector


def rows_per_owner(work: Work, sector: Sector, partitions: int) -> pl.DataFrame:
    """Rows of all standard tables by entity_id and unit_key (null: the entity's own)."""
    con = store.connect("1GB", None)
    try:
        store.attach_tables(con, work, sector, range(partitions))
        return _count(con, list(sector.tables))
    finally:
        con.close()


def _count(con: duckdb.DuckDBPyConnection, tables: list[str]) -> pl.DataFrame:
    parts = " UNION ALL ".join(f'SELECT entity_id, unit_key FROM "{name}"' for name in tables)
    rows = con.execute(f"SELECT entity_id, unit_key, count(*) FROM ({parts}) GROUP BY ALL ORDER BY ALL").fetchall()
    return pl.DataFrame(rows, schema={"entity_id": pl.String, "unit_key": pl.Int32, "looked": pl.Int64}, orient="row")


def with_rows(checks: pl.DataFrame, counts: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Checks with `rows` as the records of the unit, or of the whole entity where the check speaks of it."""
    of_unit = counts.join(units.select("unit_key", "unit_id"), on="unit_key").select("entity_id", "unit_id", "looked")
    of_entity = counts.group_by("entity_id").agg(pl.col("looked").sum()).with_columns(unit_id=pl.lit(None, pl.String))
    looked = pl.concat([of_unit, of_entity.select("entity_id", "unit_id", "looked")])
    joined = checks.join(looked, on=["entity_id", "unit_id"], how="left", nulls_equal=True, maintain_order="left")
    rows = pl.max_horizontal(pl.col("looked").fill_null(0), pl.col("rows_found"))
    return joined.with_columns(rows.alias("rows")).select(*CHECKS)
