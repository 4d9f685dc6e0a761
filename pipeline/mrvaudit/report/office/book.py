"""Workbooks by xlsxwriter: opened so that bytes repeat and text stays text, with the formats that the sheets share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from mrvaudit.report.formats import known
from mrvaudit.report.office.texts import LONGEST_CELL, cut, seen

FONT = {"zh": "宋体", "en": "Calibri"}
SIZE = 10
BAND, LINE, ACCENT = "#DBE7E6", "#B9BDC2", "#0B5A6B"
FILLS = {"critical": "#F3C6CF", "major": "#FBDDB8", "minor": "#D3DFF5", "info": "#E3E6E9", "related": "#F0F1F2"}
INKS = {"critical": "#9C1530", "major": "#8A4600", "minor": "#2F528F", "info": "#565E67"}
A3, A4 = 8, 9
LINE_HEIGHT, MOST_HEIGHT = 13.5, 405.0
# Nothing of a submission may become a formula, a link or a number by itself.
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


class Sheet(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas are of the oldest kind: the library would look each one through for newer functions."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.removeprefix("=")


@dataclass
class Book:
    """A workbook and its formats, each made once."""

    file: xlsxwriter.Workbook
    lang: str
    made: dict[tuple[Any, ...], Format]

    def format(self, **properties: Any) -> Format:
        """The format with these properties on top of the book's font, 10 pt, text from the top."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            base = {"font_name": FONT[self.lang], "font_size": SIZE, "valign": "top"}
            self.made[key] = self.file.add_format(base | properties)
        return self.made[key]

    @property
    def head(self) -> Format:
        """Heads of columns."""
        return self.format(
            bold=True, bg_color=BAND, border=1, border_color=LINE, text_wrap=True, valign="vcenter", align="center"
        )

    @property
    def text(self) -> Format:
        """Wrapped text in a bordered cell."""
        return self.format(text_wrap=True, border=1, border_color=LINE)

    def number(self, decimals: int | None = None, **more: Any) -> Format:
        """Figures with thousands commas; as many decimals as there are where none are given."""
        key = ("number", decimals, *more.items())
        if key in self.made:
            return self.made[key]
        pattern = "#,##0.######" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
        self.made[key] = self.format(num_format=pattern, border=1, border_color=LINE, align="right", **more)
        return self.made[key]


def opened(path: Path | BytesIO, report: Mapping[str, Any], lang: str, title: str) -> Book:
    """A new workbook whose properties hold no clock: it was made on the day that the report speaks of."""
    file = xlsxwriter.Workbook(path if isinstance(path, BytesIO) else str(path), PLAIN)
    file.set_properties(
        {
            "title": cut(seen(title), 200),
            "author": f"mrvaudit {report['tool_version']}",
            "created": datetime.fromisoformat(report["as_of"]),
            "comments": f"digest {report['digest']}",
        }
    )
    file.worksheet_class = Sheet
    file.set_calc_mode("auto")
    return Book(file, lang, {})


def put(sheet: Worksheet, row: int, column: int, value: Any, form: Format) -> None:
    """A figure as a figure, everything else as text; what is missing leaves a formatted blank."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = "" if value is None else cut(seen(str(value)), LONGEST_CELL)
        if text:
            sheet.write_string(row, column, text, form)
        else:
            sheet.write_blank(row, column, None, form)
    elif known(value):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_blank(row, column, None, form)


def heads(book: Book, sheet: Worksheet, names: Sequence[str], widths: Sequence[float]) -> None:
    """One row of heads, frozen, with the widths of the columns."""
    for column, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.write_string(0, column, name, book.head)
        sheet.set_column(column, column, width)
    sheet.set_row(0, tall(list(zip(names, widths, strict=True)), 2))
    sheet.freeze_panes(1, 0)


def wide(text: str) -> int:
    """Width of a line of text in columns of a sheet: a Chinese character takes two."""
    return len(text) if text.isascii() else sum(2 if ord(one) > 0x2E7F else 1 for one in text)


def tall(texts: Sequence[tuple[str, float]], least: int = 1) -> float:
    """Height of a row that shows these texts in full in columns of these widths; programs do not all fit rows."""
    lines = (
        sum(1 + wide(line) // max(1, int(width - 1)) for line in text.split("\n")) for text, width in texts if text
    )
    return min(MOST_HEIGHT, LINE_HEIGHT * max(least, *lines, least) + 3)


def one_wide(sheet: Worksheet, paper: int = A4) -> None:
    """Landscape, as wide as one page, page numbers below."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def printed(sheet: Worksheet, title: str, columns: int, paper: int = A3) -> None:
    """Landscape, as wide as one page, heads repeated, title above and page numbers below."""
    one_wide(sheet, paper)
    sheet.repeat_rows(0)
    sheet.set_margins(0.4, 0.4, 0.7, 0.6)
    plain = cut(seen(title).replace("&", "&&"), 200)
    sheet.set_header(f"&L{plain}")
    sheet.print_area(0, 0, max(sheet.dim_rowmax or 0, 1), columns - 1)
