"""The folder that an audit wrote, opened again: its findings, its scores, its day, the answers in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit.answers import answer, apply
from mrvaudit.answers.answer import Answer
from mrvaudit.errors import UsageError
from mrvaudit.sector import Sector


@dataclass(frozen=True)
class Folder:
    """Outputs of an audit; `findings` carry the statuses that the answers in the folder give them."""

    path: Path
    as_of: date
    summary: dict[str, Any]
    findings: pl.DataFrame
    checks: pl.DataFrame
    scores: pl.DataFrame
    answers: tuple[Answer, ...]

    def finding_rows(self) -> list[dict[str, Any]]:
        """Findings as mappings, in their order."""
        return self.findings.to_dicts()

    def other_packs(self, sector: Sector) -> tuple[str, ...]:
        """Packs that the audit used in another edition than the sector loaded now."""
        used = {one["id"]: one["sha256"] for one in self.summary["rule_packs"]}
        return tuple(pack.id for pack in sector.packs if used.get(pack.id) != pack.sha256)


def opened(path: Path) -> Folder:
    """The folder of an audit; UsageError where it is none, or its answers cannot be read."""
    try:
        summary = json.loads((path / "summary.json").read_text(encoding="utf-8"))
        as_of = date.fromisoformat(summary["as_of"])
        names = ("findings", "checks", "scores")
        findings, checks, scores = (pl.read_parquet(path / f"{name}.parquet") for name in names)
        summary["rule_packs"]
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as fault:
        raise UsageError(
            str(path), "不是审核写出的文件夹", "this is no folder that an audit wrote", read=str(fault)[:120],
            todo_zh="请给出 mrvaudit audit 的 --out 文件夹", todo_en="name the --out folder of mrvaudit audit",
        ) from None  # fmt: skip
    file = path / answer.FILE
    given = answer.read(file) if file.is_file() else ()
    told, judged = apply.apply(findings.with_columns(_unanswered()), checks, given, as_of)
    return Folder(path, as_of, summary, told if given else findings, checks, scores, judged)


def _unanswered() -> pl.Expr:
    """Statuses before any answer: what is suppressed stays so."""
    return pl.when(pl.col("status") == "suppressed").then(pl.col("status")).otherwise(pl.lit("open")).alias("status")
