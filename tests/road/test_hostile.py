"""Hostile rules and broken inputs: refused, crashed or said; never a traceback."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from road import TOY, audit
from test_seams import write_toy

RULE = """topic: own
rules:
  - id: OWN-01
    version: 1
    status: stable
    title: {{zh: 自备, en: Own}}
    basis: [{{document: own, mark: house}}]
    valid: {{from: 2019-01}}
    reads: [trips, ferry_declared]
    subject: {{table: ferry_declared, field: diesel_kg}}
    seconds: 3
    rows: |
      {rows}
    results:
      - {{name: found, violates: "month IS NULL", severity: major}}
    message: {{zh: 有, en: There is}}
    remedy: {{zh: 改, en: Mend}}
    examples:
      - {{name: none, given: {{ferry_declared: [{{month: 2025-03}}]}}, expect: []}}
"""

REFUSED = [
    "SELECT d.* FROM ferry_declared d, read_csv('/etc/passwd')",
    "COPY trips TO '/tmp/x'",
    "INSTALL httpfs",
    "SET memory_limit = '1TB'",
    "WITH x AS (DELETE FROM trips) SELECT * FROM ferry_declared",
    "SELECT * FROM ferry_declared) ; DELETE FROM trips; SELECT * FROM (SELECT 1",
    "SELECT * FROM query('SELECT * FROM ferry_declared')",
    "SELECT *, now() AS x FROM ferry_declared",
]

CRASHING = [
    "SELECT d.* FROM ferry_declared d, trips a, trips b, trips c, trips e, trips f, trips g, trips h, trips i, "
    "trips j, trips k, trips l, trips m, trips n, trips o, trips p, trips q",
    "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) SELECT d.* FROM ferry_declared d, r",
    "SELECT * REPLACE (unit_id || repeat('x', 1000000000) AS unit_id) FROM ferry_declared, range(64)",
]


def own_rules(folder: Path, rows: str) -> Path:
    """The toy sector with one further rule."""
    folder.mkdir()
    for path in sorted((TOY / "ferry").rglob("*.yaml")):
        target = folder / path.relative_to(TOY / "ferry")
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    (folder / "checks" / "own.yaml").write_text(RULE.format(rows=rows), encoding="utf-8")
    return folder


@pytest.mark.parametrize("rows", REFUSED)
def test_a_rule_that_reaches_out_is_refused_at_load(
    tmp_path: Path, rows: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, one line with file, line and column; nothing audited."""
    run = audit(tmp_path / "out", write_toy(tmp_path / "toy"), "--rules", own_rules(tmp_path / "own", rows))
    lines = capsys.readouterr().err.splitlines()
    assert run.code == 2
    assert len(lines) == 1
    assert "own/checks/own.yaml:" in lines[0]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("rows", CRASHING)
def test_a_rule_without_end_crashes_alone(tmp_path: Path, rows: str) -> None:
    """Exit 6; the rule is `crashed` for every unit, the others finish."""
    run = audit(
        tmp_path / "out",
        write_toy(tmp_path / "toy"),
        "--rules",
        own_rules(tmp_path / "own", rows),
        "--fail-on",
        "never",
        "--reports",
        "none",
        "--memory",
        "256MB",
    )
    assert run.code == 6
    checks = run.table("checks").filter(pl.col("rule_id").str.contains("FER|OWN"))
    assert checks.select("rule_id", "unit_id", "status").rows() == [
        ("FER-01", "A", "passed"),
        ("FER-01", "B", "found"),
        ("FER-02", "A", "passed"),
        ("FER-02", "B", "passed"),
        ("OWN-01", "A", "crashed"),
        ("OWN-01", "B", "crashed"),
    ]


def test_broken_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing folder 2, an empty folder 4, a file that is no workbook 3 with the rest audited, a broken pack 2."""
    empty = tmp_path / "empty"
    empty.mkdir()
    toy = write_toy(tmp_path / "toy")
    (toy / "more.xlsx").write_bytes(b"this is no workbook")
    broken = own_rules(tmp_path / "own", "SELECT * FROM ferry_declared")
    (broken / "checks" / "own.yaml").write_text("rules:\n  - {id: X\n", encoding="utf-8")
    rules = ("--rules", TOY / "ferry")
    assert [
        audit(tmp_path / "a", tmp_path / "missing", *rules).code,
        audit(tmp_path / "b", empty, *rules).code,
        audit(tmp_path / "c", toy, *rules, "--fail-on", "never").code,
        audit(tmp_path / "d", toy, "--rules", broken).code,
    ] == [2, 4, 3, 2]
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "Traceback" in line] == []
    assert (tmp_path / "c" / "findings.csv").is_file()


def test_an_output_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """Nothing of somebody else is overwritten."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("keep", encoding="utf-8")
    assert audit(out, write_toy(tmp_path / "toy"), "--rules", TOY / "ferry").code == 2
    assert [path.name for path in out.iterdir()] == ["letter.txt"]


def test_what_a_broken_off_run_left_is_written_over(tmp_path: Path) -> None:
    """Cron needs no hands: outputs without a manifest are ours."""
    out = tmp_path / "out"
    (out / ".work" / "t").mkdir(parents=True)
    (out / "findings.csv").write_text("half", encoding="utf-8")
    run = audit(out, write_toy(tmp_path / "toy"), "--rules", TOY / "ferry", "--reports", "none", "--fail-on", "never")
    assert (run.code, (out / "manifest.json").is_file(), (out / ".work").exists()) == (0, True, False)
