"""How long workbooks take to read and standardise, against python-calamine reading the same cells and nothing else.

    python benchmarks/workbooks.py [--books 1000] [--rows 1000]

Every workbook is a plant of its own with four sheets of records: fuel, heat values, output, composites. Both times are
by the clock, one after the other on the same files; exits 1 where ours is more than twice calamine's.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from mrvaudit import ingest
from mrvaudit.model import Work
from mrvaudit.sector import load_sector
from mrvaudit.standardise import standardise

BOUND = 2.0
SHEETS = {
    "化石燃料消耗": ("机组编号", "日期", "燃料品种", "消耗量(t)", "计量方式", "期初库存(t)", "期末库存(t)"),
    "发热量检测": ("机组编号", "样品编号", "日期", "燃料品种", "收到基低位发热量(MJ/kg)", "全水分(%)", "检测方式"),
    "生产日报": ("机组编号", "日期", "发电量(MWh)", "运行小时数(h)", "供热量(GJ)"),
    "缩分合样": ("机组编号", "样品编号", "日期", "缩分样质量(g)", "当日耗煤量(t)"),
}
UNITS = 3


def row(head: str, number: int, day: date) -> object:
    """A cell of row `number` below a header."""
    figures = {
        "机组编号": f"{number % UNITS + 1}#机组", "日期": day.isoformat(), "燃料品种": "烟煤", "计量方式": "皮带秤",
        "检测方式": "自测", "样品编号": f"S{number:05d}", "运行小时数(h)": 24,
    }  # fmt: skip
    return figures.get(head, round(3000.5 + (number * 37 % 991) / 100, 2) if "%" not in head else 9.5)


def write(path: Path, rows: int) -> None:
    """One workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        for name, heads in SHEETS.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, heads)
            for number in range(rows):
                day = date(2024, 1, 1) + timedelta(days=number // UNITS)
                sheet.write_row(number + 1, 0, [row(head, number, day) for head in heads])


def calamine(paths: list[Path]) -> float:
    """Seconds in which calamine turns every cell into a Python value."""
    start, cells = time.perf_counter(), 0
    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            cells += sum(map(len, book.get_sheet_by_name(name).to_python()))
    print(f"python-calamine: {cells:,} cells")
    return time.perf_counter() - start


def ours(folder: Path, work: Path) -> float:
    """Seconds from the folder to standard tables."""
    sector = load_sector()
    start = time.perf_counter()
    done = standardise(ingest.discover([folder]), sector, Work(work))
    seconds = time.perf_counter() - start
    used = done.blocks.select("rows_in", "rows_used", "rows_quarantined").sum().row(0)
    print(f"mrvaudit: {used[0]:,} rows in = {used[1]:,} used + {used[2]:,} put aside, {done.partitions} partitions")
    return seconds


def main() -> int:
    """Make the workbooks, read them both ways, compare."""
    parser = argparse.ArgumentParser(description="workbooks read and standardised, against calamine alone")
    parser.add_argument("--books", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=1_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "plants"
        folder.mkdir()
        paths = [folder / f"plant{number:04d}.xlsx" for number in range(given.books)]
        for path in paths:
            write(path, given.rows)
        alone = calamine(paths)
        whole = ours(folder, Path(name) / "work")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{given.books} workbooks of {len(SHEETS)} sheets of {given.rows} rows: {alone:.1f} s and {whole:.1f} s")
    print(f"{whole / alone:.2f} times (bound {BOUND:g}), peak {peak:,.0f} MB")
    return 0 if whole <= BOUND * alone else 1


if __name__ == "__main__":
    sys.exit(main())
