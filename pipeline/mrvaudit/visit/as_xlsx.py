"""The lists of the visit as a workbook to work through: text stays text, nothing is a formula."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from mrvaudit import __version__
from mrvaudit.visit import lines
from mrvaudit.visit.lines import Table, say

FILE = "visit.xlsx"
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FONT = {"zh": "宋体", "en": "Calibri"}
BAND, LINE = "#DBE7E6", "#B9BDC2"
SHEET_WIDTH, LINE_HEIGHT, MOST_HEIGHT = 140, 13.5, 400


def write(pack: Mapping[str, Any], folder: Path, lang: str) -> None:
    """Write the workbook of one unit."""
    file = xlsxwriter.Workbook(str(folder / FILE), PLAIN)
    file.set_properties(
        {
            "title": say("book_title", lang),
            "author": f"mrvaudit {__version__}",
            "created": datetime.fromisoformat(pack["as_of"]),
            "comments": f"digest {pack['digest']}",
        }
    )
    sheets: list[tuple[str, Sequence[Table]]] = [
        (say("sheet_review", lang), [lines.review(pack, lang)]),
        (say("sheet_checklist", lang), [lines.checklist(pack, lang)]),
        *((table.title, [table]) for table in lines.draws(pack, lang)),
        (say("sheet_recomputations", lang), lines.recomputations(pack, lang)),
        (say("sheet_documents", lang), [lines.documents(pack, lang)]),
    ]
    for name, tables in sheets:
        if tables:
            _sheet(file, name, tables, pack, lang)
    file.close()


def _sheet(file: Any, name: str, tables: Sequence[Table], pack: Mapping[str, Any], lang: str) -> None:
    """One sheet: whose it is, then its tables one below the other, then the notes."""
    sheet = file.add_worksheet(name[:31])
    base = {"font_name": FONT[lang], "font_size": 10, "valign": "top"}
    title = file.add_format({**base, "bold": True, "font_size": 12})
    plain = file.add_format(base)
    head = file.add_format(
        {**base, "bold": True, "bg_color": BAND, "border": 1, "border_color": LINE, "text_wrap": True}
    )
    text = file.add_format({**base, "border": 1, "border_color": LINE, "text_wrap": True})
    figure = file.add_format({**base, "border": 1, "border_color": LINE, "align": "right"})
    unit = pack["unit"]
    whose = " · ".join(
        part for part in (unit["entity_name"], unit["entity_id"], unit["unit_id"], pack["as_of"]) if part
    )
    sheet.write_string(0, 0, lines.shown(whose), plain)
    line = 2
    widths = [width * SHEET_WIDTH / sum(tables[0].widths) for width in tables[0].widths]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for table in tables:
        line = _table(
            sheet, line, table, widths, {"title": title, "plain": plain, "head": head, "text": text, "figure": figure}
        )
    for note in lines.foot(pack, lang):
        sheet.write_string(line, 0, note, plain)
        line += 1
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _table(sheet: Any, line: int, table: Table, widths: Sequence[float], form: Mapping[str, Any]) -> int:
    """Write a table from a line on; returns the line after it and a gap."""
    sheet.write_string(line, 0, table.title, form["title"])
    for note in table.notes:
        line += 1
        sheet.write_string(line, 0, note, form["plain"])
    line += 1
    if not table.rows:
        return line + 1
    for number, texts in enumerate((table.heads, *table.rows)):
        sheet.set_row(line, _height(texts, widths))
        for column, text in enumerate(texts):
            kind = "head" if number == 0 else "figure" if column and lines.is_figure(text) else "text"
            if text:
                sheet.write_string(line, column, text, form[kind])
            else:
                sheet.write_blank(line, column, None, form[kind])
        line += 1
    return line + 1


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Points that show every text: viewers that do not fit wrapped rows would cut it."""
    needed = [
        sum(max(1, ceil(_wide(part) / max(1.0, width - 1))) for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=False)
    ]
    return min(MOST_HEIGHT, max(1, *needed) * LINE_HEIGHT + 3)


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
