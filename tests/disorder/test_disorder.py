"""What an audit says of a submission does not depend on the form it came in.

Every case is a seed; `make fuzz` runs more of them. A failure names its seed: MRVAUDIT_SEED repeats it alone.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import polars as pl
import pytest
from disorder_files import write

from mrvaudit import ingest
from mrvaudit.audit import Options
from mrvaudit.audit import audit as run_audit
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.sectors.power.sample.fleet import sample_with_faults
from mrvaudit.standardise import Standardised, standardise

CASES = int(os.environ.get("MRVAUDIT_FUZZ_CASES", "60"))
SEEDS = [int(os.environ["MRVAUDIT_SEED"])] if "MRVAUDIT_SEED" in os.environ else list(range(CASES))
AUDITED = 3
# What is said of the form itself, and not of what it says.
OF_THE_FORM = [
    ("INT-HIDDEN", None),
    ("INT-FORMULA", "computed_again"),
    ("INT-HEADER", "year_to_date"),
    ("INT-CELL", "formula_error"),
    ("INT-DUP", "repeated"),
]
Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The power sector."""
    return load_sector()


@pytest.fixture(scope="module")
def fleet(sector: Sector) -> Tables:
    """Two units with faults, a quarter of a year of daily rows, every table that the generator makes."""
    tables, _ = sample_with_faults(2, 2025, 3, 1.0, sector)
    declared = pl.when(pl.int_range(pl.len()) == 3).then(pl.col("fuel_consumption") * 1.25)
    fuel = declared.otherwise(pl.col("fuel_consumption")).round(2).alias("fuel_consumption")
    tables["declarations"] = tables["declarations"].with_columns(fuel)
    tables["declarations"] = verified(tables["declarations"])
    short = {"fuel_use", "calorific_value", "power_daily", "composites"}
    return {
        name: rows.filter(pl.col("date").dt.month() <= 3) if name in short else rows
        for name, rows in tables.items()
        if rows.height
    }


def verified(rows: pl.DataFrame) -> pl.DataFrame:
    """Declared rows as sent, and of every second month what verification made of them."""
    first = rows.with_columns(pl.lit(1, pl.Int64).alias("version"), pl.lit("initial").alias("stage"))
    later = first.filter(pl.col("month").dt.month() % 2 == 0).with_columns(
        pl.lit(2, pl.Int64).alias("version"),
        pl.lit("final").alias("stage"),
        (pl.col("fuel_consumption") + 10).round(2),
    )
    return pl.concat([first, later])


def taken(folder: Path, work: Path, sector: Sector) -> tuple[Standardised, Work]:
    """The folder in standard tables."""
    found = Work(work)
    found.root.mkdir(parents=True)
    return standardise(ingest.discover([folder]), sector, found), found


def rows_of(work: Work, sector: Sector) -> dict[str, list[tuple[object, ...]]]:
    """Every standard table without the places and the printed decimals, in an order of its own."""
    found = {}
    for name, table in sector.tables.items():
        frame = pl.concat([pl.read_parquet(path) for path in sorted(work.t(name).glob("*.parquet"))])
        found[name] = sorted(frame.select("unit_key", *table.fields).iter_rows(), key=repr)
    return found


@pytest.fixture(scope="module")
def plain(
    fleet: Tables, sector: Sector, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[object, ...]]]:
    """The standard tables of the clean form."""
    from mrvaudit.sectors.power.sample.writing.files import write_fleet

    root = tmp_path_factory.mktemp("plain")
    write_fleet(fleet, root / "plant", "csv", sector, 2025)
    return rows_of(taken(root / "plant", root / "work", sector)[1], sector)


@pytest.mark.parametrize("seed", SEEDS)
def test_another_form_gives_the_same_tables(
    fleet: Tables, sector: Sector, plain: dict[str, list[tuple[object, ...]]], tmp_path: Path, seed: int
) -> None:
    """Every row of every table as in the clean form, and rows in = used + quarantined in every sheet."""
    write(fleet, tmp_path / "plant", sector, random.Random(seed))
    standard, work = taken(tmp_path / "plant", tmp_path / "work", sector)
    assert [] == list(standard.unreadable)
    found = rows_of(work, sector)
    for name in plain:
        assert plain[name] == found[name], f"seed {seed}: {name}"
    open_counts = standard.blocks.filter(pl.col("rows_in") != pl.col("rows_used") + pl.col("rows_quarantined"))
    assert [] == open_counts.select("path", "sheet").rows(), f"seed {seed}"


def said_of(folder: Path, work: Path, sector: Sector) -> list[tuple[object, ...]]:
    """(rule, unit, month, field) of every finding about what a submission says."""
    found = Work(work)
    found.root.mkdir()
    said = run_audit(sector, [folder], found, Options()).findings
    for rule, result in OF_THE_FORM:
        of_it = pl.col("rule_id") == rule
        said = said.filter(~(of_it & (pl.col("result") == result)) if result else ~of_it)
    return sorted(said.select("rule_id", "unit_id", "month", "field").iter_rows(), key=repr)


@pytest.fixture(scope="module")
def said_of_plain(fleet: Tables, sector: Sector, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """What is found in the clean form."""
    from mrvaudit.sectors.power.sample.writing.files import write_fleet

    root = tmp_path_factory.mktemp("said")
    write_fleet(fleet, root / "plant", "csv", sector, 2025)
    return said_of(root / "plant", root / "work", sector)


@pytest.mark.parametrize("seed", SEEDS[:AUDITED])
def test_another_form_gives_the_same_findings(
    fleet: Tables, sector: Sector, said_of_plain: list[tuple[object, ...]], tmp_path: Path, seed: int
) -> None:
    """(rule, unit, month, field) of every finding, as of the clean form."""
    write(fleet, tmp_path / "plant", sector, random.Random(seed))
    assert said_of_plain != []
    assert said_of_plain == said_of(tmp_path / "plant", tmp_path / "work", sector), f"seed {seed}"
