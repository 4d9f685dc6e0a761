"""What a run rests on and what it wrote: summary.json, run.json and, last of all, manifest.json."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit import __version__
from mrvaudit.model import SEVERITIES, Audit, Status

LIBRARIES = (
    "polars",
    "duckdb",
    "pandera",
    "scikit-learn",
    "great-expectations",
    "python-calamine",
    "sqlglot",
    "pydantic",
    "jinja2",
)
UNHASHED = ("manifest.json", "run.json")
# Data Docs carry the clock of the library that writes them.
APART = (".work", "data_docs")


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """UTF-8, two spaces, keys as given, a newline at the end."""
    path.write_text(
        json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8", newline="\n"
    )


def summary(audit: Audit) -> dict[str, Any]:
    """Contents of summary.json; rows in = rows used + rows quarantined in every sheet."""
    findings, checks = audit.findings, audit.checks
    counted = dict(findings.filter(pl.col("status") == "open").group_by("severity").len().iter_rows())
    statuses = dict(checks.group_by("status").len().iter_rows())
    return {
        "tool_version": __version__,
        "rule_packs": packs(audit),
        "parameters_version": audit.sector.version,
        "inputs": inputs(audit),
        "unreadable": list(audit.unreadable),
        "as_of": audit.as_of.isoformat(),
        "units": audit.scores.height,
        "findings_by_severity": {severity: int(counted.get(severity, 0)) for severity in SEVERITIES},
        "checks_by_status": {str(status): int(statuses.get(str(status), 0)) for status in Status},
        "crashed": [{"rule_id": rule, "reason": reason} for rule, reason in audit.crashed],
        "gate": dict(audit.gate),
        "recalculated_tco2": exact_total(audit.scores["recalculated_tco2"]),
        "declared_tco2": exact_total(audit.scores["declared_tco2"]),
        "at_stake_tco2": exact_total(audit.scores["at_stake_tco2"]),
    }


def packs(audit: Audit) -> list[dict[str, str]]:
    """Identity and digest of every pack used."""
    return [{"id": pack.id, "version": pack.version, "sha256": pack.sha256} for pack in audit.sector.packs]


def inputs(audit: Audit) -> list[dict[str, Any]]:
    """Every input with its digest and its rows, sheet by sheet."""
    entries = []
    for source in audit.sources.sort("source").iter_rows(named=True):
        blocks = audit.blocks.filter(pl.col("source") == source["source"]).sort("block")
        sheets = [
            {
                "sheet": block["sheet"],
                "table": block["table"],
                "rows_in": block["rows_in"],
                "rows_used": block["rows_used"],
                "rows_quarantined": block["rows_quarantined"],
            }
            for block in blocks.iter_rows(named=True)
        ]
        rows = {name: sum(sheet[name] for sheet in sheets) for name in ("rows_in", "rows_used", "rows_quarantined")}
        entries.append({"path": source["path"], "sha256": source["sha256"], **rows, "sheets": sheets})
    return entries


def exact_total(values: pl.Series) -> float | None:
    """A sum that does not depend on order; None where nothing is known."""
    known = values.drop_nulls()
    return float(known.cast(pl.Decimal(28, 8)).sum()) if len(known) else None


def write_run(audit: Audit, out: Path, start: datetime, end: datetime) -> None:
    """run.json: the only file with a clock."""
    write_json(
        out / "run.json",
        {
            "start": start.isoformat(timespec="seconds"),
            "end": end.isoformat(timespec="seconds"),
            "seconds": {name: round(value, 3) for name, value in audit.seconds.items()},
            "host": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()},
            "arguments": sys.argv[1:],
        },
    )


def write_manifest(audit: Audit, out: Path) -> None:
    """manifest.json over everything that lies in `out`, itself and run.json apart."""
    content = {
        "tool_version": __version__,
        "as_of": audit.as_of.isoformat(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "rule_packs": packs(audit),
        "inputs": [{"path": row["path"], "sha256": row["sha256"]} for row in inputs(audit)],
        "seeds": dict(sorted(audit.seeds.items())),
        "outputs": outputs(out),
    }
    _seal(content, out)


def renew(out: Path) -> None:
    """manifest.json again, after a later command wrote into the folder of an audit: all else in it stays as it was."""
    content = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    del content["sha256"]
    _seal({**content, "outputs": outputs(out)}, out)


def outputs(out: Path) -> list[dict[str, Any]]:
    """Path, digest and size of everything that lies in `out`, without what carries a clock."""
    return [
        {"path": path.relative_to(out).as_posix(), "sha256": digest(path), "bytes": path.stat().st_size}
        for path in sorted(out.rglob("*"), key=lambda one: one.relative_to(out).as_posix())
        if path.is_file() and path.name not in UNHASHED and path.relative_to(out).parts[0] not in APART
    ]


def _seal(content: dict[str, Any], out: Path) -> None:
    content["sha256"] = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    write_json(out / "manifest.json", content)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
