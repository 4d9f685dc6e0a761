"""Honest cases of quantity, output, energy, years and papers."""

from __future__ import annotations

from typing import Any

from honest_cases import ASIDE, OPEN, Case, Given, coal, days, measured

USC = {"capacity_mw": 1000, "steam_class": "ultra_supercritical"}
QUARTER = {"2025-01": 101000, "2025-02": 92000, "2025-03": 95000}


def _chp(supply: float) -> Given:
    row = {"month": "2025-01", "generation_mwh": 100000, "self_use_mwh": 8000, "heat_self_use_mwh": 0}
    return {
        "units": [{"cogeneration": True}],
        "power_output": [{**row, "supply_mwh": supply, "heat_gj": 500000, "heat_ratio_pct": 30}],
    }


def _unit(efficiency: float, rate: float, **unit: Any) -> Given:
    """500,000 MWh at an efficiency, with the coal rate as declared."""
    row = {"month": "2025-03", "generation_mwh": 500000, "operating_hours": 720, "gross_coal_rate_tce_per_mwh": rate}
    fuel = round(500000 * 3.6 / efficiency / 20)
    return {
        "units": [{**USC, **unit}],
        "declarations": [measured(fuel_consumption=fuel, ncv_gj_per_t=20)],
        "declared_output": [row],
    }


def _yard(gap: float) -> Given:
    ledger = {"fuel": "coal", "source": "stock_ledger"}
    return {
        "fuel_use": [*days(95000, month="2025-01"), *days(95000, month="2025-02")],
        "energy_use": [
            {**ledger, "month": "2025-01", "stock_begin": 140000, "purchased": 87000 - gap, "stock_end": 132000},
            {**ledger, "month": "2025-02", "stock_begin": 132000, "purchased": 98100, "stock_end": 132000},
        ],
    }


def _settled(first: str, last: str) -> Given:
    bill = {"month": "2025-02", "source": "settlement", "on_grid_mwh": 245565, "read_from": first, "read_to": last}
    output = [{"month": "2025-01", "on_grid_mwh": 300000}, {"month": "2025-02", "on_grid_mwh": 210000}]
    return {"declared_output": output, "electricity": [bill]}


def _statistics(consumed: float) -> Given:
    row = {"month": "2025-03", "fuel": "coal", "source": "statistics", "period": "year_to_date", "stock_begin": 61000}
    return {
        "declarations": [measured(month=month, fuel_consumption=one) for month, one in QUARTER.items()],
        "energy_use": [{**row, "consumed": consumed}],
    }


def _oil(declared: float) -> Given:
    sums = {"2025-05": 1.9, "2025-06": 25.3, "2025-07": 2.2}
    rows = [{"fuel": "diesel", "date": f"{month}-15", "consumption": one} for month, one in sums.items()]
    told = [{"fuel": "diesel", "month": month, "fuel_consumption": one} for month, one in sums.items()]
    return {"fuel_use": rows, "declarations": [told[0], {**told[1], "fuel_consumption": declared}, told[2]]}


def _papers(calibrated: str, old_until: str) -> Given:
    old = {"meter_id": "OLD", "calibrated_on": "2024-07-01", "due_on": old_until}
    new = {"meter_id": "NEW", "calibrated_on": calibrated, "due_on": "2026-06-09"}
    return {
        "meters": [{**row, "unit_id": "U1", "kind": "belt_scale"} for row in (old, new)],
        "power_output": [{"month": "2025-01", "generation_mwh": 10}, {"month": "2025-12", "generation_mwh": 10}],
    }


def _transformer(second: float) -> Given:
    return {
        "units": [{"unit_id": "A"}, {"unit_id": "B"}],
        "declared_output": [
            {"unit_id": "A", "month": "2025-03", "on_grid_mwh": 98900},
            {"unit_id": "B", "month": "2025-03", "on_grid_mwh": second},
        ],
        "electricity": [{"month": "2025-03", "source": "grid_company", "on_grid_mwh": 191000}],
    }


def _back_pressure(cogeneration: bool) -> Given:
    """(3.6 × 30,000 + 500,000) / 671,823 = 0.905, and a summer without steam."""
    unit = {"cogeneration": cogeneration, "cooling": "back_pressure", "capacity_mw": 50, "steam_class": "high"}
    winter = {"month": "2025-01", "generation_mwh": 30000, "heat_gj": 500000, "operating_hours": 720}
    summer = {"month": "2025-07", "generation_mwh": 0, "heat_gj": 0, "operating_hours": 0}
    return {
        "units": [unit],
        "declarations": [measured(month="2025-01", fuel_consumption=33591.15, ncv_gj_per_t=20)],
        "declared_output": [winter, summer],
    }


def _vehicles(consumed: float) -> Given:
    ledger = {"month": "2025-03", "source": "statistics"}
    return {
        "declarations": [
            measured(fuel_consumption=95000),
            {"month": "2025-03", "fuel": "diesel", "fuel_consumption": 28},
        ],
        "energy_use": [
            {**ledger, "fuel": "coal", "consumed": consumed},
            {**ledger, "fuel": "gasoline", "consumed": 31},
            {**ledger, "fuel": "diesel", "consumed": 120},
        ],
    }


def _purchased(month: str, **row: Any) -> Given:
    return {"declarations": [coal(month=month, carbon_source="measured", purchased_mwh=412, **row)]}


def _printed(emission: float) -> Given:
    row = {"fuel_consumption": 100000, "carbon_content_tc_per_t": 0.5683, "oxidation_pct": 99}
    return {"declarations": [measured(**row, combustion_tco2=emission)]}


def _hours(month: str, hours: float) -> Given:
    return {"declared_output": [{"month": month, "generation_mwh": 100000, "operating_hours": hours}]}


def _standstill(generation: float) -> Given:
    running = {"generation_mwh": 150000, "operating_hours": 700}
    return {
        "declared_output": [
            {"month": "2025-03", **running},
            {"month": "2025-04", "generation_mwh": generation, "operating_hours": 0},
            {"month": "2025-05", "generation_mwh": 80000, "operating_hours": 400},
        ]
    }


def _load(rate: float) -> Given:
    row = {"month": "2025-10", "generation_mwh": 60000, "operating_hours": 700}
    return {"declared_output": [{**row, "gross_coal_rate_tce_per_mwh": rate}]}


def _young(year: float) -> Given:
    """Three months of a unit that began in October."""
    told = [measured(month=f"2024-{number}", fuel_consumption=1000, combustion_tco2=1815) for number in (10, 11, 12)]
    return {
        "units": [{"commissioned_on": "2024-10-01"}],
        "declarations": told,
        "declared_year": [{"year": 2024, "fuel": "coal", "fuel_consumption": year, "combustion_tco2": 5445}],
    }


def _group(factor: float) -> Given:
    row = {"unit_id": "G", "month": "2025-03", "generation_mwh": 450000, "operating_hours": 625}
    return {"units": [{"unit_id": "G", "capacity_mw": 900}], "declared_output": [{**row, "load_factor_pct": factor}]}


def _filed(day: str) -> Given:
    return {"filings": [{"month": "2024-02", "filed_on": day}]}


def _read_back(per_heat: float) -> Given:
    """0.5538 / 20.900 = 0.026498, printed with five digits."""
    row = {"carbon_content_tc_per_t": 0.5538, "ncv_gj_per_t": 20.900, "fuel_consumption": 1000}
    return {"declarations": [measured(**row, carbon_per_heat_tc_per_gj=per_heat)]}


def _with_gas(oxidation: float) -> Given:
    gas = {"month": "2025-03", "fuel": "natural_gas", "fuel_consumption": 50, "carbon_source": "default"}
    told = measured(fuel_consumption=90000, carbon_content_tc_per_t=0.5538, ncv_gj_per_t=20.9, oxidation_pct=99)
    return {"declarations": [told, {**gas, "oxidation_pct": oxidation}]}


def _feeders(later: str) -> Given:
    plan = {"parameter": "A", "version": 1, "valid_from": "2025-01-01", "valid_to": "2025-06-13"}
    used = {"2025-06-13": "belt_scale", "2025-06-14": "feeder", "2025-07-14": later}
    return {
        "control_plan": [
            {**plan, "source": "belt_scale"},
            {"parameter": "A", "version": 2, "valid_from": "2025-06-14", "source": "feeder"},
        ],
        "fuel_use": [
            {"fuel": "coal", "date": day, "consumption": 3000, "measured_by": meter} for day, meter in used.items()
        ],
    }


PLANT = [
    Case("02 CHP supply", "ELE-02", _chp(94400), _chp(94501), "differs"),
    Case("03 good USC unit", "ENE-03", _unit(0.470, 0.2614), _unit(0.470, 0.2399), "beyond"),
    Case("03 good USC unit", "ENE-04", _unit(0.470, 0.2614), _unit(0.516, 0.2380), "beyond"),
    Case("06 big yard", "QTY-04", _yard(3400), _yard(3900), "month"),
    Case(
        "07 settlement 25th to 25th",
        "ELE-03",
        _settled("2025-01-26", "2025-02-25"),
        _settled("2025-02-01", "2025-02-28"),
        "differs",
        OPEN,
    ),
    Case("11 205-1", "QTY-12", _statistics(288000), _statistics(300000), "differs"),
    Case("11 205-1", "ENE-05", _statistics(288000), _statistics(300000), "quantity"),
    Case("15 ignition oil", "QTY-01", _oil(25.3), _oil(28.3), "differs"),
    Case(
        "16 exchanged belt scale",
        "PRC-09",
        _papers("2025-06-10", "2025-06-30"),
        _papers("2025-07-05", "2025-06-30"),
        "lapsed",
    ),
    Case("17 start-up transformer", "ELE-03", _transformer(92100), _transformer(95000), "differs"),
    Case("18 back pressure", "BND-05", _back_pressure(True), _back_pressure(False), "heat"),
    Case("18 back pressure", "ENE-03", _back_pressure(True), _load(0.20), "beyond", ASIDE),
    Case("20 petrol in statistics", "QTY-12", _vehicles(95000), _vehicles(99000), "differs"),
    Case("20 petrol in statistics", "ENE-05", _vehicles(95000), _vehicles(99000), "quantity"),
    Case(
        "22 purchased since 2026",
        "FUL-09",
        _purchased("2026-03"),
        _purchased("2025-03", grid_ef_tco2_per_mwh=0.8843),
        "differs",
        ASIDE,
    ),
    Case("24 printed digits", "EMI-01", _printed(206305.00), _printed(206480.43), "differs"),
    Case("an outage of six weeks", "HRS-02", _standstill(0), _standstill(10), "without_hours"),
    Case("low load, high coal rate", "ENE-03", _load(0.345), _load(0.2399), "beyond"),
    Case("a new unit, three months", "EMI-04", _young(3000), _young(3010), "consumption"),
    Case("two units in one merged group", "HRS-03", _group(80.00), _group(80.20), "differs"),
    Case("a leap-year February", "HRS-01", _hours("2024-02", 696), _hours("2025-02", 696), "beyond"),
    Case("a leap-year February", "PRC-01", _filed("2024-04-09"), _filed("2024-04-10"), "late"),
    Case("read back from print", "EMI-03", _read_back(0.02650), _read_back(0.02653), "differs"),
    Case("gas co-firing", "FUL-06", _with_gas(99), _with_gas(98), "differs"),
    Case("a belt scale replaced by feeders", "PRC-04", _feeders("feeder"), _feeders("belt_scale"), "differs"),
]
