"""Writes a fleet: one file for each table, or one workbook for each plant."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from mrvaudit.errors import UsageError
from mrvaudit.sector import Sector
from mrvaudit.sectors.power.sample.frames import Tables
from mrvaudit.sectors.power.sample.writing.printing import as_text


def write_fleet(tables: Tables, folder: Path, form: str, sector: Sector, year: int) -> int:
    """Write the tables to `folder` as csv, parquet or xlsx; the number of files. The same tables give the same bytes.

    Raises UsageError where workbooks are wanted and the library that writes them is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if form == "xlsx":
        try:
            from mrvaudit.sectors.power.sample.writing.workbooks import write_workbooks
        except ModuleNotFoundError as fault:
            raise UsageError(
                "--format xlsx", "缺少写 Excel 的组件", "the library that writes Excel is missing", read=fault.name,
                todo_zh="请安装 xlsxwriter，或改用 csv", todo_en="install xlsxwriter, or choose csv",
            ) from None  # fmt: skip
        return write_workbooks(tables, folder, sector, year)
    for name, rows in tables.items():
        if form == "csv":
            as_text(rows, sector.tables[name]).write_csv(folder / f"{name}.csv")
        else:
            rows.write_parquet(
                folder / f"{name}.parquet", compression="zstd", compression_level=3, row_group_size=100_000
            )
    return len(tables)


def write_truth(truth: pl.DataFrame, path: Path) -> None:
    """The planted faults as CSV, beside the fleet."""
    truth.write_csv(path)
