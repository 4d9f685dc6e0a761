"""What corrected values or a new submission changed, laid out for the page: figures side by side, findings by fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from mrvaudit.report import formats
from mrvaudit.report.before_after import SIDES, code_of
from mrvaudit.report.formats import Pair
from mrvaudit.report.page.pieces import both, shown

Report = Mapping[str, Any]
Texts = tuple[str, str]
"""A figure before and after, as it is printed."""
MOST_FIGURES, MOST_FIXED = 60, 30


def view(report: Report, words: Mapping[str, Pair]) -> dict[str, Any] | None:
    """The section's lead, rows and counts; None where nothing is compared."""
    changes = report["before_after"]
    if changes is None:
        return None
    lines = {(code_of(one, report["data_codes"]), one["item"]): one for one in report["data_codes"]}
    read = [(_printed(one, lines.get((one["code"], one["item"]))), one) for one in changes["figures"]]
    # What prints alike tells a reader nothing. A year tells more than its months, and what was declared more than
    # what follows from it.
    figures = sorted(
        (one for one in read if any(_differ(pair) for pair in one[0])),
        key=lambda one: (len(one[1]["period"]) > 4, not _differ(one[0][0])),
    )
    found = changes["findings"]
    return {
        "lead": formats.fill(words[f"changes_{changes['kind']}"], {"since": changes["since"]}),
        "rows": Markup("".join([_row(texts, one, lines) for texts, one in figures[:MOST_FIGURES]])),
        "all": len(figures),
        "left_out": max(0, len(figures) - MOST_FIGURES),
        "counts": {name: len(found[name]) for name in ("new", "persisting", "fixed")} if found else None,
        "fixed": found["fixed"][:MOST_FIXED] if found else [],
        "more_fixed": max(0, len(found["fixed"]) - MOST_FIXED) if found else 0,
    }


def _printed(one: Report, line: Report | None) -> list[Texts]:
    """The figures before and after as they are printed, declared and recalculated."""
    decimals = line["decimals"] if line else None
    return [(shown(one[side]["before"], decimals), shown(one[side]["after"], decimals)) for side in SIDES]


def _differ(texts: Texts) -> bool:
    return texts[0] != texts[1]


def _row(texts: Sequence[Texts], one: Report, lines: Mapping[Any, Report]) -> str:
    period = formats.month(one["period"], year=True) if len(one["period"]) > 4 else None
    name = _name(one, lines.get((one["code"], one["item"])))
    cells = "".join([_cells(pair) for pair in texts])
    return f"<tr><th scope=row>{name}<td>{both(period) if period else escape(one['period'])}{cells}"


def _name(one: Report, line: Report | None) -> str:
    """Code and title; a line that this run has not any more goes by its code and item alone."""
    if line is None:
        return str(escape(" ".join(part for part in (one["code"], one["item"]) if part)))
    item = f" · {both(line['item_title'])}" if line["item_title"] else ""
    return f"{escape(line['code'])} {both(line['title'])}{item}"


def _cells(texts: Texts) -> str:
    flag = " class=flag" if _differ(texts) else ""
    return f"<td class=num>{texts[0]}<td class=num><b{flag}>{texts[1]}</b>"
