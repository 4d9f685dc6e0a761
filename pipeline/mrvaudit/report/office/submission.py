"""The files that were submitted, read once more so that a copy can be marked: cells as text, where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from mrvaudit import ingest
from mrvaudit.errors import InputError
from mrvaudit.report.data import Slices, scan, slices

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
        rows = self._lines.rows(entity_id, path)
        lines = pl.Series([row["line"] for row in rows if row["sheet"] == block.sheet], dtype=pl.Int32)
        heads = self.audit.blocks.filter((pl.col("path") == path) & pl.col("sheet").eq_missing(block.sheet))
        last = heads["header_row"].max() if heads.height else None
        wanted = pl.col("_line").is_in(lines.implode())
        if isinstance(last, int):
            wanted = wanted | (pl.col("_line") <= last)
        return replace(block, frame=block.frame.filter(wanted))


def _lines(audit: Audit) -> Slices:
    """Rows of every entity by file and sheet, from two columns of every table."""
    found = [
        frame
        for name in audit.sector.tables
        for number in range(audit.partitions)
        if {"entity_id", "_block", "_line"}
        <= set((frame := scan(audit.work.t(name), number, ("entity_id", "_block", "_line"))).columns)
    ]
    blocks = audit.blocks.select(pl.col("block").cast(pl.Int32), "path", "sheet")
    rows = pl.concat(found).join(blocks, left_on="_block", right_on="block") if found else pl.DataFrame()
    return slices(
        rows.select("entity_id", "path", "sheet", pl.col("_line").alias("line")).sort("line"), ("entity_id", "path")
    )


def of(audit: Audit) -> Submission:
    """The submission of a run; a run that was read back from its folder has no files."""
    sizes = dict(audit.sources.select("path", "bytes").iter_rows()) if "bytes" in audit.sources.columns else {}
    return Submission(audit.files, sizes, audit)
