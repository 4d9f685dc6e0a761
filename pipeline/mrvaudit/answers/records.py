"""The record that a finding speaks of, found again by its key among the standard tables that an audit keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from mrvaudit.checks.findings import row_key
from mrvaudit.model import Work
from mrvaudit.sector import Sector

Row = dict[str, Any]


@dataclass
class Records:
    """Rows of the standard tables by entity and key; a table is read when first asked for."""

    work: Work
    sector: Sector
    partitions: Sequence[int]
    _read: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)

    def row(self, table: str | None, entity_id: str, key: str | None) -> Row | None:
        """The row with its `_block` and `_line`; of rows that share a key the first. None where there is none."""
        if table is None or key is None or table not in self.sector.tables:
            return None
        if (table, entity_id) not in self._read:
            self._read[(table, entity_id)] = self._rows(table, entity_id)
        return self._read[(table, entity_id)].get(key)

    def _rows(self, table: str, entity_id: str) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for part in self.partitions:
            path = self.work.part(self.work.t(table), part)
            if not path.is_file():
                continue
            frame = pl.scan_parquet(path, glob=False).filter(pl.col("entity_id") == entity_id).collect()
            for row in frame.sort("_block", "_line").iter_rows(named=True):
                found.setdefault(row_key(self.sector.tables[table], row), row)
        return found

    def unit(self, table: str, name: str, row: Row) -> str | None:
        """The unit of a field in this row."""
        described = self.sector.tables[table].fields[name]
        if described.unit is None or isinstance(described.unit, str):
            return described.unit
        listing = self.sector.codes.get(self.sector.tables[table].fields[described.unit.by].codes or "", {})
        code = listing.get(str(row.get(described.unit.by)))
        return described.unit_for(code.state if code is not None else None)
