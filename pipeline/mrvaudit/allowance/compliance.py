"""Who surrendered what was due, by province and city, as of a date; and how far a published rate can be believed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from mrvaudit.allowance.evaluate import Source, places, read
from mrvaudit.allowance.settings import settings
from mrvaudit.parameters import Parameter, value_at

UNSTATED = "unstated"
HAIR = 1e-9
LEVELS = (("total", ()), ("province", ("province",)), ("city", ("province", "city")))


def picture(source: Source, as_of: date) -> pl.DataFrame:
    """One row per year for all entities, each province and each city, from the tables `compliance` and `roster`.

    entities: on the roster or with a record; recorded: with a record as of the day; due_entities: with something due;
    met: covered by what was surrendered and by offsets up to the limit; tonnes: due, surrendered, offset, counted
    (what counts, at most what was due), gap; rate_pct = counted / due; failed_<reason>: entities that failed, by the
    reason stated; undecided: due or surrendered is unknown. Tonnes and rates are of the decided entities.
    """
    found = settings(source.sector)
    records = _records(source, as_of, source.sector.parameters[found.offset_limit])
    listed = pl.concat([
        read(source, "roster").select("entity_id", "year"), records.select("entity_id", "year")
    ]).unique()  # fmt: skip
    rows = listed.join(records, on=["entity_id", "year"], how="left").join(places(source), on="entity_id", how="left")
    rows = rows.sort("entity_id", "year")
    reasons = [*source.sector.codes.get(_reason_codes(source), {}), UNSTATED]
    frames = [
        rows.group_by("year", *keys, maintain_order=True).agg(_counts(reasons)).with_columns(
            pl.lit(level).alias("level"),
            *(pl.lit(None, pl.String).alias(name) for name in ("province", "city") if name not in keys),
        )
        for level, keys in LEVELS
    ]  # fmt: skip
    counted = pl.concat(frames, how="diagonal").with_columns(
        _percent("met", "due_entities").alias("met_rate_pct"),
        _percent("counted_t", "due_t").alias("rate_pct"),
        (pl.col("due_t") - pl.col("counted_t")).alias("gap_t"),
        pl.lit(as_of).alias("as_of"),
    )
    first = (
        "level",
        "province",
        "city",
        "year",
        "as_of",
        "entities",
        "recorded",
        "due_entities",
        "met",
        "met_rate_pct",
    )
    tonnes = ("due_t", "surrendered_t", "offset_t", "counted_t", "gap_t", "rate_pct", "over_offset")
    failed = [f"failed_{name}" for name in reasons]
    order = pl.col("level").replace_strict({level: place for place, (level, _) in enumerate(LEVELS)})
    return counted.sort("year", order, "province", "city").select(*first, *tonnes, *failed, "undecided")


def _reason_codes(source: Source) -> str:
    return source.sector.tables["compliance"].fields["reason"].codes or ""


def _records(source: Source, as_of: date, limit: Parameter) -> pl.DataFrame:
    """The record of each entity and year that stood on the day: the latest dated by then, else an undated one."""
    table = read(source, "compliance").filter(pl.col("as_of").is_null() | (pl.col("as_of") <= as_of))
    latest = table.sort("entity_id", "year", "as_of", "_block", "_line", nulls_last=False).unique(
        ["entity_id", "year"], keep="last", maintain_order=True
    )
    shares = {year: value_at(limit, "", f"{year}-01") for year in latest["year"].drop_nulls().unique().to_list()}
    share = pl.col("year").replace_strict(
        {year: value.value / 100 if value else None for year, value in shares.items()},
        default=None,
        return_dtype=pl.Float64,
    )
    due, offset = pl.col("due_t"), pl.col("ccer_t").fill_null(0.0)
    allowed = pl.min_horizontal(offset, due * share)
    paid = pl.col("surrendered_t") + pl.when(offset == 0).then(0.0).otherwise(allowed)
    decided = (due == 0) | (due.is_not_null() & paid.is_not_null())
    return latest.with_columns(
        pl.lit(value=True).alias("is_recorded"),
        decided.fill_null(value=False).alias("decided"),
        pl.when(due == 0).then(0.0).otherwise(pl.min_horizontal(paid, due)).alias("counted"),
        ((due > 0) & (offset - due * share > HAIR * due)).fill_null(value=False).alias("is_over"),
        ((due > 0) & (paid >= due * (1 - HAIR))).fill_null(value=False).alias("is_met"),
    ).with_columns(
        ((due > 0) & pl.col("decided") & ~pl.col("is_met")).fill_null(value=False).alias("is_failed")
    )  # fmt: skip


def _counts(reasons: list[str]) -> list[pl.Expr]:
    decided = pl.col("decided").fill_null(value=False)
    reason = pl.col("reason").fill_null(UNSTATED)

    def tonnes(column: str) -> pl.Expr:
        return pl.col(column).filter(decided).cast(pl.Decimal(28, 8), strict=False).sum().cast(pl.Float64)

    return [
        pl.len().cast(pl.Int64).alias("entities"),
        pl.col("is_recorded").sum().cast(pl.Int64).alias("recorded"),
        ((pl.col("due_t") > 0) & decided).sum().cast(pl.Int64).alias("due_entities"),
        pl.col("is_met").sum().cast(pl.Int64).alias("met"),
        tonnes("due_t").alias("due_t"),
        tonnes("surrendered_t").alias("surrendered_t"),
        tonnes("ccer_t").alias("offset_t"),
        tonnes("counted").alias("counted_t"),
        pl.col("is_over").sum().cast(pl.Int64).alias("over_offset"),
        *((pl.col("is_failed") & (reason == name)).sum().cast(pl.Int64).alias(f"failed_{name}") for name in reasons),
        (pl.col("is_recorded") & ~decided).sum().cast(pl.Int64).alias("undecided"),
    ]


def _percent(part: str, whole: str) -> pl.Expr:
    """Two decimals, half up; null where there is no whole."""
    share = pl.col(part) / pl.when(pl.col(whole) > 0).then(pl.col(whole)) * 100
    return (share * 100 + 0.5 + HAIR).floor() / 100


def rate_interval(part: str, whole: str) -> tuple[Decimal, Decimal]:
    """Least and greatest rate in percent that two figures allow which are rounded as they are printed (`11.52`).

    Each may be off by half a unit of its last digit. Raises ValueError for what is no positive number.
    """
    lower_part, upper_part = _rounded_from(part)
    lower_whole, upper_whole = _rounded_from(whole)
    if lower_whole <= 0:
        raise ValueError(f"{whole} may be zero")
    return 100 * max(lower_part, Decimal(0)) / upper_whole, 100 * upper_part / lower_whole


def _rounded_from(text: str) -> tuple[Decimal, Decimal]:
    try:
        value = Decimal(text.strip())
    except ArithmeticError:
        raise ValueError(f"{text} is no number") from None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or value < 0:
        raise ValueError(f"{text} is no positive number")
    half = Decimal(5).scaleb(exponent - 1)
    return value - half, value + half


def believable(rate: str, part: str, whole: str) -> bool:
    """Whether a published rate in percent can come from figures that were rounded to `part` and `whole`."""
    low, high = rate_interval(part, whole)
    lower_rate, upper_rate = _rounded_from(rate)
    return lower_rate <= high and upper_rate >= low
