"""Units worked out by hand: the views of an audit come to the same figures as the sheet."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from mrvaudit import ingest, store
from mrvaudit.checks.known_on import default_as_of
from mrvaudit.model import Work
from mrvaudit.sector import load_sector
from mrvaudit.standardise import standardise

HERE = Path(__file__).resolve().parent


def test_every_figure_of_the_sheet(tmp_path: Path) -> None:
    """Each line of worked.csv against the row of its unit and month, to eight digits: sums keep eight decimals."""
    work = Work(tmp_path / "work")
    work.root.mkdir()
    sector = load_sector()
    # The road as an audit takes it, up to the views that the sheet speaks of.
    standardise(ingest.discover([HERE / "submission"]), sector, work)
    store.derive(work, sector, 0, default_as_of(sector, work, 1), "1GB")
    with (HERE / "worked.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    views = {name: pl.read_parquet(work.part(work.m(name), 0)) for name in {line["view"] for line in lines}}
    for line in lines:
        rows = views[line["view"]].filter(
            (pl.col("unit_id") == line["unit"]) & (pl.col("month").dt.strftime("%Y-%m") == line["month"])
        )
        expected = None if line["value"] == "" else pytest.approx(float(line["value"]), rel=5e-9)
        assert [expected] == rows[line["column"]].to_list(), line
