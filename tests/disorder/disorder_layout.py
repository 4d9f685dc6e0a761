"""A table as rows of text, put out of order: titles, headers, units row, shuffled columns and rows, totals, notes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial

import disorder_across as across
import disorder_beside as beside
import disorder_twice as twice
import polars as pl
from disorder_across import total
from disorder_cells import Style, style, written

from mrvaudit.ingest import headers
from mrvaudit.ingest.headers import Heading, Lexicon
from mrvaudit.sector import Sector
from mrvaudit.sectors.power.sample.writing.printing import as_text
from mrvaudit.tables import Field, Table

BRACKETS = ("({})", "\n({})", "（{}）", "[{}]", "【{}】", " {}", "/{}")
NOTES = ("注：本表由生产部填报", "填表人：", "制表日期 2026-01-08", "说明：数据来自值长日志")


@dataclass(frozen=True)
class Sheet:
    """Rows of text; `merged` is how many cells of the first row are one title, `numeric` which columns hold numbers."""

    rows: list[list[str]]
    merged: int = 0
    numeric: frozenset[int] = frozenset()


def sheet(rows: pl.DataFrame, table: Table, sector: Sector, words: Lexicon, chance: random.Random) -> Sheet:
    """The rows of one table, disordered; what it says stays the same."""
    printed = as_text(rows, table)
    if across.can(table, rows) and chance.random() < 0.35:
        return Sheet(across.across(rows, table, sector, partial(_named, words, chance), _unit, chance))
    columns = [name for name in table.fields if printed[name].null_count() < printed.height or name in table.key]
    if chance.random() < 0.6:
        chance.shuffle(columns)
    styles = {name: style(table.fields[name], chance) for name in columns}
    units_row = chance.random() < 0.25
    if (spread := twice.spread(printed, table)) is not None and not units_row and chance.random() < 0.5:
        printed, changed = spread
        columns = [name for name in columns if name not in ("version", "stage")]
        return _spread(printed, changed, table, sector, words, chance, columns, styles)
    texts = {name: printed[name].cast(pl.String).to_list() for name in columns}
    lines = [
        [written(texts[name][at], table.fields[name], styles[name], sector, chance) for name in columns]
        for at in range(printed.height)
    ]
    grown = beside.so_far(printed, table, sector) if chance.random() < 0.4 else None
    if grown is not None:
        name, figures = grown
        columns.append(name)
        mounting = [written(text, table.fields[name], styles[name], sector, chance) for text in figures]
        lines = [[*line, text] for line, text in zip(lines, mounting, strict=True)]
    if chance.random() < 0.6:
        chance.shuffle(lines)
    heads = [_header(table.fields[name], styles[name], words, chance, not units_row) for name in columns]
    if grown is not None:
        heads[-1] = f"{heads[-1].strip('* ')}{chance.choice(beside.SO_FAR)}"
    optional = [at for at, name in enumerate(columns) if not table.fields[name].required and name not in table.key]
    lines = beside.with_errors(lines, optional, chance)
    sums = [total(printed[name].to_list(), table.fields[name], styles[name], sector) for name in columns]
    bottom = _bottom(table, columns, sums, chance)
    if not any("合计" in row for row in bottom):
        lines = beside.with_copies(lines, chance)
    head = [heads]
    if units_row:
        head.append([_unit(table.fields[name], styles[name]) for name in columns])
        if not any(head[1]):
            head.pop()
    body = _with_blanks(lines, len(columns), chance)
    numeric = frozenset(at for at, name in enumerate(columns) if table.fields[name].type == "f64")
    top, merged = _titles(table, len(columns), chance)
    return Sheet([*top, *head, *body, *bottom], merged, numeric)


def _spread(
    printed: pl.DataFrame, changed: tuple[str, ...], table: Table, sector: Sector, words: Lexicon,
    chance: random.Random, columns: list[str], styles: dict[str, Style],
) -> Sheet:  # fmt: skip
    """Two versions of a row in one: before verification and after it, side by side where they differ."""
    heads: list[str] = []
    wanted: list[tuple[str, str]] = []
    for name in columns:
        head = _header(table.fields[name], styles[name], words, chance, True).strip("* ")
        for mark in twice.MARKS if name in changed else ("",):
            heads.append(f"{head}({mark})" if mark else head)
            wanted.append((name, f"{name}{twice.AFTER}" if mark == twice.MARKS[1] else name))
    lines = [
        [
            written(row[at], table.fields[name], styles[name], sector, chance)
            if row[at] is not None or at == name
            else ""
            for name, at in wanted
        ]
        for row in printed.iter_rows(named=True)
    ]
    return Sheet([heads, *lines])


def _named(words: Lexicon, chance: random.Random, field: Field, how: Style, with_unit: bool) -> str:
    return _header(field, how, words, chance, with_unit)


def _header(field: Field, how: Style, words: Lexicon, chance: random.Random, with_unit: bool) -> str:
    """A spelling that the table's lexicon reads as this field alone, with the unit where it is not the field's own."""
    spellings = [field.name, field.title.zh, field.title.zh, *field.aliases]
    chance.shuffle(spellings)
    needed = how.unit is not None
    for spelling in spellings:
        forms = [spelling]
        if with_unit and isinstance(field.unit, str) and field.unit != "1" and (needed or chance.random() < 0.5):
            forms = [
                f"{spelling}{mark.format(how.unit or field.unit)}" for mark in chance.sample(BRACKETS, len(BRACKETS))
            ]
        for form in forms:
            meaning = headers.meaning(form, words)
            wanted = how.unit if needed and with_unit else None
            if isinstance(meaning, Heading) and meaning.field == field.name and (not wanted or meaning.unit):
                return form + chance.choice(("", "", "*", " "))
    raise AssertionError(f"no spelling of {field.name} is understood")


def _unit(field: Field, how: Style) -> str:
    own = field.unit if isinstance(field.unit, str) and field.unit != "1" else ""
    return how.unit or own


def _with_blanks(lines: list[list[str]], width: int, chance: random.Random) -> list[list[str]]:
    if chance.random() < 0.7:
        return lines
    found: list[list[str]] = []
    for line in lines:
        found += [[""] * width] * (chance.random() < 0.05) + [line]
    return found


def _titles(table: Table, width: int, chance: random.Random) -> tuple[list[list[str]], int]:
    """None to three rows above the header; the first may be one merged cell."""
    count = chance.choice((0, 0, 1, 2, 3))
    titles = [f"2025年{table.title.zh}", "填报单位：某发电厂", ""][:count]
    return [[text, *[""] * (width - 1)] for text in titles], width if count and width > 1 else 0


def _bottom(table: Table, columns: list[str], sums: list[str], chance: random.Random) -> list[list[str]]:
    """A total row whose key says so, with the sums of what adds up, and notes."""
    rows = []
    if chance.random() < 0.4:
        label = ["合计" if name == _first_key(table, columns) else "" for name in columns]
        rows.append([text or said for text, said in zip(label, sums, strict=True)])
    for note in chance.sample(NOTES, chance.choice((0, 0, 1, 2))):
        rows.append([note, *[""] * (len(columns) - 1)])
    return rows


def _first_key(table: Table, columns: list[str]) -> str:
    return next((name for name in columns if name in table.key and table.fields[name].type == "str"), columns[0])
