"""Rows of gases whose volume was measured in a state that nobody stated: taken by the default, and asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from mrvaudit.ingest.notices import Case, field_words, finding
from mrvaudit.sector import Sector
from mrvaudit.standardise.layout import Layout
from mrvaudit.tables import Field, Table

NOTICE = "INT-STATE"


@dataclass(frozen=True)
class Unstated:
    """Rows of one group that took the default of a field which the headers might have stated."""

    group: int
    table: str
    field: str
    count: int
    block: int
    line: int


def unstated(layout: Layout, rows: pl.DataFrame, frame: pl.DataFrame, sector: Sector) -> Iterator[Unstated]:
    """Rows of gases without a state in a column, a header, the units row or a mapping; `frame` holds their cells."""
    if NOTICE not in sector.notices:
        return
    for field in layout.table.fields.values():
        if not field.in_headers or field.default is None or field.name in layout.constants:
            continue
        found = _gases(layout.table, rows.filter(pl.col("_reason").is_null()), sector)
        if field.name in layout.placed and not found.is_empty():
            found = found.join(_empty(layout, field, frame), on=["_block", "_line"], how="semi")
        for (group,), part in sorted(found.partition_by("_group", as_dict=True).items()):
            block, line = part.sort("_block", "_line").select("_block", "_line").row(0)
            yield Unstated(int(str(group)), layout.table.name, field.name, part.height, block, line)


def _gases(table: Table, rows: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """The rows whose code is that of a gas."""
    tests = [pl.lit(False)]
    for field in table.fields.values():
        gases = [name for name, code in sector.codes.get(field.codes or "", {}).items() if code.state == "gas"]
        if gases and field.name in rows.columns:
            tests.append(pl.col(field.name).is_in(gases).fill_null(False))
    return rows.filter(pl.any_horizontal(tests)).select("_block", "_line", "_group")


def _empty(layout: Layout, field: Field, frame: pl.DataFrame) -> pl.DataFrame:
    """Places of the rows whose cells of a field are empty."""
    columns = layout.placed[field.name].columns
    return frame.filter(pl.all_horizontal(pl.col(name).is_null() for name in columns)).select("_block", "_line")


def said(sector: Sector, one: Unstated, entity: str) -> dict[str, Any]:
    """The question about them."""
    table = sector.tables[one.table]
    field = table.fields[one.field]
    code = sector.codes.get(field.codes or "", {}).get(str(field.default))
    words = {
        **field_words(table, one.field),
        "count": one.count,
        "text_zh": code.title.zh if code else field.default,
        "text_en": code.title.en if code else field.default,
    }
    place = {"table": one.table, "row_key": "", "field": one.field, "_block": one.block, "_line": one.line}
    return finding(sector, Case(NOTICE, "unstated"), words, entity_id=entity, **place)
