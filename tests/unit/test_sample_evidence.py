"""What others say of a made-up fleet agrees with what it says itself, and its papers are in order."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest

from mrvaudit.sectors.power.sample.fleet import sample
from mrvaudit.sectors.power.sample.frames import Tables

UNITS, YEAR = 60, 2024  # a leap year
MONTHLY = ["entity_id", "unit_id", "month"]
CHAIN = "sampled_from sampled_to prepared_on sent_on received_on tested_on tested_to issued_on".split()


@pytest.fixture(scope="module")
def fleet() -> Tables:
    """Sixty units."""
    return sample(UNITS, YEAR, 8)


def close(left: pl.Series, right: pl.Series, share: float = 0.0, plus: float = 1e-5) -> bool:
    """Whether all figures differ by no more than a share of the second, and a little."""
    return bool(((left - right).abs() <= share * right.abs() + plus).all())


def solid(fuel_use: pl.DataFrame) -> pl.DataFrame:
    """Days of solid fuel."""
    return fuel_use.filter(~pl.col("fuel").is_in(["diesel", "natural_gas"]))


def test_stocks_close_and_carry_over(fleet: Tables) -> None:
    """Opening is closing; the gap is the survey's error."""
    keys = ["entity_id", "scope_id", "fuel"]
    ledger = fleet["energy_use"].filter(pl.col("source") == "stock_ledger").sort(*keys, "month")
    carried = ledger.with_columns(pl.col("stock_end").shift().over(keys).alias("before")).drop_nulls("before")
    assert carried.height == ledger.height * 11 / 12
    assert carried["stock_begin"].equals(carried["before"].alias("stock_begin"))
    book = ledger["stock_begin"] + ledger["purchased"] - ledger["consumed"] + ledger["adjustment"]
    survey = (ledger["stock_begin"] ** 2 + ledger["stock_end"] ** 2).sqrt()
    assert ((book - ledger["stock_end"]).abs() <= 0.02 * survey).all()
    assert (ledger["stock_end"] > 0).all()
    assert set(ledger["scope"]) == {"entity", "site"}


def test_the_ledger_is_what_came_and_what_was_burnt(fleet: Tables) -> None:
    """Deliveries are the purchases, use is the sum of the days."""
    ledger = fleet["energy_use"].filter(pl.col("source") == "stock_ledger")
    came = fleet["coal_receipts"].group_by("entity_id", pl.col("date").dt.truncate("1mo").alias("month"))
    bought = ledger.group_by("entity_id", "month").agg(pl.col("purchased").sum()).filter(pl.col("purchased") > 0)
    both = bought.join(came.agg(pl.col("net_t").sum()), on=["entity_id", "month"])
    assert both.height == bought.height
    assert close(both["purchased"], both["net_t"])
    keys = ["entity_id", "month", "fuel"]
    days = solid(fleet["fuel_use"]).with_columns(pl.col("date").dt.truncate("1mo").alias("month"))
    burnt = days.group_by(keys).agg(pl.col("consumption").sum())
    used = ledger.group_by(keys).agg(pl.col("consumed").sum()).join(burnt, on=keys)
    assert used.height == burnt.height
    assert close(used["consumed"], used["consumption"])


def test_grid_statistics_and_meters_agree(fleet: Tables) -> None:
    """Grid within 0.1 %, purchases alike, statistics within 0.3 %, meters to the last digit of their dial."""
    declared = fleet["declared_output"].group_by("entity_id", "month").agg(pl.col("on_grid_mwh", "purchased_mwh").sum())
    grid = fleet["electricity"].join(declared, on=["entity_id", "month"], suffix="_declared")
    assert grid.height == fleet["electricity"].height
    assert close(grid["on_grid_mwh"], grid["on_grid_mwh_declared"], 0.001)
    assert close(grid["purchased_mwh"], grid["purchased_mwh_declared"])
    assert grid["purchased_mwh"].max() > 0  # type: ignore[operator]
    keys = ["entity_id", "month", "fuel"]
    fuel = fleet["declarations"].group_by(keys).agg(pl.col("fuel_consumption").sum())
    told = fleet["energy_use"].filter(pl.col("source") == "statistics").join(fuel, on=keys)
    assert close(told["consumed"], told["fuel_consumption"], 0.003, 0.5)
    readings = fleet["meter_readings"].with_columns(pl.col("meter_id").str.extract(r"(\d+)$").alias("number"))
    ledger = fleet["power_output"].with_columns(pl.col("unit_id").str.extract(r"^(\d+)").alias("number"))
    read = readings.join(ledger, on=["entity_id", "month", "number"])
    assert read.height == 12 * UNITS
    kwh = (read["reading_end"] - read["reading_begin"]) * read["multiplier"]
    assert close(kwh / 1000, read["generation_mwh"], 0.0, 1.0)
    assert set(fleet["meter_readings"]["meter_id"]) <= set(fleet["meters"]["meter_id"])


def test_heat_streams_make_up_the_heat(fleet: Tables) -> None:
    """Streams add up, their mass and temperatures give their heat, and customers settle a little less."""
    streams = fleet["heat_supply"].group_by(MONTHLY).agg(pl.col("heat_gj", "settled_gj").sum())
    both = fleet["power_output"].filter(pl.col("heat_gj") > 0).join(streams, on=MONTHLY, suffix="_streams")
    assert both.height == streams.height
    assert close(both["heat_gj"], both["heat_gj_streams"])
    assert (both["settled_gj"] / both["heat_gj"]).is_between(0.9, 1.0).all()
    steam = fleet["heat_supply"].filter(pl.col("medium") == "steam")
    assert close(steam["mass_t"] * (steam["enthalpy_kj_per_kg"] - 83.74) / 1000, steam["heat_gj"], 0.001, 0.05)
    water = fleet["heat_supply"].filter(pl.col("medium") == "hot_water")
    degrees = water["temperature_c"] - water["return_temperature_c"]
    assert close(water["mass_t"] * degrees * 4.1868e-3, water["heat_gj"], 0.001, 0.05)
    assert set(water["month"].dt.month()) <= {10, 11, 12, 1, 2, 3, 4}


def test_composites_are_in_proportion_to_the_coal(fleet: Tables) -> None:
    """Each day's part of a unit's composite is the day's part of its coal; every burning day has one."""
    days = solid(fleet["fuel_use"]).filter(pl.col("consumption") > 0)
    single = days.filter(pl.len().over("entity_id", "unit_id", "date") == 1)
    both = fleet["composites"].join(single, on=["entity_id", "unit_id", "date"])
    both = both.with_columns(pl.col("date").dt.truncate("1mo").alias("month"))
    mass, coal = pl.col("sub_mass_g"), pl.col("consumption")
    off = (mass / mass.sum().over(MONTHLY) - coal / coal.sum().over(MONTHLY)).abs()
    assert both.select(off.max()).item() < 0.002
    assert fleet["composites"].height == fleet["calorific_value"].height == days.height


def test_dates_run_forward_and_numbers_with_them(fleet: Tables) -> None:
    """From sampling to issue within 40 days; a laboratory's numbers rise with issue; its papers are valid."""
    slips = fleet["fuel_samples"]
    papers = fleet["element_carbon"].join(slips, on=["entity_id", "unit_id", "sample_id"], suffix="_slip")
    assert papers.height == fleet["element_carbon"].height == slips.height
    for earlier, later in pairwise(CHAIN):
        assert (papers[earlier] <= papers[later]).all(), (earlier, later)
    assert (papers["received_on"] == papers["received_on_slip"]).all()
    assert (papers["issued_on"] - papers["sampled_to"]).max() <= timedelta(days=40)  # type: ignore[operator]
    reports = (
        papers.unique("report_no").sort("report_no").with_columns(pl.col("report_no").str.slice(0, 8).alias("run"))
    )
    assert reports.select(pl.col("issued_on").diff().over("run").min()).item() >= timedelta(0)
    assert papers.select("entity_id", "sample_id", "report_no").unique().height == reports.height
    valid = papers.join(fleet["laboratories"].filter(pl.col("scheme") == "CMA"), on="lab_id")
    assert ((valid["tested_on"] >= valid["valid_from"]) & (valid["issued_on"] <= valid["valid_to"])).all()


def test_filings_are_in_time(fleet: Tables) -> None:
    """Within the limit, after the laboratory's report; the plan before the year begins."""
    monthly = fleet["filings"].filter(pl.col("kind") == "monthly")
    assert (monthly["filed_on"] <= monthly["due_on"]).all()
    issued = fleet["element_carbon"].group_by("entity_id", "month").agg(pl.col("issued_on").max())
    filed = monthly.join(issued, on=["entity_id", "month"])
    assert (filed["issued_on"] <= filed["filed_on"]).all()
    plans = fleet["filings"].filter(pl.col("kind") == "plan")
    assert set(plans["month"]) == {date(YEAR, 1, 1), date(YEAR + 1, 1, 1)}
    assert (plans["filed_on"] < plans["month"]).all()


def test_stops_are_in_the_log(fleet: Tables) -> None:
    """Every start of the daily log ends a stop, and between its days the unit does not run; oil is burnt at a start."""
    starts = fleet["power_daily"].filter(pl.col("starts") > 0)
    ended = starts.join(
        fleet["outages"], left_on=["entity_id", "unit_id", "date"], right_on=["entity_id", "unit_id", "to"]
    )
    assert ended.height == starts.height == fleet["outages"].height
    still = fleet["outages"].join(fleet["power_daily"], on=["entity_id", "unit_id"])
    still = still.filter((pl.col("date") > pl.col("from")) & (pl.col("date") < pl.col("to")))
    assert still.select(pl.col("generation_mwh", "operating_hours", "heat_gj").sum()).row(0) == (0.0, 0.0, 0.0)
    coal = starts.join(fleet["units"].filter(pl.col("fuel_category") == "coal"), on=["entity_id", "unit_id"])
    oil = fleet["fuel_use"].filter(pl.col("fuel") == "diesel")
    assert coal.join(oil, on=["entity_id", "unit_id", "date"]).height == coal.height
