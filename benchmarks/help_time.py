"""How long `mrvaudit --help` takes as a whole process, and which heavy libraries it loads (none should).

    python benchmarks/help_time.py [--times 7]

Prints the shortest and the median time, and exits 1 where the shortest is above the bound: the first thing that a user
sees of the command must not wait for libraries that only an audit needs.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

BOUND_SECONDS = 0.3
HEAVY = ("polars", "duckdb", "pandera", "sklearn", "great_expectations", "pyarrow", "pandas", "pydantic", "jinja2")
COMMAND = [sys.executable, "-m", "mrvaudit.cli", "--help"]
LOADED = "import sys, mrvaudit.cli.app; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def seconds(command: list[str]) -> float:
    """Wall time of one run of the command."""
    start = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True)
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, compare with the bound."""
    parser = argparse.ArgumentParser(description="time of mrvaudit --help")
    parser.add_argument("--times", type=int, default=7)
    times = [seconds(COMMAND) for _ in range(parser.parse_args().times)]
    floor = min(seconds([sys.executable, "-c", "pass"]) for _ in range(3))
    reply = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    heavy = sorted(set(reply.stdout.split()) & set(HEAVY))
    print(f"mrvaudit --help: shortest {min(times):.3f} s, median {statistics.median(times):.3f} s of {len(times)} runs")
    print(f"of which an empty Python process: {floor:.3f} s; heavy libraries loaded: {', '.join(heavy) or 'none'}")
    within = min(times) <= BOUND_SECONDS and not heavy
    print(f"bound: {BOUND_SECONDS} s and no heavy library: {'held' if within else 'NOT HELD'}")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
