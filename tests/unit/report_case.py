"""A small run made by hand: two units of a plant and one unit whose names try to break out of the page.

Months, fuels and figures are invented. Views are written as the derived views would be, so that the tests of the
reports need neither the reading of files nor the database.
"""

from __future__ import annotations

import atexit
import calendar
import shutil
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit import report
from mrvaudit.model import CHECKS, FINDING_INTERNAL, FINDINGS, QUARANTINE, SCORES, Audit, Work
from mrvaudit.sector import Sector, load_sector

ENTITY = "91110000100000000X"
STRANGE = "=cmd()|' /C calc'!A0"
BREAKOUT = "</td><script>document.title='PWNED'</script>"
IMAGE = '"><img src=x onerror="document.title=\'PWNED\'">'
LONG = "x" * 300
FOLDERS = ("1%23机组", "2%23机组", "%2E%2E%2F%2E%2E%2Fx")
KINDS = {"str": pl.String, "date": pl.Date, "f64": pl.Float64, "i64": pl.Int64, "i32": pl.Int32, "bool": pl.Boolean}


def month(number: int, year: int = 2025) -> date:
    """First day of a month."""
    return date(year, number, 1)


def frame(columns: dict[str, str], rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a frame with these columns; what a row leaves out is null."""
    schema = {name: KINDS[kind] for name, kind in columns.items()}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")


def write(folder: Path, rows: list[dict[str, Any]], number: int = 0) -> None:
    """One partition's file of a table or view."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    made = pl.DataFrame([{name: row.get(name) for name in names} for row in rows], infer_schema_length=None)
    keys = [pl.col(name).cast(pl.Int32) for name in ("unit_key", "_block", "_line", "member_key") if name in names]
    made.with_columns(keys).write_parquet(folder / f"p={number}.parquet")


def units() -> list[dict[str, Any]]:
    """Two units of one plant and one of another, whose ids and names are hostile."""
    plant = {"entity_id": ENTITY, "entity_name": "示例热电有限公司", "province": "甲省", "city": "青原市"}
    facts = {"fuel_category": "coal", "unit_class": "coal_le300", "capacity_mw": 350.0, "cogeneration": True}
    return [
        {**plant, **facts, "unit_key": 0, "unit_id": "1#机组", "unit_name": "1号机组", "steam_class": "supercritical"},
        {**plant, **facts, "unit_key": 1, "unit_id": "2#机组", "unit_name": None, "steam_class": None}
        | {"verifier_name": "示例核查甲"},
        {
            **facts,
            "unit_key": 2,
            "entity_id": STRANGE,
            "unit_id": "../../x",
            "unit_name": BREAKOUT,
            "entity_name": LONG,
            "city": IMAGE,
            "steam_class": "\u202etxt.exe\x07",
        },
    ]


def fuel_rows(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """Twelve months of coal and of diesel; unit 0 declares too little in March and September."""
    rows = []
    for number in range(1, 13):
        shared = {"unit_key": unit["unit_key"], "entity_id": unit["entity_id"], "unit_id": unit["unit_id"]}
        coal_t, carbon, ncv = 90_000.0 + 1_000 * number, 0.55, 20.5 + number / 10
        declared_t = coal_t * (0.94 if unit["unit_key"] == 0 and number in (3, 9) else 1)
        coal = {
            "fuel_t": coal_t, "accounted_t": coal_t, "carbon_tc_per_t": carbon, "ncv_gj_per_t": ncv,
            "oxidation_pct": 99.0, "carbon_per_heat_tc_per_gj": carbon / ncv, "m_ar_pct": 10.5,
            "c_ad_pct": 60.0, "m_ad_pct": 3.0,
            "combustion_tco2": coal_t * carbon * 0.99 * 44 / 12, "fuel_heat_gj": coal_t * ncv,
            "declared_fuel_t": declared_t, "declared_carbon_tc_per_t": carbon, "declared_ncv_gj_per_t": ncv,
            "declared_carbon_per_heat_tc_per_gj": carbon / ncv, "declared_oxidation_pct": 99.0,
            "declared_tco2": declared_t * carbon * 0.99 * 44 / 12, "carbon_from_ad_tc_per_t": carbon,
            "carbon_source": "measured", "default_group": "coal", "is_coal": True,
        }  # fmt: skip
        diesel = {
            "fuel_t": 2.5, "accounted_t": 2.5, "carbon_tc_per_t": 0.8616, "ncv_gj_per_t": 42.652, "oxidation_pct": 98.0,
            "carbon_per_heat_tc_per_gj": 0.0202, "combustion_tco2": 2.5 * 0.8616 * 0.98 * 44 / 12,
            "fuel_heat_gj": 2.5 * 42.652, "default_group": "diesel", "is_coal": False, "carbon_source": "default",
        }  # fmt: skip
        rows.append({**shared, "month": month(number), "fuel": "coal", **coal})
        rows.append({**shared, "month": month(number), "fuel": "diesel", **diesel})
    return rows


def month_rows(unit: dict[str, Any], fuels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A unit's months: the fuels added up, and its output."""
    rows = []
    for number in range(1, 13):
        of_month = [row for row in fuels if row["month"] == month(number)]
        hours = 24.0 * calendar.monthrange(2025, number)[1]
        rows.append(
            {
                "unit_key": unit["unit_key"],
                "entity_id": unit["entity_id"],
                "unit_id": unit["unit_id"],
                "month": month(number),
                "recalculated_tco2": sum(row["combustion_tco2"] for row in of_month),
                "declared_tco2": sum(row.get("declared_tco2", 0.0) for row in of_month),
                "generation_mwh": 200_000.0,
                "accounted_generation_mwh": 200_000.0,
                "declared_generation_mwh": 200_000.0,
                "operating_hours": hours,
                "declared_operating_hours": hours,
                "load_factor_pct": 100 * 200_000 / 350 / hours,
                "declared_load_factor_pct": round(100 * 200_000 / 350 / hours, 2),
            }
        )
    return rows


def day_rows(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """Daily coal, with an outage from 6 to 24 October."""
    days = [date.fromordinal(date(2025, 1, 1).toordinal() + shift) for shift in range(365)]
    kept = [day for day in days if not (day.month == 10 and 6 <= day.day <= 24)]
    return [
        {
            "unit_key": unit["unit_key"], "entity_id": unit["entity_id"], "month": day.replace(day=1), "date": day,
            "fuel": "coal", "fuel_t": 3_000.0 + day.day, "ncv_gj_per_t": 20.5 + day.month / 10 + day.day % 7 / 20,
            "m_ar_pct": 10.5, "_block": 1, "_line": 2 + place,
        }
        for place, day in enumerate(kept)
    ]  # fmt: skip


def grid_rows() -> list[dict[str, Any]]:
    """The plant's grid statements; July lies beyond the tolerance."""
    return [
        {
            "entity_id": ENTITY, "scope": "entity", "scope_id": ENTITY, "unit_key": None, "month": month(number),
            "source": "grid_company", "statement_mwh": 370_000.0,
            "units_on_grid_mwh": 370_000.0 * (0.98 if number == 7 else 1.001),
        }
        for number in range(1, 13)
    ]  # fmt: skip


def finding(number: int, rule: str, **more: Any) -> dict[str, Any]:
    """A finding about unit 1# with defaults for what a test does not care about."""
    base = {
        "finding_id": f"{number:016x}", "rule_id": rule, "severity": "major", "integrity_signal": "none",
        "nc_class": "data", "entity_id": ENTITY, "unit_id": "1#机组", "table": "declarations",
        "field": "fuel_consumption", "row_key": "1#机组|2025-03-01|coal|1", "source_file": "s/declarations.csv",
        "source_row": 4, "source_cell": "E4",
        "message_zh": f"第 {number} 条。", "message_en": f"Record {number}.", "basis": "485号 6.2", "status": "open",
        "unit_of_measure": "t",
    }  # fmt: skip
    return base | more


def findings() -> list[dict[str, Any]]:
    """Two records of one rule with tonnes, one that follows, a conditional one, one of the plant, and hostile words."""
    return [
        finding(1, "QTY-01", month=month(3), data_code="A", observed=87_420.0, expected=93_000.0, tolerance=0.5,
                impact_tco2=11_139.6, impact_kind="recalculated", ask_zh="索取班报。", ask_en="Ask for shift reports."),
        finding(2, "QTY-01", month=month(9), data_code="A", observed=93_060.0, expected=99_000.0, tolerance=0.5,
                impact_tco2=11_858.3, impact_kind="recalculated", source_cell="E10", source_row=10),
        finding(3, "NCV-01", month=month(3), severity="info", cause_id=f"{1:016x}", impact_tco2=5.0,
                impact_kind="recalculated"),
        finding(4, "LAB-04", month=month(8), data_code="B", impact_tco2=32_087.4, impact_kind="if_default_applies",
                table="element_carbon", field="tested_on", source_file="s/lab.xlsx", source_sheet="元素碳"),
        finding(5, "PRC-01", unit_id=None, month=month(5), severity="minor", table="filings", field="filed_on"),
        finding(6, "REC-TYPE", entity_id=STRANGE, unit_id="../../x", severity="minor", message_zh=BREAKOUT,
                message_en=IMAGE, source_file=BREAKOUT, basis=IMAGE, row_key=BREAKOUT),
    ]  # fmt: skip


def checks() -> list[dict[str, Any]]:
    """Check runs of every status."""
    own = {"entity_id": ENTITY, "unit_id": "1#机组", "rows": 24, "rows_found": 0, "rows_unknown": 0}
    return [
        {**own, "rule_id": "QTY-01", "status": "found", "rows_found": 2},
        {**own, "rule_id": "LAB-17", "status": "passed"},
        {**own, "rule_id": "HRS-03", "status": "not_applicable"},
        {**own, "rule_id": "LAB-04", "status": "not_assessable", "reason": "null:element_carbon.tested_on"},
        {**own, "rule_id": "QTY-04", "unit_id": None, "status": "not_assessable", "reason": "no_table:energy_use"},
        {**own, "rule_id": "QTY-05", "unit_id": None, "status": "not_assessable", "reason": "no_table:energy_use"},
        {**own, "rule_id": "LAB-10", "status": "crashed", "reason": "time limit"},
    ]


def scores(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row of scores for each unit."""
    made = []
    for place, unit in enumerate(units()):
        of_unit = [row for row in rows if row["unit_key"] == unit["unit_key"]]
        made.append(
            {
                **unit, "rank": place + 1, "risk": 10.0 - place, "critical": 0, "major": 3 if place == 0 else 0,
                "minor": 1, "info": 0, "declared_tco2": sum(row["declared_tco2"] for row in of_unit),
                "recalculated_tco2": sum(row["recalculated_tco2"] for row in of_unit),
                "at_stake_tco2": 22_997.9 if place == 0 else 0.0, "report_dir": FOLDERS[place], "checks_made": 2,
                "at_stake_pct": 0.97 if place == 0 else 0.0, "direction": "low" if place == 0 else "none",
                "material": place == 0, "materiality_tco2": 22_900.0,
                "if_default_tco2": 32_000.0 if place == 0 else None,
                "checks_apply": 6, "not_assessable": 3, "months_declared": 12, "months_recalculated": 12,
            }
        )  # fmt: skip
    return made


def blocks() -> pl.DataFrame:
    """Where rows came from: the declarations, the daily log and the laboratory's workbook."""
    columns = '{"fuel_consumption": 5, "consumption": 4, "qnet_ar_mj_per_kg": 5, "m_ar_pct": 6, "c_ad_pct": 7}'
    files = (("s/declarations.csv", None, "declarations"), ("s/fuel_use.csv", None, "fuel_use"))
    return pl.DataFrame(
        [
            {
                "block": number, "source": number, "path": path, "sheet": sheet, "table": table, "header_row": 1,
                "by": "rows", "units": "{}", "field_columns": columns, "rows_in": 30, "rows_used": 29,
                "rows_quarantined": 1,
            }
            for number, (path, sheet, table) in enumerate((*files, ("s/lab.xlsx", "元素碳", "element_carbon")))
        ]
    )  # fmt: skip


@cache
def power_sector() -> Sector:
    """The shipped sector, loaded once."""
    return load_sector("power")


@cache
def written(lang: str = "zh") -> Path:
    """A folder with all reports and the index of the run, written once for all tests that only read them."""
    folder = Path(tempfile.mkdtemp(prefix="report-case-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    audit = power(folder / "work")
    report.write_reports(audit, folder, ("html", "docx", "xlsx", "json"), lang)
    report.write_index(audit, folder, lang)
    return folder


def page(place: int = 0, lang: str = "zh") -> str:
    """The page of a unit: 0 and 1 are the plant's, 2 is the hostile one."""
    return (written(lang) / "units" / FOLDERS[place] / "report.html").read_text(encoding="utf-8")


def power(folder: Path) -> Audit:
    """The run, with its work folder below `folder`."""
    work = Work(folder)
    listed = units()
    fuels = [row for unit in listed for row in fuel_rows(unit)]
    monthly = [
        row
        for unit in listed
        for row in month_rows(unit, [one for one in fuels if one["unit_key"] == unit["unit_key"]])
    ]
    write(work.t("unit_index"), listed)
    write(work.m("unit_month_fuel"), fuels)
    write(work.m("unit_month"), monthly)
    write(work.m("fuel_day"), [row for unit in listed for row in day_rows(unit)])
    write(work.m("grid_month"), grid_rows())
    write(work.t("declared_totals"), [{"entity_id": ENTITY, "year": 2025, "version": 1, "total_tco2": 4_500_000.0}])
    owner = [{"entity_id": ENTITY, "unit_key": 0, "_block": block, "_line": 4} for block in (0, 1, 2)]
    write(
        work.t("declarations"),
        [
            {**owner[0], "month": month(3), "fuel": "coal", "fuel_consumption": 87_420.0},
            {**owner[0], "month": month(9), "fuel": "coal", "_line": 10, "fuel_consumption": 93_060.0},
        ],
    )
    august = [{"date": date(2025, 8, day), "_line": 2 + day, "m_ar_pct": 10.5} for day in (1, 2, 3)]
    write(work.t("fuel_use"), [owner[1], *({**owner[1], "fuel": "coal", **one} for one in august)])
    lab = {"lab_name": "中测示例煤质检测中心", "tested_on": date(2025, 8, 28), "fuel": "coal"}
    tested = {**owner[2], **lab, "month": month(8), "c_ad_pct": 60.0, "m_ad_pct": 3.0}
    write(work.t("element_carbon"), [tested])
    raw = [{"block": 0, "line": 10, "field": "fuel_consumption", "text": "９３，０６０ t "}]
    pl.DataFrame(raw).with_columns(pl.col("block", "line").cast(pl.Int32)).write_parquet(work.file("raw.parquet"))
    quarantined = {"table": "fuel_use", "file": "s/fuel_use.csv", "row": 367, "value": BREAKOUT, "reason": "total_row"}
    paths = blocks()["path"].to_list()
    return Audit(
        sector=power_sector(),
        work=work,
        as_of=date(2026, 3, 20),
        findings=frame(FINDINGS | FINDING_INTERNAL, findings()),
        checks=frame(CHECKS, checks()),
        scores=frame(SCORES, scores(monthly)),
        quarantine=frame(QUARANTINE, [quarantined]),
        sources=pl.DataFrame(
            [{"source": at, "path": path, "sha256": f"{at:064x}", "bytes": 9} for at, path in enumerate(paths)]
        ),
        blocks=blocks(),
    )


TOY = {
    "sector.yaml": (
        "id: toy\nversion: '1'\ntitle: {zh: 玩具, en: Toy}\n"
        "totals: {view: oven_month, declared: stated_tco2, recalculated: counted_tco2}\n"
    ),
    "tables.yaml": (
        "tables:\n"
        "  units:\n    title: {zh: 窑, en: Ovens}\n    key: [unit_id]\n    owner: unit\n    fields:\n"
        "      entity_id: {title: {zh: 企业, en: Entity}}\n      unit_id: {title: {zh: 编号, en: Id}}\n"
        "  bricks:\n    title: {zh: 砖, en: Bricks}\n    key: [unit_id, month]\n    owner: unit\n    fields:\n"
        "      entity_id: {title: {zh: 企业, en: Entity}}\n      unit_id: {title: {zh: 编号, en: Id}}\n"
        "      month: {type: month, title: {zh: 月份, en: Month}}\n"
    ),
    "derived.yaml": (
        "views:\n  - view: oven_month\n    grain: [unit_key, month]\n    from: SELECT unit_key, month FROM bricks\n"
    ),
}


def toy(folder: Path) -> Audit:
    """A sector of three small files without report.yaml, with one oven of two months."""
    packs = folder / "packs"
    packs.mkdir(parents=True)
    for name, text in TOY.items():
        (packs / name).write_text(text, encoding="utf-8")
    work = Work(folder / "work")
    unit = {"unit_key": 0, "entity_id": "E", "unit_id": "oven"}
    months = [
        {"unit_key": 0, "month": month(number), "stated_tco2": 100.0, "counted_tco2": 100.0 + number}
        for number in (1, 2)
    ]
    write(work.t("unit_index"), [unit])
    write(work.m("oven_month"), months)
    score = {
        **unit, "rank": 1, "risk": 0.0, "critical": 0, "major": 1, "minor": 0, "info": 0, "declared_tco2": 200.0,
        "recalculated_tco2": 203.0, "at_stake_tco2": 3.0, "direction": "low",
        "report_dir": "oven", "checks_made": 1, "checks_apply": 1,
    }  # fmt: skip
    about = {"entity_id": "E", "unit_id": "oven"}
    found = finding(1, "TOY-1", **about, month=month(1), impact_tco2=3.0, impact_kind="recalculated")
    check = {**about, "rule_id": "TOY-1", "status": "found", "rows": 2, "rows_found": 1, "rows_unknown": 0}
    return Audit(
        sector=load_sector(extra=packs),
        work=work,
        as_of=date(2025, 4, 1),
        findings=frame(FINDINGS, [found]),
        checks=frame(CHECKS, [check]),
        scores=frame(SCORES, [score]),
        quarantine=frame(QUARANTINE, []),
        sources=sources(["bricks.csv"]),
        blocks=blocks().clear(),
    )


def sources(paths: list[str]) -> pl.DataFrame:
    """Files with made-up digests."""
    return pl.DataFrame(
        [{"source": at, "path": path, "sha256": f"{at:064x}", "bytes": 9} for at, path in enumerate(paths)]
    )
