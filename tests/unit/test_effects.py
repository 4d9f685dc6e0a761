"""Effect and cause by scenario replay, on the toy sector: tonnes of one finding, of all at once, and what follows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from effects_case import march, small_run

from mrvaudit.checks.child import Task
from mrvaudit.effects.causes import Found
from mrvaudit.effects.choice import MOST_SCENARIOS, Item, batches, chosen
from mrvaudit.effects.replay import Replay
from mrvaudit.effects.result import NOTE, Effects, effects
from mrvaudit.effects.scenarios import Cell, Scenario
from mrvaudit.sector import Sector

APRIL = march().replace(month=4)


def said(done: Effects) -> list[tuple[Any, ...]]:
    """Rule, tonnes and the rule that each finding follows from."""
    rules = dict(done.findings.select("finding_id", "rule_id").iter_rows())
    rows = done.findings.sort("entity_id", "month", "rule_id").select("rule_id", "impact_tco2", "cause_id")
    return [(rule, impact, rules.get(cause)) for rule, impact, cause in rows.iter_rows()]


def replayed(ferry: Sector, folder: Path, trips: float, declared: float, emitted: float | None) -> Effects:
    """One ferry and month: kilograms by its trips, as declared, and the tonnes declared (0.003 t of CO2 a kilogram)."""
    row = {"month": march(), "diesel_kg": declared, "emission_t": emitted}
    given = {"trips": [{"date": march(), "diesel_kg": trips}], "ferry_declared": [row]}
    task, findings = small_run(ferry, folder, given)
    return effects(task, findings, 1)


def test_a_declared_figure_moves_its_result(ferry: Sector, tmp_path: Path) -> None:
    """100 kg too little declared, and the result computed from it: 0.3 t understated, and so much at stake."""
    done = replayed(ferry, tmp_path, 1100, 1000, 3.0)
    assert said(done) == [("FER-01", pytest.approx(0.3), None)]
    assert done.findings["impact_kind"].to_list() == ["recalculated"]
    assert done.units.rows() == [(0, pytest.approx(0.3), None, 1, 0, False)]
    assert done.crashed == ()


def test_a_declared_result_is_set_against_its_recalculation(ferry: Sector, tmp_path: Path) -> None:
    """Recalculated minus declared; positive where emissions were understated."""
    assert said(replayed(ferry, tmp_path, 1000, 1000, 2.5)) == [("FER-02", pytest.approx(0.5), None)]


def test_two_faults_are_one_joint_scenario(ferry: Sector, tmp_path: Path) -> None:
    """Quantity and arithmetic both wrong: each its own tonnes, both together what they make together."""
    done = replayed(ferry, tmp_path, 1100, 1000, 2.5)
    assert said(done) == [("FER-01", pytest.approx(0.3), None), ("FER-02", pytest.approx(0.5), None)]
    assert done.units["at_stake_tco2"].to_list() == [pytest.approx(3.3 - 2.5)]


def test_a_consequence_folds_under_its_cause(ferry: Sector, tmp_path: Path) -> None:
    """The result was computed from the true quantity: with it corrected nothing is left, and nothing is at stake."""
    done = replayed(ferry, tmp_path, 1100, 1000, 3.3)
    assert said(done) == [("FER-01", 0.0, None), ("FER-02", pytest.approx(-0.3), "FER-01")]
    assert done.units["at_stake_tco2"].to_list() == [pytest.approx(0.0)]


def test_nothing_declared_moves_what_is_restated(ferry: Sector, tmp_path: Path) -> None:
    """Without a declared result the effect is that of the figure itself."""
    assert said(replayed(ferry, tmp_path, 1100, 1000, None)) == [("FER-01", pytest.approx(0.3), None)]


def test_a_parameter_out_of_force_leaves_the_tonnes_unknown(ferry: Sector, tmp_path: Path) -> None:
    """No factor from 2026 on: a finding, and no tonnes."""
    month = march().replace(year=2026)
    row = {"month": month, "diesel_kg": 1000.0, "emission_t": 3.0}
    given = {"trips": [{"date": month, "diesel_kg": 1100.0}], "ferry_declared": [row]}
    assert said(effects(*small_run(ferry, tmp_path, given), 1)) == [("FER-01", None, None)]


def many(ferry: Sector, folder: Path) -> tuple[Task, pl.DataFrame]:
    """Twenty enterprises with one fault each, of figures drawn at random."""
    draw = random.Random(7)
    given: dict[str, list[Mapping[str, Any]]] = {"units": [], "trips": [], "ferry_declared": []}
    for number in range(20):
        who = {"entity_id": f"E{number:02d}", "unit_id": "U1"}
        true, wrong = draw.uniform(500, 900), draw.uniform(500, 900)
        given["units"].append(who)
        for month, declared in ((march(), wrong), (APRIL, true)):
            given["trips"].append({**who, "date": month, "diesel_kg": true})
            given["ferry_declared"].append(
                {**who, "month": month, "diesel_kg": declared, "emission_t": declared * 0.003}
            )
    return small_run(ferry, folder, given)


def test_properties(ferry: Sector, tmp_path: Path) -> None:
    """One correction: joint and single effect are one. The order of findings changes nothing, nor does a copy."""
    task, findings = many(ferry, tmp_path)
    findings = findings.filter(pl.col("rule_id") == "FER-01")
    done = effects(task, findings, 1)
    single = done.findings.sort("unit_key")["impact_tco2"].to_list()
    assert len(single) == 20
    assert done.units.sort("unit_key")["at_stake_tco2"].to_list() == single
    expected = [(one["expected"] - one["observed"]) * 0.003 for one in findings.sort("unit_key").iter_rows(named=True)]
    assert single == pytest.approx(expected, abs=1e-7)
    shuffled = effects(task, findings.sample(fraction=1.0, shuffle=True, seed=3), 1)
    assert shuffled.findings.sort("finding_id").rows() == done.findings.sort("finding_id").rows()
    assert shuffled.units.rows() == done.units.rows()
    unchanged = [Scenario(f"E{number:02d}") for number in range(20)]
    assert task.sector.settings.totals is not None
    with Replay(task, [*unchanged, *unchanged]) as replay:
        rows = replay.totals(task.sector.settings.totals)
    first, second = (rows.filter(test).drop("scenario") for test in (pl.col("scenario") < 20, pl.col("scenario") >= 20))
    assert first.rows() == second.rows()


def test_a_correction_to_what_was_observed_is_worth_nothing(ferry: Sector, tmp_path: Path) -> None:
    """The corrected cell holds what it held."""
    task, findings = many(ferry, tmp_path)
    findings = findings.filter(pl.col("rule_id") == "FER-01")
    as_it_was = [
        text.replace(repr(expected), repr(observed))
        for text, expected, observed in findings.select("corrects", "expected", "observed").iter_rows()
    ]
    assert as_it_was != findings["corrects"].to_list()
    done = effects(task, findings.with_columns(pl.Series("corrects", as_it_was)), 1)
    assert done.findings["impact_tco2"].to_list() == [0.0] * 20
    assert done.units["at_stake_tco2"].to_list() == [0.0] * 20


def test_batches_say_the_same(ferry: Sector, tmp_path: Path) -> None:
    """A batch of its own for every enterprise or one for all: the same tonnes."""
    task, findings = many(ferry, tmp_path)
    whole = effects(task, findings, 1)
    halves = [effects(task, findings.filter(pl.col("entity_id") < "E10" if first else pl.col("entity_id") >= "E10"), 1)
              for first in (True, False)]  # fmt: skip
    parts = pl.concat([half.findings for half in halves])
    assert parts.sort("finding_id").rows() == whole.findings.sort("finding_id").rows()


def test_a_failing_replay_costs_the_tonnes_alone(ferry: Sector, tmp_path: Path) -> None:
    """Out of memory: the findings stay, nothing is said to be at stake, and the crash has a name."""
    task, findings = many(ferry, tmp_path)
    done = effects(replace(task, memory="1KB"), findings, 1)
    assert done.findings.drop("impact_kind").rows() == findings.drop("impact_kind").rows()
    assert [one[0] for one in done.crashed] == ["effects"]
    assert done.units["unknown"].to_list() == [True] * 20


def test_packs_from_outside_are_replayed_in_a_child(ferry: Sector, tmp_path: Path) -> None:
    """The same tonnes; where the child passes its limits, the crash alone."""
    task, findings = many(ferry, tmp_path)
    outside = replace(task, sector=replace(task.sector, extra=tmp_path))
    here, there = effects(task, findings, 1), effects(outside, findings, 1)
    assert there.findings.rows() == here.findings.rows()
    assert there.units.rows() == here.units.rows()


def item(number: int, gap: float, cells: int = 1) -> Item:
    """A finding whose figure is off by a share."""
    made = tuple(Cell("trips", "diesel_kg", 0, number * 10 + one, 1.0) for one in range(cells))
    found = Found(f"{number:04d}", "R", "r", "trips", "diesel_kg", 0, number, made, (1,))
    return Item(found, "E1", 1, march(), "recalculated", "major", gap)


def test_the_largest_get_a_scenario_of_their_own() -> None:
    """Fifty of a unit, by the share that they are off; findings without a correction do not count."""
    items = [item(number, number / 100) for number in range(MOST_SCENARIOS + 10)]
    taken, left = chosen([*items, item(99, 5.0, cells=0)], {(1, march()): 1000.0})
    assert taken == items[10:]
    assert sorted(left, key=lambda one: one.found.finding_id) == items[:10]


def test_batches_hold_so_many_rows_and_each_its_base() -> None:
    """An entity whose copies are too many goes into several passes."""
    items = [item(number, 1.0) for number in range(5)]
    made = list(batches(items, {"E1": 500_000}))
    assert [(len(one.items), one.bases, one.rows) for one in made] == [
        (2, {0: 0, 1: 0, 2: 0}, 1_500_000), (2, {0: 0, 1: 0, 2: 0}, 1_500_000), (1, {0: 0, 1: 0}, 1_000_000),
    ]  # fmt: skip


def test_findings_beyond_the_limit_are_said(ferry: Sector, tmp_path: Path) -> None:
    """Fifty-three wrong months: fifty with tonnes of their own, a note about three, all of them at stake."""
    months = [march().replace(year=2021 + number // 12, month=1 + number % 12) for number in range(MOST_SCENARIOS + 3)]
    rows = [{"month": one, "diesel_kg": 100.0 + number} for number, one in enumerate(months)]
    trips = [{"date": one, "diesel_kg": 200.0} for one in months]
    done = effects(*small_run(ferry, tmp_path, {"trips": trips, "ferry_declared": rows}), 1)
    assert done.findings["impact_tco2"].null_count() == 3
    assert done.notes.select("rule_id", "entity_id", "unit_id", "severity").rows() == [(NOTE, "E1", "U1", "info")]
    assert "3" in done.notes["message_en"][0]
    total = sum(200.0 - 100.0 - number for number in range(MOST_SCENARIOS + 3)) * 0.003
    assert done.units.rows() == [(0, pytest.approx(total), None, MOST_SCENARIOS, 3, False)]
