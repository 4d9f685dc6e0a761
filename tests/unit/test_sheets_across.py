"""Forms written across: items down, months along; each month is a record, each figure keeps its cell."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sheet_case import Case, book

from mrvaudit.checks.cells import Cells
from mrvaudit.sector import Sector, load_sector

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
