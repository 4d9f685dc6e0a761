"""A chain of wrong figures in the power sector comes down to one cause, whatever the number of workers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from road import SAMPLES

from mrvaudit.audit import Options, audit
from mrvaudit.model import Audit, Work
from mrvaudit.sector import Sector, load_sector

PLANTS = ("91370000MA0DEM013P", "91370000MA0DEM021J")
RULES = ("LAB-17", "EMI-01", "EMI-02", "EMI-03")
# Table -> what stands in the sample and what is written in its place, once each.
WRONG: Mapping[str, Mapping[str, str]] = {
    "declarations": {
        # January: the carbon content alone was mistyped; the result was computed from the true one.
        "93045.93,入炉计量,0.5551,": "93045.93,入炉计量,0.5151,",
        # February: the result of the coal was mistyped; the sums are those of the true one.
        ",165989.66,": ",156989.66,",
        # April: the carbon content was mistyped, and the sums were computed from it, the coal's own result was not.
        "74421.10,入炉计量,0.5489,": "74421.10,入炉计量,0.5089,",
        # May: the carbon content was mistyped, and the coal's own result was computed from it, the sums were not.
        "77895.82,入炉计量,0.5367,": "77895.82,入炉计量,0.5267,",
        ",151758.27,": ",148930.65,",
    },
    "declared_output": {",148289.54,148290,": ",137483.60,137484,"},
    "units": {},
    "entities": {},
}


def submission(folder: Path, plant: str) -> Path:
    """Four tables of the clean plant under another id, with the wrong figures written in."""
    target = folder / plant
    target.mkdir()
    for name, changes in WRONG.items():
        text = (SAMPLES / "clean-plant" / f"{name}.csv").read_text(encoding="utf-8-sig").replace(PLANTS[0], plant)
        for true, wrong in changes.items():
            assert text.count(true) == 1, true
            text = text.replace(true, wrong)
        (target / f"{name}.csv").write_text(text, encoding="utf-8")
    return target


def audited(sector: Sector, folder: Path, workers: int) -> Audit:
    """Two such plants, each in a partition of its own."""
    folder.mkdir()
    inputs = [submission(folder, plant) for plant in PLANTS]
    (folder / "work").mkdir()
    options = Options(only=RULES, gate=False, workers=workers, partition_rows=100)
    return audit(sector, inputs, Work(folder / "work"), options)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Audit, Audit]:
    """The same submissions on one worker and on two."""
    room = tmp_path_factory.mktemp("chain")
    sector = load_sector("power")
    return audited(sector, room / "one", 1), audited(sector, room / "two", 2)


def test_figures_that_follow_fold_under_their_cause(runs: tuple[Audit, Audit]) -> None:
    """The carbon content is the cause of its quotient and product; sums follow from the result of the fuel."""
    rules = dict(runs[0].findings.select("finding_id", "rule_id").iter_rows())
    of_plant = runs[0].findings.filter(pl.col("entity_id") == PLANTS[0]).sort("month", "rule_id", "field")
    said: list[tuple[Any, ...]] = [
        (row["month"].month, row["rule_id"], row["field"], rules.get(row["cause_id"]))
        for row in of_plant.iter_rows(named=True)
    ]
    assert [
        (1, "EMI-01", "combustion_tco2", "LAB-17"),
        (1, "EMI-03", "carbon_per_heat_tc_per_gj", "LAB-17"),
        (1, "LAB-17", "carbon_content_tc_per_t", None),
        (2, "EMI-01", "combustion_tco2", None),
        (2, "EMI-02", "combustion_tco2", "EMI-01"),
        (4, "EMI-01", "combustion_tco2", "LAB-17"),
        (4, "EMI-02", "combustion_tco2", "EMI-01"),
        (4, "EMI-03", "carbon_per_heat_tc_per_gj", "LAB-17"),
        (4, "LAB-17", "carbon_content_tc_per_t", None),
        (5, "EMI-02", "combustion_tco2", "LAB-17"),
        (5, "EMI-03", "carbon_per_heat_tc_per_gj", "LAB-17"),
        (5, "LAB-17", "carbon_content_tc_per_t", None),
    ] == said


def test_only_causes_are_at_stake(runs: tuple[Audit, Audit]) -> None:
    """The mistyped result understates by 9,000 t, the carbon content that a result came from by its tonnes, once; one
    that no result used moves nothing."""
    heads = runs[0].findings.filter((pl.col("entity_id") == PLANTS[0]) & pl.col("cause_id").is_null()).sort("month")
    of_carbon = pytest.approx(151_758.27 - 148_930.65, abs=0.01)
    assert [0.0, 9_000.0, 0.0, of_carbon] == heads["impact_tco2"].to_list()
    stakes = runs[0].scores.sort("entity_id", "unit_id")["at_stake_tco2"].to_list()
    # The joint scenario multiplies the declared factors without rounding the product.
    assert [9_000.0 + 151_758.27 - 148_930.65, 0.0] * 2 == pytest.approx(stakes, abs=0.01)


def test_two_workers_say_the_same(runs: tuple[Audit, Audit]) -> None:
    """Tonnes, causes and scores of two partitions do not depend on who replays them."""
    one, two = runs
    assert one.partitions == two.partitions == 2
    assert one.crashed == two.crashed == ()
    assert one.findings.equals(two.findings)
    assert one.scores.equals(two.scores)
    assert 24 == one.findings.height == one.findings["finding_id"].n_unique()
