"""Where in a block its header stands, and the row of units below it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mrvaudit import units
from mrvaudit.ingest.block import Block, cell_texts, rehead
from mrvaudit.ingest.headers import Heading, Lexicon, meaning
from mrvaudit.ingest.words import folded

HEADER_ROWS_LOOKED_AT = 10


def known_cells(cells: tuple[str, ...], words: Lexicon) -> int:
    """How many of these cells are headers of the table."""
    return sum(meaning(cell, words) is not None for cell in cells)


def relocate(block: Block, words: Lexicon, marks: Collection[str] = ()) -> Block:
    """The block with its header where at least two cells of the table's headers stand, within the first ten rows.

    The block itself where its header already is one, or where no row is. A header of two rows is made one; `marks` are
    words that may stand below a field's name without being one.
    """
    return two_rows(_found(block, words), words, marks)


def _found(block: Block, words: Lexicon) -> Block:
    if known_cells(block.headers, words) >= 2:
        return block
    lines = block.frame["_line"].head(HEADER_ROWS_LOOKED_AT).to_list()
    for row in [line for line in lines if line <= HEADER_ROWS_LOOKED_AT]:
        moved = rehead(block, row)
        if known_cells(moved.headers, words) >= 2:
            return moved
    return block


def two_rows(block: Block, words: Lexicon, marks: Collection[str]) -> Block:
    """The block with the row below its header joined to it, where every cell of that row goes on with the header.

    A title above several columns stands in the first of them.
    """
    below = block.frame
    if not below.height or below["_line"][0] != block.header_row + 1:
        return block
    cells = cell_texts(below, 0)
    if not any(cells) or all(cells) or any(cell and _is_unit(cell, words) for cell in cells):
        return block
    joined, title = list(block.headers), ""
    for at, cell in enumerate(cells):
        title = block.headers[at] or title
        if cell:
            whole = _whole(title, cell, words, marks)
            if whole is None:
                return block
            joined[at] = whole
    return replace(rehead(block, block.header_row + 1), headers=tuple(joined))


def _whole(title: str, cell: str, words: Lexicon, marks: Collection[str]) -> str | None:
    """The header that a title and the cell below it are together; None where they are none."""
    if folded(cell) in marks:
        return f"{title}({cell})" if isinstance(meaning(title, words), Heading) else None
    for text in (cell, f"{title}{cell}"):
        if isinstance(meaning(text, words), Heading):
            return text
    return None


def units_row(block: Block, words: Lexicon) -> tuple[Block, int | None]:
    """Where the row below the header holds nothing but units: the headers with these units, and that row's line."""
    cells = cell_texts(block.frame, 0) if block.frame.height else ()
    written = [cell for cell in cells if cell]
    named = any(_is_unit(cell, words, strictly=True) for cell in written)
    if not named or not all(_is_unit(cell, words) for cell in written):
        return block, None
    headers = tuple(
        f"{header}({cell.strip('()（）')})"
        if cell and _is_unit(cell, words, strictly=True) and not _has_unit(header, words)
        else header
        for header, cell in zip(block.headers, cells, strict=True)
    )
    return replace(block, headers=headers), block.frame["_line"][0]


def _has_unit(header: str, words: Lexicon) -> bool:
    """Whether the header names its unit itself; a name may well hold brackets, as 负荷(出力)系数 does."""
    found = meaning(header, words)
    return isinstance(found, Heading) and found.unit is not None


def _is_unit(cell: str, words: Lexicon, *, strictly: bool = False) -> bool:
    folded = units.fold(cell).strip("()")
    if not strictly and folded in ("-", "/", "—", "单位", "unit"):
        return True
    return folded in words.unit_words and not folded.isdigit()
