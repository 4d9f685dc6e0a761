"""The unit report as one HTML file that reads and prints offline, in both languages by a switch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mrvaudit.report.page import sections
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
    return sections.fitting(report, context, LARGEST)
