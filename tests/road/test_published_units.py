"""Published tables through mapping files alone: right counts, unknown units asked about, nothing mixed."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from mrvaudit.ingest import discover
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import Standardised, standardise

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
REAL = Path(os.environ.get("MRVAUDIT_REALDATA") or "/nonexistent")
SHORT_TON_T = 0.90718474
COAL = ("BIT", "SUB", "LIG")
whole = pytest.mark.skipif(not REAL.is_dir(), reason="MRVAUDIT_REALDATA names no folder")

Taken = tuple[Standardised, pl.DataFrame]


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The shipped sector."""
    return load_sector()


def taken(data: Path, mapping: Path, sector: Sector, work: Path) -> Taken:
    """The file as energy_use, through the mapping alone."""
    made = Work(work)
    standard = standardise(discover([data]), sector, made, mapping=mapping)
    rows = pl.concat([pl.read_parquet(path) for path in sorted(made.t("energy_use").glob("*.parquet"))])
    return standard, rows


def reasons(standard: Standardised) -> dict[str, int]:
    """How many cells were put aside, by reason."""
    cells = standard.quarantine.filter(pl.col("column").is_not_null())
    return dict(cells.group_by("reason").len().sort("reason").iter_rows())


def test_seven_spellings_of_a_unit(sector: Sector, tmp_path: Path) -> None:
    """Short tons are converted, under either spelling; barrels, thousand cubic feet and nothing are asked about."""
    folder = SAMPLES / "us-fuel-units"
    standard, rows = taken(folder / "fuel_by_month.csv", folder / "mapping.yaml", sector, tmp_path / "work")
    source = pl.read_csv(folder / "fuel_by_month.csv")
    tons = source.filter(pl.col("unit_label").is_in(["tons", "short tons"]) & pl.col("fuel").is_in(COAL))
    used = rows.filter(pl.col("consumed").is_not_null())
    expected = sorted(value * SHORT_TON_T for value in tons["quantity"])
    assert pytest.approx(expected, rel=1e-11) == sorted(used["consumed"])
    assert {"coal"} == set(used["fuel"])
    # The gas that somebody weighed: short tons are known, and no volume.
    assert {"unit_does_not_fit": 2, "unit_unknown": 24, "unknown_word": 2} == reasons(standard)
    texts = standard.quarantine.filter(pl.col("reason") == "unit_unknown")["value"].to_list()
    assert {"barrels", "bbls", "mcf", ""} == {text.partition(" ")[2] for text in texts}
    asked = standard.notices.filter(pl.col("rule_id") == "INT-CELL").group_by("result").len().sort("result")
    assert {"unit_does_not_fit", "unit_unknown"} == set(asked["result"])
    counts = standard.blocks.select("rows_in", "rows_used", "rows_quarantined").sum().row(0)
    assert (40, 38, 2) == counts


@whole
def test_the_whole_american_table(sector: Sector, tmp_path: Path) -> None:
    """28,461 rows; every quantity is either converted from short tons, or put aside with the unit it named."""
    data = REAL / "us_eia906" / "eia906_coal_plants_monthly.parquet"
    standard, rows = taken(data, SAMPLES / "us-fuel-units" / "mapping.yaml", sector, tmp_path / "work")
    source = pl.read_parquet(data)
    fuels = ("BIT", "SUB", "LIG", "WC", "NG", "DFO", "RFO", "JF")
    known = source.filter(pl.col("fuel").is_in(fuels) & pl.col("quantity").is_not_null())
    tons = pl.col("unit_label").is_in(["tons", "short tons"])
    gas = pl.col("fuel") == "NG"
    assert 28_461 == standard.blocks["rows_in"].sum()
    assert 28_461 == standard.blocks["rows_used"].sum() + standard.blocks["rows_quarantined"].sum()
    aside = reasons(standard)
    assert source.filter(~pl.col("fuel").is_in(fuels)).height == aside["unknown_word"]
    assert known.filter(~tons).height == aside["unit_unknown"]
    assert known.filter(tons & gas).height == aside["unit_does_not_fit"]
    whole_mass = known.filter(tons & ~gas)["quantity"].sum() * SHORT_TON_T
    repeated = standard.quarantine.filter(pl.col("reason").str.starts_with("duplicate"))
    print(f"{rows['consumed'].count()} used, {aside} cells aside, {repeated.height} repeated rows")
    assert rows["consumed"].sum() == pytest.approx(whole_mass, rel=0.02)
    assert known.filter(tons & ~gas).height - rows["consumed"].count() <= repeated.height


@whole
def test_the_whole_indian_table(sector: Sector, tmp_path: Path) -> None:
    """1,178 station-months in thousand tonnes, year and month in two columns: exact tonnes, month by month."""
    data = REAL / "in_npp" / "npp_monthly_coal.parquet"
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        """files:
  "*":
    table: energy_use
    columns:
      station: unit_id
      opening_kt: {field: stock_begin, unit: kt}
      receipt_kt: {field: purchased, unit: kt}
      consumption_kt: {field: consumed, unit: kt}
      closing_kt: {field: stock_end, unit: kt}
    joined: {month: [year, month]}
    constants: {source: stock_ledger, fuel: coal}
""",
        encoding="utf-8",
    )
    standard, rows = taken(data, mapping, sector, tmp_path / "work")
    source = pl.read_parquet(data)
    assert (1_178, 1_178, 0) == standard.blocks.select("rows_in", "rows_used", "rows_quarantined").sum().row(0)
    assert source["station"].n_unique() == rows["unit_id"].n_unique() == 42
    columns = {
        "opening_kt": "stock_begin",
        "receipt_kt": "purchased",
        "consumption_kt": "consumed",
        "closing_kt": "stock_end",
    }
    for written, name in columns.items():
        assert source[written].count() == rows[name].count()
        assert rows[name].sum() == pytest.approx(source[written].sum() * 1000, rel=1e-9)
