"""A folder of scans as rows of `attachments`: kind and day by name, the digest; what is in them is not read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path, PurePosixPath

import polars as pl

from mrvaudit.ingest import Block, Found
from mrvaudit.ingest.block import NOWHERE
from mrvaudit.sector import Sector

TABLE = "attachments"
SUFFIXES = frozenset(
    (".pdf", ".ofd", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".heic", ".doc", ".docx")
)
COLUMNS = ("file_name", "kind", "sha256", "month", "received_on")
# 2025年3月5日, 2025-03-05, 20250305, or without the day; a number that goes on is none.
_DAYS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?<!\d)(20\d{2})年(\d{1,2})月(?:份)?(?:(\d{1,2})[日号])?",
        r"(?<!\d)(20\d{2})[-_.](\d{1,2})(?:[-_.](\d{1,2}))?(?!\d)",
        r"(?<!\d)(20\d{2})(\d{2})(\d{2})?(?!\d)",
    )
)


def kind_of_scan(found: Found, sector: Sector) -> str | None:
    """The kind of a file that is an attachment by its suffix and name; a link may not fetch one from elsewhere."""
    if found.is_data or PurePosixPath(found.name).suffix.lower() not in SUFFIXES or found.path.is_symlink():
        return None
    return kind_of(found.name, sector)


def listed(staged: Sequence[pl.DataFrame | Path]) -> frozenset[str]:
    """Names of the files that a submitted table of attachments lists, without their folders."""
    frames = [pl.read_parquet(part) if isinstance(part, Path) else part for part in staged]
    names = {name for frame in frames for name in frame["file_name"].drop_nulls().to_list()}
    return frozenset(PurePosixPath(name.replace("\\", "/")).name for name in names)


def kind_of(name: str, sector: Sector) -> str | None:
    """The kind whose word, the longest, stands in the file's name, else in the nearest folder's; None where none does
    or two do alike."""
    table = sector.tables.get(TABLE)
    codes = sector.codes.get(table.fields["kind"].codes or "", {}) if table is not None else {}
    words = {
        _plain(word): code
        for code, entry in codes.items()
        for word in (code, entry.title.zh, entry.title.en, *entry.words)
    }
    for part in _parts(name):
        hits = [word for word in words if word in part]
        longest = max(map(len, hits), default=0)
        kinds = {words[word] for word in hits if len(word) == longest}
        if kinds:
            return kinds.pop() if len(kinds) == 1 else None
    return None


def day_of(name: str) -> tuple[date | None, date | None]:
    """The month, and the day where one is named, of the file's name, else of the nearest folder's."""
    for part in _parts(name):
        for pattern in _DAYS:
            for found in pattern.finditer(part):
                year, month, day = (None if one is None else int(one) for one in found.groups())
                try:
                    first = date(year or 0, month or 0, 1)
                    return first, None if day is None else date(first.year, first.month, day)
                except ValueError:
                    continue
    return None, None


def block_of(found: Found, sha256: str, sector: Sector) -> Block:
    """The one row of a scan, in columns that stand nowhere in it."""
    kind = kind_of(found.name, sector)
    month, day = day_of(found.name)
    inside = "/".join(PurePosixPath(found.name).parts[1:]) or found.name
    cells = (
        inside,
        kind,
        sha256,
        None if month is None else f"{month:%Y-%m}",
        None if day is None else day.isoformat(),
    )
    frame = {f"c{at}": [cell] for at, cell in enumerate(cells, 1)}
    rows = pl.DataFrame(frame, schema=dict.fromkeys(frame, pl.String)).with_columns(pl.lit(1, pl.Int32).alias("_line"))
    return Block(None, 0, COLUMNS, rows, places=(NOWHERE,) * len(COLUMNS))


def _parts(name: str) -> list[str]:
    """The stem of the file and the folders it lies in, nearest first; the folder of the submission itself apart."""
    path = PurePosixPath(name)
    return [_plain(path.stem), *(_plain(one) for one in reversed(path.parent.parts[1:]))]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("_", " ").strip()
