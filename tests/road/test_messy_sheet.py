"""The untidy sheet of docs/formats.md is read as its picture shows, and is what its program writes."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from mrvaudit.ingest import discover
from mrvaudit.model import Work
from mrvaudit.sector import load_sector
from mrvaudit.standardise import standardise

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "data" / "samples" / "messy-sheet.xlsx"


def test_the_records_of_the_picture(tmp_path: Path) -> None:
    """Numbers as text, in full width, dates in four forms, a units row, a total, a note, a cell that is no number."""
    work = Work(tmp_path / "work")
    standard = standardise(discover([SHEET]), load_sector(), work)
    rows = pl.read_parquet(work.part(work.t("fuel_use"), 0)).sort("date")
    assert [
        ("1#", "coal", date(2025, 3, 1), 3120.5, 20.9842416, 12.3),
        ("1#", "coal", date(2025, 3, 2), 3080.2, 20.8795716, 12.6),
        ("1#", "coal", date(2025, 3, 3), 3101.0, None, 12.1),
        ("1#", "coal", date(2025, 3, 4), None, None, None),
    ] == rows.select("unit_id", "fuel", "date", "consumption", "qnet_ar_mj_per_kg", "m_ar_pct").rows()
    assert [
        (4, None, "unit_row"),
        (8, "入炉煤量(kg)", "not_a_number"),
        (10, None, "total_row"),
        (11, None, "note"),
    ] == standard.quarantine.select("row", "column", "reason").rows()


def test_the_sheet_is_what_the_program_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte."""
    spec = importlib.util.spec_from_file_location("make_formats", ROOT / "docs" / "make_formats.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SAMPLE", tmp_path / "sheet.xlsx")
    module.main()
    assert SHEET.read_bytes() == (tmp_path / "sheet.xlsx").read_bytes()
