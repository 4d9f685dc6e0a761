"""What the rules make of made-up fleets: nobody accused in clean ones, every kind of fault found at its real size.

    python benchmarks/fleets.py [--units 300] [--clean 10] [--faulty 3] [--share 0.9]

Prints a line for each clean fleet and, over the faulty ones, a table of kinds by size, found of planted, as it stands
in docs/method.md. Exits 1 where more than 1 % of the units of a clean fleet, or of the others' untouched plants, have a
finding at or above `major`, or where a real size is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import polars as pl

from mrvaudit.cli.app import call
from mrvaudit.cli.sample_command import Form
from mrvaudit.cli.sample_command import sample as write_sample
from mrvaudit.sectors.power.sample.faults.kinds import FAULTS, SIZE_NAMES

SHARE_OF_UNITS, BOUND_PCT = 0.9, 1.0
MEASURES = {
    "share": "%", "point": "百分点 points", "days": "天 days", "hours": "h", "months": "个月 months", 
    "items": "项 items", "papers": "处 papers", "times": "倍 times", "g/kWh": "g/kWh",
}  # fmt: skip
UNIT = ["entity_id", "unit_id"]


def findings_of(folder: Path, units: int, seed: int, share: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings and truth of one fleet; months as 2025-03."""
    write_sample(folder / "fleet", units=units, seed=seed, faults=share, form=Form.PARQUET)
    options = ["--reports", "none", "--quiet", "--fail-on", "never"]
    code = call(["audit", str(folder / "fleet"), "--out", str(folder / "out"), *options])
    if code:
        raise SystemExit(f"mrvaudit audit: exit {code}")
    findings = pl.read_parquet(folder / "out" / "findings.parquet")
    truth = pl.read_csv(folder / "fleet.truth.csv", schema_overrides={"unit_id": pl.String, "month": pl.String})
    return findings.with_columns(pl.col("month").dt.strftime("%Y-%m")), truth


def accused(findings: pl.DataFrame) -> int:
    """Units, or plants where a finding speaks of no unit, with a finding at or above major."""
    return findings.filter(pl.col("severity").is_in(["critical", "major"])).select(UNIT).unique().height


def with_found(findings: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The truth with `found`: by the rule meant for it, there, and in its month if it has one."""
    where = ["rule_id", *UNIT]
    in_month = findings.select(*where, "month", pl.lit(True).alias("then")).unique()
    ever = findings.select(*where, pl.lit(True).alias("ever")).unique()
    joined = truth.join(in_month, on=[*where, "month"], how="left", nulls_equal=True)
    joined = joined.join(ever, on=where, how="left", nulls_equal=True)
    found = pl.when(pl.col("month").is_null()).then("ever").otherwise("then").fill_null(False)
    return joined.with_columns(found.alias("found"))


def size_text(size: float, measure: str) -> str:
    """A size as the table prints it."""
    return f"{100 * size:g}" if measure == "share" else f"{size:g}"


def table_lines(truth: pl.DataFrame) -> list[str]:
    """The table of kinds in markdown: sizes, and found of planted."""
    counts = truth.group_by("fault", "size_name").agg(pl.col("found").sum(), pl.len())
    known = {(fault, size): f"{found}/{planted}" for fault, size, found, planted in counts.iter_rows()}
    lines = [
        "| 差错 fault | 规则 rule | 小、实、大 small, real, gross | 小 small | 实 real | 大 gross |",
        "|---|---|---|---|---|---|",
    ]
    for fault in FAULTS:
        sizes = " · ".join(size_text(size, fault.measure) for size in fault.sizes)
        results = " | ".join(known.get((fault.name, size), "–") for size in SIZE_NAMES)
        lines.append(f"| `{fault.name}` | {fault.rule_id} | {sizes} {MEASURES[fault.measure]} | {results} |")
    return lines


def main() -> int:
    """Clean fleets, faulty fleets, what the rules made of them."""
    parser = argparse.ArgumentParser(description="made-up fleets, clean and faulty, through the audit")
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--clean", type=int, default=10)
    parser.add_argument("--faulty", type=int, default=3)
    parser.add_argument("--share", type=float, default=SHARE_OF_UNITS, help="of the units of a faulty fleet")
    given = parser.parse_args()
    bad, parts = False, []
    with tempfile.TemporaryDirectory() as name:
        for seed in range(1, given.clean + 1):
            findings, _ = findings_of(Path(name) / f"clean{seed}", given.units, seed, 0.0)
            share = 100 * accused(findings) / given.units
            bad |= share > BOUND_PCT
            print(f"seed {seed}: {given.units} units, {share:.2f} % at or above major, {findings.height} findings")
        for seed in range(1, given.faulty + 1):
            findings, truth = findings_of(Path(name) / f"faulty{seed}", given.units, seed, given.share)
            others = findings.join(truth, on="entity_id", how="anti")
            bad |= 100 * accused(others) / given.units > BOUND_PCT
            print(f"seed {seed}: {truth.height} findings due, {accused(others)} accused at plants without a fault")
            parts.append(with_found(findings, truth))
    if parts:
        truth = pl.concat(parts)
        bad |= not truth.filter(pl.col("size_name") == "real")["found"].all()
        print("\n".join(table_lines(truth)))
    print(f"bounds: {BOUND_PCT:g} % accused, every real size found: {'NOT HELD' if bad else 'held'}")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
