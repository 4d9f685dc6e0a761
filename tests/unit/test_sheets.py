"""Workbooks as they are kept: several tables on a sheet, hidden rows, errors, formulas, totals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sheet_case import Case, book

from mrvaudit.sector import Sector, load_sector

DAYS = ["机组编号", "燃料品种", "日期", "消耗量(t)"]


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


def test_several_tables_of_a_sheet(tmp_path: Path, power: Sector) -> None:
    """Each by its title, or by its header where only one table knows every column of it; a third goes on."""
    rows = [
        ["2025年化石燃料消耗"],
        DAYS,
        ["1#机组", "烟煤", "2025-01-01", 3000],
        [],
        ["1#机组", "烟煤", "2025-01-02", 3100],
        [],
        [],
        ["2025年填报产出数据"],
        ["填报人：王"],
        ["机组编号", "月份", "发电量(MWh)"],
        ["1#机组", "2025-01", 200000],
        [],
        ["机组编号", "月份", "燃料品种", "消耗量(t)", "单位热值含碳量(tC/GJ)"],
        ["1#机组", "2025-01", "烟煤", 6100, 0.0261],
    ]  # fmt: skip
    case = Case(tmp_path, power, {"台账.xlsx": book({"Sheet1": rows})})
    assert [
        ("Sheet1", "fuel_use", "rows", 2, 2, 0),
        ("Sheet1", "declared_output", "rows", 1, 1, 0),
        ("Sheet1", "declarations", "rows", 1, 1, 0),
    ] == case.counts()
    assert [(3000.0, 3), (3100.0, 5)] == case.rows("fuel_use", "consumption", "_line")
    assert [(200000.0, 11)] == case.rows("declared_output", "generation_mwh", "_line")
    assert [(6100.0, 0.0261, 14)] == case.rows("declarations", "fuel_consumption", "carbon_per_heat_tc_per_gj", "_line")
    assert [] == case.said()


def test_what_is_hidden_is_read_and_said(tmp_path: Path, power: Sector) -> None:
    """Rows and columns with cells; empty hidden ones are nobody's business."""

    def hide(made: Any) -> None:
        sheet = made.active
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["D"].hidden = sheet.column_dimensions["K"].hidden = True

    rows = [DAYS, ["1#机组", "烟煤", "2025-01-01", 3000], ["1#机组", "烟煤", "2025-01-02", 3100]]
    case = Case(tmp_path, power, {"台账.xlsx": book({"化石燃料消耗": rows}, hide)})
    assert [(3000.0,), (3100.0,)] == case.rows("fuel_use", "consumption")
    assert [
        (
            "INT-HIDDEN",
            "columns",
            None,
            "“Fuel use by day” hides 1 column(s) (消耗量(t)); they were read like the others.",
        ),
        ("INT-HIDDEN", "rows", None, "“Fuel use by day” hides 1 row(s) (3); they were read like the others."),
    ] == case.said()


def test_error_cells_are_lost_and_said(tmp_path: Path, power: Sector) -> None:
    """The cell is lost, not the row; in a key the row is put aside; an id is never `#REF!`."""

    def spoil(made: Any) -> None:
        for place, text in {"D2": "#REF!", "B3": "#N/A", "E2": "#VALUE!"}.items():
            made.active[place].value = text
            made.active[place].data_type = "e"

    rows = [[*DAYS, "全水分(%)"], *(["1#机组", "烟煤", f"2025-01-0{day}", 3000, 9.5] for day in (1, 2, 3))]
    case = Case(tmp_path, power, {"台账.xlsx": book({"化石燃料消耗": rows}, spoil)})
    assert [("2025-01-01", None, None), ("2025-01-03", 3000.0, 9.5)] == [
        (day.isoformat(), tonnes, water)
        for day, tonnes, water in case.rows("fuel_use", "date", "consumption", "m_ar_pct")
    ]
    assert [
        (2, "全水分(%)", "#VALUE!", "formula_error"),
        (2, "消耗量(t)", "#REF!", "formula_error"),
        (3, None, "1#机组 | #N/A | 2025-01-02 | 3000 | 9.5", "no_key:fuel"),
        (3, "燃料品种", "#N/A", "formula_error"),
    ] == case.aside("row", "column", "value", "reason")
    assert ["INT-CELL", "INT-CELL", "INT-ROW"] == sorted(rule for rule, *_ in case.said())


def test_formulas_without_a_result_are_lost_and_said(tmp_path: Path, power: Sector) -> None:
    """What a program wrote and no spreadsheet ever computed is no empty cell."""
    rows = [DAYS, ["1#机组", "烟煤", "2025-01-01", "=1000*3"], ["1#机组", "烟煤", "2025-01-02", 3100]]
    case = Case(tmp_path, power, {"台账.xlsx": book({"化石燃料消耗": rows})})
    assert [(None,), (3100.0,)] == case.rows("fuel_use", "consumption")
    assert [("消耗量(t)", "#FORMULA! =1000*3", "formula_without_result")] == case.aside("column", "value", "reason")


def test_results_that_are_to_be_computed_again_are_used_and_said(tmp_path: Path, power: Sector) -> None:
    """A workbook that asks to be computed at its opening does not vouch for what it stores."""
    import xlsxwriter

    path = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("化石燃料消耗")
        sheet.write_row(0, 0, DAYS)
        sheet.write_row(1, 0, ["1#机组", "烟煤", "2025-01-01"])
        sheet.write_formula(1, 3, "=1000*3", None, 3000)
    case = Case(tmp_path / "case", power, {"台账.xlsx": path.read_bytes()})
    assert [(3000.0,)] == case.rows("fuel_use", "consumption")
    assert [("INT-FORMULA", "computed_again")] == [one[:2] for one in case.said()]


@pytest.mark.parametrize(
    ("total", "said"),
    [
        (6100.4, []),
        # At the limit: half of the last place of the total and of each row.
        (6101, []),
        (6101.1, [("INT-TOTAL", "differs", "consumption")]),
        # A mean is none of a total's business.
        (3050.1, []),
        ("", []),
        (61004, [("INT-TOTAL", "differs", "consumption")]),
    ],
)
def test_totals_check_their_column(tmp_path: Path, power: Sector, total: object, said: list[Any]) -> None:
    """The row is put aside; what it states is held against the rows, with room for printing."""
    rows = [DAYS, ["1#机组", "烟煤", "2025-01-01", "3000.2"], ["1#机组", "烟煤", "2025-01-02", "3100.2"]]
    case = Case(tmp_path, power, {"台账.xlsx": book({"化石燃料消耗": [*rows, ["合计", "", "", str(total)]]})})
    assert [("fuel_use", 3, 2, 1)] == [(table, *counts) for _, table, _, *counts in case.counts()]
    assert said == [one[:3] for one in case.said()]


def test_subtotals_and_totals(tmp_path: Path, power: Sector) -> None:
    """A subtotal covers what stands since the one before, a total everything; a named one may cover anything."""
    days = [["1#机组", "烟煤", f"2025-01-0{day}", 100 * day] for day in range(1, 5)]
    rows = [DAYS, *days[:2], ["小计", "", "", 300], *days[2:], ["小计", "", "", 700], ["总计", "", "", 1000]]
    rows.append(["1#机组合计", "", "", 999])
    case = Case(tmp_path, power, {"台账.xlsx": book({"化石燃料消耗": rows})})
    assert ([("fuel_use", 8, 4, 4)], []) == ([(table, *counts) for _, table, _, *counts in case.counts()], case.said())


def test_rows_of_dates_after_an_empty_row_are_records(tmp_path: Path, power: Sector) -> None:
    """Three dates in a row are no header of months."""
    heads = ["机组编号", "样品编号", "采样开始日期", "采样结束日期", "制样日期", "送样日期", "燃料品种", "样品类型"]
    days = ["2025/1/1", "2025.2.1", "2025-03-01", "2025-04-01"]
    rows = [heads, ["1#机组", "S1", *days, "烟煤", "日样"], [], ["1#机组", "S2", *days, "烟煤", "日样"]]
    case = Case(tmp_path, power, {"样品.xlsx": book({"采样制样送样": rows})})
    assert [("fuel_samples", "rows", 2, 2, 0)] == [one[1:] for one in case.counts()]


def test_a_header_of_the_year_so_far_names_its_table(tmp_path: Path, power: Sector) -> None:
    """Below another table, under a title that names none: every header is known, one of them as the year so far."""
    above = [["机组编号", "日期", "发电量(MWh)", "运行小时数(h)"], ["1#机组", "2025-01-01", 240.5, 24], [None]]
    below = [
        ["机组编号", "月份", "发电量(MWh)", "发电量(MWh)年初至今", "厂用电量(MWh)"],
        ["1#机组", "2025-02", 10, 30, 9],
    ]
    case = Case(tmp_path, power, {"台账.xlsx": book({"生产日报": [*above, ["附：月报"], *below]})})
    assert [(240.5,)] == case.rows("power_daily", "generation_mwh")
    assert [(10.0, 9.0)] == case.rows("power_output", "generation_mwh", "self_use_mwh")
