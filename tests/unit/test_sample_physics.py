"""A made-up fleet is physically possible: chemistry, heat, efficiency, against figures written out here by hand."""

from __future__ import annotations

import polars as pl
import pytest

from mrvaudit.sectors.power.sample.fleet import sample
from mrvaudit.sectors.power.sample.frames import Tables

# Carbon per heat in kg/GJ, p1 and p99, and heat value in MJ/kg, p5 and p95 (regulation reference, section 8.1); the
# report calls both kinds of bituminous coal by one name.
WINDOWS = {
    "lignite": (26.24, 29.63, 10.7, 17.6),
    "bituminous": (24.90, 27.42, 16.5, 26.7),
    "meagre": (25.56, 26.72, 19.3, 27.4),
    "anthracite": (26.24, 28.47, 18.7, 26.9),
    None: (24.98, 27.26, 8.5, 14.3),
}
UNIT, MONTHLY = ["entity_id", "unit_id"], ["entity_id", "unit_id", "month"]


@pytest.fixture(scope="module")
def fleet() -> Tables:
    """Three hundred units: every class and every coal."""
    return sample(300, 2025, 2)


def test_carbon_per_heat_lies_in_the_window_of_the_rank(fleet: Tables) -> None:
    """Every declared month, and the mean heat value of every unit."""
    solid = fleet["declarations"].filter(pl.col("carbon_mode") == "monthly_composite")
    ranks = set(solid["coal_rank"])
    assert ranks == set(WINDOWS)
    for rank in ranks:
        low, high, poorest, richest = WINDOWS[rank]
        own = solid.filter(pl.col("coal_rank").eq_missing(pl.lit(rank)))
        assert (1000 * own["carbon_per_heat_tc_per_gj"]).is_between(low, high).all(), rank
        assert (
            own.group_by(UNIT).agg(pl.col("ncv_gj_per_t").mean())["ncv_gj_per_t"].is_between(poorest, richest).all()
        ), rank


def test_heat_agrees_with_the_composition(fleet: Tables) -> None:
    """Dulong's gross heat within 3 % of the report's, oxygen by difference between 0 and 30 %."""
    report = fleet["element_carbon"]
    names = ("m_ad", "a_ad", "c_ad", "h_ad", "st_ad", "n_ad")
    moisture, ash, carbon, hydrogen, sulphur, nitrogen = (report[f"{name}_pct"] for name in names)
    oxygen = 100 - moisture - ash - carbon - hydrogen - sulphur - nitrogen
    assert oxygen.is_between(0, 30).all()
    gross = (338.2 * carbon + 1442.8 * (hydrogen - oxygen / 8) + 94.2 * sulphur) / 1000
    assert (gross / report["qgr_ad_mj_per_kg"] - 1).is_between(-0.03, 0.03).all()


def test_reports_vary_from_month_to_month(fleet: Tables) -> None:
    """Dry carbon spreads by more than half a percent over the year, and no two reports are alike."""
    report = fleet["element_carbon"].with_columns((pl.col("c_ad_pct") / (100 - pl.col("m_ad_pct"))).alias("dry"))
    spread = report.group_by(*UNIT, "fuel").agg((pl.col("dry").std() / pl.col("dry").mean()).alias("cv"), pl.len())
    assert (spread.filter(pl.col("len") >= 10)["cv"] > 0.005).all()
    results = report.unique("report_no").select("c_ad_pct", "qgr_ad_mj_per_kg", "h_ad_pct", "m_ad_pct", "a_ad_pct")
    assert results.is_unique().all()


def test_the_laboratory_gets_dried_samples(fleet: Tables) -> None:
    """Its total moisture lies between the air-dried and the plant's, clearly below the latter."""
    both = fleet["element_carbon"].join(fleet["declarations"], on=[*MONTHLY, "fuel"], suffix="_declared")
    assert (both["m_ar_pct"] > both["m_ad_pct"]).all()
    assert (both["m_ar_pct_declared"] - both["m_ar_pct"]).median() > 2  # type: ignore[operator]
    assert (both["m_ar_pct_declared"] > both["m_ad_pct"]).all()


def test_received_and_furnace_coal_agree(fleet: Tables) -> None:
    """Delivered coal is a little richer: within 100 kcal/kg in a month, between -0.2 and 0.3 MJ/kg in the year."""
    mass, heat = pl.col("net_t"), pl.col("net_t") * pl.col("qnet_ar_mj_per_kg")
    month = pl.col("date").dt.truncate("1mo").alias("month")
    came = fleet["coal_receipts"].group_by("entity_id", month).agg((heat.sum() / mass.sum()).alias("came"))
    fuel, used = pl.col("fuel_consumption"), pl.col("fuel_consumption") * pl.col("ncv_gj_per_t")
    solid = fleet["declarations"].filter(pl.col("carbon_mode") == "monthly_composite")
    plain = solid.filter(pl.col("fuel").n_unique().over("entity_id") == 1)
    burnt = plain.group_by("entity_id", "month").agg((used.sum() / fuel.sum()).alias("burnt"))
    gap = came.join(burnt, on=["entity_id", "month"]).with_columns((pl.col("came") - pl.col("burnt")).alias("gap"))
    assert gap["gap"].is_between(-0.42, 0.42).all()
    assert gap.group_by("entity_id").agg(pl.col("gap").mean())["gap"].is_between(-0.2, 0.3).all()


def test_efficiency_lies_in_the_window_of_the_class(fleet: Tables) -> None:
    """Supply rate against design, efficiency by steam, boiler heat against fuel heat, energy out below energy in."""
    heat = (pl.col("fuel_consumption") * pl.col("ncv_gj_per_t")).sum().alias("fuel_gj")
    fuel = fleet["declarations"].group_by(MONTHLY).agg(heat)
    run = fleet["declared_output"].join(fuel, on=MONTHLY).join(fleet["units"], on=UNIT)
    run = run.filter(pl.col("operating_hours") >= 240)
    coal = run.filter(pl.col("fuel_category") == "coal")
    supplied = 1000 * coal["gross_coal_rate_tce_per_mwh"] * coal["generation_mwh"] / coal["supply_mwh"]
    assert (supplied / coal["design_coal_rate_gce_per_kwh"]).is_between(0.99, 1.15).all()
    assert (coal["boiler_heat_gj"] / coal["fuel_gj"]).is_between(0.88, 0.96).all()
    assert coal["heat_coal_rate_tce_per_gj"].drop_nulls().is_between(0.036, 0.042).all()
    assert ((3.6 * run["generation_mwh"] + run["heat_gj"]) / run["fuel_gj"]).is_between(0.3, 0.9).all()
    for steam, best in {"subcritical": 0.435, "supercritical": 0.46, "ultra_supercritical": 0.485}.items():
        own = coal.filter(pl.col("steam_class") == steam)
        for_power = own["fuel_gj"] * (1 - own["heat_ratio_pct"] / 100)
        assert (3.6 * own["generation_mwh"] / for_power).is_between(0.30, best).all(), steam
    gas = run.filter(pl.col("fuel_category") == "gas")
    assert gas["power_intensity_tco2_per_mwh"].is_between(0.33, 0.43).all()
    assert (run["on_grid_mwh"] / run["generation_mwh"]).is_between(0.85, 0.985).all()


def test_the_fleet_is_mixed(fleet: Tables) -> None:
    """Classes, heat, provinces and laboratories as the country has them."""
    units = fleet["units"]
    assert units.height == 300
    assert 0.45 <= units["cogeneration"].mean() <= 0.65  # type: ignore[operator]
    assert 0.04 <= (units["unit_class"] == "gas").mean() <= 0.20  # type: ignore[operator]
    assert set(units["unit_class"]) == {"coal_gt300", "coal_le300", "coal_unconventional", "gas"}
    assert units["province"].n_unique() >= 20
    assert fleet["element_carbon"]["lab_id"].n_unique() >= 25
    assert units.group_by("entity_id").len()["len"].value_counts().sort("count")["len"][-1] == 2
    gangue = fleet["declared_year"].filter(pl.col("fuel") == "gangue")
    assert gangue.height == (units["unit_class"] == "coal_unconventional").sum()
