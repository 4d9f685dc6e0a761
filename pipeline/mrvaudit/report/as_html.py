"""The unit report as one HTML file that reads and prints offline, in both languages by a switch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mrvaudit.report.page import markup, reading, trimming
from mrvaudit.report.writing import Writing

FORMAT = "html"
FILE = "report.html"
LARGEST = 300_000
"""Bytes a page may have; what is least needed goes first, with a line saying so."""


def write(report: Mapping[str, Any], folder: Path, context: Writing) -> None:
    """Write `report.html` into the folder of the unit."""
    (folder / FILE).write_bytes(render(report, context))


def render(report: Mapping[str, Any], context: Writing) -> bytes:
    """The page as UTF-8; trimmed step by step where it would be larger than LARGEST."""
    if "jinja" not in context.kept:
        context.kept["jinja"] = markup.environment(context.words)
    template = context.kept["jinja"].get_template("unit.html.j2")
    page = b""
    level: int | None = trimming.first_level(report, LARGEST)
    while level is not None:
        trim = trimming.LEVELS[level]
        page = markup.seen(template.render(reading.view(report, context, trim) | markup.page_assets("unit"))).encode()
        level = trimming.next_level(report, level, len(page) - LARGEST)
    return page
