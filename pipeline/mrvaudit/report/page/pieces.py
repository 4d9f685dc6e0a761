"""The parts of a page that are many and small, written in Python because a template would take thrice as long.

Daily records, cells of the data table, nodes of the recalculation tree: some two thousand of them on a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from mrvaudit.report import formats
from mrvaudit.report.formats import NONE, Pair

NB = "\u00a0"


def both(pair: Mapping[str, str] | None) -> Markup:
    """A pair as two spans of which one is shown; once where the languages agree."""
    if pair is None:
        return Markup("")
    zh, en = escape(pair["zh"]), escape(pair["en"])
    return zh if zh == en else Markup(f"<span lang=zh>{zh}</span><span lang=en>{en}</span>")


def cut(text: Any, most: int = 400) -> str:
    """At most `most` characters of a value as submitted, with the number of those left out."""
    whole = str(text)
    return whole if len(whole) <= most else f"{whole[:most]}… (+{len(whole) - most:,})"


def day_table(days: Mapping[str, Any], words: Mapping[str, Pair]) -> Markup:
    """Daily records without closing tags, which the language allows: the bulk of a page."""
    heads = "".join(f'<th scope="col" class=num>{both(one["title"])}' for one in days["columns"])
    decimals = [one["decimals"] for one in days["columns"]]
    number = formats.number
    lines = [
        f"<tr><th scope=row>{escape(day[5:])}"
        + "".join([f"<td class=num>{number(value, places)}" for value, places in zip(values, decimals, strict=True)])
        + f"<td class=mono>{cell or NONE}"
        for day, *values, cell in days["rows"]
    ]
    return Markup(
        f'<table><thead><tr><th scope="col">{both(words["date"])}{heads}<th scope="col">{both(words["cell"])}</thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
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
        return f"<td>{NONE}</td>"
    declared, recalculated = _shown(one["declared"], decimals), _shown(one["recalculated"], decimals)
    if one["recalculated"] is None and one["declared"] is not None:
        return f'<td>{declared}<small class="only">{both(words["declared_short"])}</small></td>'
    if not one["differs"]:
        return f"<td>{recalculated}</td>"
    said = f'<span class="vh">{both(words["declared"])} </span>'
    return f'<td>{recalculated}<span class="was">{said}{declared}</span></td>'


def _shown(value: Any, decimals: int | None) -> str:
    if isinstance(value, str):
        return str(escape(cut(value, 60)))
    return formats.plain(value) if decimals is None else formats.number(value, decimals)


SIGNS = {"independent": "●●", "own": "●○", "single": "●", "none": "▲0", "prescribed": "§"}


HEARD = {"independent": "2", "own": "1+", "single": "1", "none": "0", "prescribed": "§"}
"""What is heard in place of a sign; the legend names both."""


def source_cells(line: Mapping[str, Any], year: str) -> Markup:
    """Twelve cells of the matrix of second sources: a sign to look at, and a figure to hear."""
    cells = {one["month"]: one for one in line["cells"]}
    return Markup("".join(_source_cell(cells.get(f"{year}-{number:02d}")) for number in range(1, 13)))


def _source_cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return f"<td>{NONE}"
    kind = cell["kind"]
    return f"<td class=k-{kind}><span aria-hidden=true>{SIGNS[kind]}</span><span class=vh>{HEARD[kind]}</span>"


def mark(name: str | None, words: Mapping[str, Pair]) -> Markup:
    """The tag of a source that is not law; nothing for one that is."""
    return Markup("") if name in (None, "law") else Markup(f'<span class="tag">{both(words[f"mark_{name}"])}</span>')


def branch(node: Mapping[str, Any], words: Mapping[str, Pair]) -> Markup:
    """A node of the recalculation tree with everything below it."""
    basis = f"{both(node['basis'])} {mark(node['mark'], words)}" if node["basis"] else ""
    if not node["args"]:
        between = f" · {basis}" if basis else ""
        label = f"{_label(node)}{between}{_read(node, words)}"
        return Markup(f'<p class="leaf"><span>{label}</span><span class="v">{_figure(node, words)}</span></p>')
    opened = " open" if node["differs"] else ""
    return Markup(
        f'<details{opened}><summary><span>{_label(node)}</span><span class="v">{_figure(node, words)}</span></summary>'
        f"{below(node, words)}</details>"
    )


def below(node: Mapping[str, Any], words: Mapping[str, Pair]) -> Markup:
    """What stands under a node: its sum written out, what that rests on, and its arguments."""
    parts = []
    if node["equation"]:
        result = formats.number(node["value"], node["decimals"])
        parts.append(f'<p class="eq">{escape(node["equation"])} = {result}{_unit(node)}</p>')
    if node["basis"]:
        parts.append(f'<p class="by">{both(node["basis"])} {mark(node["mark"], words)}</p>')
    if node["differs"] and node["declared_cells"]:
        parts.append(f'<p class="by">{_declared_at(node, words)}</p>')
    parts += [branch(child, words) for child in node["args"]]
    return Markup("".join(parts))


def _read(node: Mapping[str, Any], words: Mapping[str, Pair]) -> str:
    """Where a leaf was read, and what was declared in its place where the two differ."""
    places = [_place(one, words) for one in node["cells"]]
    if node["differs"] and node["declared_cells"]:
        places.append(_declared_at(node, words))
    return "".join(f' <span class="at">{one}</span>' for one in places)


def _declared_at(node: Mapping[str, Any], words: Mapping[str, Pair]) -> str:
    return f"{both(words['declared'])} {', '.join(_place(one, words) for one in node['declared_cells'])}"


def _place(cell: Mapping[str, Any], words: Mapping[str, Pair]) -> str:
    """A cell in the one grammar of all cells: file › sheet › cell, and how many there are in a stretch."""
    sheet = f" › {escape(cut(cell['sheet']))}" if cell["sheet"] else ""
    many = f" ({both(formats.fill(words['cells_count'], {'n': cell['cells']}))})" if (cell["cells"] or 0) > 1 else ""
    return f"<code>{escape(cut(cell['file']))}</code>{sheet} › <code>{escape(cell['cell'])}</code>{many}"


def _label(node: Mapping[str, Any]) -> str:
    flag = '<span class="flag">▲</span> ' if node["differs"] else ""
    code = f"{escape(node['code'])} " if node["code"] else ""
    return f"{flag}{code}{both(node['title'])}"


def _figure(node: Mapping[str, Any], words: Mapping[str, Pair]) -> str:
    value = node["value"]
    if isinstance(value, str):
        return str(escape(cut(value)))
    was = ""
    if node["differs"]:
        declared = formats.number(node["declared"], node["decimals"])
        was = f'<span class="flag">{both(words["declared"])} {declared}</span> → '
    return f"{was}{formats.number(value, node['decimals'])}{_unit(node)}{_tonnes(node)}"


def _tonnes(node: Mapping[str, Any]) -> str:
    """What a figure that was declared otherwise is worth, with its sign."""
    if node["tonnes"] is None:
        return ""
    return f' <span class="flag">({formats.signed(node["tonnes"])}{NB}tCO₂)</span>'


def _unit(node: Mapping[str, Any]) -> str:
    return f"{NB}{both(formats.unit_name(node['unit']))}" if node["unit"] else ""
