"""An empty workbook to fill in: a sheet for each table, headers with units, drop-downs, notes, one example row.

The example stands above the header, where the reader expects titles: what is filled in below it is data, and it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mrvaudit.sector import Sector
from mrvaudit.tables import Field, Table, UnitByState

# A sheet whose name begins so holds no records, and is not missed.
GUIDE, CODES = "填表说明 Guide", "说明：用词 Codes"
TITLE_ROW, EXAMPLE_ROW, HEADER_ROW, ROWS = 0, 1, 2, 5000
EXAMPLE_MARK = "　灰色行是示例 / the grey row is an example"
NOTE_SIZE = {"x_scale": 2, "y_scale": 1.4, "author": "mrvaudit"}
YES_NO = ("是", "否")
GUIDE_WORDS = (
    ("每张工作表是一张记录表；用不到的表留空。", "Each sheet is a record table; leave those you do not need empty."),
    (
        "从表头下一行填起。灰色斜体行是示例，在表头之上，不会读入。",
        "Fill in from the row below the header. The grey row above it is an example and is not read.",
    ),
    ("表头带 * 的列必填；光标移到表头可看说明。", "Columns with * must be filled; notes stand at the headers."),
    ("没有的值留空，不要填 0。", "Leave what is not known empty; do not write 0."),
    ("日期写作 2025-03-31，月份写作 2025-03。", "Write dates as 2025-03-31 and months as 2025-03."),
    ("编号按文本填写，前面的 0 不会丢失。", "Ids are text; leading zeros stay."),
)  # fmt: skip


def write(path: Path, sector: Sector, examples: Mapping[str, Mapping[str, Any]]) -> int:
    """Write the workbook; `examples` gives a row of values by table. Returns the number of tables.

    The same packs and examples give the same bytes.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    # A fixed day: the bytes must not depend on when the file was written.
    book.set_properties({"created": datetime(2026, 1, 1), "title": sector.title.zh, "comments": sector.version})
    styles = _styles(book)
    guide = book.add_worksheet(GUIDE)
    lists = _code_columns(sector)
    for table in sector.tables.values():
        sheet = book.add_worksheet(table.title.zh[:31])
        _table(sheet, table, sector, examples.get(table.name, {}), styles, lists)
    _codes(book.add_worksheet(CODES), sector, lists, styles)
    _guide(guide, sector, styles)
    guide.activate()
    book.close()
    return len(sector.tables)


def _styles(book: Any) -> dict[str, Any]:
    font = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    head = {**font, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#DBE7E6"}
    return {
        "title": book.add_format({**font, "bold": True, "font_size": 14}),
        "head": book.add_format(head),
        "must": book.add_format({**head, "font_color": "#9C1530"}),
        "example": book.add_format({**font, "italic": True, "font_color": "#5D656E", "num_format": "@"}),
        "text": book.add_format({**font, "num_format": "@"}),
        "date": book.add_format({**font, "num_format": "yyyy-mm-dd"}),
        "plain": book.add_format(font),
        "wrap": book.add_format({**font, "text_wrap": True, "valign": "top"}),
        "link": book.add_format({**font, "font_color": "#0B5A6B", "underline": 1}),
    }


def _table(
    sheet: Any,
    table: Table,
    sector: Sector,
    example: Mapping[str, Any],
    styles: Mapping[str, Any],
    lists: Mapping[str, int],
) -> None:
    title = f"{table.title.zh} / {table.title.en}（{table.name}）"
    sheet.write_string(TITLE_ROW, 0, f"{title}{EXAMPLE_MARK if example else ''}", styles["title"])
    sheet.set_row(HEADER_ROW, 34)
    sheet.freeze_panes(HEADER_ROW + 1, len(table.key))
    for at, field in enumerate(table.fields.values()):
        header = f"{header_of(field)}*" if field.required else header_of(field)
        sheet.write_string(HEADER_ROW, at, header, styles["must" if field.required else "head"])
        sheet.write_comment(HEADER_ROW, at, note_of(field, sector), NOTE_SIZE)
        sheet.set_column(at, at, max(11, min(26, 2 * len(header) + 2)), styles[_style(field)])
        shown = _shown(example.get(field.name), field, sector)
        if shown:
            sheet.write_string(EXAMPLE_ROW, at, shown, styles["example"])
        _validate(sheet, at, field, sector, lists)


def header_of(field: Field) -> str:
    """The Chinese title with the unit in brackets, where every row has the same unit."""
    unit = field.unit
    return f"{field.title.zh}({unit})" if isinstance(unit, str) and unit not in ("1", "") else field.title.zh


def note_of(field: Field, sector: Sector) -> str:
    """What stands at the header: both titles, the column's name, kind, unit, bounds, words."""
    kinds = {
        "str": "文本 text", "date": "日期 date 2025-03-31", "month": "月份 month 2025-03", "f64": "数 number",
        "i64": "整数 whole number", "bool": "是或否 yes or no",
    }  # fmt: skip
    lines = [f"{field.title.zh} / {field.title.en}", field.name, kinds[field.type]]
    if isinstance(field.unit, UnitByState):
        lines.append(f"单位 unit: {field.unit.solid}；气体 gas: {field.unit.gas}")
    elif field.unit is not None:
        lines.append(f"单位 unit: {field.unit}")
    if field.min is not None or field.max is not None:
        low = "" if field.min is None else f"{field.min:g}"
        high = "" if field.max is None else f"{field.max:g}"
        lines.append(f"可能范围 possible: {low} … {high}")
    if field.codes in sector.codes:
        lines.append("用词 words: " + "、".join(one.title.zh for one in list(sector.codes[field.codes].values())[:12]))
    if field.default is not None:
        lines.append(f"留空即 empty means: {field.default}")
    return "\n".join(lines)


def _style(field: Field) -> str:
    return {"date": "date", "f64": "plain", "i64": "plain"}.get(field.type, "text")


def _shown(value: Any, field: Field, sector: Sector) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES_NO[0] if value else YES_NO[1]
    if isinstance(value, date):
        return f"{value:%Y-%m}" if field.type == "month" else value.isoformat()
    if field.codes in sector.codes and value in sector.codes[field.codes]:
        return sector.codes[field.codes][value].title.zh
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _code_columns(sector: Sector) -> dict[str, int]:
    """Code list -> its column on the sheet of words, for the lists that a field uses."""
    used = dict.fromkeys(
        field.codes
        for table in sector.tables.values()
        for field in table.fields.values()
        if field.codes in sector.codes and field.codes is not None
    )
    return {str(name): at for at, name in enumerate(used)}


def _validate(sheet: Any, at: int, field: Field, sector: Sector, lists: Mapping[str, int]) -> None:
    rule: dict[str, Any]
    first, last = HEADER_ROW + 1, HEADER_ROW + ROWS
    if field.codes in lists:
        column, count = lists[str(field.codes)], len(sector.codes[str(field.codes)])
        letters = _letters(column)
        source = f"='{CODES}'!${letters}$3:${letters}${count + 2}"
        rule = {"validate": "list", "source": source}
    elif field.type == "bool":
        rule = {"validate": "list", "source": list(YES_NO)}
    elif field.type in ("f64", "i64") and field.min is not None and field.max is not None:
        rule = {
            "validate": "decimal", "criteria": "between", "minimum": field.min, "maximum": field.max,
            "error_message": f"{field.min:g} … {field.max:g}",
        }  # fmt: skip
    else:
        return
    # A warning, not a refusal: what a plant has to say must be writable.
    sheet.data_validation(first, at, last, at, {**rule, "error_type": "warning"})


def _letters(column: int) -> str:
    from mrvaudit.ingest.block import column_letter

    return column_letter(column + 1)


def _codes(sheet: Any, sector: Sector, lists: Mapping[str, int], styles: Mapping[str, Any]) -> None:
    sheet.write_string(0, 0, "各列可用的词，下拉框用此表 / words of the drop-downs", styles["title"])
    for name, at in lists.items():
        sheet.write_string(1, at, name, styles["head"])
        sheet.set_column(at, at, 16)
        for line, code in enumerate(sector.codes[name].values()):
            sheet.write_string(line + 2, at, code.title.zh, styles["plain"])


def _guide(sheet: Any, sector: Sector, styles: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 64)
    sheet.set_column(1, 1, 72)
    sheet.write_string(0, 0, f"{sector.title.zh}：数据提交模板", styles["title"])
    sheet.write_string(0, 1, f"{sector.title.en}: workbook to submit", styles["title"])
    for line, (zh, en) in enumerate(GUIDE_WORDS, start=2):
        sheet.write_string(line, 0, zh, styles["wrap"])
        sheet.write_string(line, 1, en, styles["wrap"])
    start = len(GUIDE_WORDS) + 3
    for line, table in enumerate(sector.tables.values(), start=start):
        target = f"internal:'{table.title.zh[:31]}'!A{HEADER_ROW + 2}"
        sheet.write_url(line, 0, target, styles["link"], table.title.zh)
        sheet.write_string(line, 1, table.title.en, styles["plain"])
