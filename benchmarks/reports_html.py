"""How long the pages take: a unit's model and report.html, the index of 3,000 units, and the memory of both.

    python benchmarks/reports_html.py [--units 60]

Times are of the processor, so that other work on the machine counts little. The bounds are 20 ms a page and 5 s an
index; memory is flat where the second half of the units adds next to nothing.
Exit code 1 where a bound is not held.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import polars as pl

from mrvaudit import report
from mrvaudit.audit import Options, audit
from mrvaudit.cli.app import call
from mrvaudit.model import Audit, Work
from mrvaudit.report import as_html, context
from mrvaudit.report.writing import Writing
from mrvaudit.sector import load_sector

PAGE_MS, INDEX_S, INDEX_UNITS, GROWTH_MB = 20.0, 5.0, 3_000, 40.0


def peak_mb() -> float:
    """Most memory that the process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pages(found: Audit) -> tuple[float, float, float, float]:
    """Milliseconds a unit for the model and for the page, of the first page, and megabytes of the second half.

    The first page compiles the templates, once a process: it stands apart.
    """
    writing = Writing("zh", context.gather(found, texts=False).words)
    start, spent, done, half = time.process_time(), list[float](), 0, 0.0
    for _, one in report.models(found):
        before = time.process_time()
        as_html.render(one, writing)
        spent.append(time.process_time() - before)
        done += 1
        half = peak_mb() if done == found.scores.height // 2 else half
    whole = time.process_time() - start
    later = sum(spent[1:]) / (done - 1)
    return (whole - sum(spent)) / done * 1000, later * 1000, spent[0] * 1000, peak_mb() - half


def index(found: Audit, folder: Path) -> tuple[float, int]:
    """Seconds and bytes of an index of INDEX_UNITS units: the fleet's rows again and again, under other names."""
    rows = list(found.scores.iter_rows(named=True))
    many = [
        {**rows[at % len(rows)], "rank": at + 1, "unit_id": f"U{at}", "report_dir": f"U{at}"}
        for at in range(INDEX_UNITS)
    ]
    start = time.process_time()
    path = report.write_index(replace(found, scores=pl.DataFrame(many, schema=found.scores.schema)), folder)
    return time.process_time() - start, path.stat().st_size


def main() -> int:
    """Make a fleet, audit it, measure, compare with the bounds."""
    parser = argparse.ArgumentParser(description="time and memory of the pages")
    parser.add_argument("--units", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call(["sample", str(folder / "fleet"), "--units", str(given.units), "--format", "parquet"])
        work = Work(folder / "work")
        work.root.mkdir()
        found = audit(load_sector("power"), [folder / "fleet"], work, Options(gate=False))
        model_ms, page_ms, first_ms, grown = pages(found)
        seconds, size = index(found, folder)
    print(
        f"{found.scores.height} units: model {model_ms:.1f} ms and page {page_ms:.1f} ms a unit (bound {PAGE_MS:.0f}); "
        f"the first page, with compiling the templates, {first_ms:.0f} ms"
    )
    print(f"memory: the second half of the units added {grown:.0f} MB (bound {GROWTH_MB:.0f}), peak {peak_mb():.0f} MB")
    print(f"index of {INDEX_UNITS:,} units: {seconds:.2f} s (bound {INDEX_S:.0f}), {size / 1e6:.2f} MB (bound 3)")
    held = page_ms <= PAGE_MS and seconds <= INDEX_S and size <= 3e6 and grown <= GROWTH_MB
    print("bounds held" if held else "bounds NOT HELD")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
