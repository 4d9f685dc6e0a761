"""One workbook for each plant: a sheet for each table, Chinese sheet names and headers with units."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from mrvaudit.sector import Sector
from mrvaudit.sectors.power.sample.frames import Tables
from mrvaudit.sectors.power.sample.writing.printing import decimals
from mrvaudit.tables import Field, UnitByState


def write_workbooks(tables: Tables, folder: Path, sector: Sector, year: int) -> int:
    """Write OUT/<entity_id>.xlsx for each plant; the number of files. The same tables give the same bytes."""
    owned = {name: rows.partition_by("entity_id", as_dict=True) for name, rows in tables.items()}
    entities = tables["entities"]["entity_id"].sort().to_list()
    for entity in entities:
        own = {name: parts[(entity,)] for name, parts in owned.items() if (entity,) in parts}
        if "element_carbon" in own:
            # the accreditations of the laboratories that this plant uses
            used = own["element_carbon"].select("lab_id").unique()
            own["laboratories"] = tables["laboratories"].join(used, on="lab_id", how="semi")
        _write(folder / f"{entity}.xlsx", {name: own[name] for name in tables if name in own}, sector, year)
    return len(entities)


def _write(path: Path, tables: Tables, sector: Sector, year: int) -> None:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    # a fixed day: the bytes must not depend on when the file was written
    book.set_properties({"created": datetime(year + 1, 4, 1), "title": path.stem})
    bold = book.add_format({"bold": True})
    formats: dict[int, Any] = {}
    for name, rows in tables.items():
        table = sector.tables[name]
        sheet = book.add_worksheet(table.title.zh)
        sheet.freeze_panes(1, 0)
        for at, field in enumerate(table.fields.values()):
            sheet.write_string(0, at, _header(field, rows, sector), bold)
            places = decimals(name, field.name) if field.type == "f64" else None
            if places is not None and places not in formats:
                formats[places] = book.add_format({"num_format": f"{0:.{places}f}"})
            style = None if places is None else formats[places]
            _write_column(sheet, at, _words(rows[field.name], field, sector).to_list(), style)
    book.close()


def _write_column(sheet: Any, at: int, values: list[object], style: Any) -> None:
    for line, value in enumerate(values, start=1):
        if isinstance(value, str):
            sheet.write_string(line, at, value)
        elif isinstance(value, date):
            sheet.write_datetime(line, at, datetime(value.year, value.month, value.day))
        elif value is not None:
            sheet.write_number(line, at, value, style)


def _words(column: pl.Series, field: Field, sector: Sector) -> pl.Series:
    """Codes as their Chinese titles, yes and no in Chinese, months as 2025-03."""
    if field.codes is not None:
        titles = {code: entry.title.zh for code, entry in sector.codes[field.codes].items()}
        return column.replace(titles)
    if field.type == "bool":
        return column.cast(pl.String).replace({"true": "是", "false": "否"})
    return column.dt.strftime("%Y-%m") if field.type == "month" else column


def _header(field: Field, rows: pl.DataFrame, sector: Sector) -> str:
    """The Chinese title with the unit in brackets, where all rows have the same."""
    unit = field.unit
    if isinstance(unit, UnitByState):
        known = sector.codes["fuels"]
        states = {known[fuel].state for fuel in rows[unit.by].drop_nulls().unique() if fuel in known}
        unit = field.unit_for(states.pop()) if len(states) == 1 else None
    return f"{field.title.zh}({unit})" if isinstance(unit, str) and unit != "1" else field.title.zh
