"""Worked values of the method, one by one, exact to the digits that are given for them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest

from mrvaudit import macros, store
from mrvaudit.sector import load_sector

# In the questions, @2025 is a month of that year.
BASES = [
    ("carbon_d_from_ad(62.00, 4.00, @2025)", "64.5833"),
    ("carbon_ar_from_ad(62.00, 4.00, 12.0, @2025)", "0.568333"),
    ("carbon_ar_from_ad_printed(62.00, 4.00, 12.0, @2025)", "0.5683"),
    ("combustion(100000, carbon_ar_from_ad(62, 4, 12, @2025), 99, @2025)", "206305.00"),
    ("combustion(100000, carbon_ar_from_ad_printed(62, 4, 12, @2025), 99, @2025)", "206292.90"),
    ("1000 * net_heat_ar_from_gross_ad(24.5, 3.9, 4, 12, @2025)", "21445.88"),
    ("net_heat_ar_from_gross_ad_printed(24.5, 3.9, 4, 12, @2025)", "21.446"),
    ("carbon_per_heat(0.5683333333, 21.44588, @2025)", "0.02650"),
]
# Carbon of a fuel by its default values, in tC for a tonne or 10^4 Nm3.
FUEL = "carbon_from_heat(p__ncv_default_gj_per_t('$F', $M), p__carbon_default_tc_per_gj('$F', $M), $M)"
COAL_2025 = FUEL.replace("$F", "coal").replace("$M", "@2025")
COAL_2020 = FUEL.replace("$F", "coal").replace("$M", "@2020")
ODD_COAL = "carbon_from_heat(26.7, p__carbon_default_tc_per_gj('coal_unconventional', @2025), @2025)"
GAS = FUEL.replace("$F", "natural_gas").replace("$M", "@2025")
DIESEL = FUEL.replace("$F", "diesel").replace("$M", "@2025")
DEFAULTS = [
    (COAL_2025, "0.823695"),
    (f"combustion(1, {COAL_2025}, p__oxidation_pct('coal', @2025), @2025)", "2.9900"),
    (ODD_COAL, "0.763086"),
    (f"combustion(1, {ODD_COAL}, p__oxidation_pct('coal', @2025), @2025)", "2.7700"),
    (COAL_2020, "0.896052"),
    (f"combustion(1, {COAL_2020}, p__oxidation_pct('coal', @2020), @2020)", "3.2527"),
    (GAS, "5.9642"),
    (f"combustion(1, {GAS}, p__oxidation_pct('natural_gas', @2025), @2025)", "21.6502"),
    (f"combustion(1, {DIESEL}, p__oxidation_pct('diesel', @2025), @2025)", "3.0959"),
]
ALLOWANCE = [
    *(
        (f"load_correction_steps({load}, @{year})", digits)
        for year in (2020, 2022)
        for load, digits in (
            (84, "1.0014"), (80, "1.007"), (78, "1.0102"), (75, "1.015"), (70, "1.030225"), (60, "1.061364"), (85, "1"),
        )
    ),
    *(
        (f"load_correction_power({load}, @{year})", digits)
        for year in (2023, 2024)
        for load, digits in (
            (30, "1.160541"), (40, "1.126493"), (45, "1.109845"), (50, "1.093443"), (55, "1.077284"), (60, "1.061364"),
            (65, "1"),
        )
    ),
    *(
        (f"load_correction_curve({load}, @{year})", digits)
        for year in (2025, 2026)
        for load, digits in (
            (20, "1.608868"), (30, "1.281146"), (35, "1.208366"), (40, "1.160254"), (45, "1.126059"),
            (49.99, "1.100321"), (50, "1"),
        )
    ),
    ("allowance_gap_rate_printed(1000000 - 750000, 1000000, @2024)", "25.00"),
    ("larger(750000, allowance_floor(1000000, @2024))", "800000"),
    (
        "allowance_of_supply_printed(940000, 'coal_le300', 1, allowance_heat_correction(10, 'coal_le300', @2021),"
        " load_correction_steps(70, @2021), @2021) + allowance_of_heat_printed(2000000, 'coal_le300', @2021)",
        "1053096",
    ),
    (
        "allowance_of_generation_printed(1000000, 'coal_le300', load_correction_power(65, @2023), @2023)"
        " + allowance_of_heat_printed(2000000, 'coal_le300', @2023)",
        "1016600",
    ),
]  # fmt: skip
REQUIRED = "p__required_accuracy_pct('belt_scale', @2026)"
METERS_AND_HEAT = [
    ("half_up(0.00005, 4)", "0.0001"),
    ("half_up(2.5, 0)", "3"),
    (f"emission_side_quantity(10000, 'none', NULL::DOUBLE, {REQUIRED}, @2026)", "10050"),
    ("output_side_heat(10000, 'none', NULL::DOUBLE, 2, @2026)", "9800"),
    ("emission_side_quantity(10000, 'calibrated', 0.8, 0.5, @2026)", "10030"),
    ("merged_hours(300 * 6000 + 600 * 4500, 300 + 600, @2025)", "5000"),
    ("heat_of_steam_simple(1000, 2943, @2025)", "2859.26"),
    ("heat_of_water_open(10000, 95, @2025)", "3140.10"),
    ("flue_gas_co2(12.5, @2025)", "245.54"),
    ("flue_gas_emission(12.5, 1000000, @2025)", "245.54"),
]  # fmt: skip


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """The macros of the power sector."""
    made = store.connect("512MB", None)
    macros.install(made, load_sector("power"), date(2026, 12, 31))
    return made


@pytest.mark.parametrize(("question", "expected"), [*BASES, *DEFAULTS, *ALLOWANCE, *METERS_AND_HEAT])
def test_worked_value(con: duckdb.DuckDBPyConnection, question: str, expected: str) -> None:
    """The formula gives the digits that are printed for it."""
    asked = question
    for year in range(2019, 2027):
        asked = asked.replace(f"@{year}", f"DATE '{year}-06-01'")
    row = con.execute(f"SELECT {asked}").fetchone()
    assert row is not None
    step = Decimal(1).scaleb(-len(expected.partition(".")[2]))
    assert Decimal(expected) == Decimal(str(row[0])).quantize(step, ROUND_HALF_UP)
