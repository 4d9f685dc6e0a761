"""Submissions of one plant as files, and what was read of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from mrvaudit.ingest import discover
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.standardise import Standardised, standardise

Rows = Sequence[Sequence[object]]
UNITS = "统一社会信用代码,机组编号,燃料类别,铭牌容量(MW)\n91110000000000001H,1#机组,燃煤,350\n"


def book(sheets: Mapping[str, Rows], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook with these sheets; `change` may set what rows of values do not say."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


class Case:
    """One submission in standard tables."""

    def __init__(self, folder: Path, sector: Sector, files: Mapping[str, str | bytes]) -> None:
        plant = folder / "plant"
        plant.mkdir(parents=True)
        for name, content in {"units.csv": UNITS, **files}.items():
            (plant / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        self.work = Work(folder / "work")
        self.result: Standardised = standardise(discover([plant]), sector, self.work)

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of a standard table."""
        return pl.read_parquet(self.work.part(self.work.t(table), 0)).select(columns).rows()

    def said(self, *notices: str) -> list[tuple[Any, ...]]:
        """Notice, result, field and English sentence of what was said; only these notices where any are given."""
        chosen = self.result.notices
        if notices:
            chosen = chosen.filter(pl.col("rule_id").is_in(notices))
        return chosen.select("rule_id", "result", "field", "message_en").rows()

    def aside(self, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of the quarantine."""
        return self.result.quarantine.select(columns).rows()

    def counts(self) -> list[tuple[Any, ...]]:
        """Sheet, table, how it was read, rows in, used and put aside, of every block of a workbook."""
        blocks = self.result.blocks.filter(pl.col("sheet").is_not_null())
        return blocks.select("sheet", "table", "by", "rows_in", "rows_used", "rows_quarantined").rows()
