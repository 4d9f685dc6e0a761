"""What an audit consists of: statuses, severities, the columns of its tables, the work folder, the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from mrvaudit.answers.answer import Answer
    from mrvaudit.sector import Sector


class Severity(StrEnum):
    """How much a finding weighs, gravest first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


class Status(StrEnum):
    """What became of one check of one unit."""

    PASSED = "passed"
    FOUND = "found"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSABLE = "not_assessable"
    CRASHED = "crashed"


SEVERITIES: tuple[str, ...] = tuple(Severity)

FINDINGS: dict[str, str] = {
    "finding_id": "str",
    "rule_id": "str",
    "severity": "str",
    "integrity_signal": "str",
    "nc_class": "str",
    "entity_id": "str",
    "unit_id": "str",
    "month": "date",
    "data_code": "str",
    "table": "str",
    "row_key": "str",
    "field": "str",
    "source_file": "str",
    "source_sheet": "str",
    "source_row": "i64",
    "source_cell": "str",
    "related": "str",
    "observed": "f64",
    "expected": "f64",
    "tolerance": "f64",
    "unit_of_measure": "str",
    "impact_tco2": "f64",
    "impact_kind": "str",
    "cause_id": "str",
    "message_zh": "str",
    "message_en": "str",
    "ask_zh": "str",
    "ask_en": "str",
    "basis": "str",
    "status": "str",
}
# Carried beside a finding until its cell has been looked up; not written.
FINDING_INTERNAL: dict[str, str] = {
    "result": "str",
    "unit_key": "i32",
    "_block": "i32",
    "_line": "i32",
    "corrects": "str",
}

CHECKS: dict[str, str] = {
    "rule_id": "str",
    "entity_id": "str",
    "unit_id": "str",
    "status": "str",
    "reason": "str",
    "rows": "i64",
    "rows_found": "i64",
    "rows_unknown": "i64",
}

SCORES: dict[str, str] = {
    "entity_id": "str",
    "unit_id": "str",
    "rank": "i64",
    "risk": "f64",
    "critical": "i64",
    "major": "i64",
    "minor": "i64",
    "info": "i64",
    "anomaly": "f64",
    "declared_tco2": "f64",
    "recalculated_tco2": "f64",
    "at_stake_tco2": "f64",
    "at_stake_pct": "f64",
    "direction": "str",
    "materiality_tco2": "f64",
    "material": "bool",
    "if_default_tco2": "f64",
    "scenarios": "i64",
    "scenarios_left": "i64",
    "report_dir": "str",
    "entity_name": "str",
    "unit_name": "str",
    "province": "str",
    "city": "str",
    "checks_made": "i64",
    "checks_apply": "i64",
    "not_assessable": "i64",
    "months_declared": "i64",
    "months_recalculated": "i64",
    "unit_key": "i32",
}

QUARANTINE: dict[str, str] = {
    "table": "str",
    "file": "str",
    "sheet": "str",
    "row": "i64",
    "column": "str",
    "value": "str",
    "reason": "str",
}

# What the detectors made of a unit's month; `reasons` is JSON: [{feature, value, low, high, unit, …}].
SIGNALS: dict[str, str] = {
    "unit_key": "i32",
    "entity_id": "str",
    "unit_id": "str",
    "month": "date",
    "detector": "str",
    "group": "str",
    "group_zh": "str",
    "group_en": "str",
    "n": "i64",
    "score": "f64",
    "flagged": "bool",
    "reasons": "str",
}


def no_signals() -> pl.DataFrame:
    """The frame of signals without a row: no detector ran."""
    import polars as pl

    kinds = {"i32": pl.Int32, "i64": pl.Int64, "f64": pl.Float64, "str": pl.String, "date": pl.Date, "bool": pl.Boolean}
    return pl.DataFrame(schema={name: kinds[kind] for name, kind in SIGNALS.items()})


RECORDS = "records"
"""Folder below the output folder in which the standard tables stay after a run."""
BESIDE_TABLES = ("sources.parquet", "blocks.parquet", "raw.parquet", "moved.parquet")
"""What stays with them: where every row and every value came from."""


@dataclass(frozen=True)
class Work:
    """The folder between the stages; what lies where is drawn in docs/architecture.md."""

    root: Path

    def file(self, name: str) -> Path:
        """A single file of the run, such as `blocks.parquet`."""
        return self.root / name

    def t(self, table: str) -> Path:
        """Folder of a standard table, one file `p=K.parquet` per partition."""
        return self.root / "t" / table

    def m(self, view: str) -> Path:
        """Folder of a derived view, one file per partition."""
        return self.root / "m" / view

    def part(self, folder: Path, partition: int) -> Path:
        """File of one partition in a table's or view's folder."""
        return folder / f"p={partition}.parquet"


@dataclass(frozen=True)
class Audit:
    """Everything one run found out, and what it rests on."""

    sector: Sector
    work: Work
    as_of: date
    findings: pl.DataFrame
    checks: pl.DataFrame
    scores: pl.DataFrame
    quarantine: pl.DataFrame
    sources: pl.DataFrame
    blocks: pl.DataFrame
    partitions: int = 1
    crashed: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[str, ...] = ()
    # The second opinion, as summary.json has it: ran, reason, great_expectations, suites.
    gate: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    """Where the inputs lie, by the names of `sources`; empty for a run read back from its folder."""
    seeds: dict[str, int] = field(default_factory=dict)
    signals: pl.DataFrame = field(default_factory=no_signals)
