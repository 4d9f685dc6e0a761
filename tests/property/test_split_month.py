"""A month sent in two files is the month sent in one: the same findings and the same figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mrvaudit import ingest, store
from mrvaudit.checks.child import Task, run_here
from mrvaudit.ingest.notices import frame
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.sectors.power.sample.fleet import sample_with_faults
from mrvaudit.sectors.power.sample.writing.printing import as_text
from mrvaudit.standardise import standardise

AS_OF = date(2026, 4, 30)
DAILY = ("fuel_use", "calorific_value", "composites", "power_daily")
SAID = ("rule_id", "result", "unit_id", "month", "table", "row_key", "field", "observed", "expected", "tolerance")
FIGURES = ("unit_month_fuel", "unit_month", "unit_year")
# Which month, at which of its rows it is cut, whether the later part stands in the first file, and the rows' order.
CUTS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 60), st.booleans(), st.integers(0, 99)), min_size=2, max_size=2
)
Tables = dict[str, pl.DataFrame]


def plant(sector: Sector) -> Tables:
    """An enterprise, a quarter of a year of it, whose declared tonnes of each third row are not those of the days."""
    tables, _ = sample_with_faults(2, 2025, 3, 0.0, sector)
    entity = tables["units"]["entity_id"][0]
    mine = {
        name: rows.filter(entity_id=entity) if "entity_id" in rows.columns else rows for name, rows in tables.items()
    }
    slipped = pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.col("fuel_consumption") * 1.25)
    tonnes = slipped.otherwise(pl.col("fuel_consumption")).round(2).alias("fuel_consumption")
    mine["declarations"] = mine["declarations"].with_columns(tonnes)
    short = {name: rows.filter(pl.col("date").dt.month() <= 3) for name, rows in mine.items() if name in DAILY}
    return {name: rows for name, rows in (mine | short).items() if rows.height}


def send(tables: Tables, folder: Path, sector: Sector, cut: tuple[int, int, bool, int] | None) -> None:
    """One file a table, or each daily table in two, the month cut between them."""
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        if "entity_id" in rows.columns:
            rows = rows.with_columns(pl.lit(folder.name).alias("entity_id"))
        parts = [rows]
        if cut is not None and name in DAILY:
            month, at, swapped, order = cut
            rows = rows.sort("date", maintain_order=True)
            place = int((rows["date"].dt.month() < month).sum()) + at
            parts = [rows.head(place), rows.slice(place)]
            parts = [part.sample(fraction=1.0, shuffle=True, seed=order) for part in parts[:: -1 if swapped else 1]]
        for number, part in enumerate(parts, 1):
            label = name if len(parts) == 1 else f"{name}({number})"
            as_text(part, sector.tables[name]).write_csv(folder / f"{label}.csv")


def audited(folder: Path, sector: Sector) -> tuple[pl.DataFrame, Tables]:
    """Findings of the rules that look at days of one enterprise at a time, and the figures of all months."""
    work = Work(folder.with_name("work"))
    work.root.mkdir()
    standard = standardise(ingest.discover([folder]), sector, work)
    assert 1 == standard.partitions
    store.derive(work, sector, 0, AS_OF, "1GB")
    task = Task(work, sector, (0,), AS_OF, frozenset(), "1GB")
    daily = {one.view for one in sector.views if {*DAILY} & {*one.reads}} | {*DAILY, "fuel_month"}
    outcome = run_here(
        task, [one for one in sector.active_rules if one.scope != "global" and daily & {*one.reads, one.scanned}]
    )
    assert [] == outcome.crashed
    return frame(outcome.findings), {name: pl.read_parquet(work.part(work.m(name), 0)) for name in FIGURES}


def of(rows: pl.DataFrame, entity: str, columns: Any) -> list[tuple[Any, ...]]:
    """The rows of one enterprise, in an order that does not hang on files."""
    return sorted(rows.filter(entity_id=entity).select(columns).iter_rows(), key=repr)


# A failure is shown as drawn: to look for a smaller one would take minutes.
@settings(max_examples=1, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(CUTS)
def test_two_files_are_one_month(cuts: list[tuple[int, int, bool, int]]) -> None:
    """Several enterprises that sent the same, each cut elsewhere, beside the one that sent whole files."""
    sector = load_sector("power")
    with TemporaryDirectory() as name:
        fleet = Path(name) / "fleet"
        for number, cut in enumerate([None, *cuts]):
            send(plant(sector), fleet / f"E{number}", sector, cut)
        findings, figures = audited(fleet, sector)
    for name, rows in {"findings": findings, **figures}.items():
        moved = {"entity_id", "unit_key", "_block", "_line", "declared_block", "declared_line"}
        columns = SAID if name == "findings" else [one for one in rows.columns if one not in moved]
        whole = of(rows, "E0", columns)
        assert whole != []
        for number, cut in enumerate(cuts, 1):
            assert whole == of(rows, f"E{number}", columns), (name, cut)
