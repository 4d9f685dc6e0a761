"""A small honest submission, and one thing wrong with it: a byte, a part of the workbook, a cell, a header, a row."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

Grid = list[list[object]]
MONTHS = [f"{number}月" for number in range(1, 13)]
ENTITY = "entity"
UNITS: Grid = [
    ["统一社会信用代码", "机组编号", "燃料类别", "铭牌容量(MW)"],
    [ENTITY, "1#机组", "燃煤", 350],
    [ENTITY, "2#机组", "燃煤", 350],
]
DAYS: Grid = [
    ["2025年1月燃料消耗"],
    ["机组编号", "燃料品种", "日期", "消耗量(t)", "全水分(%)", "收到基低位发热量(kJ/kg)"],
    *(
        [f"{unit}#机组", "烟煤", f"2025-01-{day:02}", 3000.5 + day, 9.5, 21500]
        for unit in (1, 2)
        for day in range(1, 7)
    ),
    ["合计", None, None, 36048, None, None],
]
FORM: Grid = [
    ["表C.4 2025年填报产出数据"],
    ["机组", "信息项", "单位", *MONTHS, "全年"],
    ["1#机组", "发电量", "MWh", *[200000] * 12, 2400000],
    [None, "供热量", "GJ", *[50000] * 12, 600000],
]
DECLARED: Grid = [
    ["机组编号", "月份", "燃料品种", "消耗量(核查前)", "消耗量(核查后)", "碳氧化率"],
    *([f"{unit}#机组", f"2025-{month:02}", "烟煤", 90000, 90010, 99] for unit in (1, 2) for month in (1, 2)),
]
SHEETS = {"化石燃料消耗": DAYS, "C.4": FORM, "填报数据": [*DECLARED, [], ["机组信息"], *UNITS]}
CELLS: tuple[object, ...] = (
    None, "", " ", "—", "#REF!", "=1+1", "=cmd|'/c calc'!A1", "1e400", "-1e308", "nan", "9" * 400, "1,2,3", "０",
    "\u202e", "\x0b", "合计", "注：", "1#机组", "2025-13-45", "0000-00-00", "20250230", "99999999", "1月", "全年",
    "核查后", "机组编号", "月份", "'; DROP TABLE", "(" * 60, "(t", "t)", "()", "消耗量(t)(核查后)(累计)",
    "1-13月累计", "é" * 40, "\t", "a\nb", 0, -0.0, 1e15, 1e16, 1e-320, True, 45717, 2**62, "机组编号：3#机组",
)  # fmt: skip


def csv_bytes(grid: Grid, chance: random.Random) -> bytes:
    """A grid as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=chance.choice(",,;\t"), lineterminator=chance.choice(("\n", "\r\n"))).writerows(
        ["" if cell is None else cell for cell in row] for row in grid
    )
    return out.getvalue().encode(chance.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030")), "replace")


def book_bytes(sheets: dict[str, Grid]) -> bytes:
    """Grids as a workbook; what a cell cannot hold is left out."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, grid in sheets.items():
        page = book.create_sheet(name)
        for line, row in enumerate(grid, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    _put(page, line, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(page: object, line: int, column: int, value: object) -> None:
    try:
        page.cell(line, column).value = value  # type: ignore[attr-defined]
    except (ValueError, openpyxl.utils.exceptions.IllegalCharacterError):
        page.cell(line, column).value = "?"  # type: ignore[attr-defined]


def of_cells(grid: Grid, chance: random.Random) -> None:
    """One to five cells hold something else."""
    for _ in range(chance.randint(1, 5)):
        row = chance.choice(grid)
        if row:
            row[chance.randrange(len(row))] = chance.choice(CELLS)


def of_headers(grid: Grid, chance: random.Random) -> None:
    """The header's cells are exchanged, doubled, emptied, cut."""
    rows = [row for row in grid[:3] if len(row) > 1]
    if not rows:
        return
    head = chance.choice(rows)
    one, other = chance.randrange(len(head)), chance.randrange(len(head))
    text = str(head[one] or "")
    pairs = (
        (head[other], head[one]),
        (head[other], head[other]),
        (None, head[other]),
        (text[: len(text) // 2], head[other]),
        (text * 40, head[other]),
        (chance.choice(CELLS), head[other]),
    )
    head[one], head[other] = chance.choice(pairs)


def of_rows(grid: Grid, chance: random.Random) -> None:
    """Rows are lost, doubled, moved, emptied, joined."""
    for _ in range(chance.randint(1, 3)):
        if len(grid) < 2:
            return
        at, to = chance.randrange(len(grid)), chance.randrange(len(grid))
        what = chance.randrange(6)
        if what == 0:
            grid.insert(to, list(grid[at]))
        elif what == 1:
            del grid[at]
        elif what == 2:
            grid.insert(to, grid.pop(at))
        elif what == 3:
            grid.insert(to, [])
        elif what == 4:
            grid[at] = [*grid[at], *grid[to]]
        else:
            grid[at] = grid[at][: chance.randrange(len(grid[at]) + 1)]


def of_bytes(raw: bytes, chance: random.Random) -> bytes:
    """Bytes are changed, lost, put in, or cut off."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) or 1)
        what = chance.randrange(5)
        if what == 0 and data:
            data[at] = chance.randrange(256)
        elif what == 1:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 9)))
        elif what == 2:
            del data[at : at + chance.randint(1, 40)]
        elif what == 3:
            del data[at:]
        else:
            data[at:at] = data[at : at + chance.randint(1, 200)]
    return bytes(data)


def of_parts(raw: bytes, chance: random.Random) -> bytes:
    """One part of the package is changed, the package itself stays sound."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        wanted = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]
        chosen = chance.choice(wanted)
        for name in package.namelist():
            data = package.read(name)
            target.writestr(name, of_bytes(data, chance) if name == chosen else data)
    return out.getvalue()


GRIDS: tuple[Callable[[Grid, random.Random], None], ...] = (of_cells, of_headers, of_rows)


def write(folder: Path, seed: int) -> None:
    """One mutated submission: two workbook sheets or text files around one change."""
    chance = random.Random(seed)
    sheets = {name: [list(row) for row in grid] for name, grid in SHEETS.items()}
    kind = chance.randrange(10)
    if kind < 6:
        for _ in range(chance.choice((1, 1, 2))):
            chance.choice(GRIDS)(chance.choice(list(sheets.values())), chance)
    folder.mkdir(parents=True)
    units = [[f"E{seed}" if cell == ENTITY else cell for cell in row] for row in UNITS]
    (folder / "units.csv").write_bytes(csv_bytes(units, random.Random(0)))
    if kind in (0, 1, 2, 6):
        for name, grid in sheets.items():
            raw = csv_bytes(grid, chance)
            (folder / f"{name}.csv").write_bytes(of_bytes(raw, chance) if kind == 6 else raw)
    else:
        raw = book_bytes(sheets)
        change = {7: of_bytes, 8: of_parts, 9: of_parts}.get(kind)
        (folder / "台账.xlsx").write_bytes(raw if change is None else change(raw, chance))
