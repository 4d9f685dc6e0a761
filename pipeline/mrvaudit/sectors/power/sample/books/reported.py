"""The report: fuels, output, the year and its total, and what the statistics office is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from mrvaudit.sectors.power.sample.books.declared import (
    DECIMALS,
    UNIT_MONTH,
    Slip,
    figure,
    fuel_months,
    half_up,
    ratio,
    slipped,
    whole,
)
from mrvaudit.sectors.power.sample.frames import Column, Tables, frame
from mrvaudit.sectors.power.sample.regime import Regime
from mrvaudit.sectors.power.sample.world.names import DIESEL
from mrvaudit.tables import Table

_UNIT = ["entity_id", "unit_id"]
_SUMS = ("generation_mwh", "supply_mwh", "heat_gj", "operating_hours", "on_grid_mwh", "boiler_heat_gj")
_OUTPUT_DECIMALS = {"generation_mwh": 3, "supply_mwh": 3, "heat_gj": 2, "operating_hours": 2, "on_grid_mwh": 3,
                    "boiler_heat_gj": 2, "load_factor_pct": 2, "heat_ratio_pct": 2, "combustion_tco2": 2}  # fmt: skip


def declare(
    ledgers: Mapping[str, pl.DataFrame], slips: list[Slip], regime: Regime, year: int, tables: dict[str, Table]
) -> Tables:
    """declarations, declared_output, declared_year and declared_totals of all units in `ledgers`, and the statistics.

    Beside the ledgers, `ledgers` holds `statistics_error`: by entity, month and fuel, how far off the statistics are
    (`times`), and so for the coefficient by which they count standard coal (`tce_times`).
    """
    fuels = _with_power(fuel_months(ledgers, slips, regime, year), ledgers["electricity"], slips, regime)
    outputs = _outputs(ledgers, fuels, slips, regime)
    ledger = ledgers["energy_use"]
    statistics = _framed(_statistics(fuels, ledgers["statistics_error"], regime), tables["energy_use"])
    return {
        "declarations": _framed(_figures(fuels), tables["declarations"]),
        "declared_output": _framed(outputs, tables["declared_output"]),
        "declared_year": _framed(
            _years(fuels, outputs, slips, ledgers["units"], regime, year), tables["declared_year"]
        ),
        "declared_totals": _framed(_totals(outputs, year), tables["declared_totals"]),
        "energy_use": pl.concat([ledger, statistics]).sort("entity_id", *tables["energy_use"].key),
    }


def _with_power(fuels: pl.DataFrame, electricity: pl.DataFrame, slips: list[Slip], regime: Regime) -> pl.DataFrame:
    """The plant's purchased electricity on the first fuel row of its first unit, and the emissions of it."""
    bought = electricity.select("entity_id", "month", whole("purchased_mwh", 3))
    first = pl.int_range(pl.len()).over("entity_id", "month") == 0  # rows are sorted by unit
    rows = fuels.join(bought, on=["entity_id", "month"], how="left", maintain_order="left").with_columns(
        pl.when(first).then("purchased_mwh").alias("purchased_mwh")
    )
    if regime.grid_factor is None:
        return rows.with_columns(pl.when(pl.col("purchased_mwh") == 0).then(0).alias("electricity_tco2"))
    factor = pl.lit(round(regime.grid_factor * 10_000), pl.Int64)
    known = pl.col("purchased_mwh").is_not_null()
    rows = rows.with_columns(pl.when(known).then(factor).alias("grid_ef_tco2_per_mwh"))
    rows = slipped(rows, slips, "grid_ef_tco2_per_mwh", DECIMALS["grid_ef_tco2_per_mwh"])
    emitted = ratio(pl.col("purchased_mwh") * pl.col("grid_ef_tco2_per_mwh"), pl.lit(100_000))
    return rows.with_columns(emitted.alias("electricity_tco2"))


def _outputs(
    ledgers: Mapping[str, pl.DataFrame], fuels: pl.DataFrame, slips: list[Slip], regime: Regime
) -> pl.DataFrame:
    """Unit × month: output as in the production ledger, emissions as declared, rates and intensities from both."""
    boiler = (
        ledgers["power_daily"]
        .group_by("entity_id", "unit_id", pl.col("date").dt.truncate("1mo").alias("month"))
        .agg(
            pl.when(pl.col("boiler_heat_gj").is_not_null().all())
            .then(figure(whole("boiler_heat_gj", 2).sum(), 2))
            .alias("boiler_heat_gj")
        )
    )
    emitted = fuels.group_by(UNIT_MONTH).agg(
        figure(pl.col("combustion_tco2").sum(), 2),
        figure(pl.col("electricity_tco2").sum(), 2).alias("power_tco2"),
        figure(pl.col("purchased_mwh").sum(), 3),
        (pl.col("fuel_consumption") * pl.col("ncv_gj_per_t")).sum().alias("fuel_heat_gj") / 100_000,
    )
    rows = ledgers["power_output"].join(emitted, on=UNIT_MONTH, how="left").join(boiler, on=UNIT_MONTH, how="left")
    rows = rows.with_columns(half_up(pl.col("generation_mwh") - pl.col("total_self_use_mwh"), 3).alias("on_grid_mwh"))
    for column, decimals in _OUTPUT_DECIMALS.items():
        rows = slipped(rows, slips, column, decimals)
    rows = rows.with_columns(half_up(pl.col("combustion_tco2") + pl.col("power_tco2"), 0).alias("unit_tco2"))
    rows = _rates(rows, "combustion_tco2", regime)
    return slipped(rows, slips, "gross_coal_rate_tce_per_mwh", 4).sort(UNIT_MONTH)


def _rates(rows: pl.DataFrame, emitted: str, regime: Regime) -> pl.DataFrame:
    """Coal rates and intensities from declared figures, four decimals."""
    for_heat = pl.col("heat_ratio_pct") / 100
    tce = pl.col("fuel_heat_gj") / regime.standard_coal_gj_per_tce
    return rows.with_columns(
        half_up((1 - for_heat) * tce / pl.col("generation_mwh"), 4).alias("gross_coal_rate_tce_per_mwh"),
        half_up(for_heat * tce / pl.col("heat_gj"), 4).alias("heat_coal_rate_tce_per_gj"),
        half_up((1 - for_heat) * pl.col(emitted) / pl.col("generation_mwh"), 4).alias("power_intensity_tco2_per_mwh"),
        half_up(for_heat * pl.col(emitted) / pl.col("heat_gj"), 4).alias("heat_intensity_tco2_per_gj"),
    )


def _years(
    fuels: pl.DataFrame, outputs: pl.DataFrame, slips: list[Slip], units: pl.DataFrame, regime: Regime, year: int
) -> pl.DataFrame:
    """Unit × fuel: sums of the months and means weighted by fuel; output stands on the row of the main fuel."""
    weight = pl.col("fuel_consumption")
    same = ("carbon_source", "carbon_mode", "coal_rank", "lab_id", "oxidation_pct", "grid_ef_tco2_per_mwh")
    rows = fuels.group_by(*_UNIT, "fuel").agg(
        ratio((weight * pl.col("ncv_gj_per_t")).sum(), weight.sum()).alias("ncv_gj_per_t"),
        ratio((weight * pl.col("carbon_content_tc_per_t")).sum(), weight.sum()).alias("carbon_content_tc_per_t"),
        weight.sum(),
        pl.col("combustion_tco2", "purchased_mwh", "electricity_tco2").sum(),
        *(pl.col(name).drop_nulls().first() for name in same if name in fuels.columns),
    )
    by_heat = ratio(10_000 * pl.col("carbon_content_tc_per_t"), pl.col("ncv_gj_per_t"))
    rows = slipped(rows.with_columns(by_heat.alias("carbon_per_heat_tc_per_gj")), slips, "combustion_tco2", 2)
    rows = _figures(rows)
    sums = outputs.group_by(_UNIT).agg(
        *(figure(whole(name, _OUTPUT_DECIMALS[name]).sum(), _OUTPUT_DECIMALS[name]).alias(name) for name in _SUMS),
        pl.col("unit_tco2").sum(),
        pl.col("combustion_tco2").sum().round(2).alias("emitted"),
        pl.col("fuel_heat_gj").sum(),
        pl.when(pl.col("boiler_heat_gj").is_null().all()).then(pl.col("fuel_heat_gj").sum())
        .otherwise(pl.col("boiler_heat_gj").sum()).alias("source_gj"),
        pl.col("boiler_heat_gj").is_null().all().alias("no_boiler"),
    ).join(units.select(*_UNIT, "capacity_mw"), on=_UNIT)  # fmt: skip
    load = 100 * pl.col("generation_mwh") / (pl.col("capacity_mw") * pl.col("operating_hours"))
    sums = sums.with_columns(
        half_up(load, 2).alias("load_factor_pct"),
        half_up(100 * pl.col("heat_gj") / pl.col("source_gj"), 2).alias("heat_ratio_pct"),
        pl.when(~pl.col("no_boiler")).then("boiler_heat_gj").alias("boiler_heat_gj"),
    )
    main = fuels.filter(pl.col("fuel") != DIESEL).group_by(_UNIT).agg(pl.col("fuel").max())
    sums = main.join(_rates(sums, "emitted", regime), on=_UNIT)
    rows = rows.join(
        sums.drop("emitted", "capacity_mw", "fuel_heat_gj", "source_gj", "no_boiler"), on=[*_UNIT, "fuel"], how="left"
    )
    return rows.with_columns(pl.lit(year).alias("year")).sort(*_UNIT, "fuel")


def _totals(outputs: pl.DataFrame, year: int) -> pl.DataFrame:
    """The plant's year: the sum of its units' months."""
    return outputs.group_by("entity_id").agg(pl.col("unit_tco2").sum().alias("total_tco2")).with_columns(
        pl.lit(year).alias("year"),
        pl.concat_str(pl.lit("NB-"), pl.col("entity_id").str.slice(-6), pl.lit(f"-{year}")).alias("report_no"),
        pl.lit(date(year + 1, 3, 18)).alias("submitted_on"),
    ).sort("entity_id")  # fmt: skip


def _statistics(fuels: pl.DataFrame, errors: pl.DataFrame, regime: Regime) -> pl.DataFrame:
    """What the plant tells the statistics office: its declared main fuels in whole tonnes, a little off."""
    weight = pl.col("fuel_consumption")
    rows = (
        fuels.filter(pl.col("fuel") != DIESEL)
        .group_by("entity_id", "month", "fuel")
        .agg((weight * pl.col("ncv_gj_per_t")).sum().alias("heat"), weight.sum().alias("fuel_consumption"))
    )
    rows = rows.join(errors, on=["entity_id", "month", "fuel"], how="left")
    tonnes = half_up(weight / 100 * pl.col("times"), 0)
    factor = half_up(pl.col("tce_times") * pl.col("heat") / weight / 1000 / regime.standard_coal_gj_per_tce, 4)
    return rows.select(
        "entity_id", "month", "fuel", pl.lit("entity").alias("scope"), pl.col("entity_id").alias("scope_id"),
        pl.lit("statistics").alias("source"), pl.lit("month").alias("period"), tonnes.alias("consumed"),
        factor.alias("tce_factor"),
        pl.when(tonnes == 0).then(0.0).otherwise(half_up(tonnes * factor, 2)).alias("consumed_tce"),
    )  # fmt: skip


def _figures(rows: pl.DataFrame) -> pl.DataFrame:
    """Whole numbers of the last decimal as the figures they are."""
    return rows.with_columns(figure(pl.col(name), places) for name, places in DECIMALS.items() if name in rows.columns)


def _framed(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Rows as a frame of the table, first version."""
    fixed: dict[str, Column] = {"version": 1, "stage": "initial", "consumption_source": "furnace"}
    columns = {name: value for name, value in fixed.items() if name in table.fields}
    return frame(table, rows.height, columns | {name: rows[name] for name in table.fields if name in rows.columns})
