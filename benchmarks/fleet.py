"""How long an audit of a made-up fleet takes, stage by stage, against the scan floor of the same rows in the same run.

    python benchmarks/fleet.py [--units 300] [--workers 1]

The floor reads every column of every table once with DuckDB on one thread; ratios to it hold where seconds do not.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

COMMAND = [sys.executable, "-m", "mrvaudit.cli"]
STAGES = ("load", "read and standardise", "contracts", "derive", "check", "detect", "assess", "effects", "report")


def timed(arguments: list[str]) -> float:
    """Wall seconds of one command; raises where it fails for another reason than findings."""
    start = time.perf_counter()
    code = subprocess.run([*COMMAND, *arguments], check=False, stdout=subprocess.DEVNULL).returncode
    if code not in (0, 1):
        raise SystemExit(f"mrvaudit {arguments[0]}: exit {code}")
    return time.perf_counter() - start


def scan_floor(folder: Path) -> tuple[float, int]:
    """Seconds and rows of reading every column of every table once."""
    con = duckdb.connect()
    con.execute("SET threads = 1")
    start, rows = time.perf_counter(), 0
    for path in sorted(folder.glob("*.parquet")):
        found = con.execute(f"SELECT count(*), count(hash(t)) FROM read_parquet('{path.as_posix()}') t").fetchone()
        rows += found[0] if found else 0
    return time.perf_counter() - start, rows


def main() -> None:
    """Make the fleet, measure the floor, audit, print."""
    parser = argparse.ArgumentParser(description="an audit of a made-up fleet against the scan floor")
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        fleet, out = Path(name) / "fleet", Path(name) / "out"
        made = timed(["sample", str(fleet), "--units", str(given.units), "--format", "parquet"])
        floor, rows = scan_floor(fleet)
        options = ["--reports", "none", "--no-gate", "--quiet", "--workers", str(given.workers)]
        audited = timed(["audit", str(fleet), "--out", str(out), *options])
        seconds = json.loads((out / "run.json").read_text(encoding="utf-8"))["seconds"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    imports = {name: value for name, value in seconds.items() if name.startswith("import ")}
    # The time of an import lies within the stage that needs it first.
    seconds["detect"] = seconds.get("detect", 0.0) - imports.get("import sklearn", 0.0)
    apart = sum(imports.values())
    print(f"{given.units} units, {rows:,} rows; made in {made:.1f} s; peak {peak:,.0f} MB")
    print(
        f"audited in {audited:.1f} s, of which {apart:.1f} s " + ", ".join(f"{k} {v:.1f}" for k, v in imports.items())
    )
    print(f"scan floor (every column once, one thread): {floor:.3f} s")
    for stage in STAGES:
        print(f"  {stage:22} {seconds.get(stage, 0.0):8.3f} s  {seconds.get(stage, 0.0) / floor:7.1f} x floor")


if __name__ == "__main__":
    main()
