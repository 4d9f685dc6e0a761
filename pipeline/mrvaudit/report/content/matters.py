"""Findings as a reader takes them in: records of one rule form a matter, what follows from it folds under it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mrvaudit.detect.run import detectors
from mrvaudit.model import SEVERITIES
from mrvaudit.report import formats
from mrvaudit.report.data import Row
from mrvaudit.report.formats import Pair, known

if TYPE_CHECKING:
    from mrvaudit.packfile import Words
    from mrvaudit.report.context import Run
    from mrvaudit.rules import Rule

Record = dict[str, Any]
COPIED = (
    "finding_id", "rule_id", "severity", "nc_class", "data_code", "table", "row_key", "field", "observed", "expected",
    "tolerance", "unit_of_measure", "impact_tco2", "impact_kind", "cause_id", "basis", "status",
)  # fmt: skip


def records(run: Run, rows: Sequence[Row]) -> list[Record]:
    """Findings as plain mappings: words paired, the cell with the text that stood in it."""
    return [_record(run, row) for row in rows]


def _record(run: Run, row: Row) -> Record:
    place = tuple(row.get(name) for name in ("source_file", "source_sheet", "source_row", "table", "field"))
    ask = {"zh": row["ask_zh"], "en": row["ask_en"] or row["ask_zh"]} if row.get("ask_zh") else None
    return {
        **{name: row.get(name) if known(row.get(name)) else None for name in COPIED},
        "month": str(row["month"])[:7] if row.get("month") is not None else None,
        "plant_level": row.get("unit_id") is None,
        "cell": {
            "file": row.get("source_file"),
            "sheet": row.get("source_sheet"),
            "row": row.get("source_row"),
            "cell": row.get("source_cell"),
            "text": run.texts.get(place),  # type: ignore[arg-type]
        },
        "related": json.loads(row["related"]) if row.get("related") else [],
        "message": {"zh": row.get("message_zh") or "", "en": row.get("message_en") or row.get("message_zh") or ""},
        "ask": ask,
        "integrity_signal": row.get("integrity_signal"),
        "answer": _answer(run, row["finding_id"]),
    }


def _answer(run: Run, finding_id: str) -> Record | None:
    """What the enterprise and the verifier said of a finding, where it still holds; None without an answer."""
    given = run.answers.get(finding_id)
    if given is None:
        return None
    names = ("status", "cause", "answer", "corrected_value", "evidence", "author", "date", "opinion")
    last = [step for step in given.steps if step.status in ("verified", "closed")][-1:]
    return {**{name: getattr(given, name) for name in names}, "verified_by": last[0].by if last else None}


def matters(run: Run, found: Sequence[Record]) -> list[Record]:
    """Groups of findings, gravest and largest first; each lists its findings and what follows from them by id."""
    by_id = {record["finding_id"]: record for record in found}
    groups: dict[tuple[Any, ...], list[Record]] = {}
    followers: dict[str, list[Record]] = {}
    for record in found:
        root = _root(record, by_id)
        if root is not record:
            followers.setdefault(root["finding_id"], []).append(record)
        else:
            kind = record["impact_kind"] if known(record["impact_tco2"]) else None
            groups.setdefault((record["rule_id"], record["severity"], kind, record["plant_level"]), []).append(record)
    made = [_matter(run, group, followers) for group in groups.values()]
    made.sort(key=_weight)
    for number, matter in enumerate(made, 1):
        matter["number"] = number
    return made


def _root(record: Record, by_id: Mapping[str, Record]) -> Record:
    """The finding at the head of a chain of causes within this report; of a loop each is its own head."""
    head, seen = record, {record["finding_id"]}
    while head["cause_id"] in by_id:
        if head["cause_id"] in seen:
            return record
        head = by_id[head["cause_id"]]
        seen.add(head["finding_id"])
    return head


def _weight(matter: Record) -> tuple[Any, ...]:
    size = abs(matter["impact_tco2"] or 0.0)
    return (
        SEVERITIES.index(matter["severity"]),
        matter["impact_kind"] not in ("recalculated", None),
        -size,
        matter["rule_id"],
        matter["plant_level"],
        matter["finding_ids"][0],
    )


def _matter(run: Run, group: Sequence[Record], followers: Mapping[str, Sequence[Record]]) -> Record:
    first = group[0]
    rule = run.rule(first["rule_id"])
    largest = max(group, key=lambda one: (abs(one["impact_tco2"] or 0.0), one["finding_id"]))
    impacts = [one["impact_tco2"] for one in group if known(one["impact_tco2"]) and one["cause_id"] is None]
    months = sorted({one["month"] for one in group if one["month"]})
    return {
        "number": 0,
        "rule_id": first["rule_id"],
        "title": run.title(first["rule_id"]),
        "topic": run.topic(first["rule_id"]),
        "severity": first["severity"],
        "nc_class": first["nc_class"],
        "plant_level": first["plant_level"],
        "tables": sorted({one["table"] for one in group if one["table"]}),
        "data_codes": sorted({one["data_code"] for one in group if one["data_code"]}),
        "months": months,
        "months_text": formats.months(months) if months else None,
        "impact_tco2": round(sum(impacts), 8) if impacts else None,
        "impact_kind": first["impact_kind"] if impacts else None,
        "message": largest["message"],
        "message_of": largest["finding_id"],
        "basis": _basis(rule, group),
        "ask": _pairs(one["ask"] for one in group if one["ask"]),
        "remedy": rule.remedy.model_dump() if rule else None,
        "may_also_be": [words.model_dump() for words in _innocent(rule, first["rule_id"])],
        "finding_ids": [one["finding_id"] for one in group],
        "follows": _follows(run, [one for record in group for one in followers.get(record["finding_id"], ())]),
    }


def _innocent(rule: Rule | None, rule_id: str) -> Sequence[Words]:
    """Honest causes that a rule or a detector states for itself."""
    if rule is not None:
        return rule.false_positives
    detector = detectors().get(rule_id)
    return detector.FALSE_FLAGS if detector else ()


def _follows(run: Run, records: Sequence[Record]) -> list[Record]:
    by_rule: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        by_rule.setdefault((record["rule_id"], record["severity"]), []).append(record)
    ordered = sorted(by_rule.items(), key=lambda pair: (SEVERITIES.index(pair[0][1]), pair[0][0]))
    return [
        {
            "rule_id": rule_id,
            "severity": severity,
            "title": run.title(rule_id),
            "message": group[0]["message"],
            "finding_ids": [one["finding_id"] for one in group],
        }
        for (rule_id, severity), group in ordered
    ]


def _basis(rule: Rule | None, group: Sequence[Record]) -> list[Record]:
    """What the matter rests on, each part in both languages with its mark; of intake and contract, the text alone."""
    if rule is not None:
        return [{**one.words.model_dump(), "mark": one.mark} for one in rule.basis]
    texts = dict.fromkeys(one["basis"] for one in group if one["basis"])
    return [{**_halves(text), "mark": None} for text in texts]


def _halves(text: str) -> Pair:
    """`中文 / English` in its two languages."""
    zh, parted, en = text.partition(" / ")
    return {"zh": zh, "en": en if parted else zh}


def _pairs(values: Any) -> list[Pair]:
    return list({(one["zh"], one["en"]): one for one in values}.values())


def counts(found: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How many findings of each severity, and how many of them follow from another one in this report."""
    ids = {record["finding_id"] for record in found}
    return {
        severity: {
            "findings": sum(one["severity"] == severity for one in found),
            "follow": sum(one["severity"] == severity and one["cause_id"] in ids for one in found),
        }
        for severity in SEVERITIES
    }


def about_months(made: Sequence[Record], found: Sequence[Record]) -> dict[str, list[Pair]]:
    """What the findings with tonnes of each month are about, in short words."""
    by_id = {record["finding_id"]: record for record in found}
    about: dict[str, list[Pair]] = {}
    for matter in made:
        words = matter["topic"] or {"zh": matter["rule_id"], "en": matter["rule_id"]}
        for record in (by_id[one] for one in matter["finding_ids"]):
            shown = about.setdefault(record["month"], []) if record["month"] and record["impact_tco2"] else None
            if shown is not None and words not in shown:
                shown.append(words)
    return about
