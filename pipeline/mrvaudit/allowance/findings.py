"""What each finding is worth: the change of emissions, of the allowance calculated again, and of money."""

from __future__ import annotations

import polars as pl

from mrvaudit.allowance.evaluate import Frames, Source, evaluate, with_words
from mrvaudit.allowance.settings import Settings, settings

CARRIED = ("finding_id", "rule_id", "severity", "status", "entity_id", "unit_id", "month", "impact_kind", "cause_id")
COLUMNS = (
    *CARRIED, "year", "plan", "mark", "delta_e_tco2", "delta_a_tco2", "price_yuan_per_t", "money_yuan",
    "reason", "reason_zh", "reason_en",
)  # fmt: skip
OF_ENTITY = "finding:entity"
NO_ROW = "finding:no_row"


def priced(source: Source, frames: Frames, findings: pl.DataFrame, price: float | None) -> pl.DataFrame:
    """One row per finding: ΔE (tCO2), ΔA (tCO2), (ΔE − ΔA) × price (yuan, null without a price).

    ΔE is the finding's tonnes. ΔA comes from the entity's allowance calculated again with the corrected figure and the
    corrected emissions: 0 for most, not for a finding about an input of the allowance, a unit whose allowance is its
    emissions, an entity at its floor. Null, with the reason, where it cannot be calculated. `findings` are those of an
    output folder.
    """
    found = settings(source.sector)
    rows = _moved(_dated(findings, frames), found)
    scenarios = _replay(source, frames, rows, found)
    rows = rows.join(scenarios, on="scenario", how="left").join(_standing(frames), on=["entity_id", "year"], how="left")
    rows = rows.with_columns(_delta_e().alias("delta_e_tco2"), _delta_a().alias("delta_a_tco2"))
    unknown = pl.col("delta_a_tco2").is_null()
    why = pl.coalesce(
        pl.when(pl.col("unit_id").is_null()).then(pl.lit(OF_ENTITY)),
        pl.when(pl.col("unit_key").is_null()).then(pl.lit(NO_ROW)),
        "unit_reason",
        pl.lit("special:unknown"),
    )
    rows = rows.with_columns(
        pl.when(unknown).then(why).alias("reason"), pl.lit(price, pl.Float64).alias("price_yuan_per_t")
    )
    rows = rows.with_columns(
        ((pl.col("delta_e_tco2") - pl.col("delta_a_tco2")) * pl.col("price_yuan_per_t")).round(2).alias("money_yuan")
    )
    return with_words(rows, found).sort("row").select(COLUMNS)


def _dated(findings: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Findings beside their unit's year; one without a month speaks of the last year there is."""
    last = frames.units.group_by("entity_id", "unit_id").agg(pl.col("year").max().alias("last_year"))
    last_of_entity = frames.units.group_by("entity_id").agg(pl.col("year").max().alias("last_of_entity"))
    rows = findings.with_row_index("row").join(last, on=["entity_id", "unit_id"], how="left")
    rows = rows.join(last_of_entity, on="entity_id", how="left")
    year = pl.coalesce(pl.col("month").dt.year().cast(pl.Int64), "last_year", "last_of_entity")
    units = frames.units.select(
        "entity_id", "unit_id", "year", "unit_key", "output_basis", "follows",
        pl.col("reason").alias("unit_reason"), pl.col("allowance_t").alias("unit_before"),
    )  # fmt: skip
    return rows.with_columns(year.alias("year")).join(units, on=["entity_id", "unit_id", "year"], how="left")


def _moved(rows: pl.DataFrame, found: Settings) -> pl.DataFrame:
    """`change`: which of the pack's changes a finding is, `shift`: by how much it moves its input."""
    changes = [
        (number, rule, one.table, one.field, one.unit, one.basis, one.declared is not None)
        for number, one in enumerate(found.changes)
        for rule in one.rules
    ]
    names = ("change", "rule_id", "table", "field", "change_unit", "change_basis", "by_class")
    kinds = (pl.Int64, *(pl.String,) * 5, pl.Boolean)
    listed = pl.DataFrame(changes, schema=dict(zip(names, kinds, strict=True)), orient="row")
    rows = rows.join(listed, on=["rule_id", "table", "field"], how="left")
    fits = pl.col("by_class") | (
        (pl.col("unit_of_measure") == pl.col("change_unit")) & (pl.col("output_basis") == pl.col("change_basis"))
    )
    moves = pl.col("change").is_not_null() | (pl.col("impact_tco2").fill_null(0) != 0)
    shift = pl.when(pl.col("by_class")).then(0.0).otherwise(pl.col("expected") - pl.col("observed"))
    return rows.with_columns(
        pl.when(fits).then("change").alias("change"), pl.when(fits).then(shift).alias("shift")
    ).with_columns(pl.when(pl.col("unit_key").is_not_null() & moves).then("row").cast(pl.Int64).alias("scenario"))


def _replay(source: Source, frames: Frames, rows: pl.DataFrame, found: Settings) -> pl.DataFrame:
    """scenario, unit_after, entity_after: allowances with one finding's correction in the inputs of its entity."""
    asked = rows.filter(pl.col("scenario").is_not_null()).select(
        "scenario", "entity_id", "year", pl.col("unit_key").alias("moved_key"), "change", "shift",
        pl.col("impact_tco2").fill_null(0).alias("impact"),
    )  # fmt: skip
    if asked.is_empty():
        return pl.DataFrame(schema={"scenario": pl.Int64, "unit_after": pl.Float64, "entity_after": pl.Float64})
    inputs = asked.join(frames.inputs, on=["entity_id", "year"]).sort("scenario", "unit_key")
    moved = pl.col("unit_key") == pl.col("moved_key")
    emission = (pl.col("emission_tco2") + pl.col("impact") + 0.5).floor()
    inputs = inputs.with_columns(pl.when(moved).then(emission).otherwise("emission_tco2").alias("emission_tco2"))
    for number, one in enumerate(found.changes):
        mine = moved & (pl.col("change") == number)
        value = pl.col(one.declared) if one.declared else pl.col(one.input) + pl.col("shift")
        inputs = inputs.with_columns(pl.when(mine).then(value).otherwise(one.input).alias(one.input))
    marked = inputs.with_columns(
        pl.concat_str(pl.col("scenario"), pl.lit("|"), pl.col("entity_id")).alias("entity_id"), moved.alias("moved")
    ).with_row_index("position")
    keys = marked.select(pl.col("position").cast(pl.Int32).alias("unit_key"), "scenario", "moved")
    given = marked.with_columns(pl.col("position").cast(pl.Int32).alias("unit_key")).select(frames.inputs.columns)
    after = evaluate(source, given)
    units = after.units.join(keys.filter("moved"), on="unit_key")
    entities = after.entities.select("entity_id", pl.col("approved_t").alias("entity_after"))
    return units.select("scenario", "entity_id", pl.col("allowance_t").alias("unit_after")).join(
        entities, on="entity_id", how="left"
    ).drop("entity_id")  # fmt: skip


def _standing(frames: Frames) -> pl.DataFrame:
    """What is known of an entity and year before any correction, and whether its allowance moves with emissions."""
    free = frames.units.group_by("entity_id", "year").agg(
        (~pl.col("follows")).fill_null(False).all().alias("none_follows")
    )
    entities = frames.entities.select(
        "entity_id", "year", pl.col("approved_t").alias("entity_before"),
        (pl.col("approved_t") == pl.col("allowance_t")).fill_null(False).alias("above_floor"),
    )  # fmt: skip
    return entities.join(free, on=["entity_id", "year"], how="left")


def _delta_e() -> pl.Expr:
    """Tonnes of the finding; a correction of an input of the allowance alone changes no emissions."""
    return pl.coalesce("impact_tco2", pl.when(pl.col("change").is_not_null()).then(0.0))


def _delta_a() -> pl.Expr:
    sign = pl.when(pl.col("by_class")).then(-1.0).otherwise(1.0)
    by_entity = (pl.col("entity_after") - pl.col("entity_before")) * sign
    by_unit = (pl.col("unit_after") - pl.col("unit_before")) * sign
    untouched = pl.col("change").is_null() & ~pl.col("follows")
    of_entity = pl.col("unit_id").is_null() & pl.col("above_floor") & pl.col("none_follows")
    still = pl.col("scenario").is_null() & pl.col("unit_key").is_not_null()
    return pl.coalesce(by_entity, by_unit, pl.when(untouched | of_entity | still).then(0.0))
