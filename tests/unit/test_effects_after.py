"""Corrections of a review on the records of a run: figures after them, and which findings are made no longer."""

from __future__ import annotations

from pathlib import Path

import pytest
from effects_case import AS_OF, march, small_run

from mrvaudit.effects.after import Correction, recalculated_after
from mrvaudit.sector import Sector

TRIPS = {"trips": [{"date": march(1), "diesel_kg": 600.0}, {"date": march(2), "diesel_kg": 500.0}]}
DECLARED = {"month": march(), "diesel_kg": 1000.0, "emission_t": 2.0}


def test_figures_after_corrections(ferry: Sector, tmp_path: Path) -> None:
    """The declared month and one day corrected: both figures move, and the finding about the days is gone."""
    task, findings = small_run(ferry, tmp_path, {**TRIPS, "ferry_declared": [DECLARED]})
    assert findings.select("rule_id", "observed", "expected").rows() == [("FER-01", 1000, 1100), ("FER-02", 2, 3)]
    by_rule = dict(findings.select("rule_id", "finding_id").iter_rows())
    given = [
        Correction("E1", "ferry_declared", "U1|2025-03", "diesel_kg", 1200.0),
        Correction("E1", "trips", "U1|2025-03-02", "diesel_kg", 600.0),
        Correction("E1", "trips", "U1|2025-03-09", "diesel_kg", 600.0),
    ]
    found = recalculated_after(task.work, ferry, given, as_of=AS_OF, findings=findings)
    assert found.months.rows() == [("E1", "U1", march(), 2.0, 2.0, 3.3, 3.6, pytest.approx(0.3 + 0.6))]
    assert (found.gone, found.left, found.unknown) == ({by_rule["FER-01"]}, {by_rule["FER-02"]}, frozenset())
    assert found.unplaced == (given[2],)


def test_nothing_to_correct(ferry: Sector, tmp_path: Path) -> None:
    """Without a correction that stands in the records nothing is said of any finding."""
    task, findings = small_run(ferry, tmp_path, {**TRIPS, "ferry_declared": [DECLARED]})
    given = [
        Correction("E1", "ferry_declared", "U9|2025-03", "diesel_kg", 1.0),
        Correction("E1", "nowhere", "", "x", 1.0),
    ]
    found = recalculated_after(task.work, ferry, given, as_of=AS_OF, findings=findings)
    assert found.months.is_empty()
    assert found.unknown == frozenset(findings["finding_id"])
    assert found.unplaced == tuple(given)


def test_a_month_of_another_version(ferry: Sector, tmp_path: Path) -> None:
    """A corrected month is read as a month, and an emptied cell leaves the figure unknown."""
    task, _ = small_run(ferry, tmp_path, {**TRIPS, "ferry_declared": [DECLARED]})
    given = [
        Correction("E1", "ferry_declared", "U1|2025-03", "month", "2025-04-01"),
        Correction("E1", "ferry_declared", "U1|2025-03", "emission_t", None),
    ]
    found = recalculated_after(task.work, ferry, given, as_of=AS_OF)
    figures = found.months.select("month", "declared_before", "declared_after", "recalculated_after").rows()
    assert figures == [(march(), 2.0, 0.0, 0.0), (march().replace(month=4), 0.0, None, None)]
