"""The year's regulatory numbers, taken from the rule packs."""

from __future__ import annotations

from dataclasses import dataclass

from mrvaudit.parameters import Parameter, value_at
from mrvaudit.sector import Sector

GRID_FACTOR = "grid_factor_tco2_per_mwh"


@dataclass(frozen=True)
class Regime:
    """Numbers of one year. Percent, tC/GJ, GJ/t (gas: GJ/10^4 Nm3), GJ/tce, days, tCO2/MWh (None: not in the packs).

    The limits of condensing units, in percent of efficiency by design and in g/kWh, are what faults are measured from.
    """

    oxidation_pct: dict[str, float]
    carbon_default: dict[str, float]
    ncv_default: dict[str, float]
    standard_coal_gj_per_tce: float
    filing_days: int
    report_days: int
    grid_factor: float | None
    superseded_carbon_default: float
    efficiency_limit_pct: dict[str, float]
    coal_rate_limit_g_per_kwh: float


def regime_of(sector: Sector, year: int) -> Regime:
    """The numbers in force in a year. Where a year has none yet, the last ones before it stand in."""

    def by_key(name: str) -> dict[str, float]:
        parameter = sector.parameters[name]
        return {key: _latest(parameter, key, year) for key in dict.fromkeys(value.key for value in parameter.values)}

    # no stand-in for this one: from some year on purchased electricity has no emissions in the report
    factor = value_at(sector.parameters[GRID_FACTOR], "", f"{year}-01") if GRID_FACTOR in sector.parameters else None
    return Regime(
        oxidation_pct=by_key("oxidation_pct"),
        carbon_default=by_key("carbon_default_tc_per_gj"),
        ncv_default=by_key("ncv_default_gj_per_t"),
        standard_coal_gj_per_tce=_latest(sector.parameters["standard_coal_gj_per_tce"], "", year),
        filing_days=int(_latest(sector.parameters["filing_days"], "", year)),
        report_days=int(_latest(sector.parameters["carbon_report_days"], "", year)),
        grid_factor=None if factor is None else factor.value,
        superseded_carbon_default=_latest(sector.parameters["superseded_carbon_default_tc_per_gj"], "", year),
        efficiency_limit_pct=by_key("condensing_efficiency_pct"),
        coal_rate_limit_g_per_kwh=_latest(sector.parameters["gross_coal_rate_low_g_per_kwh"], "info", year),
    )


def _latest(parameter: Parameter, key: str, year: int) -> float:
    known = value_at(parameter, key, f"{year}-01")
    if known is not None:
        return known.value
    own = sorted((value for value in parameter.values if value.key == key), key=lambda value: value.since)
    before = [value for value in own if value.since <= f"{year}-12"]
    return (before[-1] if before else own[0]).value
