"""What each planted fault changes in a plant's books: what such a fault would change, and nothing besides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
import pytest

from mrvaudit.sector import load_sector
from mrvaudit.sectors.power.sample.books.declared import half_up
from mrvaudit.sectors.power.sample.faults.kinds import FAULTS, Fault
from mrvaudit.sectors.power.sample.faults.scene import Scene, Target, put_back, reported, rows, spans_of
from mrvaudit.sectors.power.sample.fleet import ledgers_of
from mrvaudit.sectors.power.sample.frames import Tables
from mrvaudit.sectors.power.sample.regime import Regime, regime_of
from mrvaudit.sectors.power.sample.world.plants import Plant, plan_plants

YEAR, SEED, UNITS = 2025, 2, 80
KINDS = {fault.name: fault for fault in FAULTS}
MONTH = pl.col("date").dt.truncate("1mo")


@pytest.fixture(scope="module")
def world() -> tuple[list[Plant], Tables, Regime]:
    """Plants and their ledgers, without faults."""
    sector = load_sector("power")
    regime, plants = regime_of(sector, YEAR), plan_plants(UNITS, YEAR, SEED)
    return plants, ledgers_of(plants, YEAR, SEED, sector, regime), regime


World = tuple[list[Plant], Tables, Regime]


def places(world: World, fault: Fault) -> Iterator[tuple[Scene, Target]]:
    """Every plant and month at which the fault might be planted, in order."""
    plants, books, regime = world
    spans = spans_of(books)
    for plant in plants:
        if plant.kind not in fault.kinds:
            continue
        scene = Scene(plant.entity_id, books, spans, regime, YEAR)
        yard = [unit.unit_id for unit in plant.units if unit.kept and unit.yard == plant.units[0].yard]
        units = tuple(yard[:1] if fault.reach == "unit" else yard)
        ledger = rows(scene, "power_output").filter(pl.col("unit_id") == units[0])
        months = ledger.filter(pl.col("operating_hours") >= 240)["month"].to_list()
        fuel = plant.coal.fuel if plant.coal is not None else "natural_gas"
        for month in months[2:]:
            yield scene, Target(units, fuel, month, frozenset(months))


def planted(world: World, name: str, size_at: int = 1) -> tuple[Scene, Target]:
    """The fault at the first place that has something to plant it in."""
    fault = KINDS[name]
    for scene, target in places(world, fault):
        if fault.apply(scene, target, fault.sizes[size_at], np.random.default_rng(1)):
            return scene, target
    raise AssertionError(f"{name} found no place")


def old(scene: Scene, table: str) -> pl.DataFrame:
    """The plant's rows before the fault."""
    return scene.fleet[table].filter(pl.col("entity_id") == scene.entity_id)


def differing(scene: Scene) -> dict[str, set[str]]:
    """Tables and columns in which the plant's books changed; `rows` where rows came or went."""
    found: dict[str, set[str]] = {}
    for name, frame in scene.changed.items():
        was = old(scene, name)
        if was.height != frame.height:
            found[name] = {"rows"}
        elif columns := {column for column in frame.columns if not frame[column].equals(was[column])}:
            found[name] = columns
    return found


@pytest.mark.parametrize("name", KINDS)
def test_every_fault_changes_the_books_or_the_report(world: World, name: str) -> None:
    """In its real size, without leaving the tables' form; other plants keep their rows."""
    scene, _ = planted(world, name)
    assert scene.slips or differing(scene)
    books = world[1]
    put = put_back(books, scene.spans, [scene])
    for table in scene.changed:
        assert put[table].columns == books[table].columns and put[table].dtypes == books[table].dtypes
        elsewhere = pl.col("entity_id").ne_missing(pl.lit(scene.entity_id))
        assert put[table].filter(elsewhere).equals(books[table].filter(elsewhere))
        assert put[table].filter(~elsewhere).equals(scene.changed[table])


def test_a_fault_that_has_no_place_changes_nothing(world: World) -> None:
    """The first month has no month before it: no code to use again, no stock to open with."""
    scene, target = next(places(world, KINDS["opening_stock"]))
    first = date(YEAR, 1, 1)
    none = Target(target.units, target.fuel, first, frozenset({first}))
    for name in ("sample_reused", "results_copied", "opening_stock", "carbon_flat"):
        assert KINDS[name].apply(scene, none, KINDS[name].sizes[1], np.random.default_rng(1)) == (), name
    for name in ("default_as_measured", "old_default", "heat_of_report"):
        assert KINDS[name].apply(scene, none, 2, np.random.default_rng(1)) == (), name
    assert not scene.changed and not scene.slips


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("negative_stock", {"energy_use": {"purchased", "stock_begin", "stock_end"}}),
        ("supply", {"power_output": {"supply_mwh"}}),
        ("hours_beyond", {"power_output": {"operating_hours", "load_factor_pct"}}),
        ("hours_short", {"power_output": {"operating_hours", "load_factor_pct"}}),
        ("items_missing", {"element_carbon": {"h_ad_pct", "st_ad_pct"}}),
        ("issued_late", {"element_carbon": {"issued_on", "report_no"}}),
        ("other_month", {"element_carbon": {"sample_month"}}),
        ("carbon_flat", {"element_carbon": {"c_ad_pct"}}),
        ("ash_of_another", {"element_carbon": {"a_ad_pct", "fc_ad_pct"}}),
        ("uneven_composite", {"composites": {"sub_mass_g"}}),
        ("days_left_out", {"composites": {"rows"}}),
        ("other_scale", {"fuel_use": {"measured_by"}}),
        ("kilocalories", {"fuel_use": {"qnet_ar_mj_per_kg"}}),
        ("net_heat_lower", {"fuel_use": {"qnet_ar_mj_per_kg"}, "calorific_value": {"qnet_ar_mj_per_kg"}}),
        ("untested_days", {"fuel_use": {"qnet_ar_mj_per_kg"}, "calorific_value": {"rows"}}),
        ("statistics_coal", {"statistics_error": {"times"}}),
        ("statistics_heat", {"statistics_error": {"tce_times"}}),
        ("meter_lapsed", {"meters": {"calibrated_on", "due_on", "certificate_no"}}),
        ("plan_late", {"filings": {"filed_on"}}),
        ("unit_class", {"units": {"unit_class"}}),
    ],
)
def test_a_fault_changes_only_what_it_would(world: World, name: str, expected: dict[str, set[str]]) -> None:
    """Columns of the plant's books, at the real size."""
    scene, _ = planted(world, name)
    assert differing(scene) == expected


def test_lower_scales_leave_the_yard_as_it_is(world: World) -> None:
    """Days and the ledger's use fall together; stocks, purchases and tests stay."""
    scene, _ = planted(world, "daily_fuel")
    ledger = rows(scene, "energy_use").filter(pl.col("source") == "stock_ledger")
    assert ledger["consumed"].sum() == pytest.approx(0.95 * old(scene, "energy_use")["consumed"].sum(), rel=1e-6)
    days = rows(scene, "fuel_use").filter(pl.col("fuel") != "diesel")["consumption"].sum()
    assert ledger["consumed"].sum() == pytest.approx(days, abs=1e-4)
    assert differing(scene) == {"fuel_use": {"consumption"}, "energy_use": {"consumed"}}


@pytest.mark.parametrize("name", ["days_without_coal", "rounded_days", "copied_days", "coal_of_a_month"])
def test_stock_ledger_and_composite_follow_the_days(world: World, name: str) -> None:
    """The month's use is the sum of its days, and each day's part of the composite its part of the coal."""
    scene, target = planted(world, name)
    days = rows(scene, "fuel_use").filter(pl.col("fuel") != "diesel")
    burnt = days.group_by("fuel", MONTH.alias("month")).agg(pl.col("consumption").sum())
    ledger = rows(scene, "energy_use").group_by("fuel", "month").agg(pl.col("consumed").sum())
    both = burnt.join(ledger, on=["fuel", "month"])
    assert both.height == burnt.height
    assert (both["consumed"] - both["consumption"]).abs().max() < 1e-4  # type: ignore[operator]
    if name == "coal_of_a_month":
        return
    parts = rows(scene, "composites").filter(MONTH == target.month)
    fuels = rows(scene, "fuel_samples").select("sample_id", "unit_id", "fuel").unique()
    coal = parts.join(fuels, on=["sample_id", "unit_id"]).join(days, on=["unit_id", "fuel", "date"])
    assert coal.height == parts.height == days.filter((MONTH == target.month) & (pl.col("consumption") > 0)).height
    mass, tonnes = pl.col("sub_mass_g"), pl.col("consumption")
    off = coal.select((mass / mass.sum().over("sample_id") - tonnes / tonnes.sum().over("sample_id")).abs().max())
    assert off.item() < 1e-4


def test_days_without_coal_lose_none(world: World) -> None:
    """The month burns what it burnt; the days have neither tests nor coal in the ledger."""
    scene, target = planted(world, "days_without_coal")
    month = (pl.col("unit_id") == target.units[0]) & (MONTH == target.month) & (pl.col("fuel") == target.fuel)
    now, was = (frame.filter(month) for frame in (rows(scene, "fuel_use"), old(scene, "fuel_use")))
    assert now["consumption"].sum() == pytest.approx(was["consumption"].sum(), abs=1e-6)
    still = now.filter(pl.col("consumption") == 0)
    assert still.height == was.filter(pl.col("consumption") == 0).height + KINDS["days_without_coal"].sizes[1]
    assert still["qnet_ar_mj_per_kg"].null_count() == still["m_ar_pct"].null_count() == still.height


def test_copied_days_are_equal_to_those_before(world: World) -> None:
    """Quantity, moisture, heat value and the tests of four days."""
    scene, target = planted(world, "copied_days")
    own = (pl.col("unit_id") == target.units[0]) & (pl.col("fuel") == target.fuel) & (MONTH == target.month)
    for table, columns in (
        ("fuel_use", ["consumption", "m_ar_pct", "qnet_ar_mj_per_kg"]),
        ("calorific_value", ["qgr_ad_mj_per_kg", "a_ad_pct", "m_ad_pct", "h_ad_pct", "qnet_ar_mj_per_kg"]),
    ):
        month = rows(scene, table).filter(own).sort("date").select("date", *columns)
        back = month.with_columns(pl.col("date").dt.offset_by("4d"))
        assert month.join(back, on=["date", *columns], how="inner").height == KINDS["copied_days"].sizes[1]


def test_a_diluted_sample_is_one_coal(world: World) -> None:
    """Every result falls with the coal in it, ash takes the rest: carbon per gross heat stays, the sum too."""
    scene, target = planted(world, "sample_diluted")
    here = pl.col("unit_id").is_in(list(target.units)) & (pl.col("month") == target.month)
    now, was = (frame.filter(here & (pl.col("fuel") == target.fuel)) for frame in
                (rows(scene, "element_carbon"), old(scene, "element_carbon")))  # fmt: skip
    for name in ("c_ad_pct", "h_ad_pct", "n_ad_pct", "v_ad_pct", "qgr_ad_mj_per_kg"):
        assert (now[name] / was[name]).to_list() == pytest.approx([0.9] * now.height, abs=0.006), name
    proximate = now.select(pl.sum_horizontal("m_ad_pct", "a_ad_pct", "v_ad_pct", "fc_ad_pct").alias("sum"))["sum"]
    assert proximate.to_list() == pytest.approx([100] * now.height, abs=1e-9)
    assert (now["a_ad_pct"] > was["a_ad_pct"]).all() and (now["qnet_ar_mj_per_kg"] < was["qnet_ar_mj_per_kg"]).all()


def test_more_heat_of_steam_follows_into_ratio_and_supply(world: World) -> None:
    """Stream and ledger rise alike, the ratio with them; supply is generation less power's part of station use."""
    scene, target = planted(world, "steam_heat")
    here = (pl.col("unit_id") == target.units[0]) & (pl.col("month") == target.month)
    now, was = (frame.filter(here).row(0, named=True) for frame in
                (rows(scene, "power_output"), old(scene, "power_output")))  # fmt: skip
    streams = rows(scene, "heat_supply").filter(here)["heat_gj"].sum()
    assert now["heat_gj"] == pytest.approx(streams, abs=0.01)
    raised = now["heat_gj"] / was["heat_gj"]
    assert now["heat_ratio_pct"] == pytest.approx(was["heat_ratio_pct"] * raised, abs=0.01)
    own = (now["self_use_mwh"] - now["heat_self_use_mwh"]) * (1 - now["heat_ratio_pct"] / 100)
    assert now["supply_mwh"] == pytest.approx(now["generation_mwh"] - own, abs=0.001)
    days = rows(scene, "power_daily").filter((pl.col("unit_id") == target.units[0]) & (MONTH == target.month))
    assert days["heat_gj"].sum() == pytest.approx(now["heat_gj"], rel=1e-5)


def test_an_old_default_stands_where_the_report_is_missing(world: World) -> None:
    """Source, carbon per heat and carbon content of the months agree with it."""
    scene, target = planted(world, "old_default")
    months = reported(scene).filter(
        pl.col("unit_id").is_in(list(target.units))
        & (pl.col("carbon_source") == "default")
        & (pl.col("fuel") == target.fuel)
    )
    assert months["month"].n_unique() == KINDS["old_default"].sizes[1]
    old_value = scene.regime.superseded_carbon_default
    assert set(months["carbon_per_heat_tc_per_gj"]) == {old_value}
    content = months.select(half_up(pl.col("ncv_gj_per_t") * old_value, 4).alias("carbon"))["carbon"]
    assert months["carbon_content_tc_per_t"].to_list() == content.to_list()
