"""Delimited text: BOM, then strict UTF-8, then strict GB18030; comma, tab or semicolon as the head shows."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from mrvaudit.errors import InputError
from mrvaudit.ingest.block import Block, from_grid

SUFFIXES = (".csv", ".tsv")
SEPARATORS = (",", "\t", ";")
HEAD_LINES = 10
LONGEST_LINE_BYTES, CHUNK_BYTES = 16 << 20, 1 << 20


def read(path: Path) -> list[Block]:
    """The one block of a text file; InputError where no encoding fits."""
    _guard(path)
    data, encoding = decode(path.read_bytes(), path.name)
    if not data.strip():
        return []
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    separator = _separator(data, path.suffix.lower())
    return [from_grid(_grid(data, separator), None, encoding)]


def _guard(path: Path) -> None:
    """Refuse a line beyond reason before the file is taken into memory."""
    since = 0
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK_BYTES):
            last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            since = since + len(chunk) if last < 0 else len(chunk) - last - 1
            if since > LONGEST_LINE_BYTES:
                raise InputError(
                    path.name,
                    "有一行超过 16 MB，不是数据表",
                    "a line is longer than 16 MB: this is no table of records",
                    read=f"{path.stat().st_size} bytes",
                    todo_zh="请检查换行，重新导出后提交",
                    todo_en="check the line ends, export it again and submit it",
                )


def decode(raw: bytes, label: str) -> tuple[bytes, str]:
    """The text as UTF-8 bytes without a mark, and the encoding it came in."""
    for mark, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (codecs.BOM_UTF8, "utf-8-sig"),
    ):
        if raw.startswith(mark):
            return _transcode(raw, encoding, label), encoding
    if b"\0" in raw:
        raise _unreadable(label, "NUL")
    try:
        raw.decode("utf-8")
        return raw, "utf-8"
    except UnicodeDecodeError:
        return _transcode(raw, "gb18030", label), "gb18030"


def _transcode(raw: bytes, encoding: str, label: str) -> bytes:
    try:
        return raw.decode(encoding).encode("utf-8")
    except UnicodeError as fault:
        raise _unreadable(label, str(fault)[:80]) from None


def _unreadable(label: str, read: str) -> InputError:
    return InputError(
        label,
        "文字编码无法识别（应为 UTF-8、带 BOM 的 UTF-16 或 GB18030）",
        "the text encoding is not recognised (UTF-8, UTF-16 with BOM or GB18030 expected)",
        read=read,
        todo_zh="请另存为 UTF-8 后重新提交",
        todo_en="save it as UTF-8 and submit it again",
    )


def _head(data: bytes) -> str:
    return data[:65536].decode("utf-8", "ignore")


def _separator(data: bytes, suffix: str) -> str:
    """The separator that stands equally often in most of the first lines; a comma where none stands there.

    Not the one that stands there most often: 117,780,510 in twelve columns has more commas than the row has tabs.
    """
    lines = _head(data).splitlines()[:HEAD_LINES]
    agreed: dict[str, tuple[int, int]] = {}
    for mark in SEPARATORS:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        agreed[mark] = max(((times, count) for count, times in counts.items()), default=(0, 0))
    if suffix == ".tsv" and agreed["\t"] > (0, 0):
        return "\t"
    return max(SEPARATORS, key=lambda mark: agreed[mark])


def _grid(data: bytes, separator: str) -> pl.DataFrame:
    """Every cell as text; the slow reader takes over where rows are longer than the head or quotes are broken."""
    width = max((len(row) for row in itertools.islice(_rows(_head(data), separator), HEAD_LINES)), default=1)
    try:
        return pl.read_csv(
            data,
            has_header=False,
            schema={f"c{number + 1}": pl.String for number in range(width)},
            separator=separator,
            quote_char='"',
            raise_if_empty=False,
        )
    except PolarsError:
        return _ragged(data.decode("utf-8"), separator)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """The rows of delimited text; a line may end in any way, also with a bare return in the midst of others."""
    csv.field_size_limit(1 << 30)
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return csv.reader(io.StringIO(plain), delimiter=separator)


def _ragged(text: str, separator: str) -> pl.DataFrame:
    rows = list(_rows(text, separator))
    width = max((len(row) for row in rows), default=1)
    padded = [[cell or None for cell in row] + [None] * (width - len(row)) for row in rows]
    return pl.DataFrame(padded, schema={f"c{number + 1}": pl.String for number in range(width)}, orient="row")
