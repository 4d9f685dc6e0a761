"""The recalculation tree, written in Python because a template would take thrice as long; each month once a page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from mrvaudit.report import formats
from mrvaudit.report.formats import Pair
from mrvaudit.report.page.pieces import NB, both, cut, day_table, mark, spans
from mrvaudit.report.page.printing import escaped
from mrvaudit.report.page.trimming import Trim, shows

Node = Mapping[str, Any]
FLAG = "<span class=flag>▲</span> "


class Tree:
    """The months of one report's tree, as text that is kept: a page that is trimmed writes only what changed.

    What formulas and parameters rest on is the same month after month: it stands once below the tree, by number.
    """

    def __init__(self, report: Node, words: Mapping[str, Pair], many_years: bool) -> None:
        self.months, self.words, self.many_years = report["trees"], words, many_years
        self.kept: dict[tuple[int, bool, bool], str] = {}
        self.grounds: dict[str, int] = {}

    def at(self, trim: Trim) -> Markup:
        """All months, with the formulas and daily rows that the trim leaves."""
        return Markup("".join(self._month(at, trim) for at in range(len(self.months))))

    def listed(self, trim: Trim) -> Markup:
        """The grounds by number, where the trim leaves a formula that refers to them."""
        if not any(shows(trim.nodes, month) for month in self.months):
            return Markup("")
        return Markup("".join([f"<li id=tb{number}>{ground}</li>" for ground, number in self.grounds.items()]))

    def _month(self, at: int, trim: Trim) -> str:
        month = self.months[at]
        key = (at, shows(trim.nodes, month), shows(trim.days, month))
        if key not in self.kept:
            flag = FLAG if month["differs"] or month["findings"] else ""
            name = both(formats.month(month["month"], year=self.many_years))
            items = "".join([self._item(item, *key[1:]) for item in month["items"] if _has_more(item)])
            self.kept[key] = (
                f"<details class=root><summary><span>{flag}{name}</span><span class=v>{self._total(month)}</span>"
                f"</summary>{items}</details>"
            )
        return self.kept[key]

    def _total(self, one: Node) -> str:
        """Tonnes of a month or an item, after those declared where they differ."""
        was = ""
        if one["differs"]:
            declared = formats.number(one["declared_tco2"], 2)
            was = f"<span class=flag>{both(self.words['declared'])} {declared}</span> → "
        return f"{was}{formats.number(one['recalculated_tco2'], 2)}{NB}t"

    def _item(self, item: Node, nodes: bool, days: bool) -> str:
        words = self.words
        title = both(item["item_title"] or words["total"])
        opened, flag = (" open", FLAG) if item["differs"] else ("", "")
        parts = [
            f"<details{opened}><summary><span>{flag}{title}</span><span class=v>{self._total(item)}</span></summary>"
        ]
        if item["node"]:
            parts.append(self._below(item["node"]) if nodes else f"<p class=by>{both(words['nodes_left_out'])}</p>")
        if item["days"]:
            parts.append(self._days(item["days"], days))
        return "".join([*parts, "</details>"])

    def _days(self, found: Node, shown: bool) -> str:
        title, count = both(found["title"]), {"n": len(found["rows"])}
        if not shown:
            left_out = both(formats.fill(self.words["rows_left_out"], count))
            return f"<p class=leaf><span>{title} · {left_out}</span></p>"
        rows = both(formats.fill(self.words["rows_count"], count))
        file = f"<p class=by><code>{escape(cut(found['file']))}</code></p>" if found["file"] else ""
        table = day_table(found, self.words)
        return f"<details><summary><span>{title} · {rows}</span></summary>{file}{table}</details>"

    def _branch(self, node: Node) -> str:
        """A node with everything below it."""
        label, figure = _label(node), _figure(node, self.words)
        if not node["args"]:
            ground = f" · {self._ground(node)}" if node["basis"] else ""
            read = _read(node, self.words)
            return f"<p class=leaf><span>{label}{ground}{read}</span><span class=v>{figure}</span></p>"
        opened = " open" if node["differs"] else ""
        return (
            f"<details{opened}><summary><span>{label}</span><span class=v>{figure}</span></summary>"
            f"{self._below(node)}</details>"
        )

    def _below(self, node: Node) -> str:
        """What stands under a node: its sum written out, what that rests on, and its arguments."""
        ground = f" {self._ground(node)}" if node["basis"] else ""
        parts = [f"<p class=by>{ground}</p>"] if ground else []
        if node["equation"]:
            result = formats.number(node["value"], node["decimals"])
            parts = [f"<p class=eq>{escape(node['equation'])} = {result}{_unit(node)}{ground}</p>"]
        if node["differs"] and node["declared_cells"]:
            parts.append(f"<p class=by>{_declared_at(node, self.words)}</p>")
        return "".join([*parts, *[self._branch(child) for child in node["args"]]])

    def _ground(self, node: Node) -> str:
        text = _basis(node["basis"]["zh"], node["basis"]["en"], mark(node["mark"], self.words))
        number = self.grounds.setdefault(text, len(self.grounds) + 1)
        return f"<a href=#tb{number}>[{number}]</a>"


@lru_cache(maxsize=1_024)
def _basis(zh: str, en: str, tag: str) -> str:
    return f"{spans(zh, en)} {tag}".rstrip()


def _has_more(item: Node) -> bool:
    return bool(item["item_title"] or item["days"] or (item["node"] and item["node"]["args"]))


def _read(node: Node, words: Mapping[str, Pair]) -> str:
    """Where a leaf was read, and what was declared in its place where the two differ."""
    places = [_place(one, words) for one in node["cells"]]
    if node["differs"] and node["declared_cells"]:
        places.append(_declared_at(node, words))
    return "".join([f" <span class=at>{one}</span>" for one in places])


def _declared_at(node: Node, words: Mapping[str, Pair]) -> str:
    return f"{both(words['declared'])} {', '.join([_place(one, words) for one in node['declared_cells']])}"


def _place(cell: Node, words: Mapping[str, Pair]) -> str:
    """A cell in the one grammar of all cells: file › sheet › cell, and how many there are in a stretch."""
    many = (
        _count(words["cells_count"]["zh"], words["cells_count"]["en"], cell["cells"])
        if (cell["cells"] or 0) > 1
        else ""
    )
    return f"{_sheet(cell['file'], cell['sheet'])} › <code>{escaped(cell['cell'])}</code>{many}"


@lru_cache(maxsize=1_024)
def _count(zh: str, en: str, cells: int) -> str:
    return f" ({both(formats.fill({'zh': zh, 'en': en}, {'n': cells}))})"


@lru_cache(maxsize=1_024)
def _sheet(file: str, sheet: str | None) -> str:
    return f"<code>{escape(cut(file))}</code>" + (f" › {escape(cut(sheet))}" if sheet else "")


def _label(node: Node) -> str:
    flag = FLAG if node["differs"] else ""
    code = f"{escaped(node['code'])} " if node["code"] else ""
    return f"{flag}{code}{both(node['title'])}"


def _figure(node: Node, words: Mapping[str, Pair]) -> str:
    value = node["value"]
    if isinstance(value, str):
        return str(escape(cut(value)))
    was = ""
    if node["differs"]:
        declared = formats.number(node["declared"], node["decimals"])
        was = f"<span class=flag>{both(words['declared'])} {declared}</span> → "
    return f"{was}{formats.number(value, node['decimals'])}{_unit(node)}{_tonnes(node)}"


def _tonnes(node: Node) -> str:
    """What a figure that was declared otherwise is worth, with its sign."""
    if node["tonnes"] is None:
        return ""
    return f" <span class=flag>({formats.signed(node['tonnes'])}{NB}tCO₂)</span>"


def _unit(node: Node) -> str:
    return f"{NB}{both(formats.unit_name(node['unit']))}" if node["unit"] else ""
