"""A made-up fleet through the whole road: the innocent are not accused, planted faults are found by the rule meant."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mrvaudit.cli.app import call
from mrvaudit.cli.sample_command import Form
from mrvaudit.cli.sample_command import sample as write_sample
from mrvaudit.errors import UsageError
from mrvaudit.sector import load_sector
from mrvaudit.sectors.power.sample.faults.kinds import FAULTS
from mrvaudit.sectors.power.sample.fleet import sample_with_faults
from mrvaudit.sectors.power.sample.frames import Tables
from mrvaudit.sectors.power.sample.world.digits import credit_code
from mrvaudit.sectors.power.sample.writing.files import write_fleet

# ALW-09 asks of an amount that the authority sets, ALW-10 observes a special case of the plan: no slip of a plant.
WITHOUT_FAULT = {"ALW-09", "ALW-10"}


def audited(out: Path, units: int, seed: int, share: float, form: Form = Form.PARQUET) -> tuple[Path, pl.DataFrame]:
    """Write a fleet, audit it; the audit's folder and the truth beside the fleet."""
    assert write_sample(out, units=units, seed=seed, faults=share, form=form) == 0
    beside = out.with_name(f"{out.name}.truth.csv")
    assert not [path for path in out.rglob("*") if "truth" in path.name]
    return audit_of(out), pl.read_csv(beside, schema_overrides={"unit_id": pl.String, "month": pl.String})


def audit_of(fleet: Path) -> Path:
    """The folder of an audit of the fleet."""
    result = fleet.with_name("result")
    code = call(["audit", str(fleet), "--out", str(result), "--reports", "none", "--quiet", "--fail-on", "never"])
    assert code == 0
    return result


def fleets_of(seeds: range, units: int) -> Tables:
    """Fleets of several seeds in one: plants numbered anew, so that none of them meets its namesake."""
    sector, made = load_sector("power"), []
    for seed in seeds:
        tables = sample_with_faults(units, 2025, seed, 0.0, sector)[0]
        plants = tables["entities"]["entity_id"].to_list()
        new = {plant: credit_code("110000", f"M{seed:02d}{number:05d}") for number, plant in enumerate(plants)}
        columns = pl.col("entity_id", "^scope_id$", "^preparer_id$")
        made.append({name: rows.with_columns(columns.replace(new)) for name, rows in tables.items()})
    joined = {name: pl.concat([tables[name] for tables in made]) for name in made[0]}
    return joined | {"laboratories": made[0]["laboratories"]}


def test_clean_fleets_are_not_accused(tmp_path: Path) -> None:
    """Ten seeds: no rule finds anything, nothing is quarantined, all of it was looked at; detectors observe at most."""
    tables = fleets_of(range(1, 11), 20)
    write_fleet(tables, tmp_path / "fleet", "parquet", load_sector("power"), 2025)
    result = audit_of(tmp_path / "fleet")
    findings = pl.read_parquet(result / "findings.parquet")
    observed = pl.col("rule_id").str.starts_with("DET-")
    of_rules = findings.filter(~observed)
    assert of_rules.select("rule_id", "severity", "entity_id", "unit_id", "month", "message_zh").rows() == []
    # An observation is no accusation: the least severity, and few of the 2,400 unit-months.
    assert set(findings.filter(observed)["severity"]) <= {"info"}
    assert findings.filter(observed).height <= 0.02 * 2400
    assert pl.read_parquet(result / "quarantine.parquet").is_empty()
    scores = pl.read_parquet(result / "scores.parquet")
    assert scores.height == tables["units"].height == 200
    assert scores["recalculated_tco2"].sum() == pytest.approx(scores["declared_tco2"].sum(), rel=1e-4)
    checks = pl.read_parquet(result / "checks.parquet")
    asked = checks.filter(~pl.col("rule_id").is_in(sorted(WITHOUT_FAULT)), ~observed)
    assert set(asked["status"]) == {"passed", "not_applicable"}
    passed = set(checks.filter(pl.col("status") == "passed")["rule_id"])
    assert {fault.rule_id for fault in FAULTS} <= passed, "the fleet has the evidence that every rule needs"


def test_every_fault_is_found_at_its_real_size(tmp_path: Path) -> None:
    """By the rule meant for it, at the unit or plant and in the month of the truth; no other plant is accused."""
    result, truth = audited(tmp_path / "fleet", 150, 4, 0.9)
    findings = pl.read_parquet(result / "findings.parquet").with_columns(pl.col("month").dt.strftime("%Y-%m"))
    in_its_month = set(findings.select("rule_id", "entity_id", "unit_id", "month").rows())
    in_some_month = {where[:3] for where in in_its_month}
    missed: dict[str, set[str]] = {fault.name: set() for fault in FAULTS}
    due = truth.filter(pl.col("size_name") == "real")
    for row in due.to_dicts():
        where = (row["rule_id"], row["entity_id"], row["unit_id"])
        if (*where, row["month"]) not in in_its_month and (row["month"] or where not in in_some_month):
            missed[row["fault"]].add(f"{row['rule_id']} {row['entity_id']} {row['unit_id']} {row['month']}")
    assert missed == {fault.name: set() for fault in FAULTS}
    assert set(due["fault"]) == set(missed)
    grave = findings.filter(pl.col("severity").is_in(["critical", "major"]))
    assert set(grave["entity_id"]) <= set(truth["entity_id"])


def test_every_rule_has_a_fault() -> None:
    """A rule that nothing planted would ask is not tried out by any made-up fleet."""
    rules = {name for name, rule in load_sector("power").rules.items() if rule.status != "retired"}
    assert rules - WITHOUT_FAULT == {fault.rule_id for fault in FAULTS}


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
