"""First pass: every file read once, every block laid out and parsed; what each left behind is gathered."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import polars as pl

from mrvaudit.errors import InputError, PackError
from mrvaudit.ingest import Block, Found, mapping, read, readers, sha256
from mrvaudit.ingest.block import NOWHERE, row_text, with_cells
from mrvaudit.ingest.discovery import SINGLE, cannot_open, is_open_elsewhere
from mrvaudit.ingest.mapping import MappedFile, Mapping
from mrvaudit.ingest.sheets import remarks
from mrvaudit.ingest.words import is_note
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.standardise import attached
from mrvaudit.standardise.batch import Intake, Left, add, flush
from mrvaudit.standardise.cells import read_constant
from mrvaudit.standardise.columns import settings as columns
from mrvaudit.standardise.entities import Group, above
from mrvaudit.standardise.layout import Layout, Placed, constant_text, lay_out, named, names_of
from mrvaudit.standardise.sheets import Piece, pieces, without_growing

Progress = Callable[[str, int, int], None]
# Files read ahead of the one that is taken in: several only where they are so small that memory does not tell.
AHEAD, SMALL_BYTES = 2, 4 << 20
# So many files are worth a second process that reads workbooks: starting it takes as long as reading ten.
MANY_FILES = 12


def take_in(
    found: Sequence[Found],
    sector: Sector,
    work: Work,
    own_mapping: Path | None,
    spill_rows: int,
    progress: Progress | None,
) -> Intake:
    """Read all files in order. PackError for a broken `own_mapping`; a file that cannot be read is noted."""
    intake = Intake(sector, work, names_of(sector), readers(), spill_rows, columns.parse(sector))
    mappings: list[Mapping] = []
    if own_mapping is not None:
        mappings.append(_mapping(own_mapping, "", own_mapping.name, sector))
        _source(intake, Found(own_mapping, own_mapping.name, "", "mapping"))
    for one in sorted((one for one in found if one.kind == "mapping"), key=lambda one: (-len(one.folder), one.name)):
        _source(intake, one)
        try:
            folder = "" if one.folder.startswith(SINGLE) else one.folder
            mappings.append(_mapping(one.path, folder, one.name, sector))
        except PackError as fault:
            intake.unreadable.append(
                InputError(
                    fault.where, fault.zh, fault.en, read=fault.read, todo_zh=fault.todo_zh, todo_en=fault.todo_en
                )
            )
    data = [one for one in found if one.kind != "mapping"]
    beside = Counter(one.folder for one in data)
    scans: list[Found] = []
    records: list[Found] = []
    for one in data:
        (records if attached.kind_of_scan(one, sector) is None else scans).append(one)
    most = AHEAD if len(records) >= MANY_FILES else 1
    with ThreadPoolExecutor(most) as ahead:
        for done, (one, blocks) in enumerate(_read_ahead(ahead, records, intake, most)):
            _take_file(intake, one, blocks, mappings, beside[one.folder] == 1)
            if progress is not None:
                progress(one.name, done + 1, len(data))
    flush(intake)
    _take_scans(intake, scans, beside)
    flush(intake)
    return intake


def _read_ahead(
    ahead: ThreadPoolExecutor, files: Sequence[Found], intake: Intake, most: int
) -> Iterator[tuple[Found, Future[list[Block]] | None]]:
    """Every file in its order, at most `most` of the next ones being read meanwhile; None for one that is not read."""
    waiting: deque[tuple[Found, Future[list[Block]] | None]] = deque()
    for one in files:
        waiting.append((one, ahead.submit(read, one, intake.readers) if one.is_data else None))
        while len(waiting) > (most if _is_small(one) else 1):
            yield waiting.popleft()
    yield from waiting


def _is_small(found: Found) -> bool:
    try:
        return found.path.stat().st_size <= SMALL_BYTES
    except OSError:  # it is gone, which is said when it is read
        return True


def _take_scans(intake: Intake, scans: Sequence[Found], beside: Counter[str]) -> None:
    """Scans as rows of attachments, after all else: a list of them that was sent says more than their names."""
    listed = attached.listed(intake.staged.get(attached.TABLE, []))
    for found in scans:
        source = _source(intake, found)
        if PurePosixPath(found.name).name in listed:
            _leave_file(intake, source, found, "empty")
            continue
        block = attached.block_of(found, intake.sources[source]["sha256"], intake.sector)
        intake.found_of_block[len(intake.blocks)] = (found, 0)
        piece = Piece(block, attached.TABLE, found.folder)
        _take_piece(intake, source, found, piece, None, beside[found.folder] == 1)


def _mapping(path: Path, folder: str, label: str, sector: Sector) -> Mapping:
    said = mapping.load(path, folder, sector, label)
    for key, entry in said.files.items():
        for name, value in entry.constants.items():
            try:
                read_constant(sector.tables[entry.table].fields[name], constant_text(value), 1, sector)
            except ValueError:
                raise PackError(
                    label,
                    f"files.{key}.constants.{name}：该字段不能取这个值",
                    f"files.{key}.constants.{name}: the field cannot have this value",
                    read=str(value),
                ) from None
    return said


def _source(intake: Intake, found: Found) -> int:
    number = len(intake.sources)
    intake.sources.append(
        {
            "source": number,
            "path": found.name,
            "sha256": sha256(found.path),
            "bytes": found.path.stat().st_size,
            "encoding": None,
            "kind": found.kind.lstrip("."),
        }
    )
    return number


def _take_file(
    intake: Intake, found: Found, reading: Future[list[Block]] | None, mappings: Sequence[Mapping], alone: bool
) -> None:
    try:
        source = _source(intake, found)
    except OSError as fault:
        intake.unreadable.append(cannot_open(found.name, fault))
        return
    if reading is None:
        _leave_file(intake, source, found, "kind_not_read")
        return
    try:
        blocks = reading.result()
    except InputError as fault:
        intake.unreadable.append(fault)
        _leave_file(intake, source, found, "unreadable")
        return
    if is_open_elsewhere(found.path):
        intake.left.append(Left(found.folder, None, found.name, "open_elsewhere", len(intake.blocks), None))
    intake.sources[source]["encoding"] = next((block.encoding for block in blocks if block.encoding), None)
    if not blocks:
        _leave_file(intake, source, found, "empty")
    sheets = sum(bool(block.headers) for block in blocks)
    for nth, block in enumerate(blocks):
        _take_sheet(intake, source, found, (nth, block), sheets, mappings, alone)


def _leave_file(intake: Intake, source: int, found: Found, reason: str) -> None:
    number = _block_row(intake, source, found, None, 0)
    if reason != "empty":
        intake.left.append(Left(found.folder, None, found.name, reason, number, None))


def _take_sheet(
    intake: Intake,
    source: int,
    found: Found,
    sheet: tuple[int, Block],
    sheets: int,
    mappings: Sequence[Mapping],
    alone: bool,
) -> None:
    """Every table of a sheet; where a mapping speaks of the sheet, the one that it names."""
    nth, block = sheet
    said = mapping.applicable(mappings, found.name, block.sheet)
    listed = list(pieces(found, block, sheets, intake.names, intake.sector)) if said is None else []
    if said is not None:
        listed = [Piece(block, said.table, found.name if block.sheet is not None else found.folder)]
    first = next((one for one in listed if one.table is not None), None)
    for piece in listed:
        number = len(intake.blocks)
        intake.found_of_block[number] = (found, nth)
        if piece is first:
            intake.remarks += remarks.of_looks(piece.group, str(piece.table), block, number)
        _take_piece(intake, source, found, piece, said, alone)


def _take_piece(intake: Intake, source: int, found: Found, piece: Piece, said: MappedFile | None, alone: bool) -> None:
    sector, number, block = intake.sector, len(intake.blocks), piece.block
    if piece.table is None:
        _leave_block(intake, source, found, block, piece.group, piece.notes)
        return
    layout = lay_out(block, sector.tables[piece.table], said, intake.names, sector)
    if said is None:
        layout = without_growing(layout, sector)
    _block_row(intake, source, found, block.sheet, layout.block.header_row, layout)
    for header, reason in layout.ignored:
        intake.left.append(Left(piece.group, piece.table, header, reason, number, layout.block.header_row))
    add(intake, layout, number, _group(intake, piece.group, found, alone))


def _leave_block(intake: Intake, source: int, found: Found, block: Block, key: str, notes: bool) -> None:
    """A sheet that is none of the tables: every row of it is put aside; one of notes by its name is not missed."""
    notes = notes or (block.sheet is not None and is_note(block.sheet))
    rows = with_cells(block.frame)
    number = _block_row(intake, source, found, block.sheet, block.header_row, rows_in=rows.height)
    intake.aside.append(
        rows.select(
            pl.lit(number, pl.Int32).alias("block"),
            pl.col("_line").alias("line"),
            pl.lit("note" if notes else "no_table").alias("reason"),
            row_text(rows).alias("value"),
        )
    )
    if rows.height and not notes:
        what = found.name if block.sheet is None else f"{found.name}!{block.sheet}"
        intake.left.append(Left(key, None, what, "no_table", number, block.header_row, rows.height))


def _block_row(
    intake: Intake,
    source: int,
    found: Found,
    sheet: str | None,
    header_row: int,
    layout: Layout | None = None,
    rows_in: int = 0,
) -> int:
    number = len(intake.blocks)
    placed = layout.placed if layout is not None else {}
    units = {name: [one.unit, _factor(one)] for name, one in placed.items() if one.field.unit is not None}
    intake.blocks.append(
        {
            "block": number,
            "source": source,
            "path": found.name,
            "sheet": sheet,
            "table": layout.table.name if layout is not None else None,
            "header_row": header_row,
            "by": layout.block.by if layout is not None else "rows",
            "field_columns": json.dumps(
                {name: one.index for name, one in placed.items() if one.index != NOWHERE}, ensure_ascii=False
            ),
            "units": json.dumps(units, ensure_ascii=False),
            "decimals": "{}",
            "ignored": json.dumps(
                [header for header, _ in layout.ignored] if layout is not None else [], ensure_ascii=False
            ),
            "rows_in": rows_in,
        }
    )
    return number


def _factor(placed: Placed) -> float | list[float] | None:
    """The factor of a column; both where it differs between solid and gas rows."""
    factors = sorted({factor for factor in placed.factors if factor is not None})
    return factors if len(factors) > 1 else next(iter(factors), None)


def _group(intake: Intake, key: str, found: Found, alone: bool) -> Group:
    if key not in intake.groups:
        # A workbook speaks for itself, so does a single file that is not named after its table; else the folder does.
        stem = PurePosixPath(found.name).stem
        single = alone and key.startswith(SINGLE) and named(stem, intake.names) is None
        name = stem if key == found.name or single else PurePosixPath(key).name
        intake.groups[key] = Group(key, len(intake.groups), name, above(key, found.folder))
    return intake.groups[key]
