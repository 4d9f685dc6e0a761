"""The data codes as the Word template shows them: a block each, the year, the months, the figures for allocation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.before_after import Pairs, declared_twice
from mrvaudit.report.office.data_sheets import cells_of, named
from mrvaudit.report.office.items import SIGNS, Item
from mrvaudit.report.office.speech import Speech

Report = Mapping[str, Any]
View = dict[str, Any]
FOUND_SHOWN = 12
"""Lines of a data block; the annex lists every finding."""
PLAN_ROWS = (
    ("source", "doc_data_source"), ("method", "doc_method"), ("frequency", "doc_frequency"),
    ("missing_data_treatment", "doc_missing_treatment"), ("department", "doc_department"),
)  # fmt: skip


def block(block: Mapping[str, Any], report: Report, found: Sequence[Item], speech: Speech) -> View:
    about = [item for item in found if item.data_code == block["code"]]
    lines = [report["data_codes"][place] for place in block["lines"]]
    return {
        "title": f"{block['code']} {speech.listed([speech.of(one) for one in block['titles'][:3]])}",
        "lines": [_value_line(line, speech) for line in lines],
        "rows": [
            {"label": speech.say(key), "texts": texts}
            for key, texts in (*_origins(block, speech), ("doc_cross", _cross(block["code"], report, speech)))
            if texts
        ],
        "found": _found(about, speech),
    }


def _value_line(line: Mapping[str, Any], speech: Speech) -> View:
    year = line["years"][-1] if line["years"] else {"declared": None, "recalculated": None}
    differing = [one["month"] for one in line["months"] if one["differs"]]
    return {
        "title": named(line, speech.lang),
        "unit": speech.of(formats.unit_name(line["unit"])),
        "declared": _figure(year["declared"], line["decimals"]),
        "recalculated": _figure(year["recalculated"], line["decimals"]),
        "differs": speech.of(formats.months(differing)) if differing else formats.NONE,
    }


def _figure(value: Any, decimals: int | None) -> str:
    if isinstance(value, str):
        return value
    return formats.number(value, decimals) if decimals is not None else formats.plain(value)


def _origins(block: Mapping[str, Any], speech: Speech) -> list[tuple[str, list[str]]]:
    """Where a datum comes from: control plan, meters, records."""
    plan = {one["field"]: speech.of(one["value"]) for one in block["plan"]}
    rows = [(key, [plan[name]] if name in plan else []) for name, key in PLAN_ROWS]
    if block["computed"]:
        rows[0] = (rows[0][0], [speech.of(block["computed"])])
    elif not plan:
        rows[0] = (rows[0][0], [speech.say("doc_no_plan")])
    meters = [_meter(one, speech) for one in block["meters"]]
    records = [
        speech.say(
            "doc_record_line",
            title=one["title"],
            files=speech.listed([path.rsplit("/", 1)[-1] for path in one["files"]]),
        )
        for one in block["records"]
    ]
    rows.insert(2, ("doc_meter", meters))
    rows.insert(4, ("doc_records", records))
    return rows


def _cross(code: str, report: Report, speech: Speech) -> list[str]:
    """Which sources speak of a datum, and the sentence that it has one only; nothing for what is computed."""
    matrix = report.get("second_sources")
    said: list[str] = []
    for line in matrix["lines"] if matrix else ():
        if line["code"] != code:
            continue
        item = f"{speech.of(line['item_title'])}{speech.say('colon')}" if line["item_title"] else ""
        sources = [_source(one, speech) for one in line["sources"]]
        kinds = {cell["kind"] for cell in line["cells"]}
        sentences = [speech.of(one["words"]) for one in line["sentences"]]
        if not sentences:
            sentences = [speech.say("doc_cross_prescribed" if kinds == {"prescribed"} else "doc_cross_all")]
        named = speech.say("doc_cross_sources", sources=speech.listed(sources)) if sources else ""
        said.append(f"{item}{named}{' '.join(sentences) if speech.lang == 'en' else ''.join(sentences)}")
    return said


def _source(one: Mapping[str, Any], speech: Speech) -> str:
    title, by = speech.of(one["title"]), one["provided_by"]
    return speech.say("doc_source_by", title=title, provider=by) if by else title


def _meter(one: Mapping[str, Any], speech: Speech) -> str:
    names = {
        "class": "accuracy_class",
        "on": "calibrated_on",
        "due": "due_on",
        "certificate": "certificate_no",
        "id": "meter_id",
    }
    return speech.say(
        "doc_meter_line", kind=one["kind"], **{key: one[name] or formats.NONE for key, name in names.items()}
    )


def _found(about: Sequence[Item], speech: Speech) -> list[str]:
    """A line per kind of finding, with its months and its numbers in the annex."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in about:
        groups.setdefault((item.severity, item.title), []).append(item)
    lines = [
        speech.say(
            "doc_found_line" if any(one.month for one in group) else "doc_found_no_month",
            sign=SIGNS[severity],
            title=title,
            months=formats.months([one.month for one in group if one.month]),
            numbers=_numbers([one.label for one in group]),
        )
        for (severity, title), group in groups.items()
    ]
    if len(lines) > FOUND_SHOWN:
        lines = [*lines[:FOUND_SHOWN], speech.say("doc_found_more", n=len(lines) - FOUND_SHOWN)]
    return lines or [speech.say("doc_found_none")]


def _numbers(labels: Sequence[str]) -> str:
    """1, 3–5: runs of labels joined."""
    runs: list[list[str]] = []
    for label in labels:
        follows = runs and int(runs[-1][-1].lstrip("D")) + 1 == int(label.lstrip("D"))
        if follows:
            runs[-1].append(label)
        else:
            runs.append([label])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def year_lines(report: Report, speech: Speech) -> list[View]:
    """The year of every line that has one; what is stated by month alone stands with the months."""
    changed = declared_twice(report)
    lines = [line for line in report["data_codes"] if line["years"]]
    return [{"code": line["code"], **_value_line(line, speech), **_twice(line, changed, speech)} for line in lines]


def _twice(line: Mapping[str, Any], changed: Pairs, speech: Speech) -> View:
    """The year before and after, where the run knows both; else what is left to fill in."""
    year = line["years"][-1]
    before, after = changed(line, year["year"], year["declared"])
    shown = {"declared": _figure(before, line["decimals"]), "after": "", "equal": "", "change": ""}
    if after is None:
        return shown
    figures = isinstance(before, int | float) and isinstance(after, int | float)
    shown |= {"after": _figure(after, line["decimals"]), "equal": speech.say("yes" if before == after else "no")}
    return shown | {"change": formats.signed((after - before) / before * 100, 2) if figures and before else ""}


def month_table(report: Report, year: str, speech: Speech) -> View:
    """Twelve columns: declared, and below it recalculated in the months where it differs."""
    places = [f"{year}-{number:02d}" for number in range(1, 13)]
    rows = []
    for line in report["data_codes"]:
        cells = cells_of(line)
        if not any(place in cells for place in places):
            continue
        lead = {
            "code": line["code"],
            "title": named(line, speech.lang),
            "unit": speech.of(formats.unit_name(line["unit"])),
        }
        rows.append({**lead, "cells": [_month_cell(cells.get(place), line["decimals"]) for place in places]})
        if any(cells[place]["differs"] for place in places if place in cells):
            own = [
                _figure(cells[place]["recalculated"], line["decimals"])
                if place in cells and cells[place]["differs"]
                else ""
                for place in places
            ]
            rows.append({"code": "▲", "title": speech.say("head_recalculated"), "unit": "", "cells": own})
    return {
        "title": speech.say("doc_annex_1_months", year=year),
        "heads": [speech.of(formats.month(place)) for place in places],
        "rows": rows,
    }


def _month_cell(cell: Mapping[str, Any] | None, decimals: int | None) -> str:
    if cell is None:
        return formats.NONE
    return _figure(cell["recalculated"] if cell["declared"] is None else cell["declared"], decimals)


def allocation(report: Report, speech: Speech) -> list[View]:
    wanted = report["verification"]["allocation"]
    facts = {fact["field"]: fact for fact in report["unit"]["facts"]}
    rows = [
        {
            "code": "C.2",
            "title": speech.of(facts[name]["title"]),
            "unit": speech.of(formats.unit_name(facts[name]["unit"])),
            "declared": speech.of(facts[name]["text"]),
            "recalculated": formats.NONE,
        }
        for name in wanted["facts"]
        if name in facts
    ]
    lines = [line for code in wanted["codes"] for line in report["data_codes"] if line["code"] == code]
    return rows + [{"code": line["code"], **_value_line(line, speech)} for line in lines]
