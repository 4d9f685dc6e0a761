"""The unit report as workbooks: the list of non-conformities to answer, and the submission with its cells marked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mrvaudit.report.writing import Writing

FORMAT = "xlsx"


def write(report: Mapping[str, Any], folder: Path, context: Writing) -> None:
    """Write `findings.xlsx` and `marked.xlsx` into the folder of the unit."""
    from mrvaudit.report.office import findings_book, marked_book

    links, found, lost = marked_book.sheets(report, context)
    findings_book.write(report, folder / findings_book.FILE, context, links)
    marked_book.write(report, folder / marked_book.FILE, context, links, found, lost)
