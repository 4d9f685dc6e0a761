"""The templates with their words, filters and assets, and what makes text from a submission safe to show."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mrvaudit.report import formats
from mrvaudit.report.formats import Pair
from mrvaudit.report.page import pieces, svg, tables
from mrvaudit.report.page.pieces import both, cut
from mrvaudit.report.page.printing import Templates

TEMPLATES = Path(__file__).parents[1] / "templates"
# Characters that a submission could use to hide or reorder what a reader sees.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def seen(text: str) -> str:
    """Control and direction characters, which only a submission can have brought in, as visible codes."""
    if text.replace("\n", " ").replace(pieces.NB, " ").isprintable():
        return text  # None of them is printable; to ask so takes a quarter of the time of the search.
    return UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


@cache
def month(value: str, year: bool = False) -> Markup:
    """A month's name in both languages."""
    return both(formats.month(value, year=year))


def css_string(text: str) -> Markup:
    """Text for a quoted CSS string: everything but letters, digits and spaces as an escape."""
    return Markup(re.sub(r"[^\w \u3000-\u9fff·–—]", lambda found: f"\\{ord(found[0]):x} ", text[:120]))


def environment(words: Mapping[str, Pair]) -> Templates:
    """The templates with the words of one run; everything that goes in is escaped."""
    made = Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "w": {key: both(pair) for key, pair in words.items()},
        "say": lambda key, **values: both(formats.fill(words[key], values)),
        "words_of": lambda key, **values: formats.fill(words[key], values) if values else words[key],
        "say_in": lambda lang, key, **values: formats.fill(words[key], values)[lang],
        "both": both,
        "pct": lambda value, sign=False: formats.percent(value, 2, sign),
        "nb": pieces.NB,
        "bracketed": lambda pair: {
            lang: formats.form("brackets", lang).format(pair[lang]) for lang in formats.LANGUAGES
        },
        "unit_pair": formats.unit_name,
        "ten_thousand": formats.ten_thousand,
        "half_kinds": svg.HALF,
        "rows_of_data": lambda lines, year: tables.data(lines, year, words),
        "rows_of_sources": lambda lines, year: tables.sources(lines, year, words),
        "rows_of_checks": lambda rows: tables.checks(rows, words),
        "rows_of_parameters": lambda rows: tables.parameters(rows, words),
        "listed": lambda pairs: both(tables.joined(pairs, words["next_case"], words["full_stop"])),
        "strip_class": {"kept": "sk", "differs": "sd", "missing": "sm", "equal": "sr", "still": "so"},
        "source_signs": pieces.SIGNS,
        "source_heard": pieces.HEARD,
        "mark": lambda name: pieces.mark(name, words),
    }
    made.filters |= {
        "tonnes": formats.number,
        "n": formats.number,
        "signed": formats.signed,
        "plain": formats.plain,
        "month": month,
        "months": lambda values: both(formats.months(values)),
        "cut": cut,
        "css": css_string,
        "unit": lambda name: both(formats.unit_name(name)),
    }
    return made


@cache
def asset(*names: str) -> Markup:
    """Style sheets or scripts of the templates, as they go into the page."""
    return Markup("\n".join((TEMPLATES / name).read_text(encoding="utf-8").strip() for name in names))


@cache
def script_digest(name: str) -> str:
    """SHA-256 of a script as the content security policy names it."""
    return base64.b64encode(hashlib.sha256(asset(name).encode()).digest()).decode()


def page_assets(name: str) -> dict[str, Any]:
    """Style, script and the script's digest of the page `unit` or `index`."""
    return {
        "css": asset("base.css", f"{name}.css"),
        "script": asset(f"{name}.js"),
        "script_digest": script_digest(f"{name}.js"),
    }
