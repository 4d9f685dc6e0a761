"""How many decimals each column prints, in files that print."""

from __future__ import annotations

import polars as pl

from mrvaudit.tables import Table

# By column, whatever the table; a table's own column after it.
_DECIMALS = {
    "accuracy_pct": 1, "adjustment": 2, "altitude_m": 0, "boiler_heat_gj": 2, "capacity_mw": 0,
    "carbon_content_tc_per_t": 4, "carbon_per_heat_tc_per_gj": 5, "carbon_tc_per_1e4nm3": 4, "combustion_tco2": 2,
    "consumed": 2, "consumed_tce": 2, "consumption": 2, "design_coal_rate_gce_per_kwh": 1, "electricity_tco2": 2,
    "enthalpy_kj_per_kg": 1, "fuel_consumption": 2, "generation_mwh": 3, "grid_ef_tco2_per_mwh": 4,
    "gross_coal_rate_tce_per_mwh": 4, "heat_coal_rate_tce_per_gj": 4, "heat_gj": 2, "heat_intensity_tco2_per_gj": 4,
    "heat_ratio_pct": 2, "heat_self_use_mwh": 3, "latitude": 1, "load_factor_pct": 2, "longitude": 1, "mass_kg": 2,
    "mass_t": 2, "mole_pct": 3, "multiplier": 0, "ncv_gj_per_1e4nm3": 3, "ncv_gj_per_t": 3, "net_t": 2,
    "on_grid_mwh": 3, "operating_hours": 2, "other_use": 2, "oxidation_pct": 2, "power_intensity_tco2_per_mwh": 4,
    "pressure_mpa": 2, "previous_year_tco2": 0, "purchased": 2, "purchased_mwh": 3, "qgr_ad_mj_per_kg": 3,
    "qnet_ar_mj_per_kg": 3, "reading_begin": 4, "reading_end": 4, "required_accuracy_pct": 1, "retained_mass_g": 1,
    "return_mass_t": 2, "return_temperature_c": 1, "sample_mass_g": 1, "self_use_mwh": 3, "sent_mass_g": 1,
    "settled_gj": 2, "sold": 2, "stock_begin": 2, "stock_end": 2, "sub_mass_g": 1, "supply_mwh": 3, "tce_factor": 4,
    "temperature_c": 1, "top_size_mm": 1, "total_self_use_mwh": 3, "total_tco2": 0, "unit_tco2": 0,
}  # fmt: skip
_REPORTED = ("declarations", "declared_year")


def decimals(table: str, column: str) -> int | None:
    """Decimals printed in a column; None where figures print as they are."""
    if column == "m_ar_pct":
        return 2 if table in _REPORTED else 1
    return _DECIMALS.get(column, 2 if column.endswith("_pct") else None)


def as_text(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The rows as CSV prints them: figures with all their decimals, months as 2025-03."""
    printed = []
    for name, field in table.fields.items():
        column = pl.col(name)
        places = decimals(table.name, name)
        if field.type == "month":
            column = column.dt.strftime("%Y-%m")
        elif field.type == "f64" and places is not None:
            # the double nearest to a figure becomes that figure again
            column = column.cast(pl.Decimal(38, places)) if places else column.cast(pl.Int64)
        printed.append(column)
    return rows.select(printed)
