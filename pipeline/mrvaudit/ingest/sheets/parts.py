"""Several tables on one sheet: each below an empty row, with a title or not, and a header of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from mrvaudit.ingest.block import Block, cell_columns, filled, rehead, text_rows
from mrvaudit.ingest.headers import OPENING, fold
from mrvaudit.ingest.sheets import calendar
from mrvaudit.tables import Table

# A header stands within so many rows of an empty one: titles come between.
TITLES = 4
FIRST_ROWS = 10
Line = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """One table of a sheet, and the texts above its header."""

    block: Block
    titles: tuple[str, ...]


def spellings(tables: Iterable[Table]) -> frozenset[str]:
    """Every name that a column of any of these tables goes by."""
    fields = [field for table in tables for field in table.fields.values()]
    return frozenset(
        fold(text) for field in fields for text in (field.name, field.title.zh, field.title.en, *field.aliases)
    )


def parts(block: Block, known: frozenset[str]) -> list[Part]:
    """The tables of a sheet from top to bottom; the sheet itself where it holds one. `known` are spellings."""
    lines = _lines(block)
    heads = _heads(lines, known)
    if len(heads) < 2:
        return [Part(block, _titles(block, lines, heads))]
    starts = [0, *(start for start, _ in heads[1:])]
    ends = [*starts[1:], len(lines)]
    return [
        _part(block, lines, start, end, lines[head][0])
        for start, end, (_, head) in zip(starts, ends, heads, strict=True)
    ]


def _lines(block: Block) -> list[Line]:
    """Lines that may be titles or headers: those of the top, and those that follow an empty row, with their texts."""
    lines = block.frame["_line"]
    if not cell_columns(block.frame) or lines.is_empty():
        return [(block.header_row, block.headers)]
    full = filled(block.frame)
    if full.all() and lines[-1] - lines[0] == lines.len() - 1:
        shown = block.frame.head(FIRST_ROWS)
    else:
        shown = block.frame[_near_gaps(block.frame, full.arg_true())]
    return [(block.header_row, block.headers), *text_rows(shown)]


def _near_gaps(frame: pl.DataFrame, full: pl.Series) -> pl.Series:
    """Positions of rows of the top, and of those that follow an empty row; `full` are those of rows with a cell."""
    after = (pl.col("_line").diff() > 1).fill_null(False)
    near = pl.any_horizontal(after.shift(back, fill_value=False) for back in range(TITLES))
    top = (pl.col("_line") <= FIRST_ROWS) | (pl.int_range(pl.len()) < FIRST_ROWS)
    chosen = frame.select(pl.col("_line").gather(full)).select(top | near).to_series()
    return full.filter(chosen)


def _heads(lines: list[Line], known: frozenset[str]) -> list[tuple[int, int]]:
    """Positions of the first title line and of the header of every table."""
    found: list[tuple[int, int]] = []
    start = 0
    for at, (line, cells) in enumerate(lines):
        if at and line - lines[at - 1][0] > 1:
            start = at
        if found and (start <= found[-1][1] or at - start >= TITLES):
            continue
        if is_head(cells, known):
            found.append((start if found else 0, at))
    return found


def is_head(cells: tuple[str, ...], known: frozenset[str]) -> bool:
    """Whether a row names columns: at least two known ones, at least half of its cells, and no figure; or months."""
    texts = [cell for cell in cells if cell]
    if calendar.months(cells):
        return True
    if len(texts) < 2 or any(calendar.is_figure(text) for text in texts):
        return False
    hits = sum(_name(text) in known for text in texts)
    return hits >= 2 and 2 * hits >= len(texts)


def _name(text: str) -> str:
    """A header without the unit in brackets behind it."""
    whole = fold(text)
    ends = [at for at in (whole.find(mark) for mark in (*OPENING, "/")) if at > 0]
    return whole[: min(ends)] if ends else whole


def _titles(block: Block, lines: list[Line], heads: list[tuple[int, int]]) -> tuple[str, ...]:
    """Texts above the header; where no row is one, those that stand alone in the lines where titles stand."""
    last = lines[heads[0][1]][0] if heads else min(block.header_row + TITLES, FIRST_ROWS)
    above = [[text for text in cells if text] for line, cells in lines if line < last]
    return tuple(text for texts in above if heads or len(texts) == 1 for text in texts)


def _part(block: Block, lines: list[Line], start: int, end: int, head: int) -> Part:
    """The rows from one title to the next; its header stands in row `head`."""
    first, last = lines[start][0], lines[end][0] if end < len(lines) else None
    titles = tuple(text for line, cells in lines[start:end] if line < head for text in cells if text)
    frame = block.frame if last is None else block.frame.filter(pl.col("_line") < last)
    if first == block.header_row:
        return Part(replace(block, frame=frame), titles)
    whole = replace(block, frame=frame.filter(pl.col("_line") >= first))
    return Part(rehead(whole, head), titles)


def table_name(text: str) -> list[str]:
    """What in a title may name a table: the whole, then its pieces."""
    pieces = re.split(r"[\s:：,，;；()（）【】\[\]—_-]+", text)
    return [text, *(piece for piece in pieces if len(piece) > 1)]
