"""A work folder without records, and rows of the allowance's inputs: a plain coal unit of 2024 unless stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit import store
from mrvaudit.allowance.evaluate import Frames, Source, evaluate
from mrvaudit.ingest.frames import schema
from mrvaudit.model import Work
from mrvaudit.sector import Sector

TEXTS = (
    "entity_id", "unit_id", "unit_class", "declared_class", "fuel_category", "cooling", "output_basis",
    "emission_basis",
)  # fmt: skip
FLAGS = ("two_readings", "cogeneration")
DATES = ("month", "commissioned_on", "retired_on")
WHOLE = ("year", "months", "service_months", "members")
NUMBERS = (
    "capacity_mw", "odd_share_pct", "secondary_share_pct", "other_share_pct", "biomass_share_pct", "generation_mwh",
    "supply_mwh", "heat_gj", "operating_hours", "heat_ratio_pct", "declared_tco2", "recalculated_tco2", "emission_tco2",
    "base_tco2",
)  # fmt: skip
KINDS: dict[str, Any] = {
    "unit_key": pl.Int32(),
    **dict.fromkeys(TEXTS, pl.String()),
    **dict.fromkeys(FLAGS, pl.Boolean()),
    **dict.fromkeys(DATES, pl.Date()),
    **dict.fromkeys(WHOLE, pl.Int64()),
    **dict.fromkeys(NUMBERS, pl.Float64()),
}
PLAIN: dict[str, Any] = {
    "entity_id": "E1", "year": 2024, "unit_class": "coal_le300", "declared_class": "coal_le300", 
    "fuel_category": "coal", "cooling": "water", "output_basis": "declared", "emission_basis": "declared",
    "two_readings": False,
    "cogeneration": False, "months": 12, "service_months": 12, "members": 1, "capacity_mw": 350.0, "odd_share_pct": 0.0,
    "secondary_share_pct": 0.0, "other_share_pct": 0.0, "biomass_share_pct": 0.0, "generation_mwh": 1_000_000.0,
    "supply_mwh": 940_000.0, "heat_gj": 0.0, "operating_hours": 4000.0, "heat_ratio_pct": 0.0,
    "emission_tco2": 900_000.0,
}  # fmt: skip


def source(folder: Path, sector: Sector, tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Source:
    """Standard tables with the rows given and no others, in one partition."""
    work = Work(folder)
    for name, columns in store.table_columns(sector).items():
        path = work.part(work.t(name), 0)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [{column: row.get(column) for column in columns} for row in (tables or {}).get(name, ())]
        pl.DataFrame(rows, schema=schema(columns), orient="row").write_parquet(path)
    return Source(work, sector, range(1), date(2026, 11, 1))


def inputs(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Rows of the input view; `unit_id` is the row's number unless given, the month the year's first."""
    filled = []
    for key, row in enumerate(rows):
        whole = {"unit_id": str(key), **PLAIN, **row, "unit_key": key}
        filled.append({"month": date(whole["year"], 1, 1), **whole})
    return pl.DataFrame([{name: row.get(name) for name in KINDS} for row in filled], schema=KINDS, orient="row")


def outcome(where: Source, *rows: Mapping[str, Any]) -> Frames:
    """Units in the order given, and entities."""
    frames = evaluate(where, inputs(*rows))
    return Frames(frames.inputs, frames.units.sort("unit_key"), frames.entities.sort("entity_id", "year"))
