"""Where in a block its header stands, and the row of units below it."""

from __future__ import annotations

from mrvaudit import units
from mrvaudit.ingest.block import Block, rehead
from mrvaudit.ingest.headers import Heading, Lexicon, meaning

HEADER_ROWS_LOOKED_AT = 10


def known_cells(cells: tuple[str, ...], words: Lexicon) -> int:
    """How many of these cells are headers of the table."""
    return sum(meaning(cell, words) is not None for cell in cells)


def relocate(block: Block, words: Lexicon) -> Block:
    """The block with its header where at least two cells of the table's headers stand, within the first ten rows.

    The block itself where its header already is one, or where no row is.
    """
    if known_cells(block.headers, words) >= 2:
        return block
    head = block.frame.filter(block.frame["_line"] <= HEADER_ROWS_LOOKED_AT)
    for row in head["_line"].to_list():
        moved = rehead(block, row)
        if known_cells(moved.headers, words) >= 2:
            return moved
    return block


def units_row(block: Block, words: Lexicon) -> tuple[Block, int | None]:
    """Where the row below the header holds nothing but units: the headers with these units, and that row's line."""
    below = block.frame.head(1)
    cells = (
        [None if cell is None else str(cell).strip() or None for cell in below.drop("_line").row(0)]
        if below.height
        else []
    )
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
    return Block(block.sheet, block.header_row, headers, block.frame, block.encoding, block.first_column), below[
        "_line"
    ][0]


def _has_unit(header: str, words: Lexicon) -> bool:
    """Whether the header names its unit itself; a name may well hold brackets, as 负荷(出力)系数 does."""
    found = meaning(header, words)
    return isinstance(found, Heading) and found.unit is not None


def _is_unit(cell: str, words: Lexicon, *, strictly: bool = False) -> bool:
    folded = units.fold(cell).strip("()")
    if not strictly and folded in ("-", "/", "—", "单位", "unit"):
        return True
    return folded in words.unit_words and not folded.isdigit()
