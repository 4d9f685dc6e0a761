"""The tables that a sheet holds, each as a block of rows with its table's name, ready to be laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import polars as pl

from mrvaudit.ingest import Block, Found
from mrvaudit.ingest.block import NOWHERE, cell_columns, filled
from mrvaudit.ingest.header_rows import relocate
from mrvaudit.ingest.headers import Heading, Lexicon, meaning
from mrvaudit.ingest.sheets import across, growth, spans, stated
from mrvaudit.ingest.sheets.parts import Part, parts, table_name
from mrvaudit.ingest.words import folded
from mrvaudit.sector import Sector
from mrvaudit.standardise.layout import Layout, Names, named, table_of, words_of
from mrvaudit.standardise.totals import adds
from mrvaudit.tables import Table

SHORTEST_NAME = 4


@dataclass(frozen=True)
class Piece:
    """One table of a sheet: its block, the table (None: none is named), the group of records it counts to.

    `notes` says that its rows are no records: titles of sections and notes between the items of a table across.
    """

    block: Block
    table: str | None
    group: str
    notes: bool = False


def pieces(found: Found, block: Block, sheets: int, names: Names, sector: Sector) -> Iterator[Piece]:
    """The tables of a sheet, from top to bottom; of a table across one for each section, then what is no item of it."""
    name, group = table_of(found, block, sheets, names)
    listed = parts(block, names.headers)
    for part in listed:
        own = _name(part, name, len(listed) > 1, names, sector)
        if own is None:
            yield Piece(part.block, None, group)
        else:
            yield from _of_table(found, part, sector.tables[own], group, names, sector)


def _name(part: Part, name: str | None, several: bool, names: Names, sector: Sector) -> str | None:
    """The table of a part: where a sheet holds several, its own title first, then its header, then the sheet's name."""
    if name is not None and not several:
        return name
    for title in reversed(part.titles):
        for text in table_name(title):
            titled = named(text, names) if len(text) >= SHORTEST_NAME or text == title.strip() else None
            if titled is not None:
                return titled
    return (_by_header(part.block, name, names, sector) or name) if several else name


def _by_header(block: Block, name: str | None, names: Names, sector: Sector) -> str | None:
    """The only table that knows every header of a block, plainly or of the year so far, and finds its key there.

    The sheet's own where it does.
    """
    heads = [header for header in block.headers if header]
    fitting = []
    for table in sector.tables.values():
        words = words_of(table, names, sector)
        read = [meaning(header, words) for header in heads]
        fields = {one.field for one in read if isinstance(one, Heading)}
        needed = {key for key in table.key if table.fields[key].required and table.fields[key].default is None}
        if needed <= fields and all(
            isinstance(one, Heading) or spans.said_of(header, words, names.spans) is not None
            for header, one in zip(heads, read, strict=True)
        ):
            fitting.append(table.name)
    if name in fitting:
        return name
    return fitting[0] if len(fitting) == 1 else None


def _of_table(found: Found, part: Part, table: Table, group: str, names: Names, sector: Sector) -> Iterator[Piece]:
    words = words_of(table, names, sector)
    path = PurePosixPath(found.name)
    texts = (*reversed(part.titles), part.block.sheet or "", path.stem, path.parent.name)
    turned = across.turn(part.block, table, words, texts, _value_of(table, sector))
    if turned is None:
        block = _with_stated(relocate(part.block, words, spans.marks(names.spans)), table, words, part.titles)
        yield from (Piece(one, table.name, group) for one in spans.split(block, table, words, names.spans))
        return
    for section in turned.blocks:
        yield from (Piece(one, table.name, group) for one in spans.split(section, table, words, names.spans))
    if filled(turned.rest.frame).any():
        yield Piece(turned.rest, None, group, notes=True)


def without_growing(layout: Layout, sector: Sector) -> Layout:
    """The layout without columns of months that grow like the year so far; a header or a mapping settles what it is."""
    table, frame = layout.table, layout.block.frame
    month = next((name for name, one in table.fields.items() if one.type == "month" and name in table.key), None)
    placed = layout.placed
    if month not in placed or "period" in placed or frame.height < growth.FEWEST_MONTHS:
        return layout
    doubtful = [
        one
        for one in placed.values()
        if one.field.type == "f64" and one.field.min == 0 and one.index not in layout.block.monthly
    ]
    doubtful = [one for one in doubtful if adds(one.field, sector) and len(one.columns) == 1]
    if not doubtful:
        return layout
    records = frame.filter(~pl.col("_line").is_in(pl.Series(layout.block.totals, dtype=pl.Int32).implode()))
    months = growth.months_of(records[placed[str(month)].columns[0]])
    groups = [records[name] for key in table.key if key in placed and key != month for name in placed[key].columns]
    asked = {one.field.name: one for one in doubtful if growth.grows(months, groups, records[one.columns[0]])}
    if not asked:
        return layout
    return replace(
        layout,
        placed={name: one for name, one in placed.items() if name not in asked},
        ignored=(*layout.ignored, *((one.header, "grows_like_year_to_date") for one in asked.values())),
    )


def _value_of(table: Table, sector: Sector) -> Callable[[str], str | None]:
    """The key field whose code list has a word, for the titles of sections."""
    lists = {
        name: {
            folded(word)
            for code, one in sector.codes.get(str(table.fields[name].codes), {}).items()
            for word in (code, one.title.zh, one.title.en, *one.words)
        }
        | {folded(word) for word in sector.also.get(str(table.fields[name].codes), {})}
        for name in table.key
        if table.fields[name].codes is not None
    }
    return lambda text: next((name for name, spelled in lists.items() if folded(text) in spelled), None)


def _with_stated(block: Block, table: Table, words: Lexicon, titles: tuple[str, ...]) -> Block:
    """The block with columns for parts of the key that no header but a line above it states: `机组编号：1#机组`."""
    if not titles:
        return block
    there = {found.field for header in block.headers if isinstance(found := meaning(header, words), Heading)}
    missing = [name for name in ("entity_id", *table.key) if name not in there]
    said = stated.of(reversed(titles), words, missing) if there else {}
    if not said:
        return block
    columns = cell_columns(block.frame)
    new = [f"c{len(columns) + number}" for number in range(1, len(said) + 1)]
    values = [pl.lit(value, pl.String).alias(name) for name, value in zip(new, said.values(), strict=True)]
    # An empty row stays empty.
    full = filled(block.frame)
    frame = block.frame.with_columns(pl.when(full).then(value).alias(value.meta.output_name()) for value in values)
    places = (*(block.place(at) for at in range(len(columns))), *(NOWHERE for _ in said))
    return replace(block, headers=(*block.headers, *said), frame=frame, places=places)
