"""The faults planted in the faulty plant, and what each should be found as.

Each fault is carried through to the figures that depend on it, so that it shows once, where it was made.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from generator.declared import Slips
from generator.figures import Month, Row, Tables, half_up
from generator.laboratory import Report
from generator.operation import Day
from generator.spec import OUTAGES, UNITS

_ONE, _TWO = UNITS


@dataclass(frozen=True)
class Expected:
    """A finding the faulty plant must give (minor or above); no unit: the plant, no month: the year."""

    rule: str
    result: str
    unit: str
    month: str
    field: str
    planted: str


def _month(number: int) -> Month:
    return Month(2025, number)


def planted() -> list[Expected]:
    """All planted faults, as the findings they should give."""
    found = [
        Expected("QTY-01", "", _ONE, "2025-04", "fuel_consumption", "填报燃煤量按日台账合计的 94 % 填写"),
        Expected("QTY-01", "", _TWO, "2025-06", "fuel_consumption", "填报柴油量漏掉启动用油（两日）"),
        Expected("QTY-04", "year", "", "", "consumed", "全年购入量比入炉量与库存变化多 5 %"),
        Expected("QTY-05", "", "", "2025-08", "stock_begin", "期初库存比上月期末多 900 t"),
        Expected("LAB-17", "", _TWO, "2025-07", "carbon_content_tc_per_t", "折算时全水分多加 4 个百分点"),
        Expected("NCV-01", "", _ONE, "2025-09", "ncv_gj_per_t", "月热值取各日算术平均，未按煤量加权"),
        Expected("EMI-01", "", _ONE, "2025-10", "combustion_tco2", "排放量录入时相邻两位数字颠倒"),
        Expected("ELE-03", "", "", "2025-02", "on_grid_mwh", "电网公司结算上网电量比两台机组填报之和少 1.5 %"),
        Expected("HRS-03", "", _ONE, "2025-05", "load_factor_pct", "负荷系数录入时两位数字颠倒"),
        Expected("PRC-01", "", "", "2025-01", "filed_on", "1 月数据晚报 6 天"),
    ]
    for unit in UNITS:  # one sample and one report stand for both units
        found += [
            Expected("LAB-04", "", unit, "2025-03", "received_on", "收样日期早于送样日期 2 天"),
            Expected("LAB-04", "", unit, "2025-11", "issued_on", "报告日期早于检测结束日期"),
            Expected("LAB-07", "", unit, "2025-08", "sample_id", "8 月报告沿用 7 月样品编号（两月送样单缺失）"),
            Expected("LAB-10", "", unit, "2025-12", "c_ad_pct", "12 月报告结果与 2 月报告逐项相同"),
            Expected("LAB-14", "", unit, "2025-06", "c_ad_pct", "空干基碳压低 7 %，发热量未变"),
        ]
    return sorted(found, key=lambda e: (e.rule, e.month, e.unit))


def spoil_reports(reports: dict[Month, Report]) -> dict[Month, Report]:
    """The reports with faults in dates, codes and results."""
    spoilt = dict(reports)
    march, june, november = (spoilt[_month(n)] for n in (3, 6, 11))
    later = {name: getattr(march, name) + timedelta(days=3) for name in ("tested_on", "tested_to", "issued_on")}
    spoilt[_month(3)] = replace(march, sent_on=march.received_on + timedelta(days=2), **later)
    spoilt[_month(11)] = replace(november, issued_on=november.tested_to - timedelta(days=1))
    spoilt[_month(6)] = replace(june, c_ad_pct=half_up(june.c_ad_pct * Decimal("0.93"), 2))
    spoilt[_month(8)] = replace(spoilt[_month(8)], sample_id=spoilt[_month(7)].sample_id)
    source, copy = spoilt[_month(2)], spoilt[_month(12)]
    results = {
        name: getattr(source, name) for name in Report.__dataclass_fields__ if name.endswith(("_pct", "_mj_per_kg"))
    }
    spoilt[_month(12)] = replace(copy, **results)
    return spoilt


def slips(days: list[Day]) -> Slips:
    """The faults in the plant's report."""
    start_up = {day for stop in OUTAGES for day, _ in stop.start_up_diesel_t}
    june = [d.diesel_t for d in days if d.unit == _TWO and d.day.month == 6 and d.day not in start_up]
    return Slips(
        coal_share={(_ONE, _month(4)): Decimal("0.94")},
        diesel_t={(_TWO, _month(6)): sum(june, Decimal(0))},
        moisture_added_pct={(_TWO, _month(7)): Decimal(4)},
        plain_mean_heat={(_ONE, _month(9))},
        mistyped_emission={(_ONE, _month(10))},
        mistyped_load={(_ONE, _month(5))},
    )


def spoil_tables(tables: Tables) -> None:
    """The faults in the evidence, made in place."""
    for row in tables["electricity"]:
        if row["month"] == _month(2):
            row["on_grid_mwh"] = half_up(_decimal(row, "on_grid_mwh") * Decimal("0.985"), 3)
    for row in tables["energy_use"]:
        if row["source"] == "stock_ledger":
            row["purchased"] = _decimal(row, "purchased") + half_up(_decimal(row, "consumed") * Decimal("0.05"), 2)
            if row["month"] == _month(8):
                # 900 t less bought: the month itself still balances as before
                row["stock_begin"] = _decimal(row, "stock_begin") + 900
                row["purchased"] = _decimal(row, "purchased") - 900
    for row in tables["filings"]:
        if row["kind"] == "monthly" and row["month"] == _month(1) and isinstance(row["due_on"], date):
            row["filed_on"] = row["due_on"] + timedelta(days=6)
    tables["fuel_samples"] = [
        r
        for r in tables["fuel_samples"]
        if isinstance(r["sampled_from"], date) and r["sampled_from"].month not in (7, 8)
    ]


def _decimal(row: Row, column: str) -> Decimal:
    found = row[column]
    if not isinstance(found, Decimal):
        raise TypeError(f"{column} holds {found!r}, not a figure")
    return found
