"""The faults that can be planted: each changes what a falsifier or a slip would, and what follows from it follows.

To add one: write a function that takes a scene, a target, a size and random numbers, changes the plant's books with
`change` or adds a `Slip` to the report, and returns the months it spoilt (findings are due from the target's month on);
then add a line to FAULTS with the rule it is meant for and its three sizes. It returns no month, and changes nothing,
where the books have nothing to plant it in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mrvaudit.sectors.power.sample.faults import of_days as days
from mrvaudit.sectors.power.sample.faults import of_declarations as declared
from mrvaudit.sectors.power.sample.faults import of_ledgers as ledgers
from mrvaudit.sectors.power.sample.faults import of_output as output
from mrvaudit.sectors.power.sample.faults import of_papers as papers
from mrvaudit.sectors.power.sample.faults import of_reports as reports
from mrvaudit.sectors.power.sample.faults import of_samples as samples
from mrvaudit.sectors.power.sample.faults.scene import Apply

SIZE_NAMES = ("small", "real", "gross")
Reach = Literal["unit", "report", "units", "plant"]
Measure = Literal["share", "point", "days", "hours", "months", "items", "papers", "times", "g/kWh"]


@dataclass(frozen=True)
class Fault:
    """A kind of fault. `table` and `field` are where a finding about it is expected.

    `reach`: a unit, the units that share a laboratory report, each unit of the plant, or the plant as such. `sizes`:
    small, real, gross, in `measure`. `kinds`: plants whose main fuel it can be planted at. `ahead`: years that the
    record lies ahead of the data year.
    """

    name: str
    rule_id: str
    table: str
    field: str
    reach: Reach
    span: Literal["month", "year"]
    sizes: tuple[float, float, float]
    measure: Measure
    apply: Apply
    kinds: tuple[str, ...] = ("coal", "gangue")
    ahead: int = 0


_ANY, _COAL = ("coal", "gangue", "gas"), ("coal",)
_FORM, _OUTPUT, _YEAR = "declarations", "declared_output", "declared_year"
_REPORT, _SAMPLE, _LEDGER = "element_carbon", "composites", "energy_use"
_FUEL, _TESTS, _MADE, _UNITS = "fuel_use", "calorific_value", "power_output", "units"
_ONE, _TWO, _THREE, _FOUR, _FIVE, _SIX = ((n / 200, n / 100, n / 50) for n in (1, 2, 3, 4, 5, 6))
_TEN, _FIFTH = (0.05, 0.10, 0.20), (0.10, 0.20, 0.40)
_TWICE, _DEGREES, _LATE = (1, 2, 4), (1, 2, 3), (2, 5, 10)

FAULTS = (
    # fuel
    Fault("declared_fuel", "QTY-01", _FORM, "fuel_consumption", "unit", "month", _THREE, "share",
          declared.slips("fuel_consumption"), _ANY),
    Fault("stock_purchases", "QTY-04", _LEDGER, "consumed", "plant", "year", _SIX, "share", ledgers.purchases),
    Fault("daily_fuel", "QTY-04", _LEDGER, "consumed", "plant", "year", _FIVE, "share", days.lower_scales),
    Fault("opening_stock", "QTY-05", _LEDGER, "stock_begin", "plant", "month", _SIX, "share", ledgers.opening_stock),
    Fault("negative_stock", "QTY-06", _LEDGER, "stock_end", "plant", "month", _TWO, "share", ledgers.negative_stock),
    Fault("days_without_coal", "QTY-07", _FUEL, "consumption", "unit", "month", _TWICE, "days",
          days.days_without_coal),
    Fault("statistics_coal", "QTY-12", _LEDGER, "consumed", "plant", "month", _THREE, "share",
          ledgers.statistics("times")),
    Fault("statistics_heat", "QTY-13", _LEDGER, "consumed_tce", "plant", "month", _THREE, "share",
          ledgers.statistics("tce_times")),
    Fault("rounded_days", "QTY-14", _FUEL, "consumption", "unit", "month", (0.25, 0.5, 1.0), "share",
          days.rounded_days),
    Fault("copied_days", "STA-03", _FUEL, "consumption", "unit", "month", (2, 4, 8), "days", days.copied_days),
    Fault("unit_of_quantity", "FUL-12", _FORM, "fuel_consumption", "unit", "month", (10, 1000, 10_000), "times",
          declared.unit_of_quantity, _ANY),
    # the laboratory and its sample
    Fault("items_missing", "LAB-01", _REPORT, "h_ad_pct", "report", "month", _DEGREES, "items",
          reports.items_missing),
    Fault("lapsed_laboratory", "LAB-02", _REPORT, "lab_id", "report", "month", (15, 30, 60), "days",
          samples.lapsed_laboratory),
    Fault("issued_late", "LAB-03", _REPORT, "issued_on", "report", "month", _LATE, "days", reports.issued_late),
    Fault("received_early", "LAB-04", _REPORT, "received_on", "report", "month", _TWICE, "days",
          reports.received_early),
    Fault("issued_early", "LAB-04", _REPORT, "issued_on", "report", "month", _TWICE, "days", reports.issued_early),
    Fault("other_month", "LAB-05", _REPORT, "sample_month", "report", "month", _TWICE, "months",
          reports.other_month),
    Fault("sample_reused", "LAB-07", _REPORT, "sample_id", "report", "month", _TWICE, "months",
          reports.sample_reused),
    Fault("results_copied", "LAB-10", _REPORT, "c_ad_pct", "report", "month", (4, 5, 6), "items",
          reports.results_copied),
    Fault("carbon_flat", "LAB-11", _REPORT, "c_ad_pct", "report", "year", (10, 20, 40), "times", reports.carbon_flat),
    Fault("carbon_lowered", "LAB-14", _REPORT, "c_ad_pct", "report", "month", _FIVE, "share",
          reports.carbon_lowered),
    Fault("laboratory_low", "LAB-14", _REPORT, "c_ad_pct", "report", "year", _THREE, "share",
          reports.laboratory_low),
    Fault("ash_of_another", "LAB-16", _REPORT, "c_ad_pct", "report", "month", _TWICE, "point",
          reports.ash_of_another),
    Fault("conversion_moisture", "LAB-17", _FORM, "carbon_content_tc_per_t", "unit", "month", _TWICE, "point",
          declared.slips("conversion_m_ar_pct", adds=True, more=True)),
    Fault("declared_moisture", "LAB-19", _FORM, "m_ar_pct", "unit", "month", _TWICE, "point",
          declared.slips("m_ar_pct", adds=True, more=True)),
    Fault("total_below_inner", "LAB-21", _FORM, "m_ar_pct", "unit", "month", (0.5, 1, 2), "point",
          declared.total_below_inner),
    Fault("uneven_composite", "LAB-24", _SAMPLE, "sub_mass_g", "unit", "month", (0.5, 1, 2), "point",
          samples.uneven_composite),
    Fault("days_left_out", "LAB-25", _SAMPLE, "date", "unit", "month", _TWICE, "days", samples.days_left_out),
    Fault("sample_diluted", "LAB-27", _FORM, "carbon_per_heat_tc_per_gj", "report", "month", _TEN, "share",
          reports.sample_diluted),
    Fault("default_as_measured", "LAB-28", _FORM, "carbon_source", "unit", "month", _TWICE, "months",
          declared.default_as_measured),
    # heat value and constants
    Fault("heat_value", "NCV-01", _FORM, "ncv_gj_per_t", "unit", "month", _THREE, "share",
          declared.slips("ncv_gj_per_t")),
    Fault("untested_days", "NCV-02", _FUEL, "qnet_ar_mj_per_kg", "unit", "month", _TWICE, "days",
          days.untested_days),
    Fault("heat_of_report", "NCV-03", _FORM, "ncv_gj_per_t", "unit", "month", _TWICE, "months",
          declared.heat_of_report),
    Fault("net_heat_lower", "NCV-05", _TESTS, "qnet_ar_mj_per_kg", "unit", "month", _THREE, "share",
          days.net_heat_lower),
    Fault("kilocalories", "NCV-06", _FUEL, "qnet_ar_mj_per_kg", "unit", "month", _TWICE, "days", days.kilocalories),
    Fault("oxidation", "FUL-06", _FORM, "oxidation_pct", "unit", "month", (0.5, 1, 2), "point",
          declared.slips("oxidation_pct", adds=True), _ANY),
    Fault("default_of_oil", "FUL-07", _FORM, "carbon_per_heat_tc_per_gj", "unit", "month", _FIVE, "share",
          declared.default_of_oil),
    Fault("old_default", "FUL-08", _FORM, "carbon_per_heat_tc_per_gj", "report", "month", _TWICE, "months",
          declared.old_default, _COAL),
    Fault("grid_factor", "FUL-09", _FORM, "grid_ef_tco2_per_mwh", "unit", "month", _FIVE, "share",
          declared.grid_factor, _ANY),
    # sums
    Fault("emission_arithmetic", "EMI-01", _FORM, "combustion_tco2", "unit", "month", _TWO, "share",
          declared.slips("combustion_tco2"), _ANY),
    Fault("sum_of_fuels", "EMI-02", _OUTPUT, "combustion_tco2", "unit", "month", _TWO, "share",
          declared.slips("combustion_tco2", of_fuel=False), _ANY),
    Fault("carbon_per_heat", "EMI-03", _FORM, "carbon_per_heat_tc_per_gj", "unit", "month", _TWO, "share",
          declared.slips("carbon_per_heat_tc_per_gj"), _ANY),
    Fault("sum_of_months", "EMI-04", _YEAR, "combustion_tco2", "unit", "year", _TWO, "share",
          declared.year_of_emissions, _ANY),
    # output and energy
    Fault("supply", "ELE-02", _MADE, "supply_mwh", "unit", "month", _TWO, "share", output.supply, _ANY),
    Fault("generation", "ELE-03", "electricity", "on_grid_mwh", "plant", "month", _TWO, "share",
          output.generation, _ANY),
    Fault("steam_heat", "HEA-04", "heat_supply", "heat_gj", "unit", "month", _FIFTH, "share", output.steam_heat, _ANY),
    Fault("hours_beyond", "HRS-01", _OUTPUT, "operating_hours", "unit", "month", (6, 12, 24), "hours",
          output.hours_beyond, _ANY),
    Fault("hours_short", "HRS-02", _OUTPUT, "operating_hours", "unit", "month", _FIVE, "share",
          output.hours_short, _ANY),
    Fault("load_factor", "HRS-03", _OUTPUT, "load_factor_pct", "unit", "month", _TWO, "share",
          declared.slips("load_factor_pct", of_fuel=False), _ANY),
    Fault("statistics_month", "ENE-01", _LEDGER, "consumed_tce", "plant", "month", _TWO, "share",
          ledgers.statistics("tce_times"), ("coal", "gas")),
    Fault("coal_rate", "ENE-03", _OUTPUT, "gross_coal_rate_tce_per_mwh", "unit", "month", (7.5, 15, 30), "g/kWh",
          declared.coal_rate),
    Fault("coal_of_a_month", "ENE-04", _OUTPUT, "generation_mwh", "unit", "month", _TWICE, "point",
          days.coal_of_a_month),
    Fault("statistics_year", "ENE-05", _LEDGER, "consumed", "plant", "year", _THREE, "share",
          ledgers.statistics("times", all_year=True), ("coal", "gas")),
    Fault("calorimeter_high", "ENE-10", _FORM, "combustion_tco2", "unit", "month", _TEN, "share",
          days.calorimeter_high),
    # papers
    Fault("unit_class", "BND-03", _UNITS, "unit_class", "unit", "year", _DEGREES, "papers", papers.unit_class, _COAL),
    Fault("no_cogeneration", "BND-05", _UNITS, "cogeneration", "unit", "year", _DEGREES, "papers",
          papers.no_cogeneration, _ANY),
    Fault("filing_late", "PRC-01", "filings", "filed_on", "plant", "month", _LATE, "days", papers.filing, _ANY),
    Fault("plan_late", "PRC-03", "filings", "filed_on", "plant", "year", _LATE, "days", papers.plan_filing, _ANY,
          ahead=1),
    Fault("other_scale", "PRC-04", "control_plan", "method", "unit", "month", (2, 4, 8), "days",
          days.other_scale, _COAL),
    Fault("no_attachment", "PRC-05", "attachments", "kind", "units", "month", _DEGREES, "papers",
          papers.no_attachment, _ANY),
    Fault("meter_lapsed", "PRC-09", "meters", "due_on", "unit", "month", (5, 10, 20), "days",
          papers.meter_lapsed, _ANY),
    Fault("own_verifier", "PRC-12", "verifications", "verifier_name", "units", "year", _DEGREES, "papers",
          papers.own_verifier, _ANY),
)  # fmt: skip
