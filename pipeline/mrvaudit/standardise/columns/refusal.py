"""Files whose columns contradict each other are refused before any of their rows is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from mrvaudit.ingest.notices import Case, field_words, finding
from mrvaudit.sector import Sector
from mrvaudit.standardise.columns.orders import Bound, broken, likely
from mrvaudit.standardise.columns.settings import ROWS, SHARE, Columns, Relation, number, value
from mrvaudit.standardise.layout import Layout
from mrvaudit.tables import Table

NOTICE, REASON = "INT-COLUMNS", "columns_contradict"


@dataclass(frozen=True)
class Contradiction:
    """Blocks of one group whose columns contradict each other, and the orders that would make them agree.

    `stated`: a mapping says what these columns are, so that the rows are used and only the finding is made.
    """

    group: int
    table: str
    relation: Relation
    field: str
    count: int
    bad: int
    orders: tuple[Mapping[str, str], ...]
    headers: Mapping[str, str]
    blocks: tuple[int, ...]
    line: int
    stated: bool


def contradictions(layout: Layout, rows: pl.DataFrame, columns: Columns, sector: Sector) -> list[Contradiction]:
    """What the rows of a layout (`_group`, `_block`, fields) contradict, for each group of records apart."""
    strict = columns.of_table(layout.table.name, usual=False)
    if not strict or NOTICE not in sector.notices:
        return []
    found = []
    usable = rows.filter(pl.col("_reason").is_null())
    for (group,), part in sorted(usable.partition_by("_group", as_dict=True).items()):
        one = _of_group(layout, part, columns, sector, int(str(group)))
        found += [] if one is None else [one]
    return found


def _of_group(layout: Layout, rows: pl.DataFrame, columns: Columns, sector: Sector, group: int) -> Contradiction | None:
    share = number(sector, SHARE)
    strict = columns.of_table(layout.table.name, usual=False)
    bounds, usual = _bounds(sector, strict), _bounds(sector, columns.of_table(layout.table.name, usual=True))
    spoken = {field for some in (bounds, usual) for one in some.values() for field in one.relation.fields}
    placed = [name for name in layout.placed if name in spoken]
    asked = {column for one in strict.values() for column in one.where if column in rows.columns}
    part = rows.select(*placed, *sorted(asked))
    counts = broken(bounds, part, number(sector, ROWS), share)
    if not counts:
        return None
    name = next(iter(counts))
    relation = bounds[name].relation
    orders = likely(bounds, usual, part, _alike(layout.table, placed), share)
    blocks = tuple(sorted(rows["_block"].unique().to_list()))
    return Contradiction(
        group=group,
        table=layout.table.name,
        relation=relation,
        field=next(one for one in relation.fields if one in placed),
        count=counts[name][0],
        bad=counts[name][1],
        orders=tuple(orders),
        headers={one: layout.placed[one].header for one in placed},
        blocks=blocks,
        line=layout.block.header_row,
        stated=all(layout.placed[one].mapped is not None for one in relation.fields if one in placed),
    )


def _bounds(sector: Sector, relations: Mapping[str, Relation]) -> dict[str, Bound]:
    return {
        name: Bound(one, value(sector, one.low, None), value(sector, one.high, None)) for name, one in relations.items()
    }


def _alike(table: Table, placed: list[str]) -> list[list[str]]:
    """Columns grouped by unit: only headers of one unit are exchanged unseen."""
    groups: dict[str, list[str]] = {}
    for field in placed:
        groups.setdefault(str(table.fields[field].unit), []).append(field)
    return list(groups.values())


def said(sector: Sector, one: Contradiction, entity: str) -> dict[str, Any]:
    """The finding about one contradiction."""
    table = sector.tables[one.table]
    values = {
        **field_words(table, one.field),
        "count": one.count,
        "bad": one.bad,
        "reason_zh": one.relation.title.zh,
        "reason_en": one.relation.title.en,
        "proposed_zh": _proposed(one, table, "zh"),
        "proposed_en": _proposed(one, table, "en"),
        "what_zh": "映射文件写明了这些列，仍予采用" if one.stated else "该文件的这些行未采用",
        "what_en": "A mapping file states these columns, so the rows were used"
        if one.stated
        else "The rows of the file were not used",
    }
    case = Case(NOTICE, "stated" if one.stated else one.field, "minor" if one.stated else None)
    return finding(
        sector, case, values, entity_id=entity, table=one.table, row_key="", field=one.field,
        observed=float(one.bad), _block=one.blocks[0], _line=one.line,
    )  # fmt: skip


def _proposed(one: Contradiction, table: Table, lang: str) -> str:
    if not one.orders:
        return "没有一种列序能使各列一致" if lang == "zh" else "no order of the columns makes them agree"
    arrow, between = (("应为", "，"), "；或 ") if lang == "zh" else ((" is ", ", "), "; or ")
    parts = [
        arrow[1].join(
            f"「{one.headers[field]}」{arrow[0]}{table.fields[target].title.zh}"
            if lang == "zh"
            else f"“{one.headers[field]}”{arrow[0]}{table.fields[target].title.en}"
            for field, target in order.items()
        )
        for order in one.orders
    ]
    return between.join(parts)


def without(rows: pl.DataFrame, found: list[Contradiction]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that stay, and `_block`, `_line` of those that are refused."""
    refused = [block for one in found if not one.stated for block in one.blocks]
    out = pl.col("_block").is_in(pl.Series(refused, dtype=pl.Int32).implode()) & pl.col("_reason").is_null()
    return rows.filter(~out), rows.filter(out).select("_block", "_line")
