"""How long the recalculation of a made-up fleet takes, from daily rows to the year, against the scan floor.

    python benchmarks/recalculation.py [--units 6000] [--keep FOLDER]

Recalculation: every view that the month and the year of a unit rest on, computed by one thread from the standard tables
of a run. Scan floor: the same columns of the same files added up by unit and month, by the same engine on one thread.
Prints processor time of both and their ratio, in total and of the slowest views; exits 1 over the bound.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import duckdb

from mrvaudit import derived, ingest, macros, store
from mrvaudit.derived import View
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.sectors.power.sample.fleet import sample_with_faults
from mrvaudit.sectors.power.sample.writing.files import write_fleet
from mrvaudit.standardise import standardise

YEAR, SEED, BOUND, SHOWN = 2025, 5, 4.0, 8
WANTED = ("unit_month", "unit_year")
FIGURES = ("f64", "i64", "i32")


def tables_of(views: Iterable[View], sector: Sector) -> list[str]:
    """Record tables that views read."""
    return sorted({name for view in views for name in view.reads if name in sector.tables})


def made(folder: Path, sector: Sector, units: int, tables: Iterable[str]) -> Work:
    """The standard tables of a fleet without faults, only those that are asked for; kept ones are taken as they lie."""
    work = Work(folder / "work")
    if not work.root.exists():
        fleet, _ = sample_with_faults(units, YEAR, SEED, 0.0, sector)
        chosen = {name: rows for name, rows in fleet.items() if name in {*tables, "units"}}
        write_fleet(chosen, folder / "fleet", "parquet", sector, YEAR)
        work.root.mkdir()
        standardise(ingest.discover([folder / "fleet"]), sector, work)
    return work


def processor(step: Callable[[], object]) -> float:
    """Seconds of processor time, the shortest of three runs: the first may read files, and others share the cores."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        step()
        taken.append(time.process_time() - start)
    return min(taken)


def columns_read(views: Iterable[View], sector: Sector) -> dict[str, list[str]]:
    """Columns of each record table without which the month and the year cannot be had, those of joins and filters too.

    What the engine itself would scan, were the views one query: it leaves out what no result needs.
    """
    con = store.connect("2GB", None)
    con.execute("SET disabled_optimizers = 'statistics_propagation, empty_result_pullup'")  # the tables are empty here
    macros.install(con, sector, date(YEAR + 1, 4, 30))
    store.define(con, sector)
    for view in views:
        con.execute(f'CREATE VIEW "{view.view}" AS SELECT * FROM ({derived.query(view, sector.macros)})')
    found: dict[str, set[str]] = {}
    for name in WANTED:
        plan = con.execute(f'EXPLAIN (FORMAT JSON) SELECT * FROM "{name}"').fetchone()
        waiting = json.loads(plan[1]) if plan else []
        while waiting:
            node = waiting.pop()
            waiting += node.get("children", [])
            read = node.get("extra_info", {})
            if "Table" in read:
                columns = read.get("Projections", [])
                found.setdefault(read["Table"].split(".")[-1], set()).update(
                    [columns] if isinstance(columns, str) else columns
                )
    return {table: sorted(columns) for table, columns in sorted(found.items()) if table in sector.tables}


def added_up(con: duckdb.DuckDBPyConnection, sector: Sector, columns: dict[str, list[str]]) -> float:
    """Seconds of adding up figures and counting words of these columns by unit and month."""
    total = 0.0
    for table, names in columns.items():
        month = sector.tables[table].month or "NULL"
        kinds = sector.tables[table].columns()
        parts = [f'sum("{n}")' if kinds[n] in FIGURES else f'count("{n}")' for n in names]
        text = f'SELECT unit_key, {month} AS m, {", ".join(parts)} FROM "{table}" GROUP BY unit_key, m'
        total += processor(lambda text=text: con.execute(f"CREATE OR REPLACE TEMP TABLE floor AS {text}"))  # type: ignore[misc]
    return total


def main() -> int:
    """Make, derive, add up, compare."""
    parser = argparse.ArgumentParser(description="recalculation against the scan floor")
    parser.add_argument("--units", type=int, default=6000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    sector = load_sector("power")
    views = store.needed_views(sector, WANTED)
    with tempfile.TemporaryDirectory() as name:
        work = made(given.keep or Path(name), sector, given.units, tables_of(views, sector))
        parts = range(len(list(work.t("unit_index").glob("p=*.parquet"))))
        con = store.connect("8GB", Path(name))
        macros.install(con, sector, date(YEAR + 1, 4, 30))
        store.attach_tables(con, work, sector, parts)
        floor = added_up(con, sector, columns_read(views, sector))
        seconds = {}
        for view in views:
            text = derived.statement(view, sector.macros).replace("CREATE", "CREATE OR REPLACE")
            seconds[view.view] = processor(lambda text=text: con.execute(text))  # type: ignore[misc]
        months = con.execute("SELECT count(*), count(recalculated_tco2) FROM unit_month").fetchone() or (0, 0)
    whole = sum(seconds.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{given.units:,} units, {months[0]:,} unit-months, {months[1]:,} with emissions; peak {peak:,.0f} MB")
    print(f"scan floor {floor:.2f} s; recalculation {whole:.2f} s in {len(views)} views")
    for view_name, taken in sorted(seconds.items(), key=lambda one: -one[1])[:SHOWN]:
        print(f"  {view_name:22} {taken:7.3f} s {taken / floor:6.2f} x floor")
    print(f"ratio {whole / floor:.2f}; the bound is {BOUND:g}: {'held' if whole <= BOUND * floor else 'NOT HELD'}")
    return int(whole > BOUND * floor)


if __name__ == "__main__":
    sys.exit(main())
