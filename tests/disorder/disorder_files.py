"""Disordered tables as files: CSV in four encodings, or workbooks with sheets by table, by month, hidden, of notes."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]
from disorder_beside import ERRORS
from disorder_layout import Sheet, sheet

from mrvaudit.ingest import headers
from mrvaudit.sector import Sector
from mrvaudit.tables import Table

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")


def write(tables: dict[str, pl.DataFrame], folder: Path, sector: Sector, chance: random.Random) -> None:
    """Write the tables of one enterprise below `folder`, each table in one or several sheets or files."""
    folder.mkdir(parents=True)
    inside_book: list[tuple[str, Sheet]] = []
    for name, rows in tables.items():
        table = sector.tables[name]
        words = headers.lexicon(table, sector.units)
        in_book = chance.random() < 0.5
        for label, part in _parts(table, rows, chance):
            made = sheet(part, table, sector, words, chance)
            if in_book:
                inside_book.append((label, made))
            else:
                _csv(folder / f"{label}.{chance.choice(('csv', 'csv', 'tsv'))}", made, chance)
    if inside_book:
        inside_book = _joined(inside_book, chance)
        _book(folder / "台账.xlsx", inside_book, chance)


def _joined(sheets: list[tuple[str, Sheet]], chance: random.Random) -> list[tuple[str, Sheet]]:
    """Some tables below the one before, with an empty row and their title between."""
    found: list[tuple[str, Sheet]] = []
    for label, made in sheets:
        if found and chance.random() < 0.25 and not made.rows[0][0].startswith("2025年"):
            above, first = found.pop()
            # A title may say little where the header tells; items of a table across belong to several tables.
            title = label.split("_")[0] if made.numeric else re.sub(r"_\d+月$", "", label)
            rows = [*first.rows, *[[""]] * chance.randint(1, 3), [title], *_below(made)]
            found.append((above, Sheet(rows, first.merged)))
        else:
            found.append((label, made))
    return found


def _below(made: Sheet) -> list[list[str]]:
    """The rows of a table without the titles that would stand above its header."""
    start = next(at for at, row in enumerate(made.rows) if sum(map(bool, row)) > 1)
    return made.rows[start:]


def _parts(table: Table, rows: pl.DataFrame, chance: random.Random) -> Iterator[tuple[str, pl.DataFrame]]:
    """The whole under one of the table's names, or a part for each month or half."""
    label = chance.choice(
        (table.name, table.title.zh, table.title.zh, *(one for one in table.aliases if "/" not in one))
    )
    if table.month in table.fields and rows.height > 24 and chance.random() < 0.3:
        for month, part in rows.partition_by(str(table.month), as_dict=True, maintain_order=True).items():
            yield f"{label}_{month[0].month}月" if month[0] is not None else label, part
    elif rows.height and table.key and chance.random() < 0.12:
        for number, names in enumerate(_halves(table, chance), start=1):
            others = [name for name in table.fields if name not in names]
            yield (
                f"{label}({number})",
                rows.with_columns(pl.lit(None, rows.schema[name]).alias(name) for name in others),
            )
    elif rows.height > 40 and chance.random() < 0.2:
        half = rows.height // 2
        yield f"{label}(1)", rows.head(half)
        yield f"{label}(2)", rows.slice(half)
    else:
        yield label, rows


def _halves(table: Table, chance: random.Random) -> tuple[set[str], set[str]]:
    """The fields of a table in two parts, each with the key and what is taken for said where it is not."""
    said = {name for name, field in table.fields.items() if field.default is not None}
    both = said | ({"entity_id", "unit_id", "scope", "scope_id", *table.key} & set(table.fields))
    others = [name for name in table.fields if name not in both]
    chance.shuffle(others)
    half = len(others) // 2
    return both | set(others[:half]), both | set(others[half:])


def _csv(path: Path, made: Sheet, chance: random.Random) -> None:
    mark = "\t" if path.suffix == ".tsv" else chance.choice((",", ",", ";", "\t"))
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator=chance.choice(("\n", "\r\n"))).writerows(made.rows)
    path.write_bytes(out.getvalue().encode(chance.choice(ENCODINGS)))


def _book(path: Path, sheets: list[tuple[str, Sheet]], chance: random.Random) -> None:
    book = xlsxwriter.Workbook(str(path))
    hidden = chance.randrange(len(sheets) * 2)
    for number, (label, made) in enumerate(sheets):
        page = book.add_worksheet(label[:31])
        if number == hidden and number:
            page.hide()
        typed, computed = chance.random() < 0.5, chance.random() < 0.2
        for line, row in enumerate(made.rows):
            for column, text in enumerate(row):
                _cell(page, line, column, text, typed and line > 3 and column in made.numeric, computed)
        if chance.random() < 0.3:
            page.set_row(chance.randrange(len(made.rows)), None, None, {"hidden": True})
            page.set_column(1, chance.randint(1, 3), None, None, {"hidden": True})
        if made.merged:
            page.merge_range(0, 0, 0, made.merged - 1, made.rows[0][0])
    if chance.random() < 0.3:
        book.add_worksheet("填表说明").write_string(0, 0, "每月 40 日内填报")
    book.close()


def _cell(page: object, line: int, column: int, text: str, typed: bool, computed: bool) -> None:
    """Numbers as numbers, or as formulas with their result, where the sheet is typed and no text would be lost."""
    if text in ERRORS:
        page.write_formula(line, column, "=1/0", None, text)  # type: ignore[attr-defined]
    elif (
        typed
        and text
        and text.replace(".", "", 1).isdigit()
        and not text.startswith("0")
        and len(text) < 13
        and text.isascii()
    ):
        if computed:
            page.write_formula(line, column, f"={text}*1", None, float(text))  # type: ignore[attr-defined]
        else:
            page.write_number(line, column, float(text))  # type: ignore[attr-defined]
    elif text:
        page.write_string(line, column, text)  # type: ignore[attr-defined]
