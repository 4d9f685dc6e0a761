"""Text of a submission in an office file: shown as text, with nothing hidden, reordered or forbidden by XML."""

from __future__ import annotations

import re

# What XML forbids, what hides or reorders text, halves of surrogate pairs; tab and line break are allowed.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
LONGEST_CELL = 16_000
"""A cell holds 32,767 UTF-16 units; this many characters always fit."""
SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST_SHEET = 31


def seen(text: str) -> str:
    """Control and direction characters as visible codes."""
    return UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text) if UNSEEN.search(text) else text


def cut(text: str, longest: int) -> str:
    """Text of at most so many characters, an ellipsis in place of what is cut."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def sheet_names(wanted: list[str]) -> list[str]:
    """Names of sheets as a workbook allows them: no forbidden sign, at most 31 characters, none twice."""
    taken: set[str] = {"history"}
    names = []
    for text in wanted:
        plain = SHEET_FORBIDDEN.sub("_", seen(text)).strip("' ") or "_"
        name, number = plain[:LONGEST_SHEET], 1
        while name.casefold() in taken:
            number += 1
            tail = f"~{number}"
            name = plain[: LONGEST_SHEET - len(tail)] + tail
        taken.add(name.casefold())
        names.append(name)
    return names
