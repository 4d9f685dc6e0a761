"""What the plants report of their fuels: printed figures from the printed figures of their ledgers, as the guide asks.

A slip changes one reported figure of one unit and month on its way into the report; whatever is computed from that
figure follows. Whole numbers of the last decimal are used throughout, as in `digits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from mrvaudit.sectors.power.sample.regime import Regime
from mrvaudit.sectors.power.sample.world.names import DIESEL

UNIT_MONTH = ["entity_id", "unit_id", "month"]
FUEL_MONTH = [*UNIT_MONTH, "fuel"]
DECIMALS = {
    "fuel_consumption": 2, "ncv_gj_per_t": 3, "m_ar_pct": 2, "c_ad_pct": 2, "m_ad_pct": 2, "carbon_content_tc_per_t": 4,
    "carbon_per_heat_tc_per_gj": 5, "combustion_tco2": 2, "oxidation_pct": 2, "purchased_mwh": 3, "electricity_tco2": 2,
    "grid_ef_tco2_per_mwh": 4,
}  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """One reported figure made `times` as large, then `plus` larger (in its unit); `fuel` only for figures of a fuel.

    `times` 0 puts `plus` in the figure's place. Without a month it is a figure of the year. `column` is a column of
    declarations, declared_output or declared_year, or `conversion_m_ar_pct`: the moisture that the conversion of carbon
    used, where it is not the one reported.
    """

    entity_id: str
    unit_id: str
    month: date | None
    column: str
    fuel: str | None = None
    times: float = 1.0
    plus: float = 0.0


def whole(column: str, decimals: int) -> pl.Expr:
    """A printed figure as a whole number of its last decimal."""
    return (pl.col(column) * 10.0**decimals).round().cast(pl.Int64)


def figure(units: pl.Expr, decimals: int) -> pl.Expr:
    """Whole numbers of the last decimal as the figures they print: each the double nearest to its print."""
    # polars divides by multiplying with the inverse, which can miss the nearest double; rounding finds it again
    return (units / 10.0**decimals).round(decimals)


def ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The quotient of whole numbers to the nearest one, halves up; null where the denominator is 0."""
    return pl.when(denominator != 0).then((2 * numerator + denominator) // (2 * denominator))


def half_up(value: pl.Expr, decimals: int) -> pl.Expr:
    """A computed figure as printed; null where it is no number."""
    rounded = figure(((value * 10.0**decimals).round(6) + 0.5).floor(), decimals)
    return pl.when(rounded.is_finite()).then(rounded)


def slipped(rows: pl.DataFrame, slips: list[Slip], column: str, decimals: int) -> pl.DataFrame:
    """`rows` with the slips of one column that prints `decimals`: whole numbers of fuels, figures of output."""
    of_fuel, monthly = "fuel" in rows.columns, "month" in rows.columns
    keys = [name for name in FUEL_MONTH if name in rows.columns]
    own = [
        {name: getattr(slip, name) for name in (*keys, "times", "plus")}
        for slip in slips
        if slip.column == column and (slip.fuel is not None) == of_fuel and (slip.month is not None) == monthly
    ]
    if not own:
        return rows
    wanted = pl.DataFrame(own).select(*keys, "times", "plus")
    joined = rows.join(wanted, on=keys, how="left", maintain_order="left")
    known = figure(pl.col(column), decimals) if of_fuel else pl.col(column)
    changed = half_up(known * pl.col("times") + pl.col("plus"), decimals)
    changed = (changed * 10.0**decimals).round().cast(pl.Int64) if of_fuel else changed
    untouched = pl.col("times").is_null()
    return joined.with_columns(pl.when(untouched).then(column).otherwise(changed).alias(column)).drop("times", "plus")


def fuel_months(ledgers: Mapping[str, pl.DataFrame], slips: list[Slip], regime: Regime, year: int) -> pl.DataFrame:
    """Unit × month × fuel with every figure of the form, in whole numbers (see DECIMALS)."""
    rows = _measured(_burnt(ledgers["fuel_use"], year), ledgers)
    for column in ("fuel_consumption", "ncv_gj_per_t", "c_ad_pct", "m_ad_pct", "m_ar_pct"):
        rows = slipped(rows, slips, column, DECIMALS[column])
    rows = slipped(rows.with_columns(conversion_m_ar_pct="m_ar_pct"), slips, "conversion_m_ar_pct", 2)
    carbon = {name: round(value * 10**5) for name, value in regime.carbon_default.items()}
    oxidation = {name: round(value * 100) for name, value in regime.oxidation_pct.items()}
    by_default = pl.col("fuel").replace_strict(carbon, default=0, return_dtype=pl.Int64)
    converted = ratio(pl.col("c_ad_pct") * (10_000 - pl.col("conversion_m_ar_pct")), 10_000 - pl.col("m_ad_pct"))
    rows = rows.with_columns(
        pl.coalesce(converted, "gas_carbon", ratio(pl.col("ncv_gj_per_t") * by_default, pl.lit(10_000))).alias(
            "carbon_content_tc_per_t"
        ),
        pl.col("fuel").replace_strict(oxidation, return_dtype=pl.Int64).alias("oxidation_pct"),
    )
    for column in ("carbon_content_tc_per_t", "oxidation_pct"):
        rows = slipped(rows, slips, column, DECIMALS[column])
    burnt = pl.col("fuel_consumption") * pl.col("carbon_content_tc_per_t") * pl.col("oxidation_pct")
    by_quotient = ratio(10_000 * pl.col("carbon_content_tc_per_t"), pl.col("ncv_gj_per_t"))
    is_default = pl.col("carbon_source") == "default"
    rows = rows.with_columns(
        pl.when(is_default).then(by_default).otherwise(by_quotient).alias("carbon_per_heat_tc_per_gj"),
        ratio(44 * burnt, pl.lit(12 * 10**8)).fill_null(0).alias("combustion_tco2"),
    )
    for column in ("carbon_per_heat_tc_per_gj", "combustion_tco2"):
        rows = slipped(rows, slips, column, DECIMALS[column])
    return rows


def _burnt(fuel_use: pl.DataFrame, year: int) -> pl.DataFrame:
    """Sums and weighted means of the days; main fuels have a row for every month, oil only where it was used."""
    days = fuel_use.select(
        "entity_id", "unit_id", pl.col("date").dt.truncate("1mo").alias("month"), "fuel",
        whole("consumption", 2).alias("t"),
        (pl.coalesce("qnet_ar_mj_per_kg", "ncv_gj_per_1e4nm3") * 1000).round().cast(pl.Int64).alias("q"),
        whole("m_ar_pct", 2).alias("m"),
    )  # fmt: skip
    months = days.group_by(FUEL_MONTH).agg(
        pl.col("t").sum().alias("fuel_consumption"),
        ratio((pl.col("t") * pl.col("q")).sum(), pl.col("t").sum()).alias("ncv_gj_per_t"),
        pl.when((pl.col("m").is_not_null() | (pl.col("t") == 0)).all())
        .then(ratio((pl.col("t") * pl.col("m")).sum(), pl.col("t").sum()))
        .alias("m_ar_pct"),
    )
    calendar = pl.DataFrame({"month": [date(year, number, 1) for number in range(1, 13)]})
    main = days.filter(pl.col("fuel") != DIESEL).select("entity_id", "unit_id", "fuel").unique()
    wanted = pl.concat([main.join(calendar, how="cross").select(FUEL_MONTH), months.select(FUEL_MONTH)]).unique()
    return (
        wanted.join(months, on=FUEL_MONTH, how="left")
        .with_columns(pl.col("fuel_consumption").fill_null(0))
        .sort(FUEL_MONTH)
    )


def _measured(rows: pl.DataFrame, ledgers: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What laboratories found of the month's fuel: the report's carbon and moisture, the gas test's carbon."""
    reports = ledgers["element_carbon"].unique(FUEL_MONTH, keep="first", maintain_order=True)
    reports = reports.select(*FUEL_MONTH, "report_no", "lab_id", whole("c_ad_pct", 2), whole("m_ad_pct", 2))
    gas = ledgers["gas_tests"].select(*FUEL_MONTH, whole("carbon_tc_per_1e4nm3", 4).alias("gas_carbon")).unique()
    ranks = ledgers["coal_receipts"].select("entity_id", "coal_rank").drop_nulls().unique()
    rows = rows.join(reports, on=FUEL_MONTH, how="left").join(gas, on=FUEL_MONTH, how="left")
    tested = pl.coalesce("c_ad_pct", "gas_carbon").is_not_null()
    return rows.join(ranks, on="entity_id", how="left").sort(FUEL_MONTH).with_columns(
        # of what was not burnt nothing is measured
        pl.when(tested).then(pl.lit("measured")).when(pl.col("fuel_consumption") > 0).then(pl.lit("default"))
        .alias("carbon_source"),
        pl.when(pl.col("c_ad_pct").is_not_null()).then(pl.lit("monthly_composite")).alias("carbon_mode"),
        pl.when(pl.col("fuel") == "coal").then("coal_rank").alias("coal_rank"),
    )  # fmt: skip
