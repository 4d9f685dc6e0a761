"""Rows of the page's long tables: parameters, checks, data codes, second sources.

Written in Python because a template would take thrice as long; without closing tags, which the language allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from mrvaudit.report import formats
from mrvaudit.report.formats import LANGUAGES, NONE, Pair
from mrvaudit.report.page.pieces import both, data_cells, source_cells, spans

Line = Mapping[str, Any]
Words = Mapping[str, Pair]


def parameters(rows: Sequence[Line], words: Words) -> Markup:
    """Rows of the parameters: what neighbours have in common, their name or their basis and mark, stands once."""
    return _parameters(
        tuple(
            (
                _two(one["title"]), _two(one["key_title"]), one["value"], one["unit"], one["from"], one["until"],
                (_two(one["basis"]), _two(words[f"mark_{one['mark']}"])),
            )
            for one in rows
        )
    )  # fmt: skip


def _two(pair: Mapping[str, str] | None) -> tuple[str, str]:
    return (pair["zh"], pair["en"]) if pair else ("", "")


@lru_cache(maxsize=256)
def _parameters(rows: tuple[tuple[Any, ...], ...]) -> Markup:
    """Units of a kind have the same parameters: their rows are written once."""
    names, grounds = _runs([one[0] for one in rows]), _runs([one[-1] for one in rows])
    made = []
    for at, (title, key, value, unit, since, until, (basis, mark)) in enumerate(rows):
        head = f"<th scope=row{_rows(names[at])}>{spans(*title)}" if at in names else ""
        ground = (
            f"<td{_rows(grounds[at])}>{spans(*basis)}<td{_rows(grounds[at])}>{spans(*mark)}" if at in grounds else ""
        )
        of_unit = both(formats.unit_name(unit))
        valid = f"{escape(since)} – {escape(until or '')}"
        made.append(f"<tr>{head}<td>{spans(*key)}<td>{_figure(value, unit)}<td>{of_unit}<td>{valid}{ground}")
    return Markup("".join(made))


def _figure(value: float, unit: str) -> str:
    """A value plainly; a year has no thousands."""
    return f"{value:.0f}" if unit == "years" else formats.plain(value)


def _runs(values: Sequence[Any]) -> dict[int, int]:
    """Where runs of equal values begin, and how long they are."""
    runs: dict[int, int] = {}
    at = 0
    for _, group in groupby(values):
        runs[at] = len(list(group))
        at += runs[at]
    return runs


def _rows(count: int) -> str:
    return f" rowspan={count}" if count > 1 else ""


def checks(rows: Sequence[Line], words: Words) -> Markup:
    """Rows of the checks of one status."""
    tag, number = plant_tag(words), formats.number
    return Markup(
        "".join(
            [
                f"<tr><th scope=row>{escape(one['rule_id'])}<td>{both(one['title'])}{tag if one['plant_level'] else ''}"
                f"<td>{number(one['rows'])}<td>{number(one['rows_found'])}<td>{number(one['rows_unknown'])}"
                for one in rows
            ]
        )
    )


def plant_tag(words: Words) -> str:
    """The tag of what concerns the whole plant."""
    return f" <span class=tag>{both(words['plant_level'])}</span>"


def data(lines: Sequence[Line], year: str, words: Words) -> Markup:
    """Rows of the data table of one year; a line without a figure of that year has none."""
    made = []
    for line in lines:
        cells = data_cells(line, year, words)
        if cells is not None:
            tag = plant_tag(words) if line["of"] == "entity" else ""
            made.append(f"<tr><th scope=row>{_name(line)}{tag}<td>{both(formats.unit_name(line['unit']))}{cells}")
    return Markup("".join(made))


def sources(lines: Sequence[Line], year: str, words: Words) -> Markup:
    """Rows of the matrix of second sources of one year: the sources of a line in one cell, then its twelve months."""
    return Markup(
        "".join(
            [
                f"<tr><th scope=row>{_name(one)}<td>{_sources(one['sources'], words)}{source_cells(one, year)}"
                for one in lines
            ]
        )
    )


def _name(line: Line) -> str:
    item = f" · {both(line['item_title'])}" if line["item_title"] else ""
    return f"{escape(line['code'])} {both(line['title'])}{item}"


def _sources(found: Sequence[Line], words: Words) -> Markup:
    parts = [
        {
            lang: one["title"][lang] + (_bracketed(one["provided_by"][lang], lang) if one["provided_by"] else "")
            for lang in LANGUAGES
        }
        for one in found
    ]
    return both(joined(parts, words["semicolon"])) if parts else Markup(NONE)


def _bracketed(text: str, lang: str) -> str:
    return str(formats.form("brackets", lang).format(text))


def joined(
    pairs: Sequence[Mapping[str, str]], between: Mapping[str, str], end: Mapping[str, str] | None = None
) -> Pair:
    """Several pairs as one: what stands between them and at their end is said in each language once."""
    return {lang: between[lang].join(one[lang] for one in pairs) + (end[lang] if end else "") for lang in LANGUAGES}
