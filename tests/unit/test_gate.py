"""The second opinion: generated from the packs, equal to the record contract, silent where that spoke."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit import gate
from mrvaudit.audit import Options
from mrvaudit.audit import audit as run_audit
from mrvaudit.cli.app import call
from mrvaudit.model import Work
from mrvaudit.sector import load_sector

FAULTY = Path(__file__).resolve().parents[2] / "data" / "samples" / "faulty-plant"
# Cells put out of bounds: table, column, value -> the notice of the record contract.
BROKEN = (
    ("power_output", "generation_mwh", -5.0, "REC-RANGE"),
    ("declared_output", "load_factor_pct", -1.0, "REC-RANGE"),
    ("declarations", "m_ar_pct", 130.0, "REC-RANGE"),
    ("declarations", "oxidation_pct", 101.5, "REC-RANGE"),
    ("power_output", "generation_mwh", None, "REC-REQUIRED"),
    ("declared_output", "heat_ratio_pct", 100.5, "REC-RANGE"),
)
OWN_VIEW = """
views:
  - view: own_month
    title: {zh: 自备月表, en: Own months}
    grain: [unit_key, month]
    from: SELECT unit_key, month, any_value(generation_mwh) AS generation_mwh FROM power_output GROUP BY ALL
    gate: {generation_mwh: {max: 1, not_null: true}}
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of an audit with the gate, over sixty made-up units of which six have one broken cell each."""
    root = tmp_path_factory.mktemp("gate")
    fleet, out = str(root / "fleet"), str(root / "out")
    assert call(["sample", fleet, "--units", "60", "--format", "parquet"]) == 0
    for number, (table, column, value, _) in enumerate(BROKEN):
        path = root / "fleet" / f"{table}.parquet"
        frame = pl.read_parquet(path)
        here = pl.int_range(pl.len()) == 13 * number + 3
        broken = pl.when(here).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
        frame.with_columns(broken).write_parquet(path)
    assert call(["audit", fleet, "--out", out, "--reports", "none", "--fail-on", "never", "--quiet"]) == 0
    return root / "out"


def verdict(out: Path) -> dict[str, Any]:
    """The gate's part of summary.json."""
    found: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))["gate"]
    return found


def test_both_find_the_same_cells_where_both_speak(asked: Path) -> None:
    """From thirty units up the gate runs unasked; each broken cell is in both, and neither has another."""
    findings = pl.read_parquet(asked / "findings.parquet")
    contract = findings.filter(pl.col("rule_id").str.starts_with("REC-")).select("table", "field", "rule_id")
    assert sorted((table, column, notice) for table, column, _, notice in BROKEN) == sorted(contract.iter_rows())
    assert verdict(asked)["ran"] is True
    tables = [one for one in verdict(asked)["suites"] if one["kind"] == "table"]
    counted = {one["subject"]: one["also_in_record_contract"] for one in tables if one["values"]}
    assert {"power_output": 2, "declared_output": 2, "declarations": 2} == counted
    assert [] == [one["subject"] for one in verdict(asked)["suites"] if one["only_here"]]


def test_where_the_contract_spoke_the_gate_is_silent(asked: Path) -> None:
    """The negative output is also outside the bounds of a view, and yet it is one finding."""
    findings = pl.read_parquet(asked / "findings.parquet")
    assert [] == findings.filter(pl.col("rule_id").str.starts_with("GATE-"))["finding_id"].to_list()
    views = {one["subject"]: one["also_in_record_contract"] for one in verdict(asked)["suites"] if one["values"]}
    assert 1 == views["unit_month"]


def test_its_check_runs_are_counted_by_unit(asked: Path) -> None:
    """Sixty units each; found for the units of which the contract found a value of that kind, passed for the rest."""
    runs = pl.read_parquet(asked / "checks.parquet")
    runs = runs.filter(pl.col("rule_id").str.starts_with("GATE-"), pl.col("unit_id").is_not_null())
    contract = pl.read_parquet(asked / "findings.parquet").filter(pl.col("rule_id").str.starts_with("REC-"))
    spoken = contract.select(pl.col("rule_id").str.replace("REC-", "GATE-"), "entity_id", "unit_id").unique()
    found = runs.filter(pl.col("status") == "found").select("rule_id", "entity_id", "unit_id")
    assert sorted(spoken.rows()) == sorted(found.rows())
    counted = runs.group_by("rule_id").len().sort("rule_id").rows()
    assert [(f"GATE-{kind}", 60) for kind in ("CODE", "RANGE", "REQUIRED", "UNIQUE")] == counted


def test_a_bound_of_an_own_view_is_an_observation(tmp_path: Path) -> None:
    """What only the gate finds is `info`, named by view and key; Data Docs come on request, outside the manifest."""
    rules, out = tmp_path / "rules", tmp_path / "out"
    rules.mkdir()
    (rules / "own.yaml").write_text(OWN_VIEW, encoding="utf-8")
    arguments = ["--only", "EMI-01", "--data-docs", "--reports", "none", "--quiet"]
    assert call(["audit", str(FAULTY), "--out", str(out), "--rules", str(rules), *arguments]) == 0
    found = pl.read_parquet(out / "findings.parquet").filter(pl.col("rule_id") == "GATE-RANGE")
    assert {("info", "own_month", "generation_mwh")} == set(found.select("severity", "table", "field").iter_rows())
    assert 24 == found.height == found["finding_id"].n_unique()
    assert "≤ 1" in found["message_zh"][0]
    assert (out / "data_docs" / "index.html").is_file()
    listed = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert [] == [one["path"] for one in listed if one["path"].startswith("data_docs")]


def test_a_gate_that_breaks_costs_nothing_but_itself(tmp_path: Path) -> None:
    """A file where its folder should be: the gate is crashed and named, and the audit is whole."""
    work = Work(tmp_path / "work")
    work.root.mkdir()
    work.file("data_docs").write_text("in the way", encoding="utf-8")
    result = run_audit(load_sector(), [FAULTY], work, Options(only=("EMI-01",), gate=True, data_docs=True))
    assert ["GATE"] == [rule for rule, _ in result.crashed]
    assert result.findings.height > 0
    runs = result.checks.filter(pl.col("rule_id").str.starts_with("GATE-"))
    assert {"crashed"} == set(runs["status"])
    assert {"ran": False, "reason": "crashed", "suites": []} == dict(result.gate)


def test_when_it_is_asked() -> None:
    """By the option, else from thirty units up, and not in a run of chosen rules."""
    cases = [(None, 29, ()), (None, 30, ()), (None, 30, ("EMI-01",)), (True, 1, ("EMI-01",)), (False, 900, ())]
    assert ["units<30", None, "only", None, "no-gate"] == [gate.wanted(*case) for case in cases]
