"""Pointblank's HTML report for as many steps as a unit has checks, to set beside `reports.py`.

    python benchmarks/peer_report.py [--steps 62]

Pointblank is no dependency of the project: where it is not installed (`pip install pointblank`), one line says so.
Prints the processor time of the report alone, after the steps have run.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time

import polars as pl

ROUNDS = 5


def main() -> None:
    """Run the steps once, make their report some times, print."""
    parser = argparse.ArgumentParser(description="the report of a peer for the same number of steps")
    parser.add_argument("--steps", type=int, default=62)
    given = parser.parse_args()
    if importlib.util.find_spec("pointblank") is None:
        print("pointblank: not installed, nothing measured (pip install pointblank)")
        return
    import pointblank

    rows = pl.DataFrame({"ncv_gj_per_t": [20.5 + day / 100 for day in range(365)]})
    validation = pointblank.Validate(rows)
    for step in range(given.steps):
        validation = validation.col_vals_between("ncv_gj_per_t", 10 + step / 100, 30)
    validation = validation.interrogate()
    seconds, size = [], 0
    for _ in range(ROUNDS):
        start = time.process_time()
        size = len(validation.get_tabular_report().as_raw_html().encode())
        seconds.append(time.process_time() - start)
    middle = statistics.median(seconds) * 1000
    print(f"pointblank {pointblank.__version__}: {given.steps} steps, {middle:.0f} ms, {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
