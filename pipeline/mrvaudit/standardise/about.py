"""What is to be said of a whole submission: sheets and headers left aside, entities and units without particulars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from mrvaudit.ingest.headers import Lexicon, nearest
from mrvaudit.ingest.notices import Case, field_words, finding
from mrvaudit.ingest.sheets import remarks
from mrvaudit.standardise.batch import Intake, Left
from mrvaudit.standardise.columns import refusal, states
from mrvaudit.standardise.entities import Owners
from mrvaudit.standardise.layout import words_of

MOST_HEADERS = 8
# Why something was left aside: words for the sentence, and a severity where it is more than a remark.
WHY: dict[str, tuple[str, str, str | None]] = {
    "unknown": ("不在本表字段之列", "not a field of the table", None),
    "no_header": ("没有表头", "without a header", None),
    "second_column": ("与另一列指同一字段", "standing for a field that another column already gives", "minor"),
    "several_fields": ("可指多个字段", "standing for several fields", "minor"),
    "unclear": (
        "可指本表的字段，也可指本表之外的数据",
        "that may mean a field of the table or a figure that belongs elsewhere",
        "minor",
    ),
    "second_state": ("与其他列写明的状态不一致", "stating another state than the columns before", "minor"),
    "unit_unknown": ("单位无法识别", "carrying a unit that is not known", "minor"),
    "unit_does_not_fit": ("单位与字段不符", "carrying a unit that does not fit the field", "minor"),
    "before_after": (
        "为核查前后的值，本表不分阶段",
        "before and after verification, which this table does not tell apart",
        "minor",
    ),
    "year_to_date": (
        "为年初至本月的累计值，未按月值采用，也未作差",
        "of the year so far: not taken for the month, nor subtracted",
        "minor",
    ),
    "grows_like_year_to_date": (
        "逐月增长，像是年初至本月的累计值，未按月值采用；如为当月值，请在表头写明「当月」或用映射文件确认",
        "growing month by month like the year so far: not taken for the month; if it is the month's, write 当月 in the"
        " header or confirm it in a mapping file",
        "minor",
    ),
    "not_in_file": ("映射文件列出但表中没有", "named in the mapping file but not in the table", "minor"),
    "no_table": ("名称不是任何一张表，共 {count} 行", "its name is that of no table; {count} row(s)", None),
    "kind_not_read": ("这种文件不读取", "files of this kind are not read", None),
    "open_elsewhere": (
        "该文件正在其他程序中打开，已读取最后一次保存的内容",
        "it is open in another program; what was saved last was read",
        None,
    ),
    "unreadable": ("无法打开", "it cannot be opened", "minor"),
}
Seen = Mapping[int, tuple[str, int, int]]


def about_intake(intake: Intake, owners: Owners, unit_index: pl.DataFrame, seen: Seen) -> list[dict[str, Any]]:
    """Findings about files, headers, entities and units; `seen` gives a row (table, block, line) for each unit_key."""
    whole = [refusal.said(intake.sector, one, owners.by_group.get(one.group, "")) for one in intake.contradictions]
    whole += [states.said(intake.sector, one, owners.by_group.get(one.group, "")) for one in intake.unstated]
    spoken = ((_entity(intake, owners, one.group), one) for one in intake.remarks)
    whole += remarks.findings(intake.sector, spoken)
    return [*_left(intake, owners), *whole, *_named(intake, owners), *_units(intake, unit_index, seen)]


def _left(intake: Intake, owners: Owners) -> list[dict[str, Any]]:
    together: dict[tuple[str, str, str, str], list[Left]] = {}
    for one in intake.left:
        entity = _entity(intake, owners, one.group)
        # Files and sheets are named one by one, headers together for each entity and table.
        what = "" if one.table is not None and one.reason != "no_column" else one.what
        together.setdefault((entity, one.table or "", what, one.reason), []).append(one)
    return [
        _one_left(intake, entity, ones) for (entity, *_), ones in sorted(together.items(), key=lambda item: item[0])
    ]


def _one_left(intake: Intake, entity: str, ones: list[Left]) -> dict[str, Any]:
    first = ones[0]
    place = {"entity_id": entity, "_block": first.block, "_line": first.line}
    count = sum(one.count for one in ones)
    if first.table is None:
        zh, en, severity = WHY[first.reason]
        values: dict[str, object] = {
            "what": first.what,
            "reason_zh": zh.format(count=count),
            "reason_en": en.format(count=count),
        }
        return finding(
            intake.sector,
            Case("INT-OPEN" if first.reason == "open_elsewhere" else "INT-SHEET", first.reason, severity),
            values,
            table="",
            row_key=first.what,
            field=None,
            **place,
        )
    table = intake.sector.tables[first.table]
    if first.reason == "no_column":
        values = {**field_words(table, first.what), "count": count}
        case = Case("INT-ROW", "no_column")
        return finding(intake.sector, case, values, table=table.name, row_key="", field=first.what, **place)
    zh, en, severity = WHY[first.reason]
    headers = sorted({one.what for one in ones})
    shown = headers[:MOST_HEADERS]
    words, rest = words_of(table, intake.names, intake.sector), "…" if len(headers) > len(shown) else ""
    near = first.reason in ("unknown", "several_fields", "unclear")
    asked = [(one, nearest(one, words) if near else ()) for one in shown]
    values = {
        **field_words(table, None),
        "count": len(headers),
        "headers_zh": "、".join(_asked(one, names, words, "zh") for one, names in asked) + rest,
        "headers_en": ", ".join(_asked(one, names, words, "en") for one, names in asked) + rest,
        "reason_zh": zh,
        "reason_en": en,
    }
    case = Case("INT-HEADER", first.reason, severity)
    return finding(intake.sector, case, values, table=table.name, row_key="", field=None, **place)


def _asked(header: str, names: tuple[str, ...], words: Lexicon, lang: str) -> str:
    """The header, and the fields that it may mean: a mapping file settles which."""
    if not names:
        return header
    listed = "、".join(f"{words.fields[name].title.zh} {name}" for name in names)
    return f"{header}（近似：{listed}）" if lang == "zh" else f"{header} (perhaps {', '.join(names)})"


def _entity(intake: Intake, owners: Owners, key: str) -> str:
    group = intake.groups.get(key)
    return owners.by_group.get(group.number, "") if group is not None else ""


def _named(intake: Intake, owners: Owners) -> list[dict[str, Any]]:
    """Entities named after a folder or file although a units table was sent: it names none."""
    table = intake.sector.tables["units"]
    values = {**field_words(table, "entity_id"), "count": 0}
    return [
        finding(
            intake.sector,
            Case("INT-ENTITY", "named_after"),
            values,
            entity_id=owners.named_after[group.number],
            table="units",
            row_key="",
            field="entity_id",
        )
        for _, group in sorted(intake.groups.items())
        if group.has_units and group.number in owners.named_after
    ]


def _units(intake: Intake, unit_index: pl.DataFrame, seen: Seen) -> list[dict[str, Any]]:
    """Units that records speak of but the units table does not; where an entity sent no units table, that once."""
    table = intake.sector.tables["units"]
    stated = set(unit_index.filter(pl.col("_block").is_not_null())["entity_id"].to_list())
    findings, told = [], set()
    unknown = unit_index.filter(pl.col("_block").is_null()).select("unit_key", "entity_id", "unit_id")
    for key, entity, unit in unknown.sort("unit_key").iter_rows():
        name, block, line = seen.get(key, ("units", None, None))
        place = {"table": name, "_block": block, "_line": line, "entity_id": entity, "row_key": ""}
        values = {**field_words(table, "unit_id"), "unit": unit, "entity": entity}
        if entity in stated:
            case = Case("INT-UNIT", "not_listed")
            findings.append(finding(intake.sector, case, values, unit_id=unit, unit_key=key, field="unit_id", **place))
        elif entity and entity not in told:
            told.add(entity)
            findings.append(finding(intake.sector, Case("INT-NOUNITS", "no_units"), values, field="entity_id", **place))
    return findings
