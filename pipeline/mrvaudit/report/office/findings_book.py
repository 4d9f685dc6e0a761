"""findings.xlsx: the list of non-conformities to answer and close, what is only to look into, and the data behind both.

Heads stand in row 1 of every sheet, Chinese above English in one cell; the first line of each is fixed. The list (the
first sheet) and the doubts (the second) end with the column `finding_id`, by which answers are read back. Columns that
the enterprise fills in: 原因分析, 整改措施, 更正后的值, 整改证据, 答复人 (each with（企业填写）) and 日期; the
verifier: 核查意见, 是否关闭, 签字. `mrvaudit review import` reads the file back under these heads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from mrvaudit.report import formats
from mrvaudit.report.office import book, data_sheets
from mrvaudit.report.office.book import Book, put
from mrvaudit.report.office.items import CLASSES, Item, items
from mrvaudit.report.office.marked_book import Links
from mrvaudit.report.writing import Writing

FILE = "findings.xlsx"
Columns = tuple[tuple[str, int], ...]
"""Keys of heads, and widths."""
ID = "finding_id"
LONG_AGO = date(2000, 1, 1)
"""Any later day is a date to the drop-down; what is no date at all is asked about."""
LIST: Columns = (
    ("col_number", 6), ("col_class", 11), ("col_description", 56), ("col_unit", 9), ("col_month", 9), ("col_code", 7),
    ("col_basis", 24), ("col_impact", 13), ("col_condition", 13), ("col_cause", 20), ("col_correction", 20),
    ("col_corrected", 14), ("col_evidence", 17), ("col_date", 11), ("col_opinion", 15), ("col_closed", 10),
    ("col_signature", 10), ("col_author", 11), ("col_severity", 9), ("col_rule", 9), ("col_place", 22), (ID, 18),
)  # fmt: skip
DOUBTS: Columns = (
    ("col_number", 6), ("col_unit", 9), ("col_month", 9), ("col_code", 7), ("col_observation", 56), ("col_look", 36),
    ("col_innocent", 30), ("col_basis", 24), ("col_impact", 13), ("col_condition", 13), ("col_result", 30),
    ("col_rule", 9), ("col_place", 22), (ID, 18),
)  # fmt: skip
PRINTED = {LIST: "col_author", DOUBTS: "col_result"}
"""The last column on paper; what follows serves on screen and for reading back."""
FILLED_IN = (
    "col_cause", "col_correction", "col_corrected", "col_evidence", "col_date", "col_opinion", "col_closed",
    "col_signature", "col_author",
)  # fmt: skip


def write(report: Mapping[str, Any], path: Path, writing: Writing, links: Links) -> None:
    """Write the workbook; `links` says where in marked.xlsx a cell stands."""
    title = formats.fill(writing.words["book_title"], {"name": _name(report), "years": report["period"]["years"]})[
        writing.lang
    ]
    made = book.opened(path, report, writing.lang, title)
    listed, doubts = items(report, writing)
    _list(made, writing, listed, links, title)
    _doubts(made, writing, doubts, links, title)
    data_sheets.missing(made, report, writing, title)
    data_sheets.data_table(made, report, writing, title)
    data_sheets.before_after(made, report, writing, title)
    data_sheets.notes(made, report, writing)
    made.file.close()


def _name(report: Mapping[str, Any]) -> str:
    unit = report["unit"]
    return " ".join(str(one) for one in (unit["entity_name"] or unit["entity_id"], unit["unit_id"]) if one)


def _list(made: Book, writing: Writing, listed: Sequence[Item], links: Links, title: str) -> None:
    sheet = made.file.add_worksheet(writing.words["sheet_list"][writing.lang])
    at = _heads(made, sheet, writing, LIST)
    fill = made.format(text_wrap=True, border=1, border_color=book.LINE, bg_color="#FFFDF2")
    day = made.format(border=1, border_color=book.LINE, bg_color="#FFFDF2", num_format="yyyy-mm-dd")
    for row, item in enumerate(listed, 1):
        _common(made, sheet, row, at, item, links)
        _fit(sheet, row, LIST, {"col_description": described(item, writing), "col_class": item.class_word}, item)
        put(sheet, row, at["col_class"], item.class_word, made.text)
        put(sheet, row, at["col_description"], described(item, writing), made.text)
        severity = made.format(font_color=book.INKS[item.severity], bold=True, border=1, border_color=book.LINE)
        put(sheet, row, at["col_severity"], item.severity_word, severity)
        said = _answered(item, writing)
        for name in FILLED_IN:
            put(sheet, row, at[name], said.get(name), day if name == "col_date" else fill)
    if listed:
        words = writing.words
        _choice(sheet, at["col_class"], len(listed), [words[f"nc_{one}"][writing.lang] for one in CLASSES])
        opinions = ("opinion_accepted", "opinion_partly", "opinion_refused")
        _choice(sheet, at["col_opinion"], len(listed), [words[one][writing.lang] for one in opinions])
        _choice(
            sheet, at["col_closed"], len(listed), [words[f"choice_{one}"][writing.lang] for one in ("open", "closed")]
        )
        rule = {"validate": "date", "criteria": ">", "value": LONG_AGO, "error_type": "warning"}
        sheet.data_validation(1, at["col_date"], len(listed), at["col_date"], rule)
    sheet.freeze_panes(1, 3)
    _finish(sheet, LIST, len(listed), title)


def _doubts(made: Book, writing: Writing, doubts: Sequence[Item], links: Links, title: str) -> None:
    sheet = made.file.add_worksheet(writing.words["sheet_doubts"][writing.lang])
    at = _heads(made, sheet, writing, DOUBTS)
    for row, item in enumerate(doubts, 1):
        _common(made, sheet, row, at, item, links)
        long = {"col_observation": described(item, writing), "col_look": item.ask, "col_innocent": item.may_also_be}
        _fit(sheet, row, DOUBTS, long, item)
        put(sheet, row, at["col_observation"], described(item, writing), made.text)
        put(sheet, row, at["col_look"], item.ask, made.text)
        put(sheet, row, at["col_innocent"], item.may_also_be, made.text)
        put(sheet, row, at["col_result"], None, made.text)
    _finish(sheet, DOUBTS, len(doubts), title)


def _answered(item: Item, writing: Writing) -> dict[str, Any]:
    """What an earlier answer that still holds said, by column."""
    words, lang, given = writing.words, writing.lang, item.answer
    names = {
        "col_cause": "cause", "col_correction": "answer", "col_corrected": "corrected_value",
        "col_evidence": "evidence", "col_date": "date", "col_signature": "verified_by", "col_author": "author",
    }  # fmt: skip
    opinion, closed = f"opinion_{given.get('opinion')}", item.status == "closed"
    return {
        **{column: given.get(name) for column, name in names.items()},
        "col_opinion": words[opinion][lang] if opinion in words else given.get("opinion"),
        "col_closed": words["choice_closed" if closed else "choice_open"][lang] if given else None,
    }


def described(item: Item, writing: Writing) -> str:
    """The sentence with its figures, and on a line of its own where they stand."""
    if not item.source:
        return item.message
    source = formats.fill(writing.words["office_source"], {"source": item.source})[writing.lang]
    return f"{item.message}\n{source}"


def _heads(made: Book, sheet: Worksheet, writing: Writing, columns: Columns) -> dict[str, int]:
    names = [name if name == ID else f"{writing.words[name]['zh']}\n{writing.words[name]['en']}" for name, _ in columns]
    book.heads(made, sheet, names, [width for _, width in columns])
    return {name: column for column, (name, _) in enumerate(columns)}


def _common(made: Book, sheet: Worksheet, row: int, at: Mapping[str, int], item: Item, links: Links) -> None:
    """Columns that both lists have."""
    number: Any = item.label if item.is_doubt else int(item.label)
    put(sheet, row, at["col_number"], number, made.format(border=1, border_color=book.LINE, align="center"))
    for name, value in (
        ("col_unit", item.unit), ("col_month", item.month), ("col_code", item.data_code), ("col_basis", item.basis),
        ("col_condition", item.condition), ("col_rule", item.rule_id),
    ):  # fmt: skip
        put(sheet, row, at[name], value, made.text)
    put(sheet, row, at["col_impact"], item.impact_tco2, made.number(2))
    link = links.of(item.places[0]) if item.places else None
    if link is None:
        put(sheet, row, at["col_place"], links.words(item.places[0]) if item.places else None, made.text)
    else:
        form = made.format(text_wrap=True, border=1, border_color=book.LINE, font_color=book.ACCENT, underline=1)
        sheet.write_url(row, at["col_place"], link[0], form, link[1])
    grey = made.format(border=1, border_color=book.LINE, font_color="#5D656E", font_size=8)
    put(sheet, row, at[ID], item.finding_id, grey)


def _choice(sheet: Worksheet, column: int, rows: int, words: list[str]) -> None:
    rule = {"validate": "list", "source": words, "error_type": "warning"}
    sheet.data_validation(1, column, rows, column, rule)


def _fit(sheet: Worksheet, row: int, columns: Columns, long: Mapping[str, str], item: Item) -> None:
    """The height that shows the longest text of a row."""
    widths = dict(columns)
    texts = {**long, "col_basis": item.basis, "col_condition": item.condition}
    sheet.set_row(row, book.tall([(text, widths[name]) for name, text in texts.items()], 2))


def _finish(sheet: Worksheet, columns: Columns, rows: int, title: str) -> None:
    names = [name for name, _ in columns]
    sheet.autofilter(0, 0, max(rows, 1), len(names) - 1)
    book.printed(sheet, title, names.index(PRINTED[columns]) + 1)
