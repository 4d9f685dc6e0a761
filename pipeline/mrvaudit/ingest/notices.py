"""Findings that intake and the record contract make: their words stand in the pack's `notices`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from mrvaudit.errors import PackError
from mrvaudit.ingest.frames import months, row_key, schema
from mrvaudit.model import FINDING_INTERNAL, FINDINGS
from mrvaudit.rules import PLACEHOLDER
from mrvaudit.sector import Notice, Sector
from mrvaudit.tables import Table

# A flood of like cells says no more than its first twenty: the rest is one finding with a count.
MOST_ALIKE = 20
MOST_RELATED = 20
MOST_TEXT = 120


@dataclass(frozen=True)
class Case:
    """One kind of thing to say about rows of a table: the notice, and what `result` tells it apart by."""

    notice: str
    result: str
    severity: str | None = None
    unit_of_measure: str | None = None


def words_of(sector: Sector, name: str) -> Notice:
    """The notice of that id; PackError where the sector's packs have no words for it."""
    if name not in sector.notices:
        raise PackError(
            "notices.yaml", f"规则包缺少提示 {name} 的文字", f"the packs have no words for the notice {name}"
        )
    return sector.notices[name]


def finding(sector: Sector, case: Case, values: Mapping[str, object], **columns: Any) -> dict[str, Any]:
    """One finding, without its id; `values` fill the placeholders, `columns` the finding's columns."""
    notice = words_of(sector, case.notice)
    return {
        "rule_id": notice.id,
        "result": case.result,
        "severity": case.severity or notice.severity,
        "integrity_signal": "none",
        "nc_class": notice.nc_class,
        "entity_id": "",
        "message_zh": _fill(notice.message.zh, values, "zh"),
        "message_en": _fill(notice.message.en, values, "en"),
        "ask_zh": _fill(notice.ask.zh, values, "zh") if notice.ask else None,
        "ask_en": _fill(notice.ask.en, values, "en") if notice.ask else None,
        "basis": notice.basis,
        "unit_of_measure": case.unit_of_measure,
        "status": "open",
        **columns,
    }


def frame(findings: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Findings with their internal columns as a frame; `finding_id` and the source columns stay null."""
    columns = schema(FINDINGS | FINDING_INTERNAL)
    return pl.DataFrame([{name: one.get(name) for name in columns} for one in findings], schema=columns, orient="row")


def field_words(table: Table, field: str | None) -> dict[str, object]:
    """Placeholders every notice about a field may use: titles of the table and the field."""
    known = table.fields.get(field or "")
    return {
        "table_zh": table.title.zh,
        "table_en": table.title.en,
        "field_zh": known.title.zh if known else "",
        "field_en": known.title.en if known else "",
    }


def of_rows(
    sector: Sector, table: Table, case: Case, field: str, rows: pl.DataFrame, values: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Findings about one field of `rows` (rows of the table with `_text` for the words and perhaps `_observed`).

    Rows of one key are one finding; beyond twenty per unit the rest is one finding more. Which twenty are named depends
    on the keys, never on the order of the rows.
    """
    if rows.is_empty():
        return []
    each = _by_key(table, rows)
    findings = [
        _of_row(sector, table, case, field, row, values)
        for row in each.filter(pl.col("_nth") < MOST_ALIKE).iter_rows(named=True)
    ]
    rest = (
        each.filter(pl.col("_nth") >= MOST_ALIKE)
        .group_by("entity_id", "unit_id", maintain_order=True)
        .agg(pl.col("_count").sum(), pl.col("unit_key", "_text", "_block", "_line").first())
        .with_columns(pl.lit("").alias("row_key"))
    )
    more = replace(case, result=f"{case.result}:more")
    return findings + [_of_row(sector, table, more, field, row, values) for row in rest.iter_rows(named=True)]


def _by_key(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """One row per entity, unit, key and month: how many rows, the first cell, further ones, its rank in the unit."""
    unit = "unit_id" if "unit_id" in rows.columns else pl.lit(None, pl.String)
    observed = "_observed" if "_observed" in rows.columns else pl.lit(None, pl.Float64)
    identity = ["entity_id", "unit_id", "row_key", "_month"]
    spoken = rows.with_columns(months(table, rows).alias("_month")).select(
        "entity_id",
        pl.col(unit) if isinstance(unit, str) else unit.alias("unit_id"),
        row_key(table),
        "_month",
        "unit_key",
        "_text",
        (pl.col(observed) if isinstance(observed, str) else observed).alias("_observed"),
        "_block",
        "_line",
    )
    return (
        spoken.sort([*identity, "_observed", "_text", "_block", "_line"], nulls_last=True)
        .group_by(identity, maintain_order=True)
        .agg(
            pl.len().alias("_count"),
            pl.col("unit_key", "_text", "_observed", "_block", "_line").first(),
            pl.struct("_block", "_line").slice(1, MOST_RELATED).alias("_more"),
        )
        .with_columns(pl.int_range(pl.len()).over("entity_id", "unit_id").alias("_nth"))
    )


def _of_row(
    sector: Sector, table: Table, case: Case, field: str, row: Mapping[str, Any], values: Mapping[str, object]
) -> dict[str, Any]:
    known = table.fields.get(field)
    return finding(
        sector,
        case,
        {**field_words(table, field), "text": row["_text"], "count": row["_count"], **values},
        entity_id=row["entity_id"],
        unit_id=row["unit_id"],
        unit_key=row["unit_key"],
        month=row.get("_month"),
        data_code=known.data_code if known else None,
        table=table.name,
        row_key=row["row_key"],
        field=field,
        observed=row.get("_observed"),
        related=related(table, field, row["row_key"], row.get("_more") or []),
        _block=row["_block"],
        _line=row["_line"],
    )


def related(table: Table, field: str, key: str, cells: Iterable[Mapping[str, Any]]) -> str | None:
    """Further cells as JSON, by block and line until their place is looked up."""
    entries = [{"table": table.name, "field": field, "row_key": key, **cell} for cell in cells]
    return json.dumps(entries, ensure_ascii=False, sort_keys=True) if entries else None


def shown(value: object) -> str:
    """A value as it was read, fit for a sentence: one line, and not too long."""
    text = " ".join("".join(mark if mark.isprintable() else " " for mark in str(value)).split())
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


def _fill(template: str, values: Mapping[str, object], lang: str) -> str:
    """`{name}` replaced; a name may have a form in each language (`table_zh`, `table_en`)."""

    def put(match: Any) -> str:
        name = match.group(1)
        value = values.get(f"{name}_{lang}", values.get(name))
        return "" if value is None else shown(value)

    return PLACEHOLDER.sub(put, template)
