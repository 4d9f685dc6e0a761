"""Whatever is wrong with a file, it is read or refused, and no row of it is lost.

Every case is a seed; `make fuzz` runs ten thousand. A failure names its seed: MRVAUDIT_MUTATION=SEED repeats it alone.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import mutation
import polars as pl
import pytest

from mrvaudit import ingest
from mrvaudit.errors import InputError, NothingError
from mrvaudit.ingest.block import Block, filled
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import standardise

CASES = int(os.environ.get("MRVAUDIT_MUTATION_CASES", "300"))
TOGETHER, SECONDS = 100, 10.0
ONE = os.environ.get("MRVAUDIT_MUTATION")
STARTS = [int(ONE)] if ONE else list(range(0, CASES, TOGETHER))


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The power sector."""
    return load_sector()


def lost(blocks: pl.DataFrame, folder: Path) -> list[tuple[object, ...]]:
    """Blocks whose counts do not close, and sheets of which more rows hold cells than any of their blocks counted.

    Above a header stand titles: at most as many rows as are looked at for one.
    """
    open_counts = blocks.filter(pl.col("rows_in") != pl.col("rows_used") + pl.col("rows_quarantined"))
    found: list[tuple[object, ...]] = list(open_counts.select("path", "sheet", "rows_in").rows())
    for one in ingest.discover([folder]):
        try:
            sheets = ingest.read(one)
        except InputError:
            continue
        for sheet in sheets:
            mine = blocks.filter((pl.col("path") == one.name) & pl.col("sheet").eq_missing(sheet.sheet))
            if mine.filter(pl.col("by") == "columns").height:
                continue
            counted = mine["rows_in"].sum()
            if counted + 12 * max(1, mine.height) < rows(sheet):
                found.append((one.name, sheet.sheet, counted, rows(sheet)))
    return found


def rows(sheet: Block) -> int:
    """Rows below the first that hold anything."""
    return int(sheet.frame.select(filled(sheet.frame)).to_series().sum()) if sheet.frame.width > 1 else 0


def taken(sector: Sector, root: Path, seeds: list[int]) -> None:
    """Read the submissions of these seeds as one fleet; AssertionError where one is lost or takes too long."""
    shutil.rmtree(root, ignore_errors=True)
    for seed in seeds:
        mutation.write(root / "fleet" / f"{seed}", seed)
    began = time.perf_counter()
    try:
        standard = standardise(ingest.discover([root / "fleet"]), sector, Work(root / "work"))
    except NothingError:
        return
    assert time.perf_counter() - began < SECONDS * len(seeds) ** 0.5
    assert [] == [one.where for one in standard.unreadable if not (one.zh and one.en)]
    assert [] == lost(standard.blocks, root / "fleet")


@pytest.mark.parametrize("start", STARTS)
def test_a_mutated_file_is_read_or_refused(sector: Sector, tmp_path: Path, start: int) -> None:
    """No traceback, nothing over ten seconds, no row without a count; a refusal says where, what and what to do.

    Many are read as one fleet; only where that fails is each looked at alone, to name it.
    """
    seeds = [start] if ONE else list(range(start, min(start + TOGETHER, CASES)))
    try:
        taken(sector, tmp_path / "all", seeds)
    except Exception:
        for seed in seeds:
            try:
                taken(sector, tmp_path / "one", [seed])
            except Exception as fault:
                raise AssertionError(f"seed {seed}") from fault
        raise
