"""Violating rows as findings: key, words, figures and the stable id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from mrvaudit.checks.compile import FIGURES
from mrvaudit.checks.words import fill
from mrvaudit.rules import Result, Rule
from mrvaudit.sector import Sector
from mrvaudit.tables import Table

ID_PARTS = ("rule_id", "result", "entity_id", "unit_id", "month", "table", "row_key", "field")


def finding_id(finding: Mapping[str, Any]) -> str:
    """First 16 hex digits of SHA-256 over who, when, where and what: neither value nor file nor row nor version."""
    parts = ["" if finding[name] is None else str(finding[name]) for name in ID_PARTS]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def row_key(table: Table, row: Mapping[str, Any]) -> str:
    """Key values joined by `|`, in the table's order, without the entity; months as 2025-03."""
    return "|".join(_key_text(table.fields[name].type, row.get(name)) for name in table.key)


def _key_text(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m}" if kind == "month" else value.isoformat()
    return str(value)


def from_row(
    sector: Sector, rule: Rule, result: Result, row: Mapping[str, Any], suffix: str, key: str
) -> dict[str, Any]:
    """The finding of one violating row; `row` carries entity_id and unit_id beside the columns of the query.

    `key` is the row's key as submitted: of a merged group the finding names the group, the key the member.
    `suffix` is that of the figure columns of a fused scan (`_0`), empty for a rule with its own query.
    """
    table = sector.tables[rule.subject.table]
    field = table.fields[result.field or rule.subject.field]
    figures = {name: _figure(row.get(f"_{name}{suffix}" if suffix else name)) for name in FIGURES}
    values = {**row, **figures, "difference": _difference(figures)}
    finding: dict[str, Any] = {
        "rule_id": rule.id,
        "result": result.name,
        "severity": "info" if rule.status == "info" else result.severity,
        "integrity_signal": result.integrity_signal,
        "nc_class": result.nc_class,
        "entity_id": row["entity_id"],
        "unit_id": row["unit_id"],
        "unit_key": row["unit_key"],
        "month": row.get("month") if result.month == "row" else None,
        "data_code": field.data_code,
        "table": table.name,
        "row_key": key,
        "field": field.name,
        "related": _related(rule, row),
        **figures,
        "unit_of_measure": result.unit or field.unit_for(_state_of(sector, table, field.name, row)),
        "impact_kind": result.impact_kind if figures["impact_tco2"] is not None else None,
        "basis": rule.basis_text,
        "status": "open",
        "_block": row.get("_block"),
        "_line": row.get("_line"),
        "corrects": _corrects(rule, result, values),
    }
    finding |= _words(sector, table, rule, result, values)
    finding["finding_id"] = finding_id(finding)
    return finding


def _figure(value: Any) -> float | None:
    return None if value is None else float(value)


def _difference(figures: Mapping[str, float | None]) -> float | None:
    """Observed minus expected, for messages."""
    observed, expected = figures["observed"], figures["expected"]
    return None if observed is None or expected is None else observed - expected


def _words(
    sector: Sector, table: Table, rule: Rule, result: Result, values: Mapping[str, Any]
) -> dict[str, str | None]:
    message, ask = result.message or rule.message, result.ask or rule.ask
    lists = {name: sector.codes.get(field.codes or "", {}) for name, field in table.fields.items()}
    codes = {name: listing.get(str(values.get(name))) for name, listing in lists.items()}
    titles = {name: code.title for name, code in codes.items() if code is not None}
    zh = {**values, **{name: title.zh for name, title in titles.items()}}
    en = {**values, **{name: title.en for name, title in titles.items()}}
    return {
        "message_zh": fill(message.zh, zh, "zh"),
        "message_en": fill(message.en, en, "en"),
        "ask_zh": fill(ask.zh, zh, "zh") if ask else None,
        "ask_en": fill(ask.en, en, "en") if ask else None,
    }


def _state_of(sector: Sector, table: Table, name: str, row: Mapping[str, Any]) -> str | None:
    unit = table.fields[name].unit
    if unit is None or isinstance(unit, str):
        return None
    code = sector.codes.get(table.fields[unit.by].codes or "", {}).get(str(row.get(unit.by)))
    return code.state if code is not None else None


def _corrects(rule: Rule, result: Result, values: Mapping[str, Any]) -> str | None:
    """The cells that the result corrects, as JSON: [table, field, block, line, value]; None where there are none."""
    cells: list[list[Any]] = []
    for one in result.corrects:
        table, field = one.table or rule.subject.table, one.field or result.field or rule.subject.field
        found = [values.get(name) for name in (one.block, one.line, one.value)]
        if not isinstance(found[0], list):
            found = [[value] for value in found]
        elif not isinstance(found[2], list):
            found[2] = [found[2]] * len(found[0])
        cells += [
            [table, field, block, line, value.isoformat() if isinstance(value, date) else value]
            for block, line, value in zip(*found, strict=True)
            if block is not None and line is not None and value is not None
        ]
    return json.dumps(cells, ensure_ascii=False, default=float) if cells else None


def _related(rule: Rule, row: Mapping[str, Any]) -> str | None:
    entries = [
        {
            "table": one.table,
            "field": one.field,
            "row_key": row[one.row_key],
            "_block": row[one.block],
            "_line": row[one.line],
        }
        for one in rule.also
        if row.get(one.block) is not None
    ]
    return json.dumps(entries, ensure_ascii=False, sort_keys=True) if entries else None
