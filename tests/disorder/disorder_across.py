"""A table of months written across: items down, months along, what else is in the key beside or above them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from disorder_cells import Style, style, written

from mrvaudit.sector import Sector
from mrvaudit.sectors.power.sample.writing.printing import as_text
from mrvaudit.standardise.totals import adds
from mrvaudit.tables import Field, Table

# Tables whose key is few words and a month: what forms C.3 and C.4 hold, and what is kept like them.
ACROSS = ("declarations", "declared_output", "power_output")
ITEMS = ("信息项", "项目", "指标", "参数名称")
UNITS = ("单位", "计量单位")
Header = Callable[[Field, Style, bool], str]


@dataclass(frozen=True)
class _Group:
    """What the rows of one section share, and the record of each month."""

    shared: tuple[str | None, ...]
    months: dict[str, dict[str, str | None]]


def can(table: Table, rows: pl.DataFrame) -> bool:
    """Whether rows are records of months of one year."""
    return (
        table.name in ACROSS
        and rows.height > 0
        and rows["month"].null_count() == 0
        and rows["month"].dt.year().n_unique() == 1
        and rows["month"].n_unique() >= 3
    )


def across(
    rows: pl.DataFrame, table: Table, sector: Sector, header: Header, unit: Callable[[Field, Style], str],
    chance: random.Random,
) -> list[list[str]]:  # fmt: skip
    """The rows of a sheet; a month that a section does not have is an empty column there."""
    printed = as_text(rows, table)
    keys = [name for name in ("entity_id", *table.key) if name != "month" and printed[name].null_count() < rows.height]
    items = [name for name in table.fields if name not in (*keys, "month") and printed[name].null_count() < rows.height]
    months = sorted(printed["month"].unique().to_list())
    styles = {name: style(table.fields[name], chance) for name in [*keys, *items]}
    year, apart = months[0][:4], chance.random() < 0.7
    bare = chance.random() < 0.6
    heads = [
        f"{int(month[5:])}月" if bare else chance.choice((month, f"{year}年{int(month[5:])}月")) for month in months
    ]
    sums = chance.random() < 0.6
    top = [
        *(header(table.fields[name], styles[name], True) for name in keys),
        chance.choice(ITEMS),
        *([chance.choice(UNITS)] if apart else []),
        *heads,
        *(["全年"] if sums else []),
    ]
    found = [[f"{year}年{table.title.zh}"], top] if bare or chance.random() < 0.5 else [top]
    for group in _groups(printed, keys, items):
        chance.shuffle(items)
        # One spelling within a section, as who fills it in would copy it.
        spelled = [
            written(text, table.fields[key], styles[key], sector, chance)
            for key, text in zip(keys, group.shared, strict=True)
        ]
        for nth, name in enumerate(items):
            field, how = table.fields[name], styles[name]
            shared = [text if nth == 0 or chance.random() < 0.2 else "" for text in spelled]
            cells = [
                written(group.months[month][name], field, how, sector, chance) if month in group.months else ""
                for month in months
            ]
            label = [header(field, how, not apart), *([unit(field, how)] if apart else [])]
            said = [total([one.get(name) for one in group.months.values()], field, how, sector)] if sums else []
            found.append([*shared, *label, *cells, *said])
    return found


def _groups(printed: pl.DataFrame, keys: list[str], items: list[str]) -> list[_Group]:
    found: dict[tuple[str | None, ...], dict[str, dict[str, str | None]]] = {}
    for row in printed.iter_rows(named=True):
        shared = tuple(_text(row[name]) for name in keys)
        found.setdefault(shared, {})[row["month"]] = {name: _text(row[name]) for name in items}
    return [_Group(shared, months) for shared, months in found.items()]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def total(texts: list[str | None], field: Field, how: Style, sector: Sector) -> str:
    """The true total of a quantity, nothing of what has none."""
    known = [Decimal(text) for text in texts if text is not None] if adds(field, sector) else []
    return format(sum(known, Decimal(0)).scaleb(how.power), "f") if known else ""
