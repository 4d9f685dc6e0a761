"""Every declared figure of a made-up fleet follows from its ledgers, in print: checked with decimal arithmetic."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest

from mrvaudit.sector import load_sector
from mrvaudit.sectors.power.sample.books.declared import DECIMALS
from mrvaudit.sectors.power.sample.fleet import sample
from mrvaudit.sectors.power.sample.frames import TYPES, Tables
from mrvaudit.sectors.power.sample.writing.printing import as_text

UNITS, YEAR, SEED = 60, 2025, 5
MONTHLY = ["entity_id", "unit_id", "month"]


@pytest.fixture(scope="module")
def fleet() -> Tables:
    """Sixty units."""
    return sample(UNITS, YEAR, SEED)


@pytest.fixture(scope="module")
def text(fleet: Tables) -> Tables:
    """The same tables as CSV prints them, every figure a text."""
    sector = load_sector("power")
    return {name: as_text(rows, sector.tables[name]).cast(pl.String) for name, rows in fleet.items()}


def half_up(value: Decimal, decimals: int) -> Decimal:
    """Rounded as the guides round."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def test_frames_have_exactly_the_columns_of_the_contract(fleet: Tables) -> None:
    """Names, order and types; required columns are filled, codes are codes, keys are unique."""
    sector = load_sector("power")
    for name, frame in fleet.items():
        table = sector.tables[name]
        assert frame.columns == list(table.fields)
        assert frame.dtypes == [TYPES[field.type] for field in table.fields.values()]
        for field in table.fields.values():
            assert not (field.required and frame[field.name].null_count()), (name, field.name)
            if field.codes is not None:
                assert set(frame[field.name].drop_nulls()) <= set(sector.codes[field.codes]), (name, field.name)
            if field.min is not None and frame[field.name].drop_nulls().len():
                assert frame[field.name].min() >= field.min, (name, field.name)  # type: ignore[operator]
        assert frame.select("entity_id", *table.key).is_unique().all(), name
    assert {"units", "fuel_use", "element_carbon", "declarations", "energy_use", "filings"} <= set(fleet)


def test_days_add_up_to_the_month_and_means_are_weighted(text: Tables) -> None:
    """A, C and the moisture of the report follow from the printed days, half-up."""
    tonnes: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    heat: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    water: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for day in text["fuel_use"].to_dicts():
        key = (day["entity_id"], day["unit_id"], day["date"][:7], day["fuel"])
        burnt = Decimal(day["consumption"])
        tonnes[key] += burnt
        heat[key] += burnt * Decimal(day["qnet_ar_mj_per_kg"] or day["ncv_gj_per_1e4nm3"] or 0)
        water[key] += burnt * Decimal(day["m_ar_pct"] or 0)
    assert len(tonnes) == text["declarations"].height
    for row in text["declarations"].to_dicts():
        key = (row["entity_id"], row["unit_id"], row["month"], row["fuel"])
        assert Decimal(row["fuel_consumption"]) == tonnes[key]
        if tonnes[key]:
            assert Decimal(row["ncv_gj_per_t"]) == half_up(heat[key] / tonnes[key], 3)
        if row["m_ar_pct"]:
            assert Decimal(row["m_ar_pct"]) == half_up(water[key] / tonnes[key], 2)


def test_carbon_and_emissions_follow_from_printed_figures(text: Tables) -> None:
    """B = C_ad × (100 - M_ar) / (100 - M_ad), D = B / C, F = A × B × E × 44/12, each half-up."""
    seen = set()
    for row in text["declarations"].to_dicts():
        tonnes, oxidation = Decimal(row["fuel_consumption"]), Decimal(row["oxidation_pct"])
        if not tonnes:
            assert row["carbon_content_tc_per_t"] is None
            assert row["combustion_tco2"] == "0.00"
            continue
        carbon = Decimal(row["carbon_content_tc_per_t"])
        seen.add((row["fuel"], row["carbon_source"]))
        if row["c_ad_pct"]:
            dry = Decimal(row["c_ad_pct"]) * (100 - Decimal(row["m_ar_pct"])) / (100 - Decimal(row["m_ad_pct"]))
            assert carbon == half_up(dry / 100, 4)
        if row["carbon_source"] == "default":
            per_heat = Decimal(row["carbon_per_heat_tc_per_gj"])
            assert carbon == half_up(Decimal(row["ncv_gj_per_t"]) * per_heat, 4)
        else:
            assert Decimal(row["carbon_per_heat_tc_per_gj"]) == half_up(carbon / Decimal(row["ncv_gj_per_t"]), 5)
        assert Decimal(row["combustion_tco2"]) == half_up(tonnes * carbon * oxidation / 100 * 44 / 12, 2)
    assert {("coal", "measured"), ("diesel", "default"), ("natural_gas", "measured")} <= seen


def test_reports_are_what_the_declaration_used(text: Tables) -> None:
    """C_ad, M_ad and the number of the report; units on one pile share it; A + M + V + FC = 100."""
    reports = {
        (row["entity_id"], row["unit_id"], row["month"], row["fuel"]): row for row in text["element_carbon"].to_dicts()
    }
    for row in text["declarations"].to_dicts():
        report = reports.get((row["entity_id"], row["unit_id"], row["month"], row["fuel"]))
        if row["carbon_mode"]:
            assert report is not None
            assert all(row[name] == report[name] for name in ("c_ad_pct", "m_ad_pct", "report_no", "lab_id"))
    shared = text["element_carbon"].group_by("report_no").agg(pl.col("c_ad_pct").n_unique(), pl.len())
    assert (shared["c_ad_pct"] == 1).all()
    assert (shared["len"] > 1).any()
    for row in reports.values():
        parts = (Decimal(row[name]) for name in ("a_ad_pct", "m_ad_pct", "v_ad_pct", "fc_ad_pct"))
        assert sum(parts) == 100


def test_net_heat_follows_from_gross(text: Tables) -> None:
    """GB/T 213 at constant volume, in the plant's tests, the deliveries' and the laboratory's, to the last digit."""
    parameters = load_sector("power").parameters["heat_conversion_j_per_g"].values
    of = {value.key: Decimal(value.value) for value in parameters}
    tests = pl.concat([text["calorific_value"].sample(3000, seed=1), text["element_carbon"]], how="diagonal")
    for row in tests.to_dicts():
        gross, hydrogen = 1000 * Decimal(row["qgr_ad_mj_per_kg"]), Decimal(row["h_ad_pct"])
        wet, inner = Decimal(row["m_ar_pct"]), Decimal(row["m_ad_pct"])
        net = (gross - of["hydrogen"] * hydrogen) * (100 - wet) / (100 - inner) - of["moisture"] * wet
        assert Decimal(row["qnet_ar_mj_per_kg"]) == half_up(net / 1000, 3)
        assert wet >= inner


def test_output_sums_and_load(fleet: Tables, text: Tables) -> None:
    """Days add up to the ledger, which is declared; load = W / (Pe × t); supply leaves the heat's station use out."""
    capacity = {(row["entity_id"], row["unit_id"]): Decimal(row["capacity_mw"]) for row in text["units"].to_dicts()}
    days: dict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for day in text["power_daily"].to_dicts():
        key = (day["entity_id"], day["unit_id"], day["date"][:7])
        figures = (day["generation_mwh"], day["heat_gj"], day["operating_hours"])
        days[key] = [known + Decimal(more) for known, more in zip(days[key], figures, strict=True)]
    for row in text["power_output"].to_dicts():
        made, heat, hours = days[row["entity_id"], row["unit_id"], row["month"]]
        printed = [Decimal(row[name]) for name in ("generation_mwh", "heat_gj", "operating_hours")]
        assert printed == [made, heat, hours]
        if hours:
            load = half_up(100 * made / (capacity[row["entity_id"], row["unit_id"]] * hours), 2)
            assert Decimal(row["load_factor_pct"]) == load <= 105
        for_power = Decimal(row["self_use_mwh"]) - Decimal(row["heat_self_use_mwh"])
        supply = made - for_power * (1 - Decimal(row["heat_ratio_pct"]) / 100)
        assert abs(Decimal(row["supply_mwh"]) - supply) <= Decimal("0.0005")
    same = [*MONTHLY, "generation_mwh", "supply_mwh", "heat_gj", "operating_hours", "load_factor_pct", "heat_ratio_pct"]
    ledger = fleet["power_output"].select(same).sort(MONTHLY)
    assert fleet["declared_output"].select(same).sort(MONTHLY).equals(ledger)


def test_the_report_adds_up(fleet: Tables) -> None:
    """G = sum of F, Q is G and purchased power in whole tonnes, the year is the sum of its months, T the sum of Q."""
    power = pl.col("electricity_tco2").sum().alias("power")
    of_month = fleet["declarations"].group_by(MONTHLY).agg(pl.col("combustion_tco2").sum().alias("sum"), power)
    outputs = fleet["declared_output"].join(of_month, on=MONTHLY)
    assert outputs.height == fleet["declared_output"].height == 12 * UNITS
    assert ((outputs["combustion_tco2"] - outputs["sum"]).abs() < 1e-6).all()
    assert ((outputs["unit_tco2"] - outputs["combustion_tco2"] - outputs["power"]).abs() <= 0.500001).all()
    total = outputs.group_by("entity_id").agg(pl.col("unit_tco2").sum()).join(fleet["declared_totals"], on="entity_id")
    assert (total["unit_tco2"] == total["total_tco2"]).all()
    keys = ["entity_id", "unit_id", "fuel"]
    sums = fleet["declarations"].group_by(keys).agg(pl.col("fuel_consumption", "combustion_tco2").sum())
    years = fleet["declared_year"].join(sums, on=keys, suffix="_sum")
    assert years.height == sums.height
    for name in ("fuel_consumption", "combustion_tco2"):
        assert ((years[name] - years[f"{name}_sum"]).abs() < 1e-5).all()


def test_declared_figures_print_with_their_decimals(text: Tables) -> None:
    """Trailing zeros are printed too."""
    for name, places in DECIMALS.items():
        printed = text["declarations"][name].drop_nulls()
        assert printed.is_empty() or (printed.str.split(".").list.get(1).str.len_chars() == places).all(), name


def test_every_figure_is_the_double_nearest_to_its_print(fleet: Tables, text: Tables) -> None:
    """So that a fleet reads alike from Parquet and from text."""
    for name, frame in fleet.items():
        for column, kind in frame.schema.items():
            if kind == pl.Float64:
                assert text[name][column].cast(pl.Float64).equals(frame[column]), (name, column)
