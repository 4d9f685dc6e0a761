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
STAGES = ("load packs", "read and standardise", "derive", "check", "detect", "assess", "effects", "report")
BESIDE = ("import pandera", "contracts", "import sklearn", "scores DET-FOREST")
BOUND_S, BOUND_UNITS = 10.0, 300


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
    apart = seconds["import libraries"]
    print(f"{given.units} units, {rows:,} rows; made in {made:.1f} s; peak {peak:,.0f} MB")
    print(f"audited in {audited:.1f} s, of which {apart:.1f} s imports before anything is read")
    print("beside the run: " + ", ".join(f"{name} {seconds.get(name, 0.0):.1f} s" for name in BESIDE))
    print(f"scan floor (every column once, one thread): {floor:.3f} s")
    for stage in STAGES:
        print(f"  {stage:22} {seconds.get(stage, 0.0):8.3f} s  {seconds.get(stage, 0.0) / floor:7.1f} x floor")
    if given.units == BOUND_UNITS:
        print(f"bound {BOUND_S:.0f} s, imports apart: {'held' if audited - apart <= BOUND_S else 'NOT HELD'}")


if __name__ == "__main__":
    main()
