"""How long the replay of the findings of a made-up fleet takes, and how that compares with the scan floor of its rows.

    python benchmarks/effects.py [--units 200] [--slips 600]

Declared factors of units and months drawn by a seed are changed, one in each of so many rows. What is timed is what an
audit does for them: single scenarios, causes, joint scenarios. The bound is 10 s for 1,000 findings.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import polars as pl

from mrvaudit.audit import Options, audit
from mrvaudit.checks.child import Task
from mrvaudit.effects.result import effects
from mrvaudit.model import Audit, Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.sectors.power.sample.fleet import sample_with_faults
from mrvaudit.sectors.power.sample.writing.files import write_fleet

SEED, YEAR = 5, 2025
# What is done to which figure of a declaration, and the rule that finds it.
SLIPS = {
    "fuel_consumption": ("QTY-01", 1.03),
    "carbon_content_tc_per_t": ("LAB-17", 0.95),
    "combustion_tco2": ("EMI-01", 0.97),
}
BOUND_SECONDS = 10.0


def spoilt(declarations: pl.DataFrame, wanted: int) -> pl.DataFrame:
    """Declarations with one figure changed in about as many rows as findings are wanted."""
    draw = random.Random(SEED)
    rows = [place for place, fuel in enumerate(declarations["fuel"]) if fuel in ("coal", "gangue")]
    chosen = dict(
        zip(draw.sample(rows, min(wanted, len(rows))), iter(lambda: draw.choice(list(SLIPS)), None), strict=False)
    )
    place = pl.int_range(pl.len())
    return declarations.with_columns(
        pl.when(place.is_in([row for row, one in chosen.items() if one == name]))
        .then((pl.col(name) * times).round(4))
        .otherwise(pl.col(name))
        .alias(name)
        for name, (_, times) in SLIPS.items()
    )


def audited(sector: Sector, folder: Path, units: int, wanted: int) -> Audit:
    """An audit of the fleet with the rules that find the slips and those that may follow from them."""
    tables, _ = sample_with_faults(units, YEAR, SEED, 0.0, sector)
    tables = {**tables, "declarations": spoilt(tables["declarations"], wanted)}
    write_fleet(tables, folder / "fleet", "parquet", sector, YEAR)
    (folder / "work").mkdir()
    rules = (
        *(rule for rule, _ in SLIPS.values()),
        "EMI-02",
        "EMI-03",
        "EMI-04",
        "LAB-19",
        "LAB-27",
        "FUL-12",
        "ENE-10",
    )
    return audit(sector, [folder / "fleet"], Work(folder / "work"), Options(only=rules, gate=False))


def scan_floor(folder: Path) -> float:
    """Seconds of reading every column of every table once on one thread."""
    con = duckdb.connect()
    con.execute("SET threads = 1")
    start = time.perf_counter()
    for path in sorted(folder.glob("*.parquet")):
        con.execute(f"SELECT count(hash(t)) FROM read_parquet('{path.as_posix()}') t").fetchall()
    return time.perf_counter() - start


def main() -> int:
    """Make, audit, replay again with a clock, print; 1 where the bound is passed."""
    parser = argparse.ArgumentParser(description="scenario replay of a made-up fleet's findings")
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--slips", type=int, default=600)
    given = parser.parse_args()
    sector = load_sector("power")
    with tempfile.TemporaryDirectory() as name:
        done = audited(sector, Path(name), given.units, given.slips)
        floor = scan_floor(Path(name) / "fleet")
        findings = (
            done.findings.drop("cause_id").with_columns(cause_id=pl.lit(None, pl.String)).select(done.findings.columns)
        )
        task = Task(done.work, sector, tuple(range(done.partitions)), done.as_of, frozenset(), "2GB")
        before = time.process_time()
        start = time.perf_counter()
        again = effects(task, findings, 1)
        wall, processor = time.perf_counter() - start, time.process_time() - before
    scenarios = findings["corrects"].drop_nulls().len()
    per_thousand = wall / max(1, scenarios) * 1000
    caused = again.findings["cause_id"].drop_nulls().len()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{given.units} units, {findings.height:,} findings, {scenarios:,} with a correction; peak {peak:,.0f} MB")
    print(f"{caused:,} of them follow from another one")
    print(f"replay {wall:.2f} s wall, {processor:.2f} s of processor")
    print(f"{per_thousand:.2f} s per 1,000 findings with a correction; the bound is {BOUND_SECONDS:g} s")
    print(f"scan floor {floor:.3f} s: {wall / floor:.1f} x floor")
    return int(per_thousand > BOUND_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
