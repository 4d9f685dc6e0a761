"""Write what `mrvaudit audit` promises into the output folder, the manifest last."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from mrvaudit import manifest, records, review
from mrvaudit.answers import answer
from mrvaudit.answers.folder import Folder
from mrvaudit.assess import without_internal
from mrvaudit.model import Audit
from mrvaudit.report import write_index, write_reports


def write_outputs(
    audit: Audit,
    out: Path,
    formats: Sequence[str],
    lang: str,
    start: datetime,
    progress: Callable[[str, int, int], None],
    profile: str = "verifier",
    baseline: Folder | None = None,
    workers: int = 1,
) -> None:
    """Tables, reports, summary, run.json, manifest of a run as its profile sees it (`readers.seen`)."""
    clock = time.perf_counter()
    findings = without_internal(audit.findings)
    for name, frame in (
        ("findings", findings),
        ("checks", audit.checks),
        ("scores", audit.scores.drop("unit_key")),
        ("signals", audit.signals.drop("unit_key")),
        ("quarantine", audit.quarantine),
    ):
        frame.write_parquet(out / f"{name}.parquet", compression="zstd", compression_level=3, row_group_size=100_000)
    write_csv(findings, out / "findings.csv")
    records.keep(audit, out)
    if audit.work.file("data_docs").is_dir():
        shutil.copytree(audit.work.file("data_docs"), out / "data_docs")
    if audit.answers:
        answer.write(out / answer.FILE, audit.answers)
    changes = review.changes(audit, out, baseline)
    if formats:

        def shown(done: int, total: int) -> None:
            progress("report", done, total)

        write_reports(audit, out, formats, lang, shown, profile, changes, workers)
        write_index(audit, out, lang, linked="html" in formats, profile=profile)
    manifest.write_json(out / "summary.json", manifest.summary(audit))
    audit.seconds["report"] = time.perf_counter() - clock
    manifest.write_run(audit, out, start, datetime.now(UTC))
    manifest.write_manifest(audit, out)


def write_csv(findings: pl.DataFrame, path: Path) -> None:
    """Findings for Excel: UTF-8 with BOM; text that would be taken for a formula gets an apostrophe before it."""
    texts = [name for name, kind in findings.schema.items() if kind == pl.String]
    guarded = findings.with_columns(
        pl.when(pl.col(name).str.contains(r"^[=+\-@\t\r]"))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    )
    guarded.write_csv(path, include_bom=True, line_terminator="\n")
