"""`mapping.yaml`: what the columns of a file mean where their headers do not say it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field as Key
from pydantic import StrictBool, StrictFloat, StrictInt, StrictStr

from mrvaudit import packfile
from mrvaudit.errors import UsageError
from mrvaudit.ingest.headers import factors
from mrvaudit.packfile import Entry, Pack
from mrvaudit.sector import Sector
from mrvaudit.tables import Code, Table

Codes = Map[str, Code]
Scalar = StrictBool | StrictInt | StrictFloat | StrictStr | date


class MappedColumn(Entry):
    """What one column holds.

    `unit_from` is the column that names the unit of each row, in the spellings of `units` (null: nobody knows) or of
    the packs; `words` are words of the column and those of the field that they stand for.
    """

    field: str
    unit: str | None = None
    unit_from: str | None = None
    units: dict[str, str | None] = {}
    words: dict[str, str] = {}


class MappedRows(Entry):
    """Which rows hold records: the header's row and the last one, both 1-based as the sheet shows them."""

    header: int | None = Key(default=None, ge=1)
    last: int | None = Key(default=None, ge=1)


class MappedFile(Entry):
    """One file or sheet. `columns`: header -> field (null: not wanted); `joined`: field -> its columns, year first;
    `identifiers`: header -> the system whose ids the column holds."""

    table: str
    columns: dict[str, MappedColumn | str | None] = {}
    joined: dict[str, tuple[str, ...]] = {}
    constants: dict[str, Scalar] = {}
    identifiers: dict[str, str] = {}
    rows: MappedRows = MappedRows()

    def column(self, header: str) -> MappedColumn | None:
        """What the mapping says of a header it names; None for a column that is not wanted."""
        said = self.columns[header]
        return MappedColumn(field=said) if isinstance(said, str) else said


@dataclass(frozen=True)
class Mapping:
    """A mapping file, and the folder of the submission it speaks for ('' for all of them)."""

    folder: str
    files: dict[str, MappedFile]


def load(path: Path, folder: str, sector: Sector, label: str) -> Mapping:
    """Read a mapping file; PackError with line and key where it is wrong or names what the sector does not have."""
    if not path.is_file():
        raise UsageError(str(path), "映射文件不存在", "there is no such mapping file")
    pack = packfile.load(path, label)
    for key in pack.data:
        if key != "files":
            raise pack.error((key,), f"未知的内容 {key}，应为 files", f"{key} is not known here; `files` expected")
    files: dict[str, MappedFile] = {}
    for name, raw in (pack.data.get("files") or {}).items():
        files[name] = pack.parse(MappedFile, raw, ("files", name))
        _check(pack, name, files[name], sector)
    return Mapping(folder, files)


def _check(pack: Pack, name: str, said: MappedFile, sector: Sector) -> None:
    table = sector.tables.get(said.table)
    if table is None:
        raise pack.error(
            ("files", name, "table"),
            f"没有这张表：{said.table}",
            f"there is no table {said.table}",
            todo_zh=f"可用：{', '.join(sector.tables)}",
            todo_en="use a table of the record contract",
        )
    for header in said.columns:
        column = said.column(header)
        if column is not None:
            place = ("files", name, "columns", header)
            _field(pack, place, table, column.field)
            for unit in (column.unit, *column.units.values()):
                if unit is not None and factors(table.fields[column.field], unit, sector.units) is None:
                    raise pack.error(
                        place,
                        f"单位 {unit} 不能换算为字段 {column.field} 的单位",
                        f"{unit} cannot be converted to the unit of {column.field}",
                    )
    for header, system in said.identifiers.items():
        if system not in systems(sector):
            raise pack.error(
                ("files", name, "identifiers", header),
                f"没有这种编号体系：{system}",
                f"there is no system of identifiers {system}",
                todo_zh=f"可用：{', '.join(systems(sector))}",
                todo_en="use a code of the table of identifiers",
            )
    for key in ("joined", "constants"):
        for field in getattr(said, key):
            _field(pack, ("files", name, key, field), table, field)


def systems(sector: Sector) -> Codes:
    """Systems that the table `identifiers` knows ids of, by code; none where a sector has no such table."""
    table = sector.tables.get("identifiers")
    return sector.codes.get(table.fields["system"].codes or "", {}) if table is not None else {}


def _field(pack: Pack, place: tuple[str, ...], table: Table, name: str) -> None:
    if name not in table.fields:
        raise pack.error(
            place,
            f"表 {table.name} 没有字段 {name}",
            f"table {table.name} has no field {name}",
            todo_zh=f"可用：{', '.join(table.fields)}",
            todo_en="use a field of that table",
        )


def applicable(mappings: Sequence[Mapping], name: str, sheet: str | None) -> MappedFile | None:
    """What the first mapping says that speaks of this file and sheet.

    A key is a file name or a path inside the folder of the mapping, with `!sheet` where one sheet is meant; `*` is any
    text.
    """
    for mapping in mappings:
        if mapping.folder and not f"{name}/".startswith(f"{mapping.folder}/"):
            continue
        inside = name[len(mapping.folder) :].lstrip("/") if mapping.folder else name
        names = {_plain(one) for one in (name, inside, name.rsplit("/", 1)[-1])}
        if sheet is not None:
            names |= {f"{one}!{_plain(sheet)}" for one in names}
        for key, said in mapping.files.items():
            if any(fnmatchcase(one, _plain(key)) for one in names):
                return said
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
