"""The workbook of findings to answer: what goes out to the enterprise and the verifier, and comes back filled in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from mrvaudit import __version__
from mrvaudit.answers.answer import Answer
from mrvaudit.answers.columns import book
from mrvaudit.answers.filled import text_of
from mrvaudit.answers.records import Records
from mrvaudit.model import SEVERITIES
from mrvaudit.report import formats
from mrvaudit.report.formats import known

Row = dict[str, Any]
FONT = {"zh": "宋体", "en": "Calibri"}
LONGEST_CELL = 16_000
LINE_HEIGHT, MOST_LINES = 13.5, 24
# Nothing of a submission may become a formula, a link or a number by itself.
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
BAND, FILL, LINE = "#DBE7E6", "#FBF6E6", "#B9BDC2"
CHOICES = {"opinion": "opinions", "closed": "closings", "status": "statuses"}


def write(
    path: Path, findings: Sequence[Row], answers: Mapping[str, Answer], records: Records, as_of: date, lang: str
) -> int:
    """Write the list and the doubts (findings of `info`) that are not closed; returns how many findings stand in it.

    `findings` are rows of findings.parquet with the status of the day; earlier answers are filled in.
    """
    words = book()
    file = xlsxwriter.Workbook(str(path), PLAIN)
    title = words.texts["title"]
    file.set_properties(
        {
            "title": getattr(title, lang),
            "author": f"mrvaudit {__version__}",
            "created": datetime(as_of.year, as_of.month, as_of.day),
        }
    )
    wanted = [one for one in findings if one["status"] not in ("closed", "suppressed")]
    doubts = [one for one in wanted if one["severity"] == "info"]
    lists = (("sheet", [one for one in wanted if one["severity"] != "info"]), ("sheet_doubts", doubts))
    for name, rows in lists:
        ordered = sorted(rows, key=_weight)
        lines = [
            _line(number, one, answers.get(one["finding_id"]), records, lang) for number, one in enumerate(ordered, 1)
        ]
        _sheet(file, getattr(words.texts[name], lang), lines, lang)
    _notes(file, lang)
    file.close()
    return len(wanted)


def _weight(finding: Row) -> tuple[Any, ...]:
    size = abs(finding["impact_tco2"] or 0.0)
    return (
        SEVERITIES.index(finding["severity"]),
        -size,
        finding["entity_id"],
        finding["unit_id"] or "",
        finding["finding_id"],
    )


def _line(number: int, finding: Row, answer: Answer | None, records: Records, lang: str) -> Row:
    said = formats.book()["words"]
    row = records.row(finding["table"], finding["entity_id"], finding["row_key"])
    kind = finding["impact_kind"] if known(finding["impact_tco2"]) else None
    condition = {"if_default_applies": "conditional", "range": "range"}.get(kind or "")
    return {
        "number": number,
        "class": said[f"nc_{finding['nc_class']}"][lang] if f"nc_{finding['nc_class']}" in said else "",
        "description": finding[f"message_{lang}"] or finding["message_zh"],
        "unit": finding["unit_id"] or finding["entity_id"],
        "month": f"{finding['month']:%Y-%m}" if finding["month"] else None,
        "code": finding["data_code"],
        "basis": _half(finding["basis"], lang),
        "impact": round(finding["impact_tco2"], 2) if known(finding["impact_tco2"]) else None,
        "condition": getattr(book().texts[condition], lang) if condition else None,
        "record": _record(finding, records, lang),
        "present": row.get(finding["field"]) if row is not None and finding["field"] else None,
        "unit_of_value": _unit(finding, row, records),
        "severity": said[finding["severity"]][lang],
        "rule": finding["rule_id"],
        "place": _place(finding),
        "finding_id": finding["finding_id"],
        **_answered(finding, answer, lang),
    }  # fmt: skip


def _half(text: str, lang: str) -> str:
    """`中文 / English` in one language."""
    zh, parted, en = text.partition(" / ")
    return en if parted and lang == "en" else zh


def _record(finding: Row, records: Records, lang: str) -> str | None:
    table = records.sector.tables.get(finding["table"] or "")
    if table is None:
        return None
    field = table.fields.get(finding["field"] or "")
    parts = [getattr(table.title, lang), finding["row_key"] or "", getattr(field.title, lang) if field else ""]
    return " · ".join(part for part in parts if part)


def _unit(finding: Row, row: Row | None, records: Records) -> str | None:
    if row is None or finding["field"] not in records.sector.tables[finding["table"]].fields:
        return None
    return records.unit(finding["table"], finding["field"], row)


def _place(finding: Row) -> str | None:
    if not finding["source_file"]:
        return None
    parts = [finding["source_file"], finding["source_sheet"] or "", finding["source_cell"] or ""]
    return "!".join(part for part in parts if part)


def _answered(finding: Row, answer: Answer | None, lang: str) -> Row:
    """What was filled in before; an answer that no longer holds stands apart, so that it is not taken again."""
    status = getattr(book().statuses[finding["status"]], lang)
    if answer is None:
        return {"now": status}
    if answer.state != "in_force":
        why = getattr(book().states[answer.state], lang)
        said = " · ".join(str(one) for one in (answer.date, answer.author, answer.answer or answer.cause, why) if one)
        return {"now": status, "earlier": said}
    steps = {step.status: step for step in answer.steps}
    verified, closed = steps.get("verified"), steps.get("closed")
    return {
        **{name: getattr(answer, name) for name in ("cause", "answer", "evidence", "author", "date", "expires")},
        "corrected": answer.corrected_value,
        "opinion": answer.opinion,
        "signature": verified.by if verified else None,
        "verified_on": verified.on if verified else None,
        "closed_on": closed.on if closed else None,
        "now": status,
    }


def _sheet(file: Any, name: str, lines: Sequence[Row], lang: str) -> None:
    sheet = file.add_worksheet(name)
    base = {
        "font_name": FONT[lang],
        "font_size": 10,
        "valign": "top",
        "text_wrap": True,
        "border": 1,
        "border_color": LINE,
    }
    head = file.add_format({**base, "bold": True, "bg_color": BAND, "valign": "vcenter", "align": "center"})
    text, filled = file.add_format(base), file.add_format({**base, "bg_color": FILL})
    figure = {**base, "num_format": "#,##0.######", "align": "right"}
    number, number_filled = file.add_format(figure), file.add_format({**figure, "bg_color": FILL})
    columns = book().columns
    for index, (key, column) in enumerate(columns.items()):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, getattr(column, lang), head)
        for line, row in enumerate(lines, 1):
            _put(sheet, line, index, row.get(key), *((filled, number_filled) if column.who else (text, number)))
        if key in CHOICES and lines:
            words = getattr(book(), CHOICES[key])
            source = [getattr(one, lang) for one in words.values()]
            sheet.data_validation(
                1, index, len(lines), index, {"validate": "list", "source": source, "error_type": "warning"}
            )
    sheet.set_row(0, 32)
    for line, row in enumerate(lines, 1):
        sheet.set_row(line, _height(row))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(len(lines), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(2, 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, 2)


def _height(row: Row) -> float:
    """Height in points that shows every text of the row: viewers that do not fit wrapped rows would cut it."""
    columns = book().columns
    lines = [ceil(wide(str(text)) / (columns[key].width - 1)) for key, text in row.items() if text is not None]
    return min(MOST_LINES, max(1, *lines)) * LINE_HEIGHT + 3


def wide(text: str) -> int:
    """Columns that a text takes: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _put(sheet: Any, line: int, column: int, value: Any, text: Any, number: Any) -> None:
    """A figure as a figure, everything else as text; what is missing leaves a formatted blank."""
    if isinstance(value, int | float) and not isinstance(value, bool) and known(value):
        sheet.write_number(line, column, value, number)
        return
    shown = text_of(value) if known(value) else None
    if shown is None:
        sheet.write_blank(line, column, None, text)
    else:
        sheet.write_string(line, column, shown[:LONGEST_CELL], text)


def _notes(file: Any, lang: str) -> None:
    texts = book().texts
    sheet = file.add_worksheet(getattr(texts["sheet_notes"], lang))
    sheet.set_column(0, 0, 100)
    form = file.add_format({"font_name": FONT[lang], "font_size": 11, "text_wrap": True, "valign": "top"})
    for line, name in enumerate(one for one in texts if one.startswith("how")):
        sheet.write_string(line, 0, getattr(texts[name], lang), form)
