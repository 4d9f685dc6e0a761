"""Same input, same bytes: runs, workers, hash seeds, time zones, locales; and the same verdict in another order."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from road import SAMPLES, Run, audit

from mrvaudit.audit import Options
from mrvaudit.audit import audit as run_audit
from mrvaudit.model import Work
from mrvaudit.sector import load_sector

FAULTY = SAMPLES / "faulty-plant"


def digests(out: Path) -> dict[str, str]:
    """SHA-256 of every file of an output folder, run.json apart."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai"},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C"},
    ],
)
def test_the_environment_changes_no_byte(once: Callable[..., Run], tmp_path: Path, environment: dict[str, str]) -> None:
    """Another hash seed, time zone and locale, in a process of its own."""
    command = [sys.executable, "-m", "mrvaudit.cli", "audit", str(FAULTY), "--out", str(tmp_path / "out")]
    done = subprocess.run(
        [*command, "--fail-on", "major", "--workers", "2"],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr.decode()
    assert digests(tmp_path / "out") == digests(once(FAULTY, "--fail-on", "major").out)


def test_workers_and_partitions(tmp_path: Path) -> None:
    """Two partitions, in this process and in one each: the same findings, checks and scores."""
    sector = load_sector()
    results = []
    for workers in (1, 2):
        work = Work(tmp_path / f"work{workers}")
        work.root.mkdir()
        options = Options(workers=workers, partition_rows=3_000)
        found = run_audit(sector, [FAULTY, SAMPLES / "clean-plant"], work, options)
        results.append((found.partitions, found.findings.rows(), found.checks.rows(), found.scores.rows()))
    assert 2 == results[0][0]
    assert results[0] == results[1]


def test_shuffled_rows_and_a_split_file(once: Callable[..., Run], tmp_path: Path) -> None:
    """Rows in another order and one file in two: the same verdict, only the places differ."""
    folder = tmp_path / "faulty-plant"
    shutil.copytree(FAULTY, folder)
    chance = random.Random(7)
    for path in sorted(folder.glob("*.csv")):
        if path.name == "expected-findings.csv":
            continue
        raw = path.read_bytes()
        header, *lines = raw.rstrip(b"\n").split(b"\n")
        chance.shuffle(lines)
        path.write_bytes(b"\n".join([header, *lines]) + b"\n")
    daily = folder / "fuel_use.csv"
    header, *lines = daily.read_bytes().rstrip(b"\n").split(b"\n")
    (folder / "more").mkdir()
    daily.write_bytes(b"\n".join([header, *lines[::2]]) + b"\n")
    (folder / "more" / "fuel_use.csv").write_bytes(b"\n".join([header, *lines[1::2]]) + b"\n")
    shuffled, plain = audit(tmp_path / "out", folder, "--fail-on", "major"), once(FAULTY, "--fail-on", "major")
    for name in ("findings", "checks", "scores"):
        left, right = (run.table(name).select(pl.exclude("^source_.*$", "related")) for run in (shuffled, plain))
        assert left.rows() == right.rows(), name
