"""The second opinion: great-expectations asks the record bounds and the views' `gate:` again, in an engine of its own.

Its expectations are generated from the packs. What it finds is at most `info` and is left out where the record contract
already speaks of the cell; the verdicts and how far both agree stand in summary.json and in the reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit.checks.lineage import Lineage
from mrvaudit.gate.engine import Engine, load
from mrvaudit.gate.subjects import Expectation, Subject, subjects
from mrvaudit.ingest.frames import schema
from mrvaudit.ingest.notices import Case, field_words, finding, frame
from mrvaudit.model import CHECKS, Work
from mrvaudit.sector import Sector

# A single plant is spared the seven seconds that the import takes, unless it asks.
FROM_UNITS = 30
NOTICES = {"range": "GATE-RANGE", "code": "GATE-CODE", "required": "GATE-REQUIRED", "unique": "GATE-UNIQUE"}
# What the record contract calls the same thing; its range has two results, its key is settled before the tables are.
CONTRACT = {"REC-RANGE": "range", "REC-CODE": "code", "REC-REQUIRED": "required"}
# So many of a unit and expectation are named; `only_here` counts them all.
MOST = 20
__all__ = ["Gate", "crashed", "load", "run", "silent", "wanted"]


@dataclass(frozen=True)
class Gate:
    """What the second opinion said: `verdict` for summary.json, findings without places, check runs."""

    verdict: dict[str, Any]
    findings: pl.DataFrame
    checks: pl.DataFrame


def silent(reason: str) -> Gate:
    """The gate did not look, and why."""
    return Gate({"ran": False, "reason": reason, "suites": []}, frame([]), pl.DataFrame(schema=schema(CHECKS)))


def wanted(asked: bool | None, units: int, only: Sequence[str]) -> str | None:
    """None where the gate is to run, else why not; without being asked it runs from thirty units up."""
    if asked is not None:
        return None if asked else "no-gate"
    if only:
        return "only"
    return None if units >= FROM_UNITS else f"units<{FROM_UNITS}"


def crashed(units: pl.DataFrame) -> Gate:
    """The gate broke off: no finding of it counts, and its check runs say so."""
    keys = units.filter("reporting").select("entity_id", "unit_id").sort("entity_id", "unit_id")
    rows = [(rule, *key, "crashed", None, 0, 0, 0) for key in keys.iter_rows() for rule in NOTICES.values()]
    return replace(silent("crashed"), checks=pl.DataFrame(rows, schema=schema(CHECKS), orient="row"))


def run(
    sector: Sector, work: Work, partitions: Sequence[int], notices: pl.DataFrame, units: pl.DataFrame, docs: Path | None
) -> Gate:
    """Ask every subject; `notices` are the findings of intake and contract, `units` the unit index.

    Any exception of the library is the caller's to catch: the gate has then crashed.
    """
    engine = Engine(docs)
    spoken, lineage = _spoken(notices), Lineage(sector)
    findings: list[dict[str, Any]] = []
    suites: list[dict[str, Any]] = []
    looked: dict[tuple[str, int], list[int]] = {}
    for subject in subjects(sector, work, partitions, units):
        failures = engine.failures(subject)
        both = only = 0
        for one, lines in failures.items():
            rows = subject.frame[lines].with_columns(pl.Series("_at", lines, dtype=pl.Int64))
            behind = lineage.base_columns(subject.name, one.column)
            told = [_is_spoken(spoken, behind, one, row) for row in rows.iter_rows(named=True)]
            both, only = both + sum(told), only + len(told) - sum(told)
            fresh = rows.filter(~pl.Series(told, dtype=pl.Boolean))
            findings += [_finding(sector, subject, one, row) for row in _first(fresh).iter_rows(named=True)]
            _count(looked, subject, one, rows)
        suites.append(_suite(subject, failures, both, only))
    verdict = {
        "ran": True,
        "reason": None,
        "great_expectations": version("great-expectations"),
        "suites": suites,
    }
    return Gate(verdict, frame(findings), _checks(looked, units))


def _suite(subject: Subject, failures: dict[Expectation, list[int]], both: int, only: int) -> dict[str, Any]:
    return {
        "subject": subject.name,
        "kind": subject.kind,
        "rows": subject.frame.height,
        "expectations": len(failures),
        "not_met": sum(bool(lines) for lines in failures.values()),
        "values": sum(len(lines) for lines in failures.values()),
        "also_in_record_contract": both,
        "only_here": only,
    }


def _spoken(notices: pl.DataFrame) -> set[tuple[Any, ...]]:
    """(kind, entity, unit, month, table, field) that the record contract found."""
    known = notices.filter(pl.col("rule_id").is_in(list(CONTRACT)))
    columns = ("rule_id", "entity_id", "unit_id", "month", "table", "field")
    return {(CONTRACT[rule], *rest) for rule, *rest in known.select(columns).iter_rows()}


def _is_spoken(
    spoken: set[tuple[Any, ...]], behind: Sequence[tuple[str, str]], one: Expectation, row: dict[str, Any]
) -> bool:
    """Whether the contract speaks of the cell, or of a cell behind it in that month."""
    where = (one.kind, row.get("entity_id"), row.get("unit_id"), row.get("month"))
    return any((*where, *source) in spoken for source in behind)


def _first(rows: pl.DataFrame) -> pl.DataFrame:
    unit = "unit_key" if "unit_key" in rows.columns else "row_key"
    return rows.sort("row_key", "_at").filter(pl.int_range(pl.len()).over(unit) < MOST)


def _finding(sector: Sector, subject: Subject, one: Expectation, row: dict[str, Any]) -> dict[str, Any]:
    table = sector.tables.get(subject.name)
    known = table.fields.get(one.column) if table is not None else None
    value = row.get(one.column)
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    words = field_words(table, one.column) if table is not None else _view_words(sector, subject, one.column)
    return finding(
        sector,
        Case(
            NOTICES[one.kind], one.kind, unit_of_measure=known.unit if known and isinstance(known.unit, str) else None
        ),
        {**words, "text": "" if value is None else value, "limit": one.limit, "key": row["row_key"]},
        entity_id=row.get("entity_id") or "",
        unit_id=row.get("unit_id"),
        unit_key=row.get("unit_key"),
        month=row.get("month"),
        data_code=known.data_code if known else None,
        table=subject.name,
        row_key=row["row_key"],
        field=one.column,
        observed=number,
        _block=row.get("_block"),
        _line=row.get("_line"),
    )


def _view_words(sector: Sector, subject: Subject, column: str) -> dict[str, object]:
    view = next(one for one in sector.views if one.view == subject.name)
    title = view.columns[column].title if column in view.columns else None
    names = {"table_zh": view.title.zh, "table_en": view.title.en} if view.title else {}
    field = {"field_zh": title.zh, "field_en": title.en} if title else {"field": column}
    return {"table": subject.name, **names, **field}


def _count(looked: dict[tuple[str, int], list[int]], subject: Subject, one: Expectation, failed: pl.DataFrame) -> None:
    """Add to the rows looked at and found, by notice and unit."""
    if "unit_key" not in subject.frame.columns:
        return
    known = pl.col("unit_key").is_not_null()
    if one.kind in ("range", "code"):
        known &= pl.col(one.column).is_not_null()
    for position, rows in enumerate((subject.frame.filter(known), failed)):
        for key, count in rows.group_by("unit_key").len().iter_rows():
            if key is not None:
                looked.setdefault((NOTICES[one.kind], key), [0, 0])[position] += count


def _checks(looked: dict[tuple[str, int], list[int]], units: pl.DataFrame) -> pl.DataFrame:
    """One check run per notice and reporting unit of which some row was looked at."""
    rows = []
    for key, entity, unit in units.filter("reporting").select("unit_key", "entity_id", "unit_id").iter_rows():
        for rule in NOTICES.values():
            seen, found = looked.get((rule, key), (0, 0))
            status = "found" if found else "passed" if seen else "not_applicable"
            rows.append((rule, entity, unit, status, None if seen else "no_event", seen, found, 0))
    return pl.DataFrame(rows, schema=schema(CHECKS), orient="row")
