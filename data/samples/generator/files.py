"""Writes tables as a folder of CSV files, or as one workbook with a sheet per table."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from generator.figures import Month, Tables, Value
from generator.headers import SHEETS, title, word


@dataclass(frozen=True)
class Form:
    """How one CSV file is written."""

    chinese: bool = False
    encoding: str = "utf-8"
    day: str = "%Y-%m-%d"
    month: str = "{0.year}-{0.number:02d}"
    # column -> (title, factor): columns written in another unit than their own
    units: tuple[tuple[str, str, Decimal], ...] = ()


_TEN_MWH = Decimal("0.1")
FORMS = {
    "units": Form(chinese=True, encoding="utf-8-sig"),
    "entities": Form(chinese=True),
    "fuel_use": Form(chinese=True),
    "fuel_samples": Form(chinese=True, day="{0.year}/{0.month}/{0.day}"),
    "composites": Form(chinese=True),
    "power_output": Form(
        chinese=True,
        encoding="gb18030",
        month="{0.year}年{0.number}月",
        units=(
            ("generation_mwh", "发电量（万千瓦时）", _TEN_MWH),
            ("supply_mwh", "供电量（万千瓦时）", _TEN_MWH),
            ("self_use_mwh", "厂用电量（万千瓦时）", _TEN_MWH),
            ("heat_self_use_mwh", "供热专用厂用电量（万千瓦时）", _TEN_MWH),
            ("total_self_use_mwh", "综合厂用电量（万千瓦时）", _TEN_MWH),
        ),
    ),
    "energy_use": Form(chinese=True),
    "declarations": Form(chinese=True),
}


def _text(value: Value, column: str, form: Form, factor: Decimal | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("是" if value else "否") if form.chinese else str(value).lower()
    if isinstance(value, date):
        return form.day.format(value) if "{" in form.day else value.strftime(form.day)
    if isinstance(value, Month):
        return form.month.format(value)
    if isinstance(value, Decimal):
        return str(value if factor is None else value * factor)
    return word(column, value) if form.chinese and isinstance(value, str) else str(value)


def write_folder(folder: Path, tables: Tables) -> None:
    """One CSV file per table in `folder`, each in the form FORMS gives it (default: English names, UTF-8)."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        form = FORMS.get(table, Form())
        other = {column: (name, factor) for column, name, factor in form.units}
        columns = list(rows[0])
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([other[c][0] if c in other else title(table, c) if form.chinese else c for c in columns])
        writer.writerows([_text(row[c], c, form, other[c][1] if c in other else None) for c in columns] for row in rows)
        (folder / f"{table}.csv").write_bytes(out.getvalue().encode(form.encoding))


# What such workbooks hold besides the tables: a title above the header, a total row and a note below.
_TITLES = {"fuel_use": "2025 年化石燃料消耗日台账", "declarations": "2025 年各月填报数据"}
_TOTALS = {"fuel_use": "consumption"}
_NOTES = {"declarations": "注：购入电量由启备变关口表计量，本年为零。"}


def write_workbook(path: Path, tables: Tables) -> None:
    """The same tables as one workbook with Chinese sheet names and titles; the same bytes every time."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 4, 1), "title": path.stem})
    styles: dict[str, xlsxwriter.format.Format] = {}

    def style(number_format: str) -> xlsxwriter.format.Format:
        return styles.setdefault(number_format, book.add_format({"num_format": number_format}))

    bold = book.add_format({"bold": True})
    for table, rows in tables.items():
        sheet = book.add_worksheet(SHEETS[table])
        columns, line = list(rows[0]), 0
        if table in _TITLES:
            sheet.merge_range(0, 0, 0, len(columns) - 1, _TITLES[table], bold)
            line = 1
        sheet.write_row(line, 0, [title(table, c) for c in columns], bold)
        for row in rows:
            line += 1
            for at, column in enumerate(columns):
                _write_cell(sheet, line, at, row[column], column, style)
        if table in _TOTALS:
            line += 1
            of = _TOTALS[table]
            sheet.write_string(line, 0, "合计")
            figures = [v for v in (row[of] for row in rows) if isinstance(v, Decimal)]
            sheet.write_number(line, columns.index(of), float(sum(figures)), style("0.00"))
        if table in _NOTES:
            sheet.write_string(line + 2, 0, _NOTES[table])
    book.close()


def _write_cell(sheet, line: int, at: int, value: Value, column: str, style) -> None:  # type: ignore[no-untyped-def]
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(line, at, "是" if value else "否")
    elif isinstance(value, date):
        sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), style("yyyy-mm-dd"))
    elif isinstance(value, Decimal):
        places = max(0, -int(value.as_tuple().exponent))
        sheet.write_number(line, at, float(value), style("0." + "0" * places if places else "0"))
    elif isinstance(value, int):
        sheet.write_number(line, at, value)
    else:
        sheet.write_string(line, at, word(column, value) if isinstance(value, str) else str(value))
