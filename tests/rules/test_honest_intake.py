"""Honest cases are not refused on the way in: neither names nor units of their columns contradict the figures."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from honest_cases import CASES
from honest_plant import PLANT

from mrvaudit.ingest import discover
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import standardise

DOUBTS = ["INT-COLUMNS", "INT-SCALE"]


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The shipped sector."""
    return load_sector()


def test_no_honest_case_is_refused(sector: Sector, tmp_path: Path) -> None:
    """Each case as an enterprise of its own, all in one submission."""
    for number, case in enumerate([*CASES, *PLANT]):
        folder = tmp_path / "fleet" / f"E{number:03}"
        folder.mkdir(parents=True)
        for name, rows in case.given.items():
            table = sector.tables.get(name)
            if table is None or not rows:
                continue
            frame = pl.DataFrame(rows, infer_schema_length=None)
            if table.owner in ("unit", "scope") and "unit_id" not in frame.columns and "scope_id" not in frame.columns:
                frame = frame.with_columns(pl.lit("U1").alias("unit_id"))
            frame.write_csv(folder / f"{name}.csv")
    standard = standardise(discover([tmp_path / "fleet"]), sector, Work(tmp_path / "work"))
    assert standard.blocks["rows_used"].sum() > 400
    doubted = standard.notices.filter(pl.col("rule_id").is_in(DOUBTS))
    assert [] == doubted.select("rule_id", "entity_id", "message_en").rows()
