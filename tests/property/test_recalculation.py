"""What the arithmetic of the guides keeps to, whatever the figures: the formulas, parameters and views that ship."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from figures_case import Figures, days
from hypothesis import given, settings
from hypothesis import strategies as st

from mrvaudit import derived
from mrvaudit.parameters import value_at
from mrvaudit.sector import load_sector

MONTH = date(2025, 3, 1)
CARBON, HEAT = st.integers(3000, 7500).map(lambda n: n / 100), st.integers(8000, 29000).map(lambda n: n / 1000)
MOISTURE, TOTAL_MOISTURE = st.integers(50, 1500).map(lambda n: n / 100), st.integers(20, 450).map(lambda n: n / 10)
DAYS = st.lists(
    st.tuples(st.integers(10_000, 900_000).map(lambda n: n / 100), TOTAL_MOISTURE, HEAT), min_size=1, max_size=9
)
UNITS = st.lists(
    st.tuples(DAYS, CARBON, MOISTURE, st.sampled_from(("composite", "daily", "default"))), min_size=1, max_size=6
)


@pytest.fixture(scope="module")
def figures() -> Figures:
    """The power sector."""
    return Figures(load_sector("power"))


def month_of(unit: str, burnt: list[Any], carbon: float, moisture: float, mode: str, times: float = 1.0) -> Any:
    """A unit's month of coal: tonnes of each day times a factor, tested as one composite, day by day, or not at all."""
    per_day = [
        {"consumption": tonnes * times, "m_ar_pct": wet, "qnet_ar_mj_per_kg": heat} for tonnes, wet, heat in burnt
    ]
    own = {"unit_id": unit, "fuel": "coal"}
    fuel = days(MONTH, per_day, **own)
    source = "default" if mode == "default" else "measured"
    tests = [row["date"] for row in fuel] if mode == "daily" else [MONTH] if mode == "composite" else []
    kind = {"kind": "daily" if mode == "daily" else "monthly_composite"}
    samples = [{**own, **kind, "sample_id": f"S{one.day}", "sampled_from": one} for one in tests]
    carbons = [
        {**own, "report_no": f"R{one.day}", "sample_id": f"S{one.day}", "month": MONTH, "m_ad_pct": moisture}
        | {"c_ad_pct": carbon - one.day / 10}
        for one in tests
    ]
    declared = {**own, "month": MONTH, "carbon_source": source}
    return {"fuel_use": fuel, "fuel_samples": samples, "element_carbon": carbons, "declarations": [declared]}


def together(*months: Any) -> dict[str, list[Any]]:
    """The rows of several units in one submission."""
    return {name: [row for one in months for row in one[name]] for name in months[0]}


@settings(max_examples=6, deadline=None, derandomize=True)
@given(UNITS, st.integers(100, 50_000).map(lambda n: n / 1000))
def test_emissions_grow_with_the_coal(figures: Figures, units: list[Any], times: float) -> None:
    """Before rounding, k times the coal of every day is k times the emissions, to 1e-9."""
    plain = [month_of(f"A{number}", *one) for number, one in enumerate(units)]
    more = [month_of(f"B{number}", *one, times=times) for number, one in enumerate(units)]
    found = figures.view("unit_month_fuel", together(*plain, *more)).sort("unit_id")["combustion_tco2"].to_list()
    once, scaled = found[: len(units)], found[len(units) :]
    assert None not in found
    assert scaled == pytest.approx([times * one for one in once], rel=1e-9)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(1, 9999), MOISTURE, TOTAL_MOISTURE)
def test_a_basis_and_back(figures: Figures, hundredths: int, m_ad: float, m_ar: float) -> None:
    """Air-dried, as received and back, by way of dry coal or not: the printed figure itself, to its last digit."""
    share = hundredths / 100
    ask = f"(?::DOUBLE, ?::DOUBLE, ?::DOUBLE, DATE '{MONTH}')"
    received = figures.value(f"share_as_received{ask}", share, m_ad, m_ar)
    assert share == figures.value(f"share_air_dried_printed{ask}", received, m_ad, m_ar)
    dry = figures.value(f"share_dry(?::DOUBLE, ?::DOUBLE, DATE '{MONTH}')", share, m_ad)
    by_dry = figures.value(f"carbon_ar_from_d(?::DOUBLE, ?::DOUBLE, DATE '{MONTH}')", dry, m_ar)
    direct = figures.value(f"carbon_ar_from_ad{ask}", share, m_ad, m_ar)
    assert [by_dry, received / 100] == pytest.approx([direct, direct], rel=1e-12)
    # With the moistures exchanged the same formula leads back.
    assert share == figures.value(
        "half_up(?::DOUBLE, 2)", 100 * figures.value(f"carbon_ar_from_ad{ask}", 100 * direct, m_ar, m_ad)
    )


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.lists(st.tuples(DAYS, CARBON, MOISTURE), min_size=1, max_size=6))
def test_a_default_in_place_of_a_measurement(figures: Figures, units: list[Any]) -> None:
    """The month whose test does not count has exactly the default's figure, and its tree names the default."""
    months = [together(month_of(f"U{number}", *one, "composite")) for number, one in enumerate(units)]
    for one in months:
        one["declarations"][0]["carbon_source"] = "default"
    found = figures.view("unit_month_fuel", together(*months))
    sector = figures.sector
    context = derived.Context(
        sector.units, sector.tables, sector.parameters, sector.formulas, sector.views, sector.macros
    )
    view = next(one for one in sector.views if one.view == "unit_month_fuel")
    default = value_at(sector.parameters["carbon_default_tc_per_gj"], "coal", "2025-03")
    oxidation = value_at(sector.parameters["oxidation_pct"], "coal", "2025-03")
    assert default is not None and oxidation is not None
    for row in found.iter_rows(named=True):
        tonnes, heat = row["fuel_t"], row["ledger_ncv_gj_per_t"]
        carbon = figures.value(f"carbon_from_heat(?::DOUBLE, ?::DOUBLE, DATE '{MONTH}')", heat, default.value)
        ask = f"combustion(?::DOUBLE, ?::DOUBLE, ?::DOUBLE, DATE '{MONTH}')"
        assert figures.value(ask, tonnes, carbon, oxidation.value) == row["combustion_tco2"]
        chosen = derived.tree(context, view, row, "carbon_tc_per_t")
        taken = [one for one in chosen["args"] if one.get("formula") and one["value"] == chosen["value"]]
        assert ["carbon_from_heat"] == [one["formula"] for one in taken]
        named = {one.get("parameter"): one for one in taken[0]["args"]}["carbon_default_tc_per_gj"]
        assert (default.value, default.basis.model_dump()) == (named["value"], named["basis"])


def test_a_daily_sample_without_its_day_stands_for_no_coal(figures: Figures) -> None:
    """One test of a day whose date is not stated is not that of the whole month: the month's carbon is unknown."""
    dated = month_of("A", [(1000.0, 12.0, 21.0)], 60.0, 4.0, "daily")
    undated = month_of("B", [(1000.0, 12.0, 21.0)], 60.0, 4.0, "daily")
    undated["fuel_samples"] = [{**row, "sampled_from": None} for row in undated["fuel_samples"]]
    found = figures.view("unit_month_fuel", together(dated, undated)).sort("unit_id")["combustion_tco2"].to_list()
    assert [found[0], None] == found != [None, None]
