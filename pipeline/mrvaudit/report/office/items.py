"""The findings of a report as numbered lines in one language: what a verifier lists, and what is only to look into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.formats import Pair, known
from mrvaudit.report.office.texts import seen
from mrvaudit.report.writing import Writing

SIGNS = {"critical": "◆", "major": "▲", "minor": "■", "info": "○"}
CLASSES = ("basic", "boundary", "method", "data", "quality", "plan", "other_onsite", "other")
"""The eight classes of the verification guide, in its order."""
DOUBT = "info"
KEPT = "office items"

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A cell of the submission; `cell` is missing where only the row is known."""

    file: str
    sheet: str | None
    row: int | None
    cell: str | None


@dataclass(frozen=True)
class Item:
    """One finding, its words in the report's language; `label` is its number in the list that it stands in."""

    label: str
    finding_id: str
    rule_id: str
    title: str
    severity: str
    severity_word: str
    nc_class: str | None
    class_word: str
    message: str
    source: str
    unit: str
    month: str | None
    data_code: str | None
    basis: str
    impact_tco2: float | None
    condition: str
    ask: str
    remedy: str
    may_also_be: str
    observed: float | None
    expected: float | None
    places: tuple[Place, ...]
    status: str
    answer: Record
    """What was answered, empty without an answer; see the model."""

    @property
    def is_doubt(self) -> bool:
        """Whether it is only to look into."""
        return self.severity == DOUBT


def items(report: Record, writing: Writing) -> tuple[list[Item], list[Item]]:
    """Non-conformities (numbered 1, 2, …) and doubts (D1, D2, …), gravest first; every finding once in one of them."""
    kept = writing.kept.get(KEPT)
    if kept is None or kept[0] is not report:
        writing.kept[KEPT] = kept = (report, _items(report, writing))
    found: tuple[list[Item], list[Item]] = kept[1]
    return found


def _items(report: Record, writing: Writing) -> tuple[list[Item], list[Item]]:
    ordered = list(_ordered(report))
    listed = [one for one in ordered if one[0]["severity"] != DOUBT]
    doubts = [one for one in ordered if one[0]["severity"] == DOUBT]
    labels = {record["finding_id"]: str(number) for number, (record, _) in enumerate(listed, 1)}
    labels |= {record["finding_id"]: f"D{number}" for number, (record, _) in enumerate(doubts, 1)}
    basis = {matter["rule_id"]: matter["basis"] for matter in report["matters"]}
    made = (
        [_item(report, record, matter, labels, basis, writing) for record, matter in part] for part in (listed, doubts)
    )
    return next(made), next(made)


def _ordered(report: Record) -> Iterator[tuple[Record, Record]]:
    """Findings with the matter they stand in, in the order of matters, what follows behind its cause."""
    by_id = {record["finding_id"]: record for record in report["findings"]}
    for matter in report["matters"]:
        for group in (matter, *matter["follows"]):
            for finding_id in group["finding_ids"]:
                if finding_id in by_id:
                    yield by_id.pop(finding_id), group
    for record in by_id.values():
        yield record, {}


def _item(
    report: Record,
    record: Record,
    matter: Record,
    labels: Mapping[str, str],
    basis: Mapping[str, list[Record]],
    writing: Writing,
) -> Item:
    lang, words = writing.lang, writing.words
    comma = formats.form("list", lang)
    texts = [one[lang] for one in basis.get(record["rule_id"], ())] or [record["basis"] or ""]
    nc_class = record["nc_class"]
    unit: str = words["plant_level"][lang] if record["plant_level"] else report["unit"]["unit_id"]
    remedy = matter.get("remedy")
    return Item(
        label=labels[record["finding_id"]],
        finding_id=record["finding_id"],
        rule_id=record["rule_id"],
        title=seen(matter["title"][lang] if matter.get("title") else str(record["rule_id"])),
        severity=record["severity"],
        severity_word=f"{SIGNS[record['severity']]} {words[record['severity']][lang]}",
        nc_class=nc_class,
        class_word=words[f"nc_{nc_class}"][lang] if nc_class in CLASSES else "",
        message=seen(record["message"][lang]),
        source=seen(_source(record, writing)),
        unit=seen(unit),
        month=record["month"],
        data_code=record["data_code"],
        basis=seen("；".join(dict.fromkeys(texts)) if lang == "zh" else "; ".join(dict.fromkeys(texts))),
        impact_tco2=record["impact_tco2"] if known(record["impact_tco2"]) else None,
        condition=_condition(record, labels, writing),
        ask=seen((record["ask"] or {}).get(lang, "")),
        remedy=seen(remedy[lang]) if remedy else "",
        may_also_be=seen(comma.join(one[lang] for one in matter.get("may_also_be", ()))),
        observed=record["observed"],
        expected=record["expected"],
        places=_places(record),
        status=record["status"],
        answer=record["answer"] or {},
    )


def _condition(record: Record, labels: Mapping[str, str], writing: Writing) -> str:
    """How the tonnes are meant: recalculated, conditional, or already counted with their cause."""
    if not known(record["impact_tco2"]) or record["impact_kind"] is None:
        return ""
    if record["cause_id"] in labels:
        return _say(writing, "office_follows", number=labels[record["cause_id"]])
    return writing.words[f"impact_{record['impact_kind']}"][writing.lang]


def _source(record: Record, writing: Writing) -> str:
    """File, sheet, cell and the text that stood there."""
    cell = record["cell"]
    if not cell["file"]:
        return ""
    place = " · ".join(str(part) for part in (cell["file"], cell["sheet"]) if part)
    where = cell["cell"] or (_say(writing, "row_of", row=cell["row"]) if cell["row"] else "")
    text = writing.words["reads"][writing.lang] + cell["text"] if cell["text"] else ""
    return f"{place} · {where}{text}" if where else f"{place}{text}"


def _say(writing: Writing, key: str, **values: Any) -> str:
    filled: Pair = formats.fill(writing.words[key], values)
    return filled[writing.lang]


def _places(record: Record) -> tuple[Place, ...]:
    cell = record["cell"]
    found = [Place(cell["file"], cell["sheet"], cell["row"], cell["cell"])] if cell["file"] else []
    for other in record["related"]:
        if other.get("source_file"):
            row = other.get("source_row")
            place = Place(other["source_file"], other.get("source_sheet"), row, other.get("source_cell"))
            if place not in found:
                found.append(place)
    return tuple(found)
