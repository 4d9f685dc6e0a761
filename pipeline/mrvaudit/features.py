"""Evidence features: figures that a unit's month is compared by, named in the pack, computed from one derived view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

import duckdb
import polars as pl
from pydantic import Field, PositiveFloat

from mrvaudit import macros, sql, store
from mrvaudit.errors import PackError
from mrvaudit.ingest.frames import schema
from mrvaudit.model import Work
from mrvaudit.packfile import Entry, Name, Pack, Words
from mrvaudit.sector import Sector

SECTION = "features"
SETTINGS = "settings"
Role = Literal["level", "relation", "change", "repeat", "time", "hits"]
KEYS = {"unit_key": "i32", "month": "date", "entity_id": "str", "unit_id": "str", "compared": "bool"}
HITS = "rule_hits"


class GroupColumn(Entry):
    """A column that divides units into peers; its values are codes of a list, or have their words here."""

    title: Words
    codes: Name | None = None
    words: dict[str, Words] = {}


class Level(Entry):
    """Peers by these columns; `roles` leaves only features that units so different can be compared by."""

    by: tuple[Name, ...]
    roles: tuple[Role, ...] = ()


class Settings(Entry):
    """Where the features come from, and who is compared with whom: the first level with enough rows counts."""

    view: Name
    compared: Name
    groups: dict[Name, GroupColumn]
    levels: tuple[Level, ...] = Field(min_length=1)


class Subject(Entry):
    """The record that a feature speaks of."""

    table: Name
    field: Name


class Feature(Entry):
    """One figure of a unit's month.

    `value` is SQL over the columns of the view and `rule_hits`; left out, the column of the feature's own name. `step`
    is the smallest difference that means anything: rounding, repeatability, cut-off. `unusual` is the side looked at.
    """

    id: Name
    title: Words
    unit: str
    value: str | None = None
    role: Role
    unusual: Literal["high", "low", "both"] = "both"
    step: PositiveFloat
    decimals: int = Field(default=2, ge=0, le=9)
    subject: Subject | None = None
    why: Words
    ask: Words | None = None


@dataclass(frozen=True)
class Features:
    """The features of a sector and its settings."""

    settings: Settings
    features: dict[str, Feature]
    packs: Mapping[str, Pack]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the features, in the order of the pack."""
        return tuple(self.features)

    def of_roles(self, roles: Sequence[str]) -> tuple[Feature, ...]:
        """Features of these roles; of all where none is named."""
        return tuple(one for one in self.features.values() if not roles or one.role in roles)

    def error(self, key: str, place: tuple[str | int, ...], zh: str, en: str) -> PackError:
        """An error at an entry of the section, with file, line and column."""
        return self.packs[key].error((SECTION, key, *place), zh, en, todo_zh="请改正", todo_en="mend it")


def load(sector: Sector) -> Features | None:
    """The features that the packs name, None where they name none; PackError at the entry that does not fit."""
    section = sector.sections.get(SECTION, {})
    if not section:
        return None
    packs = {key: sector.written[SECTION, key] for key in section}
    first = next(iter(packs.values()))
    if SETTINGS not in section:
        raise first.error((SECTION,), "缺少 settings", "settings is missing")
    settings = packs[SETTINGS].parse(Settings, section[SETTINGS], (SECTION, SETTINGS))
    features = {}
    for name, raw in section.items():
        if name != SETTINGS:
            entry = {**raw, "id": name} if isinstance(raw, dict) else raw
            features[name] = packs[name].parse(Feature, entry, (SECTION, name))
    found = Features(settings, features, packs)
    _check(sector, found)
    return found


def _check(sector: Sector, found: Features) -> None:
    settings = found.settings
    for name, group in settings.groups.items():
        if group.codes is not None and group.codes not in sector.codes:
            raise found.error(
                SETTINGS, ("groups", name), f"没有代码表 {group.codes}", f"there is no code list {group.codes}"
            )
    for index, level in enumerate(settings.levels):
        for name in level.by:
            if name not in settings.groups:
                raise found.error(
                    SETTINGS, ("levels", index), f"groups 中没有 {name}", f"groups does not describe {name}"
                )
    for name, feature in found.features.items():
        if feature.unit not in sector.units:
            raise found.error(name, ("unit",), f"没有单位 {feature.unit}", f"there is no unit {feature.unit}")
        subject = feature.subject
        fields = sector.tables[subject.table].fields if subject and subject.table in sector.tables else {}
        if subject is not None and subject.field not in fields:
            where = f"{subject.table}.{subject.field}"
            raise found.error(name, ("subject",), f"没有字段 {where}", f"there is no field {where}")
        try:
            parameters = sql.expression(feature.value or name, sector.macros).parameters
        except sql.SqlFault as fault:
            raise found.error(name, ("value",), fault.zh, fault.en) from None
        for parameter in sorted(parameters - set(sector.parameters)):
            raise found.error(name, ("value",), f"没有参数 {parameter}", f"there is no parameter {parameter}")


def bind(con: duckdb.DuckDBPyConnection, sector: Sector, found: Features | None) -> None:
    """PackError for the first column or expression that the sector's views do not have; `con` holds them, empty."""
    if found is None:
        return
    settings = found.settings
    if settings.view not in {view.view for view in sector.views}:
        raise found.error(SETTINGS, ("view",), f"没有视图 {settings.view}", f"there is no view {settings.view}")
    known = {row[0]: str(row[1]) for row in con.execute(f'DESCRIBE "{settings.view}"').fetchall()}
    needed = (settings.compared, *settings.groups, "unit_key", "month", "entity_id", "unit_id")
    for name in needed:
        if name not in known:
            raise found.error(
                SETTINGS, (), f"视图 {settings.view} 没有列 {name}", f"the view {settings.view} has no column {name}"
            )
    for name, feature in found.features.items():
        text = _expression(sector, feature)
        try:
            reply = con.execute(
                f'SELECT typeof(({text})::DOUBLE) FROM (SELECT *, 0::DOUBLE AS {HITS} FROM "{settings.view}")'
            )
            reply.fetchall()
        except duckdb.Error as fault:
            line = " ".join(str(fault).split())[:240]
            place = ("value",) if feature.value else ()
            raise found.error(name, place, f"无法取值：{line}", f"it cannot be computed: {line}") from None


def _expression(sector: Sector, feature: Feature) -> str:
    return sql.expression(feature.value or feature.id, sector.macros).text


def frame(
    sector: Sector,
    found: Features,
    work: Work,
    partitions: Sequence[int],
    hits: pl.DataFrame | None,
    as_of: date,
    memory: str,
) -> pl.DataFrame:
    """One row per unit and month, in that order: keys, groups as text, features as f64, unknown as null.

    `hits` has unit_key, month and rule_hits; None where no rules were run, and the count is then unknown.
    """
    con = store.connect(memory, work.file("spill"))
    try:
        query = _query(sector, found, hits is not None)
        macros.install(con, sector, as_of, [query])
        files = [work.part(work.m(found.settings.view), part) for part in partitions]
        counted = _leave_hits(work, hits)
        store.attach(con, "feature_rows", files)
        store.attach(con, "feature_hits", [counted])
        store.cage(con, [*files, counted])
        rows = pl.DataFrame(con.sql(query).to_arrow_table())
    finally:
        con.close()
    finite = [pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in found.columns]
    kinds = [pl.col(name).cast(kind) for name, kind in schema(KEYS).items()]
    return rows.select(*kinds, *found.settings.groups, *finite).sort("unit_key", "month")


def _query(sector: Sector, found: Features, counted: bool) -> str:
    settings = found.settings
    groups = [f'"{name}"::VARCHAR AS "{name}"' for name in settings.groups]
    values = [f'({_expression(sector, one)})::DOUBLE AS "{name}"' for name, one in found.features.items()]
    hits = "coalesce(h.rule_hits, 0)::DOUBLE" if counted else "NULL::DOUBLE"
    keys = f"unit_key, month, entity_id, unit_id, ({settings.compared}) IS TRUE AS compared"
    return (
        f"SELECT {', '.join([keys, *groups, *values])} FROM (SELECT v.*, {hits} AS {HITS} FROM feature_rows v"
        " LEFT JOIN feature_hits h ON h.unit_key = v.unit_key AND h.month = v.month)"
    )


def _leave_hits(work: Work, hits: pl.DataFrame | None) -> Any:
    """Global features lie in `g/`: here the rules' hits of a unit's month."""
    empty = {"unit_key": "i32", "month": "date", HITS: "i64"}
    rows = hits if hits is not None else store.empty(empty)
    work.file("g").mkdir(exist_ok=True)
    path = work.file("g") / f"{HITS}.parquet"
    rows.select(pl.col(name).cast(kind) for name, kind in schema(empty).items()).write_parquet(path)
    return path
