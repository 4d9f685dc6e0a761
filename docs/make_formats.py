"""Write data/samples/messy-sheet.xlsx again: the sheet that docs/formats.md shows, and what its picture is made of.

    python docs/make_formats.py

The picture: soffice --headless --convert-to pdf, then pdftoppm -r 130 -png, cut to the sheet, above the rows read.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import xlsxwriter

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "samples" / "messy-sheet.xlsx"
PLANT = "91370000MA0DEM013P"
UNITS = [
    ["统一社会信用代码", "机组", "燃料类型", "装机容量（万千瓦）"],
    [PLANT, "1#", "燃煤", 35],
]
DAYS = [
    ["机组", "燃料名称", "日期", "入炉煤量", "低位发热量", "全水分", "天气", "备注"],
    ["—", "—", "—", "kg", "kcal/kg", "%", "", ""],
    ["1#", "烟煤", "2025/3/1", "3,120,500", 5012, 12.3, "晴", ""],
    ["1#", "烟煤", "2025年3月2日", "３０８０２００", 4987, "12.60%", "阴", ""],
    ["1#", "烟煤", date(2025, 3, 3), 3101000, "—", 12.1, "阴", "热值缺测"],
    ["1#", "烟煤", "20250304", "停机", "/", "无", "雨", ""],
    [],
    ["合计", "", "", "9,301,700", "", "", "", ""],
    ["注：煤量由皮带秤计量。"],
]
TESTS = [
    ["报告编号", "样品编号", "机组编号", "燃料品种", "使用月份", "Cad(%)", "空干基水分", "全水分（%）"],
    ["HN2025-0311", "0032503", "1#", "烟煤", "2025年3月", 61.42, 3.1, 5.2],
]


def main() -> None:
    """The workbook, the same bytes every time."""
    with xlsxwriter.Workbook(str(SAMPLE)) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        styles = {
            "title": book.add_format({"bold": True, "font_size": 14, "align": "center"}),
            "head": book.add_format({"bold": True, "bg_color": "#DBE7E6", "border": 1}),
            "cell": book.add_format({"border": 1}),
            "day": book.add_format({"border": 1, "num_format": "yyyy-mm-dd", "align": "left"}),
        }
        for name, title, rows in (
            ("3月入炉煤日消耗", "示例热电有限公司 2025 年 3 月入炉煤日报", DAYS),
            ("机组信息", None, UNITS),
            ("元素碳检测", None, TESTS),
        ):
            sheet = book.add_worksheet(name)
            sheet.hide_gridlines(0)
            sheet.print_row_col_headers()
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.set_column(0, 7, 13)
            top = 0
            if title is not None:
                sheet.set_row(0, 24)
                sheet.merge_range(0, 0, 0, 7, title, styles["title"])
                top = 2
            for line, row in enumerate(rows, start=top):
                for at, value in enumerate(row):
                    style = styles["head"] if line == top else styles["cell"]
                    if isinstance(value, date):
                        sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), styles["day"])
                    elif value != "":
                        sheet.write(line, at, value, style)
                    else:
                        sheet.write_blank(line, at, None, style)


if __name__ == "__main__":
    main()
