"""`audit --baseline`: what a new submission changed."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from road import TOY, audit
from test_seams import write_toy


def test_fixed_new_and_persisting(tmp_path: Path) -> None:
    """One month mended, another spoilt, the rest as it was: by finding, in the folder and in the reports."""
    options = ("--rules", TOY / "ferry", "--reports", "json", "--fail-on", "never")
    toy = write_toy(tmp_path / "toy")
    old = audit(tmp_path / "old", toy, *options)
    declared = ["船舶,月份,用油(t),排放量", "A,2025年3月,0.07,0.21", "B,202503,0.06,0.18"]
    (toy / "ferry_declared.csv").write_bytes("\r\n".join(declared).encode("gb18030"))
    new = audit(tmp_path / "new", toy, *options, "--baseline", old.out)
    assert (old.code, new.code) == (0, 0)
    found = pl.read_parquet(new.out / "baseline_findings.parquet").filter(pl.col("rule_id") == "FER-01")
    assert found.select("unit_id", "became", "observed_before", "observed").rows() == [
        ("A", "new", None, 70.0), ("B", "fixed", 50.0, None),
    ]  # fmt: skip
    told = json.loads((new.out / "baseline.json").read_text(encoding="utf-8"))
    manifest = json.loads((old.out / "manifest.json").read_text(encoding="utf-8"))
    assert told["baseline_sha256"] == manifest["sha256"]
    assert sum(told["findings"].values()) == pl.read_parquet(new.out / "baseline_findings.parquet").height
    report = json.loads((new.out / "units" / "B" / "report.json").read_text(encoding="utf-8"))["before_after"]
    assert [one["rule_id"] for one in report["findings"]["fixed"]] == ["FER-01"]
    named = {one["path"] for one in json.loads((new.out / "manifest.json").read_text(encoding="utf-8"))["outputs"]}
    assert {"baseline.json", "baseline.parquet", "baseline_findings.parquet"} <= named


def test_without_a_baseline_nothing_is_compared(tmp_path: Path) -> None:
    """The key is there and empty; a folder that is no audit, or the output itself, is refused before reading."""
    toy = write_toy(tmp_path / "toy")
    run = audit(tmp_path / "run", toy, "--rules", TOY / "ferry", "--reports", "json", "--fail-on", "never")
    report = json.loads((run.out / "units" / "B" / "report.json").read_text(encoding="utf-8"))
    assert report["before_after"] is None
    assert audit(tmp_path / "x", toy, "--rules", TOY / "ferry", "--baseline", toy).code == 2
    assert audit(run.out, toy, "--rules", TOY / "ferry", "--baseline", run.out).code == 2
    assert (run.out / "findings.parquet").is_file()
