"""A page put together from its sections: each is written once, measured, and written again only where it is trimmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mrvaudit.report.page import markup, reading, trimming
from mrvaudit.report.page.printing import Templates
from mrvaudit.report.page.tree import Tree
from mrvaudit.report.page.trimming import Trim
from mrvaudit.report.writing import Writing

Report = Mapping[str, Any]
ORDER = (
    "result", "worth", "leads", "unit", "months", "changes", "findings", "missing", "charts", "signals", "sources",
    "tree", "data", "checks", "opinion", "parameters", "quarantine", "manifest",
)  # fmt: skip
HEAD_ENDS = "</main>"


class Page:
    """The sections of one report as UTF-8, by name and by what a trim leaves of them."""

    def __init__(self, report: Report, context: Writing) -> None:
        if "jinja" not in context.kept:
            context.kept["jinja"] = markup.environment(context.words)
        self.report, self.jinja = report, context.kept["jinja"]
        self.view = reading.view(report, context) | markup.page_assets("unit")
        self.tree = Tree(report, context.words, self.view["many_years"])
        self.written: dict[tuple[Any, ...], bytes] = {}
        shell = _write(self.jinja, "unit.html.j2", self.view)
        cut = shell.index(HEAD_ENDS.encode())
        self.head, self.foot = shell[:cut], shell[cut:]

    def at(self, trim: Trim) -> bytes:
        """The page with what the trim leaves."""
        return b"".join([self.head, *(self.section(name, trim) for name in ORDER), self.foot])

    def section(self, name: str, trim: Trim) -> bytes:
        """One section; trims that leave the same of it share its text."""
        key = (name, *SHOWN[name](self.report, trim)) if name in SHOWN else (name,)
        if key not in self.written:
            more = reading.trimmed(self.report, self.view, trim)
            if name == "tree":
                more |= {"tree": self.tree.at(trim), "grounds": self.tree.listed(trim)}
            self.written[key] = _write(self.jinja, f"_{name}.html.j2", self.view | more)
        return self.written[key]


def _write(jinja: Templates, template: str, view: Mapping[str, Any]) -> bytes:
    return markup.seen(jinja.write(template, view)).encode()


def _findings(report: Report, trim: Trim) -> tuple[int, ...]:
    matters = report["matters"]
    full = min(trim.full, len(matters))
    longest = max((len(one["finding_ids"]) for one in matters[:full]), default=0)
    return full, min(trim.short, len(matters) - full), min(trim.records, longest)


SHOWN: dict[str, Callable[[Report, Trim], tuple[Any, ...]]] = {
    "findings": _findings,
    "tree": lambda _, trim: (trim.days, trim.nodes),
    "data": lambda _, trim: (trim.years,),
    "checks": lambda _, trim: (trim.lists_checks,),
    "quarantine": lambda report, trim: (min(trim.aside, len(report["quarantine"]["rows"])),),
}
"""What a trim leaves of the sections that can be trimmed."""


def fitting(report: Report, context: Writing, largest: int) -> bytes:
    """The page as UTF-8, trimmed step by step until it has at most `largest` bytes."""
    page = Page(report, context)
    text, over = b"", 1
    for level, trim in enumerate(trimming.LEVELS):
        last = level + 1 == len(trimming.LEVELS)
        room = largest - sum(len(page.section(name, trim)) for name in ORDER if name != "tree")
        if not last and trimming.least_bytes(report, trim) > room - len(page.head) - len(page.foot):
            continue
        text = page.at(trim)
        over = len(text) - largest
        if over <= 0:
            break
    return text
