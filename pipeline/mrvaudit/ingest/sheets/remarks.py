"""What is said of a sheet as a whole: hidden rows, formulas without a sure result, totals that do not add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mrvaudit.ingest.block import Block, cell_columns, column_letter, filled
from mrvaudit.ingest.notices import Case, field_words, finding
from mrvaudit.sector import Sector

MOST_NAMED = 8


@dataclass(frozen=True)
class Mismatch:
    """A total as it stands and the nearest sum that it might be; `count` totals of the column are so."""

    block: int
    line: int
    field: str
    text: str
    value: float
    expected: float
    count: int


@dataclass(frozen=True)
class Remark:
    """One thing to say, of records of `group`."""

    group: str
    table: str
    notice: str
    result: str
    block: int
    line: int | None
    column: str | None
    values: Mapping[str, object]
    figures: Mapping[str, float] = field(default_factory=dict)


def of_total(group: str, table: str, one: Mismatch, by: str) -> Remark:
    """A total that is no sum of its rows."""
    words: dict[str, object] = {"count": one.count, "text": one.text, "limit": f"{one.expected:.12g}"}
    words |= (
        {"what_zh": "合计列", "what_en": "total column"}
        if by == "columns"
        else {"what_zh": "合计行", "what_en": "total row"}
    )
    figures = {"observed": one.value, "expected": float(f"{one.expected:.12g}")}
    return Remark(group, table, "INT-TOTAL", "differs", one.block, one.line, one.field, words, figures)


def of_looks(group: str, table: str, sheet: Block, number: int) -> list[Remark]:
    """Rows and columns with cells that are hidden, and formulas that the workbook wants to compute again."""
    found = []
    looks = sheet.looks
    hidden = looks.hidden_rows and sorted(
        set(looks.hidden_rows) & set(sheet.frame["_line"].filter(filled(sheet.frame)).to_list())
    )
    if hidden:
        found.append(_hidden(group, table, number, "rows", hidden, [str(one) for one in hidden]))
    full = [at + sheet.first_column for at, name in enumerate(cell_columns(sheet.frame)) if sheet.frame[name].count()]
    columns = sorted(set(looks.hidden_columns) & set(full))
    if columns:
        heads = [sheet.headers[one - sheet.first_column] or column_letter(one) for one in columns]
        found.append(_hidden(group, table, number, "columns", columns, heads))
    if looks.unsure:
        found.append(Remark(group, table, "INT-FORMULA", "computed_again", number, None, None, {"count": looks.unsure}))
    return found


def _hidden(group: str, table: str, number: int, what: str, places: list[int], names: list[str]) -> Remark:
    shown = "、".join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else "")
    words: dict[str, object] = {"count": len(places), "headers": shown}
    words |= {"what_zh": "行", "what_en": "row(s)"} if what == "rows" else {"what_zh": "列", "what_en": "column(s)"}
    line = places[0] if what == "rows" else None
    return Remark(group, table, "INT-HIDDEN", what, number, line, None, words)


def _order(one: Remark) -> tuple[int, str, str, str]:
    return one.block, one.notice, one.result, one.column or ""


def findings(sector: Sector, said: Iterable[tuple[str, Remark]]) -> list[dict[str, Any]]:
    """The remarks, each with the entity it is about, as findings."""
    made = []
    for entity, one in sorted(said, key=lambda pair: (pair[0], _order(pair[1]))):
        table = sector.tables[one.table]
        known = table.fields.get(one.column or "")
        unit = known.unit if known is not None and isinstance(known.unit, str) else None
        made.append(
            finding(
                sector,
                Case(one.notice, one.result, None, unit),
                {**field_words(table, one.column), **one.values},
                entity_id=entity,
                table=table.name,
                row_key="",
                field=one.column,
                _block=one.block,
                _line=one.line,
                **one.figures,
            )
        )
    return made
