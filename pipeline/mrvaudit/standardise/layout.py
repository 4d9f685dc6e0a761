"""Which table a block is, and which of its columns holds which field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from mrvaudit.ingest import Block, Found
from mrvaudit.ingest.block import cell_columns, rehead
from mrvaudit.ingest.discovery import SINGLE
from mrvaudit.ingest.header_rows import relocate, units_row
from mrvaudit.ingest.headers import Doubt, Heading, Lexicon, factors, fold, lexicon, meaning
from mrvaudit.ingest.mapping import MappedColumn, MappedFile, systems
from mrvaudit.ingest.sheets import spans
from mrvaudit.ingest.sheets.parts import spellings
from mrvaudit.sector import Sector
from mrvaudit.tables import Field, Table

# Numbers and dates before or after a table's name: `fuel_use_2025-01`, `1月…`, `…(2)`.
_COUNTING = r"[\d\s_\-.,()\[\]~#年月日季度第至]+"


# How directly a mapping names a column: before any header.
STATED = -1
# Field -> (how directly it was named, position of the column, unit read) of the columns that may be it.
Candidates = dict[str, list[tuple[int, int, str | None]]]


@dataclass(frozen=True)
class Names:
    """Every name a table goes by; the lexicon of a table is made when it is first met."""

    tables: Mapping[str, frozenset[str]]
    lexicons: dict[str, Lexicon]
    headers: frozenset[str]
    spans: spans.Lists


@dataclass(frozen=True)
class Placed:
    """Where one field stands: its columns (several are joined), the unit read and the factors to the field's unit.

    `mapped` is what a mapping says of the column, where no header had to be read; `unit_column` then is the column that
    names the unit of each row, if one does.
    """

    field: Field
    columns: tuple[str, ...]
    index: int
    header: str
    unit: str | None
    factors: tuple[float | None, float | None]
    mapped: MappedColumn | None = None
    unit_column: str | None = None


@dataclass(frozen=True)
class Layout:
    """A block understood: table, columns, constants, and what was left aside with the reason.

    `external` is the system of ids and the column in which others name the unit.
    """

    table: Table
    block: Block
    placed: Mapping[str, Placed]
    constants: Mapping[str, str]
    ignored: tuple[tuple[str, str], ...]
    units_line: int | None
    last_line: int | None
    external: tuple[str, str] | None = None

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """Required key fields that no column, constant or default gives."""
        return tuple(
            name
            for name in self.table.key
            if (field := self.table.fields[name]).required
            and field.default is None
            and name not in self.placed
            and name not in self.constants
            and not (self.table.owner == "scope" and name in ("unit_id", "scope", "scope_id"))
            and not (self.external is not None and name == "unit_id")
        )


def names_of(sector: Sector) -> Names:
    """Names of a sector's tables; collect them once per run."""
    names: dict[str, set[str]] = {}
    for table in sector.tables.values():
        for spelling in (table.name, table.title.zh, table.title.en, *table.aliases):
            names.setdefault(fold(spelling), set()).add(table.name)
    listed = {
        name: field.codes
        for table in sector.tables.values()
        for name, field in table.fields.items()
        if name in spans.KINDS and field.codes is not None
    }
    return Names(
        {name: frozenset(tables) for name, tables in names.items()},
        {},
        spellings(sector.tables.values()),
        spans.lists(sector.codes, listed),
    )


def words_of(table: Table, names: Names, sector: Sector) -> Lexicon:
    """The lexicon of a table, made when it is first met."""
    if table.name not in names.lexicons:
        names.lexicons[table.name] = lexicon(table, sector.units, sector.codes)
    return names.lexicons[table.name]


def named(text: str, names: Names) -> str | None:
    """The one table of that name, leaving aside numbers and dates around it; None for no table or several."""
    for spelling in _uncounted(text):
        tables = names.tables.get(fold(spelling), frozenset())
        if len(tables) == 1:
            return next(iter(tables))
    return None


def _uncounted(text: str) -> Iterator[str]:
    """The text, then with ever more of its counting ends left out: of `C.3(1)` first `C.3`, then `C`."""
    counting = re.compile(_COUNTING)
    starts = [at for at in range(len(text)) if at == 0 or counting.fullmatch(text[:at])]
    ends = [at for at in range(len(text), 0, -1) if at == len(text) or counting.fullmatch(text[at:])]
    for start in starts:
        yield from (text[start:end] for end in ends if start < end)


def table_of(found: Found, block: Block, sheets: int, names: Names) -> tuple[str | None, str]:
    """The table a block is by its sheet's, file's or folder's name, and the group of records it counts to.

    A workbook is a group of its own, unless its file is named after one table; a folder named after a table holds parts
    of that table and counts to the folder above.
    """
    stem = PurePosixPath(found.name).stem
    if block.sheet is not None:
        table = named(block.sheet, names)
        if table is not None:
            return table, found.name
        table = named(stem, names) if sheets == 1 else None
        return table, found.folder if table else found.name
    table = named(stem, names)
    if table is not None:
        return table, found.folder
    folder = PurePosixPath(found.folder)
    table = named(folder.name, names)
    below_another = len(folder.parts) > 1 and folder.parts[-2] != SINGLE
    return table, str(folder.parent) if table and below_another else found.folder


def lay_out(block: Block, table: Table, said: MappedFile | None, names: Names, sector: Sector) -> Layout:
    """Match the headers of a block to the fields of its table; `said` is what a mapping file says of it."""
    words = words_of(table, names, sector)
    if said is not None and said.rows.header is not None and said.rows.header != block.header_row:
        block = rehead(block, said.rows.header)
    elif (said is None or not said.columns) and block.by == "rows":
        block = relocate(block, words)
    units_line = None
    if block.by == "rows":
        block, units_line = units_row(block, words)
    wanted, ignored, aside = _read_headers(block, words, said)
    ignored = [*block.left, *ignored]
    placed = _chosen(block, wanted, ignored, table, sector)
    aside = {name: code for name, code in aside.items() if name not in placed}
    external = _external(block, table, said, ignored, sector)
    if said is None:
        return Layout(table, block, placed, aside, tuple(ignored), units_line, None, external)
    placed |= {one.field: _mapped(block, placed[one.field], one) for one in _columns(said) if one.field in placed}
    folded = {fold(header) for header in block.headers}
    stated = [*said.columns, *said.identifiers, *(header for headers in said.joined.values() for header in headers)]
    ignored += [(header, "not_in_file") for header in stated if fold(header) not in folded]
    for name, headers in said.joined.items():
        at = tuple(position for header in headers for position in _position(block, header))
        if at and len(at) == len(headers):
            placed[name] = _place(block, table.fields[name], at, None, sector)
    constants = aside | {name: constant_text(value) for name, value in said.constants.items()}
    placed = {name: one for name, one in placed.items() if name not in constants}
    return Layout(table, block, placed, constants, tuple(ignored), units_line, said.rows.last, external)


def _external(
    block: Block, table: Table, said: MappedFile | None, ignored: list[tuple[str, str]], sector: Sector
) -> tuple[str, str] | None:
    """System and column of the ids by which others name the unit; the header is then no longer left aside."""
    if table.owner not in ("unit", "scope"):
        return None
    words = {
        fold(word): code
        for code, entry in systems(sector).items()
        for word in (code, entry.title.zh, entry.title.en, *entry.words)
    }
    words |= {fold(header): code for header, code in (said.identifiers if said is not None else {}).items()}
    unread = {header for header, reason in ignored if reason == "unknown"}
    for at, header in enumerate(block.headers):
        if header in unread and fold(header) in words:
            ignored[:] = [one for one in ignored if one != (header, "unknown")]
            return words[fold(header)], cell_columns(block.frame)[at]
    return None


def _chosen(
    block: Block, wanted: Candidates, ignored: list[tuple[str, str]], table: Table, sector: Sector
) -> dict[str, Placed]:
    """The column of each field: the one named most directly; none where two are named alike."""
    placed = {}
    for name, candidates in wanted.items():
        best = min(rank for rank, _, _ in candidates)
        chosen = [one for one in candidates if one[0] == best]
        losers = [one for one in candidates if one[0] != best] if len(chosen) == 1 else candidates
        ignored += [(_shown(block, at), "second_column") for _, at, _ in losers]
        if len(chosen) == 1:
            _, at, unit = chosen[0]
            placed[name] = _place(block, table.fields[name], (at,), unit, sector)
    return placed


def _read_headers(
    block: Block, words: Lexicon, said: MappedFile | None
) -> tuple[Candidates, list[tuple[str, str]], dict[str, str]]:
    """Field -> (rank, position, unit read) of the columns that may be it; headers left aside with the reason; and what
    headers say of fields that have no column of their own."""
    mapped = {fold(header): header for header in said.columns} if said is not None else {}
    joined = {fold(header) for headers in said.joined.values() for header in headers} if said is not None else set()
    joined |= {fold(column.unit_from) for column in _columns(said) if column.unit_from is not None}
    wanted: Candidates = {}
    ignored: list[tuple[str, str]] = []
    aside: dict[str, str] = {}
    for at, header in enumerate(block.headers):
        if said is not None and fold(header) in mapped:
            column = said.column(mapped[fold(header)])
            if column is not None:
                wanted.setdefault(column.field, []).append((STATED, at, column.unit))
            continue
        if fold(header) in joined:
            continue
        found = meaning(header, words)
        if isinstance(found, Heading) and found.aside and found.aside[1] != aside.setdefault(*found.aside):
            ignored.append((_shown(block, at), "second_state"))
        elif isinstance(found, Heading):
            wanted.setdefault(found.field, []).append((found.rank, at, found.unit))
        elif isinstance(found, Doubt):
            ignored.append((_shown(block, at), found.reason))
        elif header or block.frame[cell_columns(block.frame)[at]].count():
            ignored.append((_shown(block, at), "unknown" if header else "no_header"))
    return wanted, ignored, aside


def _columns(said: MappedFile | None) -> list[MappedColumn]:
    """What a mapping says of the columns that are wanted."""
    columns = [said.column(header) for header in said.columns] if said is not None else []
    return [one for one in columns if one is not None]


def _mapped(block: Block, placed: Placed, said: MappedColumn) -> Placed:
    """A column with what the mapping says of it, and the column that its units stand in."""
    at = [] if said.unit_from is None else _position(block, said.unit_from)
    return replace(placed, mapped=said, unit_column=cell_columns(block.frame)[at[0]] if at else None)


def _position(block: Block, header: str) -> Sequence[int]:
    return [at for at, one in enumerate(block.headers) if fold(one) == fold(header)][:1]


def _place(block: Block, field: Field, at: tuple[int, ...], unit: str | None, sector: Sector) -> Placed:
    columns = cell_columns(block.frame)
    return Placed(
        field,
        tuple(columns[one] for one in at),
        block.place(at[0]),
        block.headers[at[0]],
        unit,
        factors(field, unit, sector.units) or (None, None),
    )


def _shown(block: Block, at: int) -> str:
    """A header as it was read, or the column's number where it has none."""
    return block.headers[at] or f"#{block.place(at)}"


def constant_text(value: object) -> str:
    """A constant of a mapping as the text of a cell."""
    return str(value).lower() if isinstance(value, bool) else str(value)
