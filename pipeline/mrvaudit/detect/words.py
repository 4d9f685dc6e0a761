"""What a detector says: that a figure is rare among peers, by how much, and what they have; never what it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import polars as pl

from mrvaudit.checks import findings as found
from mrvaudit.checks.words import number
from mrvaudit.detect import evidence
from mrvaudit.detect.peers import Group
from mrvaudit.features import Feature
from mrvaudit.model import FINDING_INTERNAL, FINDINGS, Work
from mrvaudit.packfile import Words
from mrvaudit.sector import Sector

UNITS = {
    "1": ("", ""),
    "%": ("%", " %"),
    "point": (" 个百分点", " points"),
    "days": (" 天", " days"),
    "count": ("", ""),
}
BASIS = "统计方法，非法规依据（docs/method.md） / statistics, no clause of law (docs/method.md)"
Reason = dict[str, Any]
Judged = tuple[Group, pl.DataFrame, dict[int, list[Reason]]]


def reasons(group: Group, scored: pl.DataFrame) -> dict[int, list[Reason]]:
    """Per flagged row its features: {feature, value, low, high, unit} and, as z and share, how far out it lies."""
    features = {one.id: one for one in group.features}
    rare = scored.filter("flagged")
    if rare.is_empty():
        return {}
    flagged = rare.explode("moved").rename({"moved": "feature"}).with_row_index("place")
    lines = flagged.join(group.standing_of(rare["row"]), on=["row", "feature"], how="inner").sort("place")
    told: dict[int, list[Reason]] = {}
    for line in lines.iter_rows(named=True):
        feature = features[line["feature"]]
        told.setdefault(line["row"], []).append(
            {
                "feature": feature.id,
                "value": _shown(line["value"], feature),
                "low": _shown(line["low"], feature),
                "high": _shown(line["high"], feature),
                "middle": _shown(line["middle"], feature),
                "unit": feature.unit,
                "z": round(line["z"], 2),
                "share": round(line["share"], 6),
                "others": line["others"],
            }
        )
    return told


def _shown(value: float, feature: Feature) -> float:
    return round(value, feature.decimals) + 0.0


def findings(
    sector: Sector, work: Work, partitions: int, module: ModuleType, judged: Sequence[Judged]
) -> Iterator[dict[str, Any]]:
    """Findings of one detector: one per unit's month, or where it judges single features one per unit and feature."""
    made: list[tuple[dict[str, Any], Feature | None]] = []
    for group, scored, told in judged:
        months = group.rows.filter(pl.col("row").is_in(list(told))).sort("row")
        note = crowd(group, months)
        keys = months.select("row", "unit_key", "entity_id", "unit_id", "month").to_dicts()
        if getattr(module, "SINGLE", False):
            made += _by_feature(module, group, keys, told, note)
        else:
            scores = dict(scored.select("row", "score").iter_rows())
            made += [(_of_month(module, group, key, told[key["row"]], scores[key["row"]], note), None) for key in keys]
    asked = [(one.subject, (row["unit_key"], row["month"])) for row, one in made if one is not None and one.subject]
    places = evidence.records(sector, work, partitions, asked)
    for row, feature in made:
        if feature is not None and feature.subject is not None:
            subject = feature.subject
            row |= {"table": subject.table, "field": subject.field}
            row["data_code"] = sector.tables[subject.table].fields[subject.field].data_code
            row |= places.get((subject.table, (row["unit_key"], row["month"])), {})
        row["finding_id"] = found.finding_id(row)
        yield row


def crowd(group: Group, flagged: pl.DataFrame) -> Words:
    """A flag on too many units of a group says so."""
    marked, units = flagged["unit_key"].n_unique(), group.rows["unit_key"].n_unique()
    if marked <= 1 or marked <= group.limits["crowd"] * units:
        return Words(zh="", en="")
    return Words(
        zh=f"同组 {units} 台机组中有 {marked} 台被标出，所占较多，宜先看同组是否可比。",
        en=f" {marked} of the {units} units of the group are flagged, which is many: are they comparable at all?",
    )


def _peers(group: Group) -> Words:
    n, entities = number(float(group.rows.height), 0), group.rows["entity_id"].n_unique()
    return Words(
        zh=f"同组（{group.title.zh}；{entities} 家企业 {n} 个机组月）",
        en=f"its group ({group.title.en}; {n} months of units of {entities} entities)",
    )


def _of_month(
    module: ModuleType, group: Group, key: dict[str, Any], told: list[Reason], score: float, note: Words
) -> dict[str, Any]:
    peers, month = _peers(group), f"{key['month']:%Y-%m}"
    features = {one.id: one for one in group.features}
    zh = "；".join(_in_words(one, features[one["feature"]]).zh for one in told)
    en = "; ".join(_in_words(one, features[one["feature"]]).en for one in told)
    inside = all(one["low"] <= one["value"] <= one["high"] for one in told)
    alone_zh = "各值单独都在同组常见范围内，少见的是其组合。" if inside else ""
    alone_en = " Each lies in the usual range; it is their combination that is rare." if inside else ""
    message = Words(
        zh=f"{month}：特征组合在{peers.zh}中少见，得分 {score:.2f}（0.5 为寻常）。"
        f"最突出的是{zh}。{alone_zh}{note.zh}本身不说明差错。",
        en=f"{month}: the combination of features is rare in {peers.en}, score {score:.2f} (0.5 is ordinary). "
        f"Most telling: {en}.{alone_en}{note.en} By itself this shows no fault.",
    )
    figures = {"observed": score, "expected": None, "tolerance": None, "unit_of_measure": "1"}
    return _finding(module, key, "rare", message, _ask(month, [features[one["feature"]] for one in told]), figures)


def _in_words(one: Reason, feature: Feature) -> Words:
    zh_unit, en_unit = UNITS.get(feature.unit, (f" {feature.unit}", f" {feature.unit}"))
    value, low, high = (number(one[name], feature.decimals) for name in ("value", "low", "high"))
    return Words(
        zh=f"{feature.title.zh} {value}{zh_unit}（同组九成在 {low} 至 {high}）",
        en=f"{feature.title.en} {value}{en_unit} (nine in ten of the group: {low} to {high})",
    )


def _by_feature(
    module: ModuleType,
    group: Group,
    keys: list[dict[str, Any]],
    told: dict[int, list[Reason]],
    note: Words,
) -> Iterator[tuple[dict[str, Any], Feature]]:
    features = {one.id: one for one in group.features}
    series: dict[tuple[int, str, str], list[tuple[dict[str, Any], Reason]]] = {}
    for key in keys:
        for reason in told[key["row"]]:
            side = "high" if reason["z"] > 0 else "low"
            series.setdefault((key["unit_key"], reason["feature"], side), []).append((key, reason))
    for (_, name, side), lines in series.items():
        feature = features[name]
        key, most = max(lines, key=lambda line: abs(line[1]["z"]))
        peers, line = _peers(group), _in_words(most, feature)
        month, others = f"{key['month']:%Y-%m}", len(lines) - 1
        reach = number(most["share"] * most["others"], 0)
        other_zh = f"另有 {others} 个月相同情形。" if others else ""
        other_en = f" {others} more months are alike." if others else ""
        message = Words(
            zh=f"{month}：{line.zh}，在{peers.zh}中少见：其他企业 {most['others']} 个值中有 {reach} 个同样远，"
            f"稳健偏离 {number(most['z'], 1)}。{other_zh}{note.zh}本身不说明差错。",
            en=f"{month}: {line.en}, rare in {peers.en}: {reach} of {most['others']} values of others lie as far out, "
            f"robust distance {number(most['z'], 1)}.{other_en}{note.en} By itself this shows no fault.",
        )
        figures = {
            "observed": most["value"], "expected": most["middle"], "tolerance": None, "unit_of_measure": feature.unit,
        }  # fmt: skip
        yield _finding(module, key, f"{name}.{side}", message, _ask(month, [feature]), figures), feature


def _ask(month: str, features: Sequence[Feature]) -> Words:
    own = [one.ask for one in features if one.ask is not None]
    if own:
        return own[0]
    zh, en = ("、".join(one.title.zh for one in features), "; ".join(one.title.en for one in features))
    return Words(
        zh=f"请说明 {month} 的{zh}与同类机组不同的原因，并提供当月原始记录。",
        en=f"Explain why these differ from like units in {month}, with the month's raw records: {en}.",
    )


def _finding(
    module: ModuleType, key: dict[str, Any], result: str, message: Words, ask: Words, figures: dict[str, Any]
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys((*FINDINGS, *FINDING_INTERNAL))
    row |= {
        "rule_id": module.ID, "result": result, "severity": "info", "integrity_signal": "none", "nc_class": "data",
        "entity_id": key["entity_id"], "unit_id": key["unit_id"], "unit_key": key["unit_key"], "month": key["month"],
        "message_zh": message.zh, "message_en": message.en, "ask_zh": ask.zh, "ask_en": ask.en, "basis": BASIS,
        "status": "open", **figures,
    }  # fmt: skip
    return row
