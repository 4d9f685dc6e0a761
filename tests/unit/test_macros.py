"""Only the macros that are called, with those below them; several threads find what one finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mrvaudit import macros, store
from mrvaudit.audit import Options, audit
from mrvaudit.checks.child import Task, run_here
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "samples" / "faulty-plant"


def made(sector: Sector, texts: Iterable[str] | None) -> set[str]:
    """Names of the macros on a connection."""
    con = store.connect("512MB", None)
    try:
        macros.install(con, sector, date(2026, 1, 1), texts)
        query = "SELECT function_name FROM duckdb_functions() WHERE function_type = 'macro' AND NOT internal"
        return {row[0] for row in con.execute(query).fetchall()}
    finally:
        con.close()


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The shipped sector."""
    return load_sector("power")


def test_called_macros_and_those_below_them(sector: Sector) -> None:
    """Names are found whatever their case, and a formula brings the parameters it reads."""
    assert made(sector, []) == set()
    assert made(sector, ["SELECT TOTAL (x) FROM t"]) == {"total"}
    materiality = made(sector, ["SELECT materiality(x, as_of())"])
    assert {"materiality", "as_of"} < materiality < made(sector, None)
    assert all(name.startswith("p__") for name in materiality - {"materiality", "as_of", "larger"})


def test_threads_change_nothing(sector: Sector, tmp_path: Path) -> None:
    """Findings and check runs, row by row and in their order."""
    work = Work(tmp_path)
    done = audit(sector, [SAMPLE], work, Options(gate=False, only=("EMI-01",)))
    task = Task(work, sector, (0,), done.as_of, frozenset(), "1GB")
    rules = [rule for rule in sector.active_rules if rule.scope != "global"]
    alone, beside = run_here(task, rules), run_here(replace(task, threads=3), rules)
    assert alone.findings != []
    assert (alone.findings, alone.checks, alone.crashed) == (beside.findings, beside.checks, beside.crashed)
