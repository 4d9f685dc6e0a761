"""How long the reports of a unit take, format by format: the median over the units of a made-up fleet.

    python benchmarks/reports.py [--units 8]

The model that all formats share is timed apart. Processor time, so that other work on the machine does not count. Exits
1 where a format is above its bound.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mrvaudit import report
from mrvaudit.audit import audit
from mrvaudit.cli.app import call
from mrvaudit.model import Audit, Work
from mrvaudit.report import as_docx, as_html, as_json
from mrvaudit.report.office import findings_book, marked_book
from mrvaudit.report.writing import Writing
from mrvaudit.sector import load_sector

BOUNDS_MS = {"html": 20, "json": None, "docx": 150, "findings.xlsx": 60, "marked.xlsx": 400}
Times = dict[str, list[float]]


class Timer:
    """A report format that writes every other one and books the time of each."""

    FORMAT = "timer"

    def __init__(self) -> None:
        self.times: Times = {name: [] for name in ("model", *BOUNDS_MS)}
        self.sizes: Times = {name: [] for name in BOUNDS_MS}
        self.last = time.process_time()

    def write(self, made: Mapping[str, Any], folder: Path, context: Writing) -> None:
        """Write and time the formats of one unit; what passed since the unit before went into the model."""
        self.times["model"].append(time.process_time() - self.last)
        for name, module in (("html", as_html), ("json", as_json), ("docx", as_docx)):
            self._book(name, folder / module.FILE, lambda module=module: module.write(made, folder, context))
        start = time.process_time()
        links, found, lost = marked_book.sheets(made, context)
        reading = time.process_time() - start
        path = folder / findings_book.FILE
        self._book("findings.xlsx", path, lambda: findings_book.write(made, path, context, links))
        other = folder / marked_book.FILE
        self._book("marked.xlsx", other, lambda: marked_book.write(made, other, context, links, found, lost), reading)
        self.last = time.process_time()

    def _book(self, name: str, path: Path, work: Callable[[], None], more: float = 0.0) -> None:
        start = time.process_time()
        work()
        self.times[name].append(time.process_time() - start + more)
        self.sizes[name].append(path.stat().st_size)


def fleet(folder: Path, units: int) -> Audit:
    """A made-up fleet with faults, audited."""
    call(["sample", str(folder / "fleet"), "--units", str(units), "--faults", "0.5"])
    work = Work(folder / "work")
    work.root.mkdir()
    return audit(load_sector(), [folder / "fleet"], work)


def main() -> int:
    """Make the fleet, audit it, time its reports, print."""
    parser = argparse.ArgumentParser(description="time of a unit's reports, format by format")
    parser.add_argument("--units", type=int, default=8)
    given = parser.parse_args()
    timer = Timer()
    formats = report.format_modules
    with tempfile.TemporaryDirectory() as name:
        audited = fleet(Path(name), given.units)
        report.format_modules = lambda: {**formats(), "timer": timer}  # type: ignore[dict-item]
        timer.last = time.process_time()
        report.write_reports(audited, Path(name) / "out", ("timer",))
    print(f"reports of {len(timer.times['html'])} units, {audited.findings.height} findings; processor time a unit")
    above = []
    for name, seconds in timer.times.items():
        middle, bound = statistics.median(seconds) * 1000, BOUNDS_MS.get(name)
        size = f"{statistics.median(timer.sizes[name]) / 1000:8.0f} kB" if name in timer.sizes else " " * 11
        held = "" if bound is None else f"  bound {bound} ms: {'held' if middle <= bound else 'NOT HELD'}"
        above += [name] if bound is not None and middle > bound else []
        print(f"  {name:14} median {middle:7.1f} ms, most {max(seconds) * 1000:7.1f} ms{size}{held}")
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main())
