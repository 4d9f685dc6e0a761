"""Units, entities, cities and provinces in one table, with money at a price."""

from __future__ import annotations

import polars as pl

HAIR = 1e-9
FIRST = (
    "level", "province", "city", "entity_id", "entity_name", "unit_id", "unit_name", "year", "plan", "mark", "status",
    "reason", "reason_zh", "reason_en", "units", "units_assessed", "entities", "entities_assessed", "emission_basis",
    "emission_tco2", "declared_tco2", "recalculated_tco2", "allowance_t", "floor_t", "approved_t", "duty_t", "gap_t",
    "gap_rate_pct", "short_t", "borrow_t", "preallocation_t", "price_yuan_per_t", "money_yuan",
)  # fmt: skip
SUMMED = ("emission_tco2", "allowance_t", "approved_t", "duty_t", "gap_t", "short_t")
LEVELS = ("unit", "entity", "city", "province")


def table(units: pl.DataFrame, entities: pl.DataFrame, price: float | None) -> pl.DataFrame:
    """All levels, units first; money is the gap of a unit, what an entity has to buy, at `price` yuan a tonne.

    Sums of cities and provinces are over the entities that could be assessed; `entities_assessed` of `entities` says
    how many those are, and the status is `partial` where some are missing.
    """
    frames = [
        units.with_columns(pl.lit("unit").alias("level"), pl.col("gap_t").alias("bought")),
        entities.with_columns(pl.lit("entity").alias("level"), pl.col("short_t").alias("bought")),
        *(
            _totals(entities, level, keys)
            for level, keys in (("city", ("province", "city")), ("province", ("province",)))
        ),
    ]
    whole = pl.concat(frames, how="diagonal").with_columns(pl.lit(price, pl.Float64).alias("price_yuan_per_t"))
    whole = whole.with_columns((pl.col("bought") * pl.col("price_yuan_per_t")).round(2).alias("money_yuan"))
    order = pl.col("level").replace_strict({level: place for place, level in enumerate(LEVELS)})
    rest = [name for name in units.columns if name not in FIRST]
    return whole.sort(order, "province", "city", "entity_id", "unit_id", "year", nulls_last=False).select(*FIRST, *rest)


def _totals(entities: pl.DataFrame, level: str, keys: tuple[str, ...]) -> pl.DataFrame:
    known = pl.col("status") == "assessed"
    sums = [
        pl.col(name).filter(known & pl.col("short_t").is_not_null()).cast(pl.Decimal(28, 8)).sum().cast(pl.Float64)
        for name in SUMMED
    ]
    rows = entities.group_by(*keys, "year", "plan", "mark", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("entities"),
        (known & pl.col("short_t").is_not_null()).sum().cast(pl.Int64).alias("entities_assessed"),
        *sums,
    )
    none, some = pl.col("entities_assessed") == 0, pl.col("entities_assessed") < pl.col("entities")
    status = (
        pl.when(none).then(pl.lit("not_assessable")).when(some).then(pl.lit("partial")).otherwise(pl.lit("assessed"))
    )
    rate = pl.col("gap_t") / pl.when(pl.col("emission_tco2") > 0).then(pl.col("emission_tco2")) * 100
    signed = rate.sign() * (rate.abs() * 100 + 0.5 + HAIR).floor() / 100
    unknown = [pl.when(none).then(None).otherwise(pl.col(name)).alias(name) for name in SUMMED]
    return rows.with_columns(
        pl.lit(level).alias("level"), status.alias("status"), signed.alias("gap_rate_pct")
    ).with_columns(*unknown, pl.when(~none).then("short_t").alias("bought"))  # fmt: skip
