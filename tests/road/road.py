"""Run the whole road in this process, from a submission to an output folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit.cli.app import call

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "data" / "samples"
TOY = ROOT / "tests" / "toy"


@dataclass(frozen=True)
class Run:
    """An output folder and the exit code that came with it."""

    out: Path
    code: int

    def table(self, name: str) -> pl.DataFrame:
        """findings, checks, scores or quarantine."""
        return pl.read_parquet(self.out / f"{name}.parquet")

    def rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Chosen columns of a table as sorted tuples."""
        return sorted(self.table(name).select(*columns).iter_rows(), key=repr)


def audit(out: Path, *arguments: str | Path) -> Run:
    """`mrvaudit audit … --out OUT --quiet` in this process."""
    code = call(["audit", *map(str, arguments), "--out", str(out), "--quiet"])
    return Run(out, code)
