"""Which files a submission consists of, in an order that no file system decides."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import ModuleType

from mrvaudit import plugins
from mrvaudit.errors import InputError, NothingError, UsageError
from mrvaudit.ingest import apart
from mrvaudit.ingest.block import Block

# The folder that files given one by one count to starts with this mark, which no folder's name holds.
SINGLE = "*"
MAPPING_NAMES = ("mapping.yaml", "mapping.yml")
# Papers that accompany data, the truth beside a made-up fleet, and what operating systems leave behind.
PAPER_SUFFIXES = (".md", ".txt", ".rst", ".log", ".sha256")
PAPER_STARTS = ("readme", "license", "licence", ".", "~$")
PAPER_STEMS = ("notice", "changelog", "thumbs", "desktop", "expected-findings")


@dataclass(frozen=True)
class Found:
    """One file of a submission.

    `name` is its path relative to the INPUT, starting with the INPUT's own name; `folder` the folder it counts to
    (files given one by one count to the folder they lie in). `kind` is its suffix, `mapping`, or `unknown`.
    """

    path: Path
    name: str
    folder: str
    kind: str

    @property
    def is_data(self) -> bool:
        """Whether a reader takes it."""
        return self.kind not in ("mapping", "unknown")


def readers() -> dict[str, ModuleType]:
    """The reader of each suffix, in lower case with its dot; own readers come by the entry point `mrvaudit.readers`."""
    modules = plugins.load("mrvaudit.ingest", ("SUFFIXES", "read"), "mrvaudit.readers")
    return {suffix.lower(): module for module in modules for suffix in module.SUFFIXES}


def discover(paths: list[Path]) -> list[Found]:
    """Every file of the INPUTs that is data, a mapping, or of unknown kind, sorted by name.

    Raises UsageError for a path that does not exist, NothingError where no file can be read.
    """
    known = readers()
    paths = list({path.resolve(): path for path in reversed(paths)}.values())[::-1]
    found: dict[Path, Found] = {}
    folders: dict[Path, str] = {}
    for path, shown in zip(paths, _names(paths), strict=True):
        if not path.exists():
            raise UsageError(str(path), "路径不存在", "there is no such file or folder")
        for one in _folder(path, shown, known) if path.is_dir() else _file(path, shown, known, folders):
            found.setdefault(one.path.resolve(), one)
    ordered = sorted(found.values(), key=lambda one: one.name)
    if not any(one.is_data for one in ordered):
        raise NothingError(
            ", ".join(str(path) for path in paths),
            "没有可以读取的数据文件",
            "there is no data file to read",
            todo_zh=f"可读取：{'、'.join(sorted(known))}",
            todo_en=f"readable: {', '.join(sorted(known))}",
        )
    return ordered


def read(found: Found, known: Mapping[str, ModuleType] | None = None) -> list[Block]:
    """The blocks of one file; InputError where it cannot be read. `known` are the readers, looked up once."""
    module = (known or readers())[found.kind]
    try:
        # A module says APART where a file of its kind may ask for any amount of memory.
        blocks: list[Block] = apart.read(module, found.path) if _is_apart(module) else module.read(found.path)
    except InputError as fault:
        raise InputError(
            found.name, fault.zh, fault.en, read=fault.read, todo_zh=fault.todo_zh, todo_en=fault.todo_en
        ) from None
    except OSError as fault:
        raise cannot_open(found.name, fault) from None
    return blocks


def cannot_open(name: str, fault: OSError) -> InputError:
    """What is said of a file that the system does not hand over."""
    read = fault.strerror or str(fault)
    if isinstance(fault, PermissionError):
        return InputError(
            name,
            "无法打开：正被其他程序打开，或没有读取权限",
            "cannot be opened: another program has it open, or reading it is not permitted",
            read=read,
            todo_zh="请在 Excel 或 WPS 中关闭该文件，或检查权限，再运行一次",
            todo_en="close it in the other program, or check its permissions, and run again",
        )
    return InputError(
        name,
        "无法打开",
        "cannot be opened",
        read=read,
        todo_zh="请确认文件仍在原处、可以读取，再运行一次",
        todo_en="make sure that it is still there and readable, and run again",
    )


def is_open_elsewhere(path: Path) -> bool:
    """Whether a spreadsheet program has left its mark beside a file: it is open there, perhaps with unsaved changes."""
    marks = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#", f".~{path.name}")
    return any((path.parent / mark).exists() for mark in marks)


def _is_apart(module: ModuleType) -> bool:
    return bool(getattr(module, "APART", False))


def sha256(path: Path) -> str:
    """SHA-256 of the bytes as they lie there."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _names(paths: list[Path]) -> list[str]:
    """The name each INPUT goes by: its own, with as many parents as it takes to tell them apart."""
    absolute = [path.absolute() for path in paths]
    names = [_clean(path.name or "input") for path in absolute]
    for depth in range(2, 6):
        counts = Counter(names)
        names = [
            name if counts[name] == 1 else _clean("/".join(path.parts[-depth:]).strip("/"))
            for name, path in zip(names, absolute, strict=True)
        ]
    return names


def _clean(name: str) -> str:
    """A name that can be written as UTF-8, whatever bytes the file system holds."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _file(path: Path, shown: str, known: dict[str, ModuleType], folders: dict[Path, str]) -> list[Found]:
    parent = path.resolve().parent
    if parent not in folders:
        taken, plain = set(folders.values()), f"{SINGLE}/{_clean(parent.name)}"
        folders[parent] = plain if plain not in taken else f"{plain}~{len(folders)}"
    mappings = [
        Found(parent / name, name, folders[parent], "mapping") for name in MAPPING_NAMES if (parent / name).is_file()
    ]
    kind = _kind(path.name, known)
    return [Found(path, shown, folders[parent], "unknown" if kind is None else kind), *mappings]


def _folder(root: Path, shown: str, known: dict[str, ModuleType]) -> list[Found]:
    found = []
    for base, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        for name in names:
            kind, path = _kind(name, known), Path(base) / name
            if kind is None:
                continue
            inside = PurePosixPath(shown, *(_clean(part) for part in path.relative_to(root).parts))
            one = Found(path, str(inside), str(inside.parent), kind)
            # A link may not fetch a file from outside the submission.
            outside = path.is_symlink() and not path.resolve().is_relative_to(root.resolve())
            found.append(replace(one, kind="unknown") if outside else one)
    return found


def _kind(name: str, known: dict[str, ModuleType]) -> str | None:
    """The suffix a reader takes, `mapping`, `unknown`; None for papers and leftovers, which are no data."""
    lower = name.lower()
    stem, suffix = PurePosixPath(lower).stem, PurePosixPath(lower).suffix
    if lower in MAPPING_NAMES:
        return "mapping"
    if lower.startswith(PAPER_STARTS) or suffix in PAPER_SUFFIXES or stem in PAPER_STEMS:
        return None
    return suffix if suffix in known else "unknown"
