"""A table written across: its rows are items, its columns months. It is turned, so that a month is a record again.

Forms C.3 to C.6 are of this kind: leading columns with unit, fuel, item and unit of measure, then twelve months, often
quarters, and the year. Which field an item is, the pack says by the names of fields; nothing here knows one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from mrvaudit import units
from mrvaudit.ingest import words
from mrvaudit.ingest.block import NOWHERE, Block, rehead, text_rows
from mrvaudit.ingest.headers import Heading, Lexicon, meaning
from mrvaudit.ingest.sheets import calendar, stated
from mrvaudit.tables import Table

FIRST_ROWS = 12
UNIT_HEADERS = frozenset({"单位", "计量单位", "数据单位", "unit", "units"})
NO_UNIT = frozenset({"-", "/", "—", "–", "无", "/-"})
Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Turned:
    """The blocks of a table written across, one for each unit, fuel or what else its rows are grouped by.

    `rest` are the rows that are no item: titles of sections, notes.
    """

    blocks: list[Block]
    rest: Block


@dataclass(frozen=True)
class _Grid:
    """Where the parts of the sheet stand: positions of columns from 0."""

    heads: tuple[str, ...]
    months: Mapping[int, tuple[int | None, int]]
    totals: tuple[int, ...]
    item: int
    unit: int | None
    carried: Mapping[int, str]
    others: tuple[int, ...]


@dataclass
class _Section:
    """Items that belong together, by what stands beside or above them."""

    said: dict[str, str]
    rows: list[Row] = field(default_factory=list)


def turn(
    block: Block, table: Table, lexicon: Lexicon, texts: tuple[str, ...], known: Callable[[str], str | None]
) -> Turned | None:
    """The records of a table written across; None where the block is none.

    `texts` are titles, sheet and file, nearest first: what they say of the year, or as `label：value`, holds for every
    record. `known` gives the key field that a bare word is a value of (the title of a section), if any.
    """
    name = next((name for name, one in table.fields.items() if one.type == "month" and name in table.key), None)
    if name is None:
        return None
    head = _head_row(block)
    if head is None:
        return None
    if head != block.header_row:
        block = rehead(block, head)
    rows = [row for row in text_rows(block.frame) if any(row[1])]
    grid = _grid(block, rows, lexicon)
    if grid is None:
        return None
    wanted = [one for one in ("entity_id", *table.key) if one != name]
    above = stated.of(texts, lexicon, wanted)
    sections, rest = _sections(rows, grid, lexicon, above, lambda texts: _title(texts, lexicon, wanted, known))
    year = calendar.year(texts)
    made = [_block(block, grid, section, name, year) for section in sections]
    left = tuple((grid.heads[at], "unknown") for at in grid.others if grid.heads[at])
    if made:
        made[0] = replace(made[0], left=left)
    lines = pl.Series(rest, dtype=pl.Int32)
    return Turned(made, replace(block, frame=block.frame.filter(pl.col("_line").is_in(lines.implode()))))


def _head_row(block: Block) -> int | None:
    """The first row of the top that names months, with something before them."""
    for line, cells in [(block.header_row, block.headers), *text_rows(block.frame.head(FIRST_ROWS))]:
        found = calendar.months(cells)
        if found and min(found) > 0:
            return line
    return None


def _grid(block: Block, rows: list[Row], lexicon: Lexicon) -> _Grid | None:
    heads = block.headers
    months = calendar.months(heads)
    first = min(months)
    totals = tuple(at for at in range(first, len(heads)) if at not in months and calendar.is_total(heads[at]))
    carried = {at: found.field for at in range(first) if isinstance(found := meaning(heads[at], lexicon), Heading)}
    free = [at for at in range(first) if at not in carried]
    hits = {at: len({row[at] for _, row in rows if _is_item(row[at], lexicon)}) for at in free}
    if not hits or not max(hits.values()):
        return None
    item = max(hits, key=lambda at: hits[at])
    free.remove(item)
    named = [at for at in free if words.folded(heads[at]) in UNIT_HEADERS]
    unit = next((at for at in [*named, *free] if _are_units([row[at] for _, row in rows], lexicon)), None)
    others = tuple(at for at in range(len(heads)) if at > first and at not in months and at not in totals)
    return _Grid(heads, months, totals, item, unit, carried, others)


def _is_item(text: str, lexicon: Lexicon) -> bool:
    return bool(text) and isinstance(meaning(text, lexicon), Heading)


def _are_units(cells: list[str], lexicon: Lexicon) -> bool:
    """Whether half of what stands in a column are units of measure."""
    filled = [cell for cell in cells if cell]
    hits = sum(units.fold(cell) in lexicon.unit_words and not cell.isdigit() for cell in filled)
    return bool(filled) and 2 * hits >= len(filled)


def _sections(
    rows: list[Row],
    grid: _Grid,
    lexicon: Lexicon,
    above: Mapping[str, str],
    title: Callable[[tuple[str, ...]], dict[str, str]],
) -> tuple[list[_Section], list[int]]:
    """Items by what they belong to, and the lines that are none."""
    found: list[_Section] = []
    rest: list[int] = []
    titles = dict(above)
    beside: dict[str, str] = {}
    valued = (*grid.months, *grid.totals)
    for line, cells in rows:
        if not any(cells[at] for at in valued) and not _is_item(cells[grid.item], lexicon):
            said = title(cells)
            titles |= said
            if said:
                beside = {}
            rest.append(line)
            continue
        beside |= {name: cells[at] for at, name in grid.carried.items() if cells[at]}
        said = titles | beside
        section = next((one for one in reversed(found) if one.said == said), None)
        if section is None:
            section = _Section(said)
            found.append(section)
        section.rows.append((line, cells))
    return found, rest


def _title(
    cells: tuple[str, ...], lexicon: Lexicon, wanted: Collection[str], known: Callable[[str], str | None]
) -> dict[str, str]:
    """What the title of a section says: `label：value`, or a word that is a value of a key field."""
    texts = [cell for cell in cells if cell]
    said = stated.of(texts, lexicon, wanted)
    if not said and len(texts) == 1 and (name := known(texts[0])) is not None:
        return {name: texts[0]}
    return said


def _block(block: Block, grid: _Grid, section: _Section, month: str, year: int | None) -> Block:
    """The section with a row for every column of months in which any item has a cell."""
    lines, cells, totals = [], [], []
    for at in sorted((*grid.months, *grid.totals)):
        column = [row[at] or None for _, row in section.rows]
        if not any(column):
            continue
        lines.append(at + block.first_column)
        if at in grid.totals:
            totals.append(lines[-1])
        cells.append([*column, *section.said.values(), _month_text(grid, at, year)])
    heads = [_header(row, grid) for _, row in section.rows]
    names = [f"c{number + 1}" for number in range(len(heads) + len(section.said) + 1)]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String()), orient="row")
    frame = frame.with_columns(pl.Series("_line", lines, dtype=pl.Int32)).select("_line", *names)
    places = (*(line for line, _ in section.rows), *(NOWHERE for _ in section.said), block.header_row)
    headers = (*heads, *section.said, month)
    return replace(
        block, headers=headers, frame=frame, by="columns", places=places, totals=tuple(totals), first_column=1
    )


def _header(row: tuple[str, ...], grid: _Grid) -> str:
    """An item with its unit behind it."""
    item, unit = row[grid.item], row[grid.unit] if grid.unit is not None else ""
    return item if not unit or unit in NO_UNIT or not item else f"{item}({unit.strip('()（）')})"


def _month_text(grid: _Grid, at: int, year: int | None) -> str:
    """The month of a column as text; without a year where none is known, so that it is put aside and said."""
    said = grid.months.get(at)
    if said is None:
        return grid.heads[at]
    own = said[0] if said[0] is not None else year
    return f"{own}-{said[1]:02}" if own is not None else grid.heads[at]
