"""The record contract: physical bounds, required values and agreed words of every standard table, checked by pandera.

The pandera schema of a table is generated from its entry in the pack; values were parsed before, so nothing is coerced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from mrvaudit.ingest.frames import schema
from mrvaudit.ingest.notices import Case, frame, of_rows
from mrvaudit.model import CHECKS, Work
from mrvaudit.sector import Sector
from mrvaudit.tables import Field, Table

# A value at the bound passes: the room is that of every comparison of DOUBLE in this program.
ROOM = 1e-9
UNIT_NOTICES = ("INT-CELL", "INT-ROW", "INT-SCENARIOS", "INT-UNIT", "REC-CODE", "REC-KEY", "REC-RANGE", "REC-REQUIRED")
ENTITY_NOTICES = (
    "INT-COLUMNS", "INT-DUP", "INT-ENTITY", "INT-FORMULA", "INT-HEADER", "INT-HIDDEN", "INT-NOUNITS", "INT-OPEN",
    "INT-OUTSIDE", "INT-PERIOD", "INT-SCALE", "INT-SHEET", "INT-STATE", "INT-TOTAL", "REC-CREDIT",
)  # fmt: skip
# A second of imports that only a run that checks contracts pays.
HEAVY = ("pandera.polars",)
NOTICES = {"min": "REC-RANGE", "max": "REC-RANGE", "codes": "REC-CODE", "required": "REC-REQUIRED"}


def of_all(sector: Sector, work: Work, partitions: int) -> list[pl.DataFrame]:
    """What every table of every partition says against its contract."""
    return [
        check(pl.read_parquet(work.part(work.t(name), part)), table, sector)
        for name, table in sector.tables.items()
        for part in range(partitions)
    ]


def check(rows: pl.DataFrame, table: Table, sector: Sector) -> pl.DataFrame:
    """Findings (without ids and places) about rows of a standard table that break its contract.

    `rows` is one partition of `t/<table>`, collected: pandera looks at the values of an eager frame only.
    """
    findings: list[dict[str, Any]] = []
    failures = _failures(rows, table, sector)
    for (column, kind), lines in sorted(failures.items()):
        field = table.fields[column]
        broken = rows[lines].with_columns(_text(field).alias("_text"), _observed(field).alias("_observed"))
        severity = "major" if kind in ("min", "max") and field.data_code else None
        case = Case(NOTICES[kind], kind, severity, _unit(field))
        findings += of_rows(sector, table, case, column, broken, {"limit": _limit(field)})
    return frame(findings)


def _failures(rows: pl.DataFrame, table: Table, sector: Sector) -> dict[tuple[str, str], list[int]]:
    """(field, kind of check) -> positions of the rows that fail it."""
    import pandera.polars as pa
    from pandera.errors import SchemaErrors

    if rows.is_empty():
        return {}
    columns = {
        name: pa.Column(checks=_checks(field, table, sector), nullable=True) for name, field in table.fields.items()
    }
    contract = pa.DataFrameSchema({name: column for name, column in columns.items() if column.checks}, strict=False)
    try:
        contract.validate(rows, lazy=True)
    except SchemaErrors as faults:
        cases = faults.failure_cases.select("column", "check", "index")
        found: dict[tuple[str, str], list[int]] = {}
        for column, kind, index in cases.sort("column", "check", "index").iter_rows():
            found.setdefault((column, kind), []).append(index)
        return found
    return {}


def _checks(field: Field, table: Table, sector: Sector) -> list[Any]:
    """The pandera checks of one field, each named by its kind."""
    import pandera.polars as pa

    checks = []
    if field.min is not None:
        low = field.min - ROOM * max(1.0, abs(field.min))
        checks.append(pa.Check(_passes(pl.col(field.name) >= low), name="min", ignore_na=False))
    if field.max is not None:
        high = field.max + ROOM * max(1.0, abs(field.max))
        checks.append(pa.Check(_passes(pl.col(field.name) <= high), name="max", ignore_na=False))
    if field.codes is not None and field.codes in sector.codes:
        known = pl.Series(sorted(sector.codes[field.codes]), dtype=pl.String).implode()
        checks.append(pa.Check(_passes(pl.col(field.name).is_in(known)), name="codes", ignore_na=False))
    if field.required and field.name not in table.key and field.name != "entity_id":
        checks.append(pa.Check(_present(field.name), name="required", ignore_na=False))
    return checks


def _passes(test: pl.Expr) -> Any:
    """A check that an unknown value passes: what is missing is for `required` to say."""
    return lambda data: data.lazyframe.select(test.fill_null(True))


def _present(name: str) -> Any:
    return lambda data: data.lazyframe.select(pl.col(name).is_not_null())


def _observed(field: Field) -> pl.Expr:
    return pl.col(field.name).cast(pl.Float64) if field.type in ("f64", "i64") else pl.lit(None, pl.Float64)


def _text(field: Field) -> pl.Expr:
    return pl.col(field.name).cast(pl.String).str.replace(r"\.0$", "").fill_null("")


def _unit(field: Field) -> str | None:
    return field.unit if isinstance(field.unit, str) else None


def _limit(field: Field) -> str:
    low = f"≥ {field.min:g}" if field.min is not None else ""
    high = f"≤ {field.max:g}" if field.max is not None else ""
    return ", ".join(part for part in (low, high) if part)


def notice_checks(notices: pl.DataFrame, unit_index: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Check runs of every INT and REC notice of the sector.

    One row per notice and reporting unit, for those that speak of units; one per notice and entity (unit_id null) for
    those that speak of a whole submission, and for what a unit's notice found at entity level. What no entity could be
    found for stands under ''.
    """
    units = unit_index.filter("reporting").select("unit_key", "entity_id", "unit_id").sort("unit_key")
    entities = sorted(set(units["entity_id"].to_list()))
    reports_as = _reporting(unit_index)
    counts: dict[tuple[str, str, str | None], int] = {}
    for rule, entity, unit in notices.select("rule_id", "entity_id", "unit_id").iter_rows():
        key = (rule, entity, reports_as.get((entity, unit), unit) if rule in UNIT_NOTICES else None)
        counts[key] = counts.get(key, 0) + 1
    asked: dict[tuple[str, str, str | None], None] = {}
    for rule in UNIT_NOTICES:
        asked |= {(rule, entity, unit): None for _, entity, unit in units.iter_rows()}
    for rule in ENTITY_NOTICES:
        asked |= {(rule, entity, None): None for entity in entities}
    known = {key: None for key in (*asked, *counts) if key[0] in sector.notices}
    ordered = sorted(known, key=lambda key: (key[0], key[1], key[2] is not None, key[2] or ""))
    rows = [_run(key, counts.get(key, 0)) for key in ordered]
    return pl.DataFrame(rows, schema=schema(CHECKS), orient="row")


def _reporting(unit_index: pl.DataFrame) -> Mapping[tuple[str, str], str]:
    """(entity, member of a merged group) -> the group that reports for it."""
    ids = dict(unit_index.select("unit_key", "unit_id").iter_rows())
    members = unit_index.filter(pl.col("member_key").is_not_null()).select("entity_id", "unit_id", "member_key")
    return {(entity, unit): ids[group] for entity, unit, group in members.iter_rows()}


def _run(key: tuple[str, str, str | None], found: int) -> dict[str, Any]:
    rule, entity, unit = key
    return {
        "rule_id": rule,
        "entity_id": entity,
        "unit_id": unit,
        "status": "found" if found else "passed",
        "reason": None,
        "rows": found,
        "rows_found": found,
        "rows_unknown": 0,
    }
