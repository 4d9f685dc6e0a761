"""What the plant writes down day by day and month by month: fuel, tests, samples, production."""

from datetime import timedelta
from decimal import Decimal

from generator.figures import Month, Row, Tables, half_up, month_of
from generator.laboratory import COMPOSITE_MASS_G, Report
from generator.operation import DIESEL_GJ_PER_T, Day, MonthSum
from generator.production import Production
from generator.spec import MONTHS, UNITS, PlantSpec


def ledger_tables(
    spec: PlantSpec,
    days: list[Day],
    reports: dict[Month, Report],
    sums: dict[tuple[str, Month], MonthSum],
    made: dict[tuple[str, Month], Production],
) -> Tables:
    """The ledger tables of a plant, columns in the order they are written in."""
    return {
        "fuel_use": _fuel_use(days),
        "calorific_value": _calorific_value(days),
        "fuel_samples": _fuel_samples(spec, reports),
        "composites": _composites(days, reports),
        "element_carbon": _element_carbon(spec, reports),
        "power_output": _power_output(sums, made),
    }


def _fuel_use(days: list[Day]) -> list[Row]:
    rows: list[Row] = []
    for d in days:
        # both habits are shown: the second unit's stop is written as zeros, the first unit's is left out
        if d.coal_t or d.unit == UNITS[1]:
            rows.append(
                {
                    "unit_id": d.unit,
                    "fuel": "coal",
                    "date": d.day,
                    "consumption": d.coal_t,
                    "measured_by": "belt_scale",
                    "metering_point": "furnace",
                    "m_ar_pct": d.test.m_ar_pct if d.test else None,
                    "qnet_ar_mj_per_kg": d.test.qnet_ar_mj_per_kg if d.test else None,
                }
            )
        if d.diesel_t:
            rows.append(
                {
                    "unit_id": d.unit,
                    "fuel": "diesel",
                    "date": d.day,
                    "consumption": d.diesel_t,
                    "measured_by": "meter",
                    "metering_point": "furnace",
                    "m_ar_pct": None,
                    "qnet_ar_mj_per_kg": DIESEL_GJ_PER_T,
                }
            )
    return rows


def _calorific_value(days: list[Day]) -> list[Row]:
    return [
        {
            "sample_id": f"R{d.unit[0]}-{d.day:%Y%m%d}",
            "unit_id": d.unit,
            "fuel": "coal",
            "date": d.day,
            "tested_by": "own",
            "qgr_ad_mj_per_kg": d.test.qgr_ad_mj_per_kg,
            "qnet_ar_mj_per_kg": d.test.qnet_ar_mj_per_kg,
            "m_ad_pct": d.test.m_ad_pct,
            "m_ar_pct": d.test.m_ar_pct,
            "h_ad_pct": d.test.h_ad_pct,
            "st_ad_pct": d.test.st_ad_pct,
            "a_ad_pct": d.test.a_ad_pct,
            "v_ad_pct": d.test.v_ad_pct,
        }
        for d in days
        if d.test
    ]


def _fuel_samples(spec: PlantSpec, reports: dict[Month, Report]) -> list[Row]:
    return [
        {
            "sample_id": r.sample_id,
            "unit_id": unit,
            "fuel": "coal",
            "kind": "monthly_composite",
            "sampled_from": r.month.first,
            "sampled_to": r.month.last,
            "sampled_by": "mechanical",
            "prepared_on": r.prepared_on,
            "sent_on": r.sent_on,
            "received_on": r.received_on,
            "mass_kg": half_up(Decimal(COMPOSITE_MASS_G) / 1000, 2),
            "sent_mass_g": r.sent_mass_g,
            "retained_mass_g": r.retained_mass_g,
            "top_size_mm": Decimal("3.0"),
            "seal_no": f"FY{r.month.number:02d}{r.prepared_on:%m%d}",
            "courier_no": f"SX{r.sent_on:%Y%m%d}01",
            "lab_id": spec.lab_id,
            "retained_until": r.issued_on + timedelta(days=400),
        }
        for r in reports.values()
        for unit in UNITS
    ]


def _composites(days: list[Day], reports: dict[Month, Report]) -> list[Row]:
    rows: list[Row] = []
    for month in MONTHS:
        burnt = [d for d in days if d.test and month_of(d.day) == month]
        total = sum((d.coal_t for d in burnt), Decimal(0))
        rows.extend(
            {
                "sample_id": reports[month].sample_id,
                "unit_id": d.unit,
                "date": d.day,
                "sub_mass_g": half_up(COMPOSITE_MASS_G * d.coal_t / total, 1),
            }
            for d in burnt
        )
    return rows


def _element_carbon(spec: PlantSpec, reports: dict[Month, Report]) -> list[Row]:
    return [
        {
            "report_no": r.report_no,
            "sample_id": r.sample_id,
            "unit_id": unit,
            "fuel": "coal",
            "month": r.month,
            "sample_month": r.month,
            "lab_id": spec.lab_id,
            "lab_name": spec.lab_name,
            "cma_no": f"2215999900{spec.lab_id[-2:]}",
            "cnas_no": f"L999{spec.lab_id[-2:]}",
            "lab_sample_no": r.lab_sample_no,
            "received_on": r.received_on,
            "tested_on": r.tested_on,
            "tested_to": r.tested_to,
            "issued_on": r.issued_on,
            "sample_mass_g": r.received_mass_g,
            "c_ad_pct": r.c_ad_pct,
            "m_ad_pct": r.m_ad_pct,
            "m_ar_pct": r.m_ar_pct,
            "h_ad_pct": r.h_ad_pct,
            "st_ad_pct": r.st_ad_pct,
            "a_ad_pct": r.a_ad_pct,
            "v_ad_pct": r.v_ad_pct,
            "fc_ad_pct": r.fc_ad_pct,
            "n_ad_pct": r.n_ad_pct,
            "hydrogen_includes_moisture": False,
            "qgr_ad_mj_per_kg": r.qgr_ad_mj_per_kg,
            "qnet_ar_mj_per_kg": r.qnet_ar_mj_per_kg,
            "method_c": "GB/T 30733-2014",
            "method_q": "GB/T 213-2008",
            "seal_ok": True,
            "verify_result": "match",
        }
        for r in reports.values()
        for unit in UNITS
    ]


def _power_output(sums: dict[tuple[str, Month], MonthSum], made: dict[tuple[str, Month], Production]) -> list[Row]:
    return [
        {
            "unit_id": unit,
            "month": month,
            "generation_mwh": sums[unit, month].generation_mwh,
            "supply_mwh": p.supply_mwh,
            "self_use_mwh": p.self_use_mwh,
            "heat_self_use_mwh": p.heat_self_use_mwh,
            "total_self_use_mwh": p.total_self_use_mwh,
            "heat_gj": sums[unit, month].heat_gj,
            "heat_ratio_pct": p.heat_ratio_pct,
            "operating_hours": sums[unit, month].hours,
            "load_factor_pct": p.load_factor_pct,
        }
        for (unit, month), p in made.items()
    ]
