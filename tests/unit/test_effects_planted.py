"""A made-up fleet: planted single faults give back the planted tonnes to half a tonne."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mrvaudit.audit import Options, audit
from mrvaudit.model import Work
from mrvaudit.sector import load_sector
from mrvaudit.sectors.power.sample.fleet import sample_with_faults
from mrvaudit.sectors.power.sample.writing.files import write_fleet

# Kinds of faults whose right value stands in the submission, and the rules that they are meant for.
KNOWN = {"declared_fuel": "QTY-01", "conversion_moisture": "LAB-17", "emission_arithmetic": "EMI-01"}
WITHOUT_TONNES = {"heat_value": "NCV-01"}
FIGURE = ["entity_id", "unit_id", "month"]


def declared(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Declared combustion of each unit and month."""
    rows = tables["declarations"].with_columns(pl.col("month").cast(pl.String).str.slice(0, 7))
    return rows.group_by(FIGURE).agg(pl.col("combustion_tco2").sum().round(2).alias("tco2"))


def test_planted_tonnes_come_back(tmp_path: Path) -> None:
    """One fault a unit and month: the effect is what the clean twin declares more; the unit's stake is its sum."""
    sector = load_sector("power")
    clean, none = sample_with_faults(60, 2025, 11, 0.0, sector)
    faulty, truth = sample_with_faults(60, 2025, 11, 1.0, sector)
    assert none.is_empty()
    write_fleet(faulty, tmp_path / "fleet", "parquet", sector, 2025)
    (tmp_path / "work").mkdir()
    rules = (*KNOWN.values(), *WITHOUT_TONNES.values(), "LAB-19", "FUL-06", "EMI-02", "EMI-03")
    done = audit(sector, [tmp_path / "fleet"], Work(tmp_path / "work"), Options(only=rules, gate=False))
    assert done.crashed == ()
    planted = declared(clean).join(declared(faulty), on=FIGURE, suffix="_found").select(
        *FIGURE, (pl.col("tco2") - pl.col("tco2_found")).alias("tonnes")
    )  # fmt: skip
    # A fault of the whole year is in every month's figure: plants with one are left out.
    alone = truth.join(truth.filter(pl.col("month").fill_null("") == ""), on="entity_id", how="anti")
    due = alone.filter(pl.col("fault").is_in([*KNOWN])).join(planted, on=FIGURE)
    assert set(due["fault"]) == set(KNOWN)
    found = done.findings.with_columns(pl.col("month").dt.strftime("%Y-%m"))
    made = due.join(found, on=["rule_id", *FIGURE]).sort("rule_id", *FIGURE)
    assert made.height == due.height
    assert made["impact_tco2"].to_list() == pytest.approx(made["tonnes"].to_list(), abs=0.5)
    assert set(made["impact_kind"]) == {"recalculated"}
    heat = truth.filter(pl.col("fault").is_in([*WITHOUT_TONNES])).join(found, on=["rule_id", *FIGURE])
    # Carbon was measured in these months, so the heat value moves no tonnes.
    assert heat["impact_tco2"].to_list() == [0.0] * heat.height != []
    units = made.group_by("entity_id", "unit_id").agg(pl.col("tonnes").sum())
    stakes = units.join(done.scores, on=["entity_id", "unit_id"])
    assert stakes["at_stake_tco2"].to_list() == pytest.approx(stakes["tonnes"].to_list(), abs=0.5)
