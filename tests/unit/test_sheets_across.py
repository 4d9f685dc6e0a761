"""Forms written across: items down, months along; each month is a record, each figure keeps its cell."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sheet_case import Case, book

from mrvaudit.checks.cells import Cells
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise.keys.completing import moved, places

MONTHS = [f"{number}月" for number in range(1, 13)]
FUEL = ["燃料消耗量", "t"], ["收到基元素碳含量", "tC/t"], ["碳氧化率", "%"]


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


def form(*rows: list[object], months: int = 3) -> list[list[object]]:
    """Form C.3 with its title; rows give unit, fuel, item, unit of measure, one figure per month, and the year."""
    head = ["机组", "燃料品种", "数据代码", "信息项", "单位", *MONTHS[:months], "全年"]
    return [["表C.3 2025年填报数据"], head, *rows]


def test_a_form_across_is_read_as_months(tmp_path: Path, power: Sector) -> None:
    """Merged cells of unit and fuel hold below; the year is a check; notes are put aside; cells are cited."""
    rows = form(
        ["1#机组", "烟煤", "A", "燃料消耗量", "t", 3000.5, 3100, 0, 6100.5],
        ["", "", "B", "收到基元素碳含量", "tC/t", 0.5512, 0.5498, "", 0.5505],
        ["", "", "", "煤质备注", "", "好", "好", "", ""],
        ["", "柴油", "A", "燃料消耗量", "t", 12, "", "", 12],
        ["注：全年为合计或加权平均"],
    )
    case = Case(tmp_path, power, {"年报.xlsx": book({"表C.3": rows})})
    wanted = "unit_id", "fuel", "month", "fuel_consumption", "carbon_content_tc_per_t"
    assert [
        ("1#机组", "coal", "2025-01-01", 3000.5, 0.5512),
        ("1#机组", "coal", "2025-02-01", 3100.0, 0.5498),
        ("1#机组", "coal", "2025-03-01", 0.0, None),
        ("1#机组", "diesel", "2025-01-01", 12.0, None),
    ] == sorted((unit, fuel, str(month), *rest) for unit, fuel, month, *rest in case.rows("declarations", *wanted))
    assert [
        ("表C.3", "declarations", "columns", 4, 3, 1),
        ("表C.3", "declarations", "columns", 2, 1, 1),
        ("表C.3", None, "rows", 1, 0, 1),
    ] == case.counts()
    assert [
        (2, "I", "total_row", "6100.5 | 0.5505 | 1#机组 | 烟煤 | 全年"),
        (2, "I", "total_row", "12 | 1#机组 | 柴油 | 全年"),
        (7, None, "note", "注：全年为合计或加权平均"),
    ] == case.aside("row", "column", "reason", "value")
    assert [("INT-HEADER", "unknown")] == [one[:2] for one in case.said()]
    cells = Cells(case.result.blocks)
    block, line = (
        pl.read_parquet(case.work.part(case.work.t("declarations"), 0))
        .filter((pl.col("fuel") == "coal") & (pl.col("month").dt.month() == 2))
        .select("_block", "_line")
        .row(0)
    )
    assert "G4" == cells.place(block, line, "carbon_content_tc_per_t")["source_cell"]
    assert "G2" == cells.place(block, line, "month")["source_cell"]


def test_sections_quarters_and_titles(tmp_path: Path, power: Sector) -> None:
    """Unit and fuel may stand above the rows instead of beside them; quarters and year check the months."""
    months = [*MONTHS[:3], "一季度", *MONTHS[3:6], "二季度", "全年合计"]
    rows = [
        ["2025年度"],
        ["机组编号：1#机组"],
        ["项目", "计量单位", *months],
        ["烟煤"],
        ["燃料消耗量", "kg", 1000, 2000, 3000, 6000, 1000, 1000, 1000, 3005, 9000],
        ["柴油"],
        ["燃料消耗量", "t", 1, 1, 1, 3, 1, 1, 1, 3, 6],
    ]
    case = Case(tmp_path, power, {"年报.xlsx": book({"C.3": rows})})
    assert (
        [("coal", number, tonnes) for number, tonnes in enumerate((1.0, 2.0, 3.0, 1.0, 1.0, 1.0), start=1)]
        + [("diesel", number, 1.0) for number in range(1, 7)]
    ) == sorted(
        (fuel, month.month, tonnes)
        for fuel, month, tonnes in case.rows("declarations", "fuel", "month", "fuel_consumption")
    )
    assert [
        (
            "INT-TOTAL",
            "differs",
            "fuel_consumption",
            "“Consumption” of “Declared data”: 1 total column(s) differ from the sum of the rows: 3005 is written, the"
            " rows add up to 3000. Totals are not used as data.",
        )
    ] == case.said()


def test_a_month_without_a_year_is_put_aside(tmp_path: Path, power: Sector) -> None:
    """Nothing says the year: no month is guessed, and it is said."""
    rows = [["机组", "项目", *MONTHS[:3]], ["1#机组", "发电量", 1, 2, 3]]
    files: dict[str, str | bytes] = {"产出.xlsx": book({"C.4": rows})}
    files["fuel_use.csv"] = "机组编号,燃料品种,日期,消耗量\n1#机组,烟煤,2025-01-01,1\n"
    case = Case(tmp_path, power, files)
    assert [("C.4", "declared_output", "columns", 3, 0, 3)] == case.counts()
    assert [("INT-ROW", "no_key")] == sorted({one[:2] for one in case.said("INT-ROW")})


def test_months_are_no_items(tmp_path: Path, power: Sector) -> None:
    """A table whose rows are months stays as it is."""
    rows = [["机组", "月份", "发电量"], *(["1#机组", f"2025年{month}", 10] for month in MONTHS)]
    case = Case(tmp_path, power, {"产出.xlsx": book({"C.4": rows})})
    assert [("C.4", "declared_output", "rows", 12, 12, 0)] == case.counts()


def test_forms_of_one_month_complete_each_other(tmp_path: Path, power: Sector) -> None:
    """C.4 and C.6 hold figures of the same months: one record, each figure in its own cell, no row put aside."""
    months = ["1月", "2月", "3月"]
    c4 = [
        ["机组编号", "信息项", "单位", *months],
        ["1#机组", "发电量", "MWh", 100, 200, 300],
        [None, "供热量", "GJ", 7, 8, 9],
    ]
    c6 = [
        ["2025年 辅助参数"],
        ["机组编号", "信息项", *months],
        ["1#机组", "供热比(%)", 10, 11, None],
        [None, "供热量", 7, 8, 9],
    ]
    case = Case(tmp_path, power, {"2025年报告.xlsx": book({"C.4": c4, "C.6": c6})})
    assert [(100.0, 7.0, 10.0), (200.0, 8.0, 11.0), (300.0, 9.0, None)] == case.rows(
        "declared_output", "generation_mwh", "heat_gj", "heat_ratio_pct"
    )
    assert [] == case.said("REC-KEY", "INT-DUP")
    found = moved(case.work)
    cells = Cells(case.result.blocks, places(found))
    where = [
        cells.place(row["block"], row["line"], field)
        for row in found.unique(["block", "line"], maintain_order=True).iter_rows(named=True)
        for field in ("generation_mwh", "heat_ratio_pct")
    ]
    assert [("C.4", "D2"), ("C.6", "C3"), ("C.4", "E2"), ("C.6", "D3")] == [
        (one["source_sheet"], one["source_cell"]) for one in where
    ]
    counts = case.result.blocks.select("rows_in", "rows_used", "rows_quarantined").sum().row(0)
    assert counts[0] == counts[1] + counts[2]


def test_forms_that_contradict_each_other_are_two_rows(tmp_path: Path, power: Sector) -> None:
    """The same figure in both and not the same: one of them is put aside, and it is said."""
    head = ["机组编号", "信息项", "单位", "1月", "2月", "3月"]
    c4 = [head, ["1#机组", "发电量", "MWh", 100, 200, 300]]
    c6 = [head, ["1#机组", "发电量", "MWh", 100, 201, 300], [None, "供热比", "%", 1, 2, 3]]
    case = Case(tmp_path, power, {"2025年报告.xlsx": book({"C.4": c4, "C.6": c6})})
    assert [(100.0, 1.0), (300.0, 3.0)] == case.rows("declared_output", "generation_mwh", "heat_ratio_pct")[::2]
    assert [("REC-KEY", "differs", "generation_mwh")] == [one[:3] for one in case.said("REC-KEY")]
