"""Honest cases of the laboratory and of the day's records: what looks suspicious and is right, and the same too far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Given = dict[str, list[dict[str, Any]]]
PASSED, ASIDE, OPEN = "passed", "not_applicable", "not_assessable"


@dataclass(frozen=True)
class Case:
    """One case for one rule: honest rows, the rows pushed over its limit, and the result that is then found."""

    name: str
    rule: str
    given: Given
    beyond: Given
    found: str
    status: str = PASSED


def months(year: int, count: int = 12) -> list[str]:
    """The first months of a year."""
    return [f"{year}-{number:02}" for number in range(1, count + 1)]


def coal(**row: Any) -> dict[str, Any]:
    """A row about coal in March, unless said otherwise."""
    return {"fuel": "coal", "month": "2025-03", **row}


def report(number: str, **row: Any) -> dict[str, Any]:
    """A report of the carbon laboratory."""
    return coal(report_no=f"R{number}", sample_id=f"S{number}", **row)


def days(*tonnes: float, month: str = "2025-03", **row: Any) -> list[dict[str, Any]]:
    """Daily coal from the first of the month."""
    return [
        {"fuel": "coal", "date": f"{month}-{day:02}", "consumption": one, **row} for day, one in enumerate(tonnes, 1)
    ]


def measured(**row: Any) -> dict[str, Any]:
    """A declaration from a test of carbon."""
    return coal(carbon_source="measured", **row)


def _dried(m_ar: float, carbon: float) -> Given:
    return {
        "declarations": [measured(c_ad_pct=61.40, m_ad_pct=3.10, m_ar_pct=m_ar, carbon_content_tc_per_t=carbon)],
        "element_carbon": [report("1", c_ad_pct=61.40, m_ad_pct=3.10, m_ar_pct=5.2)],
        "fuel_use": days(3000, m_ar_pct=12.6),
    }


def _year(*carbon: float, units: tuple[str, ...] = ("A", "B")) -> list[dict[str, Any]]:
    """One sample of the yard each month, its report standing for every unit."""
    return [
        report(
            f"{number:02}",
            unit_id=unit,
            month=month,
            c_ad_pct=one,
            h_ad_pct=3.71,
            st_ad_pct=0.58,
            m_ad_pct=3.12,
            qgr_ad_mj_per_kg=round(0.394 * one, 2),
        )
        for number, (month, one) in enumerate(zip(months(2025), carbon, strict=False), 1)
        for unit in units
    ]


YARD = _year(62.15, 60.80, 63.02, 61.47, 59.93, 62.66, 61.10, 60.35, 63.41, 62.58, 61.76, 60.02)
TWIN = [*YARD, {**YARD[0], "report_no": "R13", "sample_id": "S13", "month": "2025-05"}]
BORROWED = [*YARD, {**YARD[1], "report_no": "R13", "month": "2025-02"}]


def _companies(extra: list[dict[str, Any]]) -> Given:
    rows = [
        report(
            f"{number:02}",
            entity_id=f"E{number:02}",
            unit_id="1#机组",
            c_ad_pct=round(55 + 0.17 * number, 2),
            qgr_ad_mj_per_kg=round(21.7 + 0.07 * number, 2),
            h_ad_pct=3.5,
            st_ad_pct=0.6,
            m_ad_pct=3.0,
        )
        for number in range(1, 41)
    ]
    return {"element_carbon": [{**row, "sample_id": "2025-03混"} for row in rows] + extra}


MIXED = report("41", entity_id="E01", unit_id="1#机组", month="2025-04", c_ad_pct=55.17, qgr_ad_mj_per_kg=21.77)
MIXED |= {"h_ad_pct": 3.5, "st_ad_pct": 0.6, "m_ad_pct": 3.0}

# Thirty days, no two alike; three equal moistures in a row on the 3rd to the 5th.
FURNACE = [round(2900 + (37.13 * day * day) % 260 + 0.01 * day, 2) for day in range(1, 31)]
HEAT = [round(20.4 + (0.317 * day * day) % 1.1, 3) for day in range(1, 31)]
MOISTURE = [11.4 if 3 <= day <= 5 else round(9.5 + (0.83 * day * day) % 3.9, 2) for day in range(1, 31)]


def _month(copied: bool) -> Given:
    source = [*range(14), 3, 4, 5, *range(17, 30)] if copied else list(range(30))
    rows = days(*(FURNACE[one] for one in source))
    for row, one in zip(rows, source, strict=True):
        row |= {"m_ar_pct": MOISTURE[one], "qnet_ar_mj_per_kg": HEAT[one]}
    return {"fuel_use": rows}


def _december(**row: Any) -> Given:
    sample = {"sample_id": "S12", "fuel": "coal", "kind": "monthly_composite", "sampled_from": "2024-12-01"}
    test = {"received_on": "2025-01-07", "tested_on": "2025-02-03", "issued_on": "2025-02-09"}
    return {
        "fuel_samples": [{**sample, "sampled_to": "2024-12-31", "sent_on": "2025-01-05"}],
        "element_carbon": [report("12", month="2024-12", **{**test, **row})],
    }


def _bunkers(*tonnes: float) -> Given:
    load = [5000, 3100, 3000, 5000][: len(tonnes)]
    return {
        "units": [{"unit_id": "1"}, {"unit_id": "2"}],
        "power_daily": [
            {"unit_id": "2", "date": f"2025-03-{day:02}", "generation_mwh": one} for day, one in enumerate(load, 1)
        ],
        "fuel_use": days(*tonnes, unit_id="2", measured_by="belt_scale", metering_point="bunker"),
    }


def _lignite(carbon_per_heat: float, per_standard_coal: float) -> Given:
    row = {"coal_rank": "lignite", "fuel_consumption": 1000, "ncv_gj_per_t": 29.307, "oxidation_pct": 99}
    figures = {"carbon_per_heat_tc_per_gj": carbon_per_heat, "combustion_tco2": 1000 * per_standard_coal}
    return {"declarations": [measured(**row, **figures)]}


def _august(source: str, carbon: float) -> Given:
    spring = [
        measured(month=month, ncv_gj_per_t=20.9, carbon_content_tc_per_t=one, c_ad_pct=61.0, m_ad_pct=3.0)
        for month, one in zip(months(2025, 7), (0.545, 0.551, 0.548, 0.560, 0.549, 0.553, 0.547), strict=True)
    ]
    return {
        "declarations": [
            *spring,
            coal(month="2025-08", carbon_source=source, ncv_gj_per_t=20.9, carbon_content_tc_per_t=carbon),
        ]
    }


def _net(value: float) -> Given:
    test = {"sample_id": "D1", "fuel": "coal", "date": "2025-03-01", "qgr_ad_mj_per_kg": 24.5, "h_ad_pct": 3.9}
    return {"calorific_value": [{**test, "m_ad_pct": 4, "m_ar_pct": 12, "qnet_ar_mj_per_kg": value}]}


LOAD = [3000 + one for one in (30, -25, 10, -8, 22, -30, 14, -3, 27, -19) * 3]


def _composite(*grams: float) -> Given:
    parts = [{"sample_id": "S3", "date": f"2025-03-{day:02}", "sub_mass_g": one} for day, one in enumerate(grams, 1)]
    return {"fuel_use": days(*LOAD), "composites": parts}


SPLIT = [34 if one > 3010 else 33 for one in LOAD]


def _outage(kept: int, month: str = "2025-03") -> Given:
    """Standstill from the tenth; `kept` of the nine running days have a sub-sample."""
    parts = [{"sample_id": "S3", "date": f"{month}-{day:02}", "sub_mass_g": 50} for day in range(1, kept + 1)]
    return {"fuel_use": days(*[3000] * 9, *[0] * 21, month=month), "composites": parts}


def _supplier(carbon: float) -> Given:
    """Another coal from July: carbon, heat, ash and moisture together."""
    old = {"carbon_content_tc_per_t": 0.552, "ncv_gj_per_t": 21.1}
    new = {"carbon_content_tc_per_t": carbon, "ncv_gj_per_t": 18.2}
    return {
        "declarations": [
            measured(month=month, fuel_consumption=90000, **(new if month > "2025-06" else old))
            for month in months(2025)
        ]
    }


def _tests(*carbon: float) -> Given:
    rows = [report(f"{number:02}", c_d_pct=one) for number, one in enumerate(carbon, 1)]
    return {"element_carbon": [{**row, "month": month} for row, month in zip(rows, months(2025), strict=False)]}


CASES = [
    Case("01 dried composite", "LAB-19", _dried(12.6, 0.5538), _dried(12.4, 0.5551), "differs"),
    Case("01 dried composite", "LAB-17", _dried(12.6, 0.5538), _dried(12.6, 0.5544), "differs"),
    Case("01 dried composite", "LAB-21", _dried(12.6, 0.5538), _dried(2.6, 0.6172), "below"),
    Case("04 lignite", "LAB-27", _lignite(0.02771, 2.948), _lignite(0.03051, 2.948), "beyond"),
    Case("04 lignite", "ENE-10", _lignite(0.02771, 2.948), _lignite(0.02771, 3.2), "high"),
    Case("08 one yard, two units", "LAB-10", {"element_carbon": YARD}, {"element_carbon": TWIN}, "repeated"),
    Case("08 one yard, two units", "LAB-07", {"element_carbon": YARD}, {"element_carbon": BORROWED}, "two_periods"),
    Case("08 one yard, two units", "LAB-11", {"element_carbon": YARD}, _tests(*[62.15] * 12), "collapsed"),
    Case("09 forty companies number alike", "LAB-10", _companies([]), _companies([MIXED]), "repeated"),
    Case(
        "09 forty companies number alike",
        "LAB-07",
        _companies([]),
        _companies([{**MIXED, "sample_id": "2025-03混"}]),
        "two_periods",
    ),
    Case("10 equal moistures", "STA-03", _month(False), _month(True), "copied"),
    Case("10 equal moistures", "QTY-14", _month(False), {"fuel_use": days(*[3000] * 10, *FURNACE[10:])}, "round"),
    Case("12 lab over New Year", "LAB-03", _december(), _december(issued_on="2025-02-10"), "late"),
    Case("12 lab over New Year", "LAB-04", _december(), _december(tested_on="2025-01-06"), "tested"),
    Case("14 bunkers", "QTY-07", _bunkers(7000, 0, 4200), _bunkers(7000, 0, 0, 7000), "without_coal"),
    Case("19 default month", "LAB-28", _august("default", 0.6448), _august("measured", 0.6448), "default_value"),
    Case("19 default month", "LAB-27", _august("default", 0.6448), _august("measured", 0.6500), "beyond"),
    Case("19 default month", "FUL-07", _august("default", 0.6448), _august("default", 0.6548), "carbon"),
    Case("19 default month", "FUL-08", _august("default", 0.6448), _august("default", 0.7014), "carbon"),
    Case("21 constant pressure", "NCV-05", _net(21.400), _net(21.325), "differs"),
    Case("23 flat load", "LAB-24", _composite(*SPLIT), _composite(*SPLIT[:29], 50), "out_of_proportion"),
    Case("23 flat load", "LAB-25", _composite(*SPLIT), _composite(*SPLIT[:29]), "days_missing"),
    Case("an outage of six weeks", "LAB-25", _outage(9), _outage(8), "days_missing"),
    Case("a change of supplier", "LAB-27", _supplier(0.476), _supplier(0.430), "beyond"),
    Case("a change of supplier", "FUL-12", _supplier(0.476), _supplier(476), "carbon"),
    Case("a new unit, three months", "LAB-11", _tests(60.2, 60.25, 60.22), _tests(*[60.2] * 12), "collapsed", OPEN),
]
