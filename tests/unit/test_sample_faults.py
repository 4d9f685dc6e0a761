"""Planted faults: where they are, what follows from them, and that nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from mrvaudit.sector import load_sector
from mrvaudit.sectors.power.sample import fleet as fleets
from mrvaudit.sectors.power.sample.books.declared import Slip
from mrvaudit.sectors.power.sample.books.reported import declare
from mrvaudit.sectors.power.sample.faults.kinds import FAULTS, SIZE_NAMES
from mrvaudit.sectors.power.sample.faults.planting import TRUTH, faults_of
from mrvaudit.sectors.power.sample.fleet import sample, sample_with_faults
from mrvaudit.sectors.power.sample.frames import Tables
from mrvaudit.sectors.power.sample.regime import regime_of
from mrvaudit.sectors.power.sample.world.plants import plan_plants

YEAR = 2025
MONTHLY = ["entity_id", "unit_id", "month"]
MAY = date(YEAR, 5, 1)


@pytest.fixture(scope="module")
def clean() -> Tables:
    """A fleet without faults."""
    return sample(80, YEAR, 2)


@pytest.fixture(scope="module")
def faulty() -> tuple[Tables, pl.DataFrame]:
    """The same fleet with faults at three tenths of its units."""
    return sample_with_faults(80, YEAR, 2, 0.3)


def test_the_registry_is_sound() -> None:
    """Names are unique; sizes grow by two; rules, tables and columns exist."""
    sector = load_sector("power")
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        assert fault.rule_id in sector.rules
        assert fault.field in sector.tables[fault.table].fields
        small, real, gross = fault.sizes
        assert small < real < gross
        if fault.measure in ("share", "point"):
            assert (small, gross) == pytest.approx((real / 2, real * 2))


def test_the_truth_says_what_was_planted(clean: Tables, faulty: tuple[Tables, pl.DataFrame]) -> None:
    """Its columns; about the share asked for; faults of one plant in months of their own; other plants untouched."""
    tables, truth = faulty
    assert dict(truth.schema) == TRUTH
    faults = truth.unique(["entity_id", "fault", "size_name"])
    assert 12 <= faults.height <= 36
    assert set(truth["size_name"]) == {"real"}, "real sizes are dealt first"
    kinds = {fault.name: fault for fault in FAULTS}
    for row in truth.to_dicts():
        fault = kinds[row["fault"]]
        assert row["size"] == fault.sizes[SIZE_NAMES.index(row["size_name"])]
        assert (row["rule_id"], row["table"], row["field"]) == (fault.rule_id, fault.table, fault.field)
        assert (row["unit_id"] is None) == (fault.reach == "plant")
        assert (row["month"] is None) == (fault.span == "year")
    months = truth.drop_nulls("month").group_by("entity_id", "month").agg(pl.col("fault").n_unique())
    assert (months["fault"] == 1).all()
    untouched = pl.col("entity_id").is_in(truth["entity_id"].unique().to_list()).not_()
    for name, table in tables.items():
        assert table.filter(untouched).equals(clean[name].filter(untouched)), name
    assert any(not tables[name].equals(clean[name]) for name in ("declarations", "element_carbon", "fuel_use"))


def test_a_fleet_has_faults_of_every_kind() -> None:
    """They are dealt like cards, the real sizes first: three hundred units with 0.3 of faults see all."""
    _, truth = sample_with_faults(300, YEAR, 1, 0.3)
    assert set(truth.filter(pl.col("size_name") == "real")["fault"]) == {fault.name for fault in FAULTS}


def test_a_kind_whose_rule_does_not_ask_of_the_year_is_left_out() -> None:
    """A plan's time limit is asked of plans for 2026 on, days without a heat test of data to 2025."""
    sector, named = load_sector("power"), {fault.name for fault in FAULTS}
    left_out = {year: named - {fault.name for fault in faults_of(sector, year)} for year in (2022, 2024, 2025, 2026)}
    assert left_out[2025] == set()
    assert left_out[2024] == {"plan_late"}
    assert left_out[2026] == {"untested_days", "grid_factor"}
    assert left_out[2022] == {
        "plan_late",
        "untested_days",
        "issued_late",
        "own_verifier",
        "filing_late",
        "no_attachment",
        "items_missing",
        "lapsed_laboratory",
    }


def test_no_share_no_faults(clean: Tables) -> None:
    """A share of nothing plants nothing; all of it, at nearly every unit."""
    tables, truth = sample_with_faults(80, YEAR, 2, 0.0)
    assert truth.is_empty() and dict(truth.schema) == TRUTH
    assert all(tables[name].equals(clean[name]) for name in clean)
    everywhere, guilty = sample_with_faults(30, YEAR, 2, 1.0)
    assert set(guilty["entity_id"]) == set(everywhere["units"]["entity_id"])


def changed(clean: Tables, slip: Callable[[str, str], Slip]) -> tuple[dict[str, float], dict[str, float], Tables]:
    """The main fuel's row of May before and after a slip at the first unit, and the tables after it."""
    sector = load_sector("power")
    regime = regime_of(sector, YEAR)
    plants = plan_plants(80, YEAR, 2)
    books = fleets.ledgers_of(plants, YEAR, 2, sector, regime)
    first = clean["declarations"].filter((pl.col("fuel") == "coal") & (pl.col("month") == MAY)).row(0, named=True)
    tables = declare(books, [slip(first["entity_id"], first["unit_id"])], regime, YEAR, sector.tables)
    here = (
        (pl.col("entity_id") == first["entity_id"]) & (pl.col("unit_id") == first["unit_id"]) & (pl.col("month") == MAY)
    )
    return first, tables["declarations"].filter(here & (pl.col("fuel") == "coal")).row(0, named=True), tables


def test_what_follows_from_a_slip_follows(clean: Tables) -> None:
    """Three percent less coal declared: emissions, totals, the year and the statistics follow; the ledger does not."""
    before, after, tables = changed(
        clean, lambda entity, unit: Slip(entity, unit, MAY, "fuel_consumption", "coal", 0.97)
    )
    assert after["fuel_consumption"] == pytest.approx(0.97 * before["fuel_consumption"], abs=0.01)
    assert after["combustion_tco2"] == pytest.approx(0.97 * before["combustion_tco2"], rel=1e-6)
    assert after["ncv_gj_per_t"] == before["ncv_gj_per_t"]
    lost = before["combustion_tco2"] - after["combustion_tco2"]
    entity = pl.col("entity_id") == before["entity_id"]
    for name, column in (("declared_totals", "total_tco2"), ("declared_output", "combustion_tco2")):
        gone = clean[name].filter(entity)[column].sum() - tables[name].filter(entity)[column].sum()
        assert gone == pytest.approx(lost, abs=1)
    told = entity & (pl.col("source") == "statistics") & (pl.col("month") == MAY)
    ledger = entity & (pl.col("source") == "stock_ledger")
    assert tables["energy_use"].filter(told)["consumed"].sum() < clean["energy_use"].filter(told)["consumed"].sum()
    assert tables["energy_use"].filter(ledger).equals(clean["energy_use"].filter(ledger))
    others = ~(entity & (pl.col("month") == MAY))
    assert tables["declarations"].filter(others).equals(clean["declarations"].filter(others))


def test_conversion_moisture_stays_unseen_in_the_report(clean: Tables) -> None:
    """Two points more in the conversion only: carbon and what follows fall, the moisture reported does not change."""
    before, after, _ = changed(clean, lambda e, u: Slip(e, u, MAY, "conversion_m_ar_pct", "coal", plus=2.0))
    assert after["m_ar_pct"] == before["m_ar_pct"]
    share = (100 - before["m_ar_pct"] - 2) / (100 - before["m_ar_pct"])
    assert after["carbon_content_tc_per_t"] == pytest.approx(share * before["carbon_content_tc_per_t"], abs=1e-4)
    assert after["carbon_per_heat_tc_per_gj"] < before["carbon_per_heat_tc_per_gj"]
    assert after["combustion_tco2"] < before["combustion_tco2"]
