"""Which record a feature of a month speaks of: the one row of its table, and nothing where there are several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from mrvaudit.checks import findings as found
from mrvaudit.features import Subject
from mrvaudit.model import Work
from mrvaudit.sector import Sector

Key = tuple[int, date]


def records(
    sector: Sector, work: Work, partitions: int, asked: Iterable[tuple[Subject, Key]]
) -> dict[tuple[str, Key], dict[str, Any]]:
    """(table, (unit key, month)) → `row_key`, `_block`, `_line` of the only record there is."""
    wanted: dict[str, set[Key]] = {}
    for subject, key in asked:
        wanted.setdefault(subject.table, set()).add(key)
    told: dict[tuple[str, Key], dict[str, Any]] = {}
    for name, keys in sorted(wanted.items()):
        table = sector.tables[name]
        if "month" not in table.fields:
            continue
        units = sorted({unit for unit, _ in keys})
        paths = [work.part(work.t(name), part) for part in range(partitions)]
        rows = pl.scan_parquet(paths).filter(pl.col("unit_key").is_in(units)).collect()
        alone = rows.filter(pl.len().over("unit_key", "month") == 1)
        for row in alone.iter_rows(named=True):
            if (row["unit_key"], row["month"]) in keys:
                place = {"row_key": found.row_key(table, row), "_block": row["_block"], "_line": row["_line"]}
                told[name, (row["unit_key"], row["month"])] = place
    return told
