"""A made-up fleet through the whole road: the innocent are not accused, planted faults are found by the rule meant."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mrvaudit.cli.app import call
from mrvaudit.cli.sample_command import Form
from mrvaudit.cli.sample_command import sample as write_sample
from mrvaudit.errors import UsageError
from mrvaudit.sectors.power.sample.faults.kinds import FAULTS


def audited(out: Path, units: int, seed: int, share: float, form: Form = Form.PARQUET) -> tuple[Path, pl.DataFrame]:
    """Write a fleet, audit it; the audit's folder and the truth beside the fleet."""
    assert write_sample(out, units=units, seed=seed, faults=share, form=form) == 0
    beside = out.with_name(f"{out.name}.truth.csv")
    assert not [path for path in out.rglob("*") if "truth" in path.name]
    result = out.with_name("result")
    code = call(["audit", str(out), "--out", str(result), "--reports", "none", "--quiet", "--fail-on", "never"])
    assert code == 0
    return result, pl.read_csv(beside, schema_overrides={"unit_id": pl.String, "month": pl.String})


def test_a_clean_fleet_is_not_accused(tmp_path: Path) -> None:
    """No finding at or above major, nothing quarantined, declared and recalculated alike."""
    result, truth = audited(tmp_path / "fleet", 80, 7, 0.0)
    assert truth.is_empty()
    findings = pl.read_parquet(result / "findings.parquet")
    grave = findings.filter(pl.col("severity").is_in(["critical", "major"]))
    assert grave.select("rule_id", "entity_id", "unit_id", "month", "message_zh").rows() == []
    assert pl.read_parquet(result / "quarantine.parquet").is_empty()
    scores = pl.read_parquet(result / "scores.parquet")
    assert scores.height == 80
    assert scores["recalculated_tco2"].sum() == pytest.approx(scores["declared_tco2"].sum(), rel=1e-4)
    assert pl.read_parquet(result / "checks.parquet").filter(pl.col("status") == "crashed").is_empty()


def test_every_fault_is_found_at_its_real_size(tmp_path: Path) -> None:
    """By the rule meant for it, at the unit or plant and in the month of the truth; no other plant is accused."""
    result, truth = audited(tmp_path / "fleet", 150, 4, 0.9)
    findings = pl.read_parquet(result / "findings.parquet").with_columns(pl.col("month").dt.strftime("%Y-%m"))
    found = set(findings.select("rule_id", "entity_id", "unit_id", "month").rows())
    in_some_month = {(rule, entity, unit) for rule, entity, unit, _ in found}
    due = truth.filter(pl.col("size_name") == "real")
    assert set(due["fault"]) == {fault.name for fault in FAULTS}
    missed = [
        row
        for row in due.to_dicts()
        if (row["rule_id"], row["entity_id"], row["unit_id"], row["month"]) not in found
        and (row["month"] or (row["rule_id"], row["entity_id"], row["unit_id"]) not in in_some_month)
    ]
    assert missed == []
    grave = findings.filter(pl.col("severity").is_in(["critical", "major"]))
    assert set(grave["entity_id"]) <= set(truth["entity_id"])


def test_every_form_says_the_same(tmp_path: Path) -> None:
    """CSV, Parquet and workbooks: the same findings, checks and scores."""
    said = []
    for form in Form:
        (tmp_path / form.value).mkdir()
        result, truth = audited(tmp_path / form.value / "fleet", 6, 3, 0.6, form)
        assert truth.height
        assert pl.read_parquet(result / "quarantine.parquet").is_empty()
        findings = pl.read_parquet(result / "findings.parquet")
        names = ["finding_id", "severity", "observed", "expected", "tolerance", "impact_tco2", "message_zh"]
        checks = pl.read_parquet(result / "checks.parquet").filter(~pl.col("rule_id").str.starts_with("INT-"))
        said.append((findings.select(names).rows(), checks.rows(), pl.read_parquet(result / "scores.parquet").rows()))
    assert said[0][0]
    assert said[0] == said[1] == said[2]


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    """A folder that holds something is refused; an empty one is taken."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="left alone"):
        write_sample(tmp_path, units=1)
    with pytest.raises(UsageError, match="left alone"):
        write_sample(tmp_path / "mine.txt", units=1)
    (tmp_path / "empty").mkdir()
    assert write_sample(tmp_path / "empty", units=1) == 0
    assert (tmp_path / "empty.truth.csv").is_file()
