"""A small run of a sector without input files: standard tables from plain rows, views derived, rules asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit import store
from mrvaudit.checks.child import Task, run_here
from mrvaudit.ingest.frames import schema, write
from mrvaudit.ingest.notices import frame
from mrvaudit.model import Work
from mrvaudit.sector import Sector

AS_OF = date(2026, 4, 30)
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def small_run(sector: Sector, folder: Path, given: Rows) -> tuple[Task, pl.DataFrame]:
    """The task and the findings of a run whose standard tables hold the given rows.

    Every row gets a line of its own in a block of its table; entity E1 and unit U1 unless it says otherwise. Units are
    those named under `units`, or U1 alone.
    """
    work = Work(folder)
    units = [
        {"entity_id": "E1", **sector.settings.example_unit, **one} for one in given.get("units", [{"unit_id": "U1"}])
    ]
    keys = {(one["entity_id"], one["unit_id"]): key for key, one in enumerate(units)}
    columns = store.table_columns(sector)
    blocks = {name: number for number, name in enumerate(columns)}
    for name in columns:
        rows = units if name in ("units", "unit_index") else given.get(name, ())
        full = [_row(columns[name], keys, line, {"_block": blocks[name], **row}) for line, row in enumerate(rows, 2)]
        frame_ = pl.DataFrame(full, schema=schema(columns[name]), orient="row")
        write(frame_, work.part(work.t(name), 0))
    # Views and scenarios are computed here and not in a child: the packs are those of the tree.
    sector = replace(sector, own_views=frozenset(), extra=None)
    store.derive(work, sector, 0, AS_OF, "1GB")
    task = Task(work, sector, (0,), AS_OF, frozenset(), "1GB")
    return task, frame(run_here(task, sector.active_rules).findings)


def _row(columns: Mapping[str, str], keys: Mapping[Any, int], line: int, row: Mapping[str, Any]) -> dict[str, Any]:
    entity = row.get("entity_id", "E1")
    unit = row.get("unit_id", "U1" if "unit_id" in columns else None)
    full = {
        "entity_id": entity,
        "unit_id": unit,
        "unit_key": keys.get((entity, unit)),
        "reporting": True,
        "_line": line,
    }
    return {name: (full | row).get(name) for name in columns}


def march(day: int = 1) -> date:
    """A day of March 2025."""
    return date(2025, 3, day)
