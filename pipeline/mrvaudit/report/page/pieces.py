"""The parts of a page that are many and small, written in Python because a template would take thrice as long.

Daily records, cells of the data table, nodes of the recalculation tree: some two thousand of them on a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from mrvaudit.report import formats
from mrvaudit.report.formats import NONE, Pair

NB = "\u00a0"
_NOTHING = Markup("")


def both(pair: Mapping[str, str] | None) -> Markup:
    """A pair as two spans of which one is shown; once where the languages agree."""
    return _NOTHING if pair is None else spans(pair["zh"], pair["en"])


@lru_cache(maxsize=8_192)
def spans(zh: str, en: str) -> Markup:
    """Both languages of a text; escaped once a process, as words and clauses come again on every page."""
    if zh == en:
        return escape(zh)
    return Markup(f"<span lang=zh>{escape(zh)}</span><span lang=en>{escape(en)}</span>")


def cut(text: Any, most: int = 400) -> str:
    """At most `most` characters of a value as submitted, with the number of those left out."""
    whole = str(text)
    return whole if len(whole) <= most else f"{whole[:most]}… (+{len(whole) - most:,})"


def day_table(days: Mapping[str, Any], words: Mapping[str, Pair]) -> str:
    """Daily records without closing tags, which the language allows, and without classes: the bulk of a page."""
    heads = "".join(f"<th scope=col>{both(one['title'])}" for one in days["columns"])
    rows = days["rows"]
    plain = "".join([f"{day}{cell}" for day, *_, cell in rows])
    # Dates and cells seldom hold anything to escape; one look at all of them spares two for each row.
    safe = str if escape(plain) == plain else escape
    columns = [
        [safe(row[0][5:]) for row in rows],
        *[formats.numbers([row[at] for row in rows], one["decimals"]) for at, one in enumerate(days["columns"], 1)],
        [safe(row[-1] or NONE) for row in rows],
    ]
    lines = [f"<tr><th scope=row>{'<td>'.join(cells)}" for cells in zip(*columns, strict=True)]
    return (
        f"<table class=dt><thead><tr><th scope=col>{both(words['date'])}{heads}<th scope=col>{both(words['cell'])}"
        f"</thead><tbody>{''.join(lines)}</tbody></table>"
    )


def data_cells(line: Mapping[str, Any], year: str, words: Mapping[str, Pair]) -> Markup | None:
    """The cells of a line of the data table for one year, the year first; None where it has none of that year."""
    months = {one["month"]: one for one in line["months"]}
    of_year = next((one for one in line["years"] if one["year"] == year), None)
    found = [of_year, *(months.get(f"{year}-{number:02d}") for number in range(1, 13))]
    if not any(found):
        return None
    return Markup("".join(_cell(one, line["decimals"], words) for one in found))


def _cell(one: Mapping[str, Any] | None, decimals: int | None, words: Mapping[str, Pair]) -> str:
    if one is None:
        return f"<td>{NONE}"
    declared, recalculated = one["declared"], one["recalculated"]
    if recalculated is None and declared is not None:
        return f"<td>{shown(declared, decimals)}<small class=only>{both(words['declared_short'])}</small>"
    if not one["differs"]:
        return f"<td>{shown(recalculated, decimals)}"
    declared, recalculated = shown(declared, decimals), shown(recalculated, decimals)
    said = f"<span class=vh>{both(words['declared'])} </span>"
    return f"<td>{recalculated}<span class=was>{said}{declared}</span>"


def shown(value: Any, decimals: int | None) -> str:
    """A figure or text of the data table; an en dash where there is none."""
    if isinstance(value, str):
        return str(escape(cut(value, 60)))
    return formats.plain(value) if decimals is None else formats.number(value, decimals)


SIGNS = {"independent": "●●", "own": "●○", "single": "●", "none": "▲0", "prescribed": "§"}


HEARD = {"independent": "2", "own": "1+", "single": "1", "none": "0", "prescribed": "§"}
"""What is heard in place of a sign; the legend names both."""


def source_cells(line: Mapping[str, Any], year: str) -> Markup:
    """Twelve cells of the matrix of second sources: a sign that the style sheet draws, a figure to hear."""
    cells = {one["month"]: one for one in line["cells"]}
    return Markup("".join(_source_cell(cells.get(f"{year}-{number:02d}")) for number in range(1, 13)))


def _source_cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return f"<td>{NONE}"
    kind = cell["kind"]
    return f"<td class=k-{kind}><i>{HEARD[kind]}</i>"


def mark(name: str | None, words: Mapping[str, Pair]) -> Markup:
    """The tag of a source that is not law; nothing for one that is."""
    return _NOTHING if name in (None, "law") else Markup(f"<span class=tag>{both(words[f'mark_{name}'])}</span>")
