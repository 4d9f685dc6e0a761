"""The data month of each row of the standard tables, worked out once for all who ask."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import polars as pl

from mrvaudit.ingest import frames
from mrvaudit.model import Work
from mrvaudit.sector import Sector


@dataclass
class Months:
    """The months of one partition's tables, in the order of their rows."""

    sector: Sector
    work: Work
    partition: int
    known: dict[str, pl.Series] = field(default_factory=dict)

    def of(self, name: str) -> pl.Series:
        """The month of each row of a table; null where it has none."""
        if name not in self.known:
            table = self.sector.tables[name]
            rows = self.read(name, {"_line", *re.findall(r"\w+", table.month or "")})
            self.known[name] = frames.months(table, rows)
        return self.known[name]

    def read(self, name: str, wanted: set[str]) -> pl.DataFrame:
        """Those of the wanted columns that the table has."""
        path = self.work.part(self.work.t(name), self.partition)
        return pl.read_parquet(path, columns=[one for one in pl.read_parquet_schema(path) if one in wanted])
