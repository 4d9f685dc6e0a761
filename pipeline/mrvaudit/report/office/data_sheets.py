"""Sheets of findings.xlsx that hold the data: what could not be assessed, the data table, before and after, notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]

from mrvaudit.report import formats
from mrvaudit.report.before_after import declared_twice
from mrvaudit.report.office import book
from mrvaudit.report.office.book import Book, put
from mrvaudit.report.writing import Writing

Report = Mapping[str, Any]
MONTHS = tuple(f"{number:02d}" for number in range(1, 13))


def missing(made: Book, report: Report, writing: Writing, title: str) -> None:
    """Checks that could not look: why, and the paper that would make them assessable."""
    lang = writing.lang
    sheet = made.file.add_worksheet(writing.words["sheet_missing"][lang])
    names = ("reason", "paper", "col_rules_affected", "col_reason_code")
    book.heads(made, sheet, _both(writing, names), (46, 46, 40, 30))
    for row, one in enumerate(report["not_assessable"], 1):
        values = (one["words"][lang], (one["paper"] or {}).get(lang), ", ".join(one["rules"]), one["reason"])
        for column, value in enumerate(values):
            put(sheet, row, column, value, made.text)
        sheet.set_row(row, book.tall([(text or "", 40) for text in values]))
    sheet.autofilter(0, 0, max(1, len(report["not_assessable"])), len(names) - 1)
    book.printed(sheet, title, len(names))


def data_table(made: Book, report: Report, writing: Writing, title: str) -> None:
    """Declared, recalculated and difference of every data code, the year before its months; differences coloured."""
    lang, words = writing.lang, writing.words
    sheet = made.file.add_worksheet(words["sheet_data"][lang])
    years = years_of(report)
    names = _both(writing, ("col_code", "title", "unit_word", "col_kind"))
    names += [f"{year}" if month is None else f"{year}-{month}" for year in years for month in (None, *MONTHS)]
    book.heads(made, sheet, names, [8, 24, 12, 8, *[13] * (len(names) - 4)])
    row = 0
    for line in report["data_codes"]:
        cells = cells_of(line)
        for side in ("declared", "recalculated", "difference"):
            if side == "difference" and not any(cell["differs"] for cell in cells.values()):
                continue
            row += 1
            lead = (line["code"], named(line, lang), formats.unit_name(line["unit"])[lang], words[_SIDES[side]][lang])
            for column, value in enumerate(lead):
                put(sheet, row, column, value, made.text)
            places = [year if month is None else f"{year}-{month}" for year in years for month in (None, *MONTHS)]
            for column, place in enumerate(places, len(lead)):
                if place in cells:
                    _figure(made, sheet, row, column, cells[place], side, line["decimals"])
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(row, 1), len(names) - 1)
    book.printed(sheet, title, len(names))


_SIDES = {"declared": "head_declared", "recalculated": "head_recalculated", "difference": "difference"}


def _figure(
    made: Book, sheet: Any, row: int, column: int, cell: Mapping[str, Any], side: str, decimals: int | None
) -> None:
    if side == "difference":
        value = cell["recalculated"] - cell["declared"] if cell["differs"] else None
    else:
        value = cell[side]
    mark = {"bg_color": book.FILLS["major"]} if cell["differs"] else {}
    put(sheet, row, column, value, made.number(decimals, **mark))


def before_after(made: Book, report: Report, writing: Writing, title: str) -> None:
    """One row per data code and period: declared, recalculated, the figure after verification to fill in, compared."""
    lang = writing.lang
    sheet = made.file.add_worksheet(writing.words["sheet_before_after"][lang])
    names = (
        "col_code", "title", "unit_word", "col_period", "col_before", "head_recalculated", "col_after", "col_equal",
        "col_change_pct", "col_reason_of_change",
    )  # fmt: skip
    book.heads(made, sheet, _both(writing, names), (8, 26, 12, 10, 16, 16, 16, 10, 11, 40))
    yes, no = (writing.words[one][lang] for one in ("yes", "no"))
    changed = declared_twice(report)
    row, text, two = 0, made.text, made.number(2)
    for line in report["data_codes"]:
        plain, yellow, marked = (
            made.number(line["decimals"], **more)
            for more in ({}, {"bg_color": "#FFFDF2"}, {"bg_color": book.FILLS["major"]})
        )
        name, unit = named(line, lang), formats.unit_name(line["unit"])[lang]
        for period, cell in periods_of(line):
            row += 1
            for column, value in enumerate((line["code"], name, unit, period)):
                put(sheet, row, column, value, text)
            first, then = changed(line, period, cell["declared"])
            put(sheet, row, 4, first, plain)
            put(sheet, row, 5, cell["recalculated"], marked if cell["differs"] else plain)
            put(sheet, row, 6, then, yellow)
            before, after = xl_rowcol_to_cell(row, 4), xl_rowcol_to_cell(row, 6)
            equal = f'=IF({after}="","",IF({after}={before},"{yes}","{no}"))'
            change = f'=IF(OR({after}="",NOT(ISNUMBER({before}))),"",IF({before}=0,"",({after}-{before})/{before}*100))'
            sheet.write_formula(row, 7, equal, text, "")
            sheet.write_formula(row, 8, change, two, "")
            put(sheet, row, 9, None, text)
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(row, 1), len(names) - 1)
    book.printed(sheet, title, len(names))


def notes(made: Book, report: Report, writing: Writing) -> None:
    """What the sheets are, who fills in what, and what the figures rest on."""
    lang, words, unit = writing.lang, writing.words, report["unit"]
    sheet = made.file.add_worksheet(words["sheet_notes"][lang])
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 100)
    plain, bold = made.format(text_wrap=True), made.format(bold=True)
    facts = (
        ("entity", unit["entity_name"]), ("entity_id", unit["entity_id"]), ("unit_id", unit["unit_id"]),
        ("data_years", report["period"]["years"]), ("as_of", report["as_of"]),
        ("program", f"mrvaudit {report['tool_version']}"), ("digest", report["digest"]),
    )  # fmt: skip
    for row, (key, value) in enumerate(facts):
        put(sheet, row, 0, words[key][lang], bold)
        put(sheet, row, 1, value, plain)
    for row, key in enumerate(
        ("notes_how", "notes_impact", "notes_doubts", "notes_cells", "no_conclusion"), len(facts) + 1
    ):
        put(sheet, row, 1, words[key][lang], plain)
        sheet.set_row(row, book.tall([(words[key][lang], 100)]))
    book.printed(sheet, words["sheet_notes"][lang], 2, book.A4)


def years_of(report: Report) -> list[str]:
    """Years that any line of the data table has figures of."""
    found = {one["month"][:4] for line in report["data_codes"] for one in line["months"]}
    return sorted(found | {one["year"] for line in report["data_codes"] for one in line["years"]})


def cells_of(line: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Cells of a line by year or month."""
    return {one["year"]: one for one in line["years"]} | {one["month"]: one for one in line["months"]}


def periods_of(line: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every year of a line, each before its months."""
    cells = cells_of(line)
    yield from ((period, cells[period]) for period in sorted(cells, key=lambda one: (one[:4], len(one) > 4, one)))


def named(line: Mapping[str, Any], lang: str) -> str:
    """Title of a line with its item."""
    item = formats.form("brackets", lang).format(line["item_title"][lang]) if line["item_title"] else ""
    return f"{line['title'][lang]}{item}"


def _both(writing: Writing, names: Sequence[str]) -> list[str]:
    return [f"{writing.words[name]['zh']}\n{writing.words[name]['en']}" for name in names]
