"""The unit report as a Word file to complete and sign: the template filled in, conclusions left to choose."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mrvaudit import zip_bytes
from mrvaudit.report.writing import Writing

FORMAT = "docx"
FILE = "report.docx"


def write(report: Mapping[str, Any], folder: Path, context: Writing) -> None:
    """Write `report.docx` into the folder of the unit."""
    (folder / FILE).write_bytes(render(report, context))


def render(report: Mapping[str, Any], context: Writing) -> bytes:
    """The file; the same report gives the same bytes."""
    from mrvaudit.report.office import filling, view

    if "docx" not in context.kept:
        context.kept["docx"] = filling.Filling()
    filled = context.kept["docx"].filled(view.view(report, context))
    out = io.BytesIO()
    filled.save(out)
    return zip_bytes.fixed(out.getvalue())
