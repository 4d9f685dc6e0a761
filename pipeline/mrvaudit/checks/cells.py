"""Where a value stands in what was submitted: block and line give file, sheet, row and cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from mrvaudit.ingest.block import column_letter
from mrvaudit.standardise.keys.completing import Field, Place
from mrvaudit.standardise.keys.completing import places as places_of


class Cells:
    """Look-up over blocks.parquet; `moved` are fields that were read apart from their record."""

    def __init__(self, blocks: pl.DataFrame, moved: Mapping[Field, Place] | None = None) -> None:
        self._moved = moved or {}
        self._blocks: dict[int, tuple[str, str | None, dict[str, int], bool]] = {
            row["block"]: (row["path"], row["sheet"], json.loads(row["field_columns"]), row["by"] == "columns")
            for row in blocks.select("block", "path", "sheet", "field_columns", "by").iter_rows(named=True)
        }

    def place(self, block: int | None, line: int | None, field: str | None) -> dict[str, Any]:
        """The source columns of a field; the cell is None where the field has no column of its own."""
        block, line = self._moved.get((block or 0, line or 0, field or ""), (block, line))
        known = self._blocks.get(block) if block is not None else None
        if known is None:
            return {"source_file": None, "source_sheet": None, "source_row": None, "source_cell": None}
        path, sheet, columns, across = known
        column = columns.get(field or "")
        if across:
            # The record is a column of the sheet, the field a row.
            line, column = column, line
        cell = f"{column_letter(column)}{line}" if column is not None and line is not None else None
        return {"source_file": path, "source_sheet": sheet, "source_row": line, "source_cell": cell}


def attach(findings: pl.DataFrame, blocks: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """Fill the source columns of findings from `_block`, `_line` and `field`, and those of `related`."""
    if findings.is_empty():
        return findings
    cells = Cells(blocks, places_of(moved))
    found = [
        cells.place(block, line, field)
        for block, line, field in findings.select("_block", "_line", "field").iter_rows()
    ]
    related = [_related(cells, text) for text in findings["related"]]
    return findings.with_columns(
        pl.Series("source_file", [one["source_file"] for one in found], dtype=pl.String),
        pl.Series("source_sheet", [one["source_sheet"] for one in found], dtype=pl.String),
        pl.Series("source_row", [one["source_row"] for one in found], dtype=pl.Int64),
        pl.Series("source_cell", [one["source_cell"] for one in found], dtype=pl.String),
        pl.Series("related", related, dtype=pl.String),
    )


def _related(cells: Cells, text: str | None) -> str | None:
    if text is None:
        return None
    entries = []
    for entry in json.loads(text):
        place = cells.place(entry.pop("_block", None), entry.pop("_line", None), entry.get("field"))
        entries.append({**{k: v for k, v in place.items() if k != "source_row"}, **entry})
    return json.dumps(entries, ensure_ascii=False, sort_keys=True)
