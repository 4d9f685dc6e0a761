"""Rounding makes no finding: a small share of what `make fleets` does with 10,000 unit-months."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

from mrvaudit import ingest, store
from mrvaudit.checks.child import Task, run_here
from mrvaudit.model import Work
from mrvaudit.sector import load_sector
from mrvaudit.standardise import standardise

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "rounding.py"


def test_printed_figures_are_read_back_without_a_finding(tmp_path: Path) -> None:
    """Six units of seed 2, the first one's plant as a workbook, the others as CSV: every rule, and none finds any."""
    spec = importlib.util.spec_from_file_location("rounding", SCRIPT)
    assert spec is not None and spec.loader is not None
    rounding = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rounding)
    sector, work = load_sector("power"), Work(tmp_path / "work")
    work.root.mkdir()
    rounding.sent(tmp_path / "fleet", sector, 6, 1, 2)
    standard = standardise(ingest.discover([tmp_path / "fleet"]), sector, work)
    kinds = {Path(path).suffix for path in standard.sources["path"]}
    assert ({".csv", ".xlsx"}, 6, []) == (kinds, standard.units.height, standard.notices["message_en"].to_list())
    day = date(2026, 4, 30)
    store.derive(work, sector, 0, day, "1GB")
    outcome = run_here(Task(work, sector, (0,), day, frozenset(), "1GB"), sector.active_rules)
    assert ([], []) == (outcome.crashed, [(one["rule_id"], one["message_en"]) for one in outcome.findings])
