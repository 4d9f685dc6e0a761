"""A sector: everything in its folder under rules/ and in the pack it extends, loaded and cross-checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mrvaudit import derived, formulas, parameters, plugins, rules, sql_words, tables
from mrvaudit.derived import View
from mrvaudit.errors import PackError
from mrvaudit.formulas import Formula
from mrvaudit.packfile import Entry, Name, Pack, Words, load
from mrvaudit.parameters import Parameter
from mrvaudit.paths import rules_dir
from mrvaudit.rules import Origin, Rule
from mrvaudit.tables import Also, Code, Table
from mrvaudit.units import Unit


class Totals(Entry):
    """Which view gives declared and recalculated tonnes.

    `restated` is the column that computes the declared result anew from the declared figures; `block` and `line` are
    the columns with the row that declares it. Scenario replay (effects) moves the declared result along with them.
    """

    view: Name
    declared: Name
    recalculated: Name
    restated: Name | None = None
    block: Name | None = None
    line: Name | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the view that are named here."""
        return tuple(filter(None, (self.declared, self.recalculated, self.restated, self.block, self.line)))


class Settings(Entry):
    """`sector.yaml` of a pack."""

    id: Name
    version: str
    title: Words
    extends: Name | None = None
    example_unit: dict[str, Any] = {}
    totals: Totals | None = None
    keep: list[Name] = []


class Notice(Entry):
    """Words of a finding that intake or the record contract makes."""

    id: str
    title: Words
    severity: rules.SeverityName
    nc_class: rules.NcClass = "data"
    message: Words
    ask: Words | None = None
    basis: str


@dataclass(frozen=True)
class PackId:
    """A pack as the manifest names it."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Sector:
    """A loaded sector; every mapping keeps the order of the files."""

    id: str
    version: str
    title: Words
    settings: Settings
    units: dict[str, Unit] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    codes: dict[str, dict[str, Code]] = field(default_factory=dict)
    also: dict[str, dict[str, Also]] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)
    functions: dict[str, Callable[..., float | None]] = field(default_factory=dict)
    views: tuple[View, ...] = ()
    own_views: frozenset[str] = frozenset()
    rules: dict[str, Rule] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: dict[tuple[str, str], Pack] = field(default_factory=dict)
    packs: tuple[PackId, ...] = ()
    extra: Path | None = None

    @property
    def macros(self) -> frozenset[str]:
        """Names a pack's SQL may call beside plain functions."""
        own = {name for formula in self.formulas for name in (formula, f"{formula}_printed")}
        return sql_words.MACROS | own | frozenset(self.functions)

    @property
    def active_rules(self) -> tuple[Rule, ...]:
        """Rules that run and whose findings count, in the order of their ids."""
        return tuple(self.rules[name] for name in sorted(self.rules) if self.rules[name].status in ("info", "stable"))

    def derived_context(self) -> derived.Context:
        """What the views were checked against; `derived.tree` takes it."""
        return derived.Context(self.units, self.tables, self.parameters, self.formulas, self.views, self.macros)


def load_sector(sector_id: str = "power", extra: Path | None = None, parameters_file: Path | None = None) -> Sector:
    """Load a shipped sector; `extra` is a folder of own packs: a sector of its own (with sector.yaml) or further rules.

    Values of `parameters_file` take the place of shipped ones for their keys and months. Raises PackError with file,
    line and column.
    """
    folders: list[tuple[Path, bool]] = []
    if extra is not None and (extra / "sector.yaml").is_file():
        folders = [(extra, True)]
        parent = _settings(extra, True).extends
        sector_id = parent or ""
    elif extra is not None:
        folders = [(extra, True)]
    while sector_id:
        folder = rules_dir() / sector_id
        if not (folder / "sector.yaml").is_file():
            raise PackError(f"rules/{sector_id}", "没有这个行业包", "there is no such sector pack")
        folders.insert(0, (folder, False))
        sector_id = _settings(folder, False).extends or ""
    digests = tuple(_digest(folder) for folder, _ in folders)
    sector = _build(folders, digests, extra) if extra is not None else _shipped(tuple(folders), digests)
    return sector if parameters_file is None else _with_parameters(sector, parameters_file)


def _with_parameters(sector: Sector, path: Path) -> Sector:
    pack = load(path, path.name)
    _refuse_strangers([pack])
    own = parameters.parse_parameters(pack)
    for name in own:
        shipped = sector.parameters.get(name)
        if shipped is None:
            raise pack.error(("parameters", name), "没有这个参数", "there is no such parameter to replace")
        if (shipped.unit, shipped.keys) != (own[name].unit, own[name].keys):
            raise pack.error(
                ("parameters", name),
                f"单位与键应为 {shipped.unit}、{list(shipped.keys)}",
                f"its unit is {shipped.unit} and its keys are {list(shipped.keys)}",
            )
    identity = PackId("parameters", path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    merged = {name: parameters.overlay(sector.parameters[name], one) for name, one in own.items()}
    return replace(sector, parameters=sector.parameters | merged, packs=(*sector.packs, identity))


def _label(path: Path, folder: Path, own: bool) -> str:
    inside = path.relative_to(folder).as_posix()
    return f"{folder.name}/{inside}" if own else f"rules/{folder.name}/{inside}"


def _settings(folder: Path, own: bool) -> Settings:
    pack = load(folder / "sector.yaml", _label(folder / "sector.yaml", folder, own))
    return pack.parse(Settings, pack.data, ())


@lru_cache(maxsize=4)
def _shipped(folders: tuple[tuple[Path, bool], ...], digests: tuple[str, ...]) -> Sector:
    """Shipped packs, read once in a process as long as their files stay the same."""
    return _build(folders, digests, None)


def _build(folders: Sequence[tuple[Path, bool]], digests: Sequence[str], extra: Path | None) -> Sector:
    settings = [_settings(folder, own) for folder, own in folders if (folder / "sector.yaml").is_file()]
    last = settings[-1]
    sector = Sector(last.id, last.version, last.title, last, extra=extra)
    for (folder, own), digest in zip(folders, digests, strict=True):
        paths = sorted(path for path in folder.rglob("*.yaml") if path.name != "sector.yaml")
        packs = [load(path, _label(path, folder, own)) for path in paths]
        _refuse_strangers(packs)
        _refuse_again(sector, packs)
        if not own:
            sector = replace(sector, functions=sector.functions | _functions(folder.name))
        sector = _add(sector, packs, own)
        own_settings = _settings(folder, own) if (folder / "sector.yaml").is_file() else None
        identity = PackId(
            own_settings.id if own_settings else folder.name,
            own_settings.version if own_settings else "own",
            digest,
        )
        sector = replace(sector, packs=(*sector.packs, identity))
    return sector


# Read by the part that uses them: the sector keeps what was written, file by file joined.
SECTIONS = ("report", "features", "allowance", "visit", "forms", "scales", "relations")
KINDS = (
    "units",
    "tables",
    "codes",
    "also",
    "parameters",
    "formulas",
    "views",
    "rules",
    "notices",
    *SECTIONS,
    "topic",
    "title",
)


def _refuse_strangers(packs: list[Pack]) -> None:
    for pack in packs:
        for key in pack.data:
            if key not in KINDS:
                raise pack.error(
                    (key,),
                    f"未知的内容 {key}",
                    f"{key} is not known here",
                    todo_zh=f"可用：{', '.join(KINDS)}",
                    todo_en="use one of these",
                )
            _refuse_shape(pack, key)


def _refuse_shape(pack: Pack, key: str) -> None:
    """A list where rules or views belong, else a mapping; and mappings inside where only those make sense."""
    value = pack.data[key]
    if key in ("topic", "title"):
        return
    if key in ("rules", "views"):
        if not isinstance(value, list | None):
            raise pack.error((key,), "应为列表", "a list belongs here")
        return
    if not isinstance(value, dict):
        raise pack.error((key,), "应为键值映射", "a mapping belongs here")
    for name, entry in value.items() if key not in SECTIONS else ():
        if not isinstance(entry, dict):
            raise pack.error((key, name), "应为键值映射", "a mapping belongs here")


def _refuse_again(sector: Sector, packs: list[Pack]) -> None:
    """A name is defined once: a second entry would silently take the place of the first."""
    for kind in ("units", "tables", "parameters", "formulas", "notices", "features", "scales", "relations"):
        taken = set(sector.sections.get(kind, {}) if kind in SECTIONS else getattr(sector, kind))
        for pack in packs:
            for name, entry in pack.data.get(kind, {}).items():
                if kind == "tables" and entry.get("extends"):
                    continue
                if name in taken:
                    raise pack.error((kind, name), f"名称重复：{name}", f"the name {name} is used twice")
                taken.add(name)


def _add(sector: Sector, packs: list[Pack], own: bool) -> Sector:
    """The sector with the packs of one folder added, kind by kind, so that files may refer to each other."""
    units, codes, also = dict(sector.units), {k: dict(v) for k, v in sector.codes.items()}, dict(sector.also)
    for pack in packs:
        for name, raw in pack.data.get("units", {}).items():
            units[name] = pack.parse(Unit, raw, ("units", name))
        for listing, entries in tables.parse_codes(pack).items():
            codes[listing] = codes.get(listing, {}) | entries
        for listing, spellings in tables.parse_also(pack).items():
            also[listing] = also.get(listing, {}) | spellings
    found_tables, found_parameters = dict(sector.tables), dict(sector.parameters)
    notices, sections, written = dict(sector.notices), dict(sector.sections), dict(sector.written)
    for pack in packs:
        found_tables |= tables.parse_tables(pack, found_tables)
        found_parameters |= parameters.parse_parameters(pack)
        for name in SECTIONS:
            sections[name] = sections.get(name, {}) | pack.data.get(name, {})
            written |= {(name, key): pack for key in pack.data.get(name, {})}
        for name, raw in pack.data.get("notices", {}).items():
            notices[name] = pack.parse(Notice, {**raw, "id": name}, ("notices", name))
    sector = replace(
        sector,
        units=units,
        codes=codes,
        also=also,
        tables=found_tables,
        parameters=found_parameters,
        notices=notices,
        sections=sections,
        written=written,
    )
    return _add_rules(_add_derived(sector, packs, own), packs, own)


def _functions(pack_id: str) -> dict[str, Callable[..., float | None]]:
    """Functions that shipped Python adds to the SQL of a shipped pack: only installed code may name any."""
    package = f"mrvaudit.sectors.{pack_id}"
    if find_spec(package) is None:
        return {}
    return {name: one for module in plugins.load(package, ("FUNCTIONS",)) for name, one in module.FUNCTIONS.items()}


def _add_derived(sector: Sector, packs: list[Pack], own: bool) -> Sector:
    found = dict(sector.formulas)
    context = formulas.Context(sector.units, sector.parameters, frozenset(sector.functions))
    for pack in packs:
        found |= formulas.parse_formulas(pack, context)
    sector = replace(sector, formulas=found)
    for pack in packs:
        views = derived.parse_views(pack, sector.derived_context())
        theirs = sector.own_views | {view.view for view in views} if own else sector.own_views
        sector = replace(sector, views=(*sector.views, *views), own_views=theirs)
    return sector


def _add_rules(sector: Sector, packs: list[Pack], own: bool) -> Sector:
    context = rules.Context(
        sector.tables, frozenset(view.view for view in sector.views), frozenset(sector.parameters), sector.macros
    )
    found, origins = dict(sector.rules), dict(sector.origins)
    for pack in packs:
        for name, (rule, origin) in rules.parse_rules(pack, context, own).items():
            if name in found:
                raise origin.error("id", f"规则编号重复：{name}", f"the rule id {name} is used twice")
            found[name], origins[name] = rule, origin
    return replace(sector, rules=found, origins=origins)


def _digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of the folder's YAML files, in order."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
