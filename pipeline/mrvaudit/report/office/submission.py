"""The files that were submitted, read once more so that a copy can be marked: cells as text, where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from mrvaudit import ingest
from mrvaudit.errors import InputError
from mrvaudit.report.data import Slices, scan, slices
from mrvaudit.standardise.keys.completing import moved

if TYPE_CHECKING:
    from mrvaudit.ingest import Block
    from mrvaudit.model import Audit


@dataclass
class Submission:
    """Files by the names that findings use; those of one entity are kept until another's turn, shared ones stay."""

    files: Mapping[str, Path]
    sizes: Mapping[str, int]
    audit: Audit
    _shared: dict[str, list[Block] | None] = field(default_factory=dict)
    _own: dict[str, list[Block] | None] = field(default_factory=dict)
    _entity: str | None = None
    _readers: Mapping[str, Any] = field(default_factory=dict)
    _lines: Slices | None = None
    _heads: dict[tuple[str, str | None], int] = field(default_factory=dict)

    def blocks(self, path: str, entity_id: str, shared: bool) -> list[Block] | None:
        """Sheets of a file; of a shared one only the entity's rows. None where it is gone, changed or unreadable."""
        if self._entity != entity_id:
            self._own.clear()
            self._entity = entity_id
        kept = self._shared if shared else self._own
        if path not in kept:
            kept[path] = self._read(path)
        found = kept[path]
        return found if found is None or not shared else [self._of(block, path, entity_id) for block in found]

    def _read(self, path: str) -> list[Block] | None:
        file = self.files.get(path)
        if file is None or not file.is_file() or file.stat().st_size != self.sizes.get(path):
            return None
        self._readers = self._readers or ingest.readers()
        kind = file.suffix.lower()
        if kind not in self._readers:
            return None
        try:
            return ingest.read(ingest.Found(file, path, "", kind), self._readers)
        except InputError:
            return None

    def _of(self, block: Block, path: str, entity_id: str) -> Block:
        """The block with the rows of one entity."""
        if self._lines is None:
            self._lines = _lines(self.audit)
            heads = self.audit.blocks.group_by("path", "sheet").agg(pl.col("header_row").max())
            self._heads = {(path, sheet): row or 0 for path, sheet, row in heads.iter_rows()}
        rows = self._lines.of(entity_id, path, block.sheet)
        return replace(block, frame=_rows_at(block.frame, rows, self._heads.get((path, block.sheet), 0)))


def _rows_at(frame: pl.DataFrame, rows: pl.DataFrame, last: int) -> pl.DataFrame:
    """The rows down to line `last`, and those at the lines of `rows`, sorted; a frame stands in the order of its lines.

    Each is looked up: a file of a whole fleet has a thousand times the rows of one of its enterprises.
    """
    own = frame["_line"]
    top = frame[: bisect_right(own, last)]
    if rows.is_empty() or own.is_empty():
        return top
    there, wanted = own.to_numpy(), np.unique(rows["line"].to_numpy())
    wanted = wanted[(wanted > last) & (wanted <= there[-1])]
    places = np.searchsorted(there, wanted)
    found: pl.DataFrame = frame[places[there[places] == wanted]]
    return pl.concat([top, found])


def _lines(audit: Audit) -> Slices:
    """Lines of every entity by file and sheet, in order, from two columns of every table."""
    found = [
        frame
        for name in audit.sector.tables
        for number in range(audit.partitions)
        if {"entity_id", "_block", "_line"}
        <= set((frame := scan(audit.work.t(name), number, ("entity_id", "_block", "_line"))).columns)
    ]
    apart = moved(audit.work)
    found.append(apart.select("entity_id", pl.col("own_block").alias("_block"), pl.col("own_line").alias("_line")))
    blocks = audit.blocks.select(pl.col("block").cast(pl.Int32), "path", "sheet")
    rows = pl.concat(found).join(blocks, left_on="_block", right_on="block")
    return slices(
        rows.select("entity_id", "path", "sheet", pl.col("_line").alias("line")).sort("line"),
        ("entity_id", "path", "sheet"),
    )


def of(audit: Audit) -> Submission:
    """The submission of a run; a run that was read back from its folder has no files."""
    sizes = dict(audit.sources.select("path", "bytes").iter_rows()) if "bytes" in audit.sources.columns else {}
    return Submission(audit.files, sizes, audit)
