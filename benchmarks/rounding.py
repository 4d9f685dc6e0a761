"""Made-up unit-months without a fault, printed with the guide's precision and read back: no rule finds anything.

    python benchmarks/rounding.py [--units 840] [--workbooks 40] [--seed 1]

Every unit has twelve months. The plants of the first `--workbooks` units are sent as workbooks, the others as CSV.
Detectors are left out: they compare units with one another. Prints what each rule found, and exits 1 where one did.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import polars as pl

from mrvaudit.audit import Options, audit
from mrvaudit.model import Audit, Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.sectors.power.sample.fleet import sample_with_faults
from mrvaudit.sectors.power.sample.writing.files import write_fleet

YEAR = 2025


def sent(folder: Path, sector: Sector, units: int, in_books: int, seed: int) -> None:
    """The fleet as files: workbooks of the first plants, and CSV of all others with what belongs to no plant."""
    tables, _ = sample_with_faults(units, YEAR, seed, 0.0, sector)
    owners = tables["units"]["entity_id"].unique(maintain_order=True)
    booked = tables["units"]["entity_id"].head(in_books).unique().implode()
    in_book = {name: "entity_id" in rows.columns for name, rows in tables.items()}
    books = {n: rows.filter(pl.col("entity_id").is_in(booked)) for n, rows in tables.items() if in_book[n]}
    plain = {n: rows.filter(~pl.col("entity_id").is_in(booked)) if in_book[n] else rows for n, rows in tables.items()}
    if in_books:
        write_fleet(
            {**{n: rows for n, rows in tables.items() if not in_book[n]}, **books},
            folder / "books",
            "xlsx",
            sector,
            YEAR,
        )
    if books["units"]["entity_id"].n_unique() < len(owners):
        write_fleet(plain, folder / "csv", "csv", sector, YEAR)


def audited(folder: Path, sector: Sector, units: int, in_books: int, seed: int, workers: int = 1) -> Audit:
    """An audit of the fleet by every rule and no detector; `folder` must be empty."""
    sent(folder / "fleet", sector, units, in_books, seed)
    (folder / "work").mkdir()
    rules = tuple(rule.id for rule in sector.active_rules)
    return audit(sector, [folder / "fleet"], Work(folder / "work"), Options(only=rules, gate=False, workers=workers))


def main() -> int:
    """Make, print, read back, audit, say what was found."""
    parser = argparse.ArgumentParser(description="rounding makes no finding")
    parser.add_argument("--units", type=int, default=840)
    parser.add_argument("--workbooks", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    sector = load_sector("power")
    with tempfile.TemporaryDirectory() as name:
        done = audited(Path(name), sector, given.units, given.workbooks, given.seed, given.workers)
        months = pl.read_parquet(sorted((Path(name) / "work" / "m" / "unit_month").glob("*.parquet"))).height
    found = done.findings.group_by("rule_id", "result", "severity").len().sort("rule_id", "result")
    print(
        f"{done.scores.height} units, {months:,} unit-months, {done.checks.height:,} check runs, "
        f"crashed: {len(done.crashed)}"
    )
    for rule, result, severity, count in found.iter_rows():
        print(f"  {rule} {result} ({severity}): {count}")
    print(f"findings: {done.findings.height}; the bound is none: {'NOT HELD' if done.findings.height else 'held'}")
    return int(bool(done.findings.height or done.crashed))


if __name__ == "__main__":
    sys.exit(main())
