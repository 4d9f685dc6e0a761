"""Delimited text: BOM, then strict UTF-8, then strict GB18030; comma, tab or semicolon as the head shows."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from mrvaudit.errors import InputError
from mrvaudit.ingest.block import Block, from_grid

SUFFIXES = (".csv", ".tsv")
SEPARATORS = (",", "\t", ";")
HEAD_LINES = 10
LONGEST_LINE_BYTES = 16 << 20


def read(path: Path) -> list[Block]:
    """The one block of a text file; InputError where no encoding fits."""
    data, encoding = decode(path.read_bytes(), path.name)
    if not data.strip():
        return []
    _guard(data, path.name)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    separator = _separator(data, path.suffix.lower())
    return [from_grid(_grid(data, separator), None, encoding)]


def _guard(data: bytes, label: str) -> None:
    """Refuse a line beyond reason, looking only once per that many bytes."""
    start = 0
    while len(data) - start > LONGEST_LINE_BYTES:
        end = max(data.rfind(mark, start, start + LONGEST_LINE_BYTES) for mark in (b"\n", b"\r"))
        if end < 0:
            raise InputError(
                label,
                "有一行超过 16 MB，不是数据表",
                "a line is longer than 16 MB: this is no table of records",
                read=f"{len(data)} bytes",
                todo_zh="请检查换行，重新导出后提交",
                todo_en="check the line ends, export it again and submit it",
            )
        start = end + 1


def decode(raw: bytes, label: str) -> tuple[bytes, str]:
    """The text as UTF-8 bytes without a mark, and the encoding it came in."""
    for mark, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (codecs.BOM_UTF8, "utf-8-sig"),
    ):
        if raw.startswith(mark):
            return _transcode(raw, encoding, label), encoding
    if b"\0" in raw[:4096]:
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
    """The separator that gives the widest row among the first lines; a comma where none stands there."""
    lines = _head(data).splitlines()[:HEAD_LINES]
    widths = {mark: max((line.count(mark) for line in lines), default=0) for mark in SEPARATORS}
    if suffix == ".tsv" and widths["\t"]:
        return "\t"
    return max(SEPARATORS, key=lambda mark: widths[mark])


def _grid(data: bytes, separator: str) -> pl.DataFrame:
    """Every cell as text; the slow reader takes over where rows are longer than the head or quotes are broken."""
    head = csv.reader(io.StringIO(_head(data)), delimiter=separator)
    width = max((len(row) for row, _ in zip(head, range(HEAD_LINES), strict=False)), default=1)
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


def _ragged(text: str, separator: str) -> pl.DataFrame:
    csv.field_size_limit(1 << 30)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    width = max((len(row) for row in rows), default=1)
    padded = [[cell or None for cell in row] + [None] * (width - len(row)) for row in rows]
    return pl.DataFrame(padded, schema={f"c{number + 1}": pl.String for number in range(width)}, orient="row")
