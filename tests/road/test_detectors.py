"""Detectors on the whole road: what they flag was mostly planted, and one that fails does not stop the others."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from mrvaudit.cli.app import call
from mrvaudit.cli.sample_command import Form
from mrvaudit.cli.sample_command import sample as write_sample
from mrvaudit.detect.run import detectors
from mrvaudit.sector import load_sector
from mrvaudit.sectors.power.sample.fleet import sample_with_faults
from mrvaudit.sectors.power.sample.writing.files import write_fleet

SEED = 5
UNIT_MONTH = ["entity_id", "unit_id", "month"]

BROKEN = """
from mrvaudit.packfile import Words
ID, TITLE, MIN_ROWS, FEATURES, LIMITS = "DET-BROKEN", Words(zh="坏", en="broken"), 1, (), ()
FALSE_FLAGS = ()
def score(group):
    raise ZeroDivisionError("no peer")
"""


def test_a_detector_that_fails_is_crashed_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Registered by an installed distribution; exit 6, and tails have looked at every unit."""
    (tmp_path / "site" / "mine-1.dist-info").mkdir(parents=True)
    (tmp_path / "site" / "broken_detector.py").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "site" / "mine-1.dist-info" / "METADATA").write_text("Name: mine\nVersion: 1\n")
    (tmp_path / "site" / "mine-1.dist-info" / "entry_points.txt").write_text(
        "[mrvaudit.detectors]\nbroken = broken_detector\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    sector = load_sector("power")
    write_fleet(sample_with_faults(40, 2025, SEED, 0.0, sector)[0], tmp_path / "fleet", "parquet", sector, 2025)
    only = ["--only", "DET-BROKEN", "--only", "DET-TAILS"]
    quiet = ["--reports", "none", "--no-gate", "--quiet", "--fail-on", "never"]
    detectors.cache_clear()
    try:
        assert call(["audit", str(tmp_path / "fleet"), "--out", str(tmp_path / "out"), *only, *quiet]) == 6
    finally:
        detectors.cache_clear()
    checks = pl.read_parquet(tmp_path / "out" / "checks.parquet")
    broken = checks.filter(pl.col("rule_id") == "DET-BROKEN")
    assert set(broken["status"]) == {"crashed"}
    assert "no peer" in str(broken["reason"][0])
    others = checks.filter(pl.col("rule_id") == "DET-TAILS")
    assert {one for one in checks["rule_id"] if one.startswith("DET-")} == {"DET-BROKEN", "DET-TAILS"}
    assert others.height == broken.height
    assert "crashed" not in others["status"].to_list()
    signals = pl.read_parquet(tmp_path / "out" / "signals.parquet")
    assert set(signals["detector"]) <= {"DET-TAILS"}
    outputs = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert "signals.parquet" in {one["path"] for one in outputs}


def test_what_is_flagged_was_mostly_planted(tmp_path: Path) -> None:
    """120 made-up units, a fault at a third of them: flagged months are spoilt ones far more often than others are."""
    write_sample(tmp_path / "fleet", units=120, seed=1, faults=0.3, form=Form.PARQUET)
    options = ["--reports", "none", "--no-gate", "--quiet", "--fail-on", "never"]
    assert call(["audit", str(tmp_path / "fleet"), "--out", str(tmp_path / "out"), *options]) == 0
    truth = pl.read_csv(tmp_path / "fleet.truth.csv", schema_overrides={"unit_id": pl.String, "month": pl.String})
    spoilt = truth.select(*UNIT_MONTH, pl.lit(True).alias("spoilt")).drop_nulls().unique()
    signals = pl.read_parquet(tmp_path / "out" / "signals.parquet").with_columns(pl.col("month").dt.strftime("%Y-%m"))
    joined = signals.join(spoilt, on=UNIT_MONTH, how="left").with_columns(pl.col("spoilt").fill_null(False))
    for detector, times in (("DET-FOREST", 10), ("DET-TAILS", 3)):
        seen = joined.filter(pl.col("detector") == detector)
        flagged = seen.filter("flagged")
        assert flagged.height > 0
        assert flagged["spoilt"].mean() >= times * seen["spoilt"].mean()  # type: ignore[operator]
    clean = joined.join(truth, on="entity_id", how="anti")
    assert clean["flagged"].mean() <= 0.05  # type: ignore[operator]
