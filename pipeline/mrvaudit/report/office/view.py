"""What the Word template is filled with: the report's figures and findings as text in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.formats import known
from mrvaudit.report.office import view_data
from mrvaudit.report.office.data_sheets import years_of
from mrvaudit.report.office.items import CLASSES, Item, items
from mrvaudit.report.office.speech import Speech
from mrvaudit.report.office.texts import cut
from mrvaudit.report.office.view_allowance import allowances
from mrvaudit.report.writing import Writing

Report = Mapping[str, Any]
View = dict[str, Any]
LONGEST_PROPERTY, LONGEST_IN_HEADER = 200, 40


def view(report: Report, writing: Writing) -> View:
    """Values of the template's marks, as `w` (words) and `r` (report)."""
    speech = Speech(writing)
    listed, doubts = items(report, writing)
    made = {
        **_head(report, speech),
        **_totals(report, speech),
        "facts": _facts(report, speech),
        "criteria": [_criterion(one, speech) for one in report["verification"]["criteria"]],
        **_sections(listed, speech),
        "blocks": [
            view_data.block(one, report, [*listed, *doubts], speech) for one in report["verification"]["blocks"]
        ],
        "missing": [
            {"reason": speech.of(one["words"]), "paper": speech.of(one["paper"])} for one in report["not_assessable"]
        ],
        **_missing_leads(report, speech),
        "lines": view_data.year_lines(report, speech),
        "months": [view_data.month_table(report, year, speech) for year in years_of(report)],
        "allocation": view_data.allocation(report, speech),
        "allowances": allowances(report, speech),
        "listed": [_full(one, speech) for one in listed],
        "doubts": [_full(one, speech) for one in doubts],
        **_papers(report, speech),
    }
    return {"w": {key: pair[speech.lang] for key, pair in writing.words.items()}, "r": made}


def _head(report: Report, speech: Speech) -> View:
    unit, number = report["unit"], report["verification"]["number"]
    entity = unit["entity_name"] or unit["entity_id"]
    name = unit["unit_id"] if unit["unit_name"] in (None, unit["unit_id"]) else f"{unit['unit_id']} {unit['unit_name']}"
    months = report["period"]["months"]
    inputs = report["inputs"]
    packs = speech.listed([f"{one['id']} {one['version']}" for one in report["packs"]])
    return {
        "title": speech.of(report["verification"]["title"]) or speech.words["doc_title"][speech.lang],
        "part": speech.say("doc_unit_part", unit=name),
        "province": number["province"] or speech.say("doc_fill"),
        "code": number["code"],
        "year": number["year"] or formats.NONE,
        "entity_name": entity,
        "entity_id": unit["entity_id"],
        "unit": name,
        "years": report["period"]["years"],
        "subject": cut(f"{entity} {unit['unit_id']} {report['period']['years']}", LONGEST_PROPERTY),
        "header": " · ".join(
            (cut(entity, LONGEST_IN_HEADER), unit["unit_id"], report["period"]["years"], speech.say("doc_title"))
        ),
        "rests_on": speech.say("doc_basis_digest", digest=report["digest"][:16], as_of=report["as_of"], packs=packs),
        "scope": speech.say(
            "doc_scope",
            entity=entity,
            unit=name,
            years=report["period"]["years"],
            first=months[0] if months else formats.NONE,
            last=months[-1] if months else formats.NONE,
        ),
        "reviewed": speech.say(
            "doc_reviewed",
            files=len(inputs),
            rows=sum(one["rows_in"] for one in inputs),
            used=sum(one["rows_used"] for one in inputs),
            aside=sum(one["rows_quarantined"] for one in inputs),
            apply=report["checks"]["apply"],
            made=report["checks"]["made"],
        ),
    }


def _totals(report: Report, speech: Speech) -> View:
    units = report["verification"]["units"]
    sums = {
        name: sum(one[f"{name}_tco2"] for one in units) if all(known(one[f"{name}_tco2"]) for one in units) else None
        for name in ("declared", "recalculated")
    }
    compared = [_compared(one, speech) for one in report["verification"]["year_on_year"]]
    previous = report["verification"]["previous_total"]
    total = {
        "title": speech.say("doc_entity_total"),
        "unit": "tCO2",
        "decimals": 0,
        "previous": previous,
        "declared": sums["declared"],
        "recalculated": None,
    }
    return {
        "units": [
            {
                "name": one["unit_id"]
                if one["unit_name"] in (None, one["unit_id"])
                else f"{one['unit_id']} {one['unit_name']}",
                "declared": formats.number(one["declared_tco2"], 2),
                "recalculated": formats.number(one["recalculated_tco2"], 2),
            }
            for one in units
        ],
        "units_sum": {name: formats.number(value, 2) for name, value in sums.items()},
        "compared": [*compared, *([_compared(total, speech)] if known(previous) else [])],
    }


def _compared(one: Mapping[str, Any], speech: Speech) -> View:
    this = one["recalculated"] if one["declared"] is None else one["declared"]
    share = (
        (this - one["previous"]) / one["previous"] * 100
        if known(one["previous"]) and one["previous"] and known(this)
        else None
    )
    return {
        "title": one["title"] if isinstance(one["title"], str) else speech.of(one["title"]),
        "unit": speech.of(formats.unit_name(one["unit"])),
        "previous": formats.number(one["previous"], one["decimals"] or 0) if known(one["previous"]) else "",
        "this": formats.number(this, one["decimals"] or 0),
        "change": speech.of(formats.percent(share, 2, sign=True)) if share is not None else "",
    }


def _facts(report: Report, speech: Speech) -> list[View]:
    unit = report["unit"]
    place = " ".join(str(unit[one]) for one in ("province", "city", "county") if unit[one])
    first = (
        ("entity", unit["entity_name"]), ("entity_id", unit["entity_id"]), ("place", place),
        ("unit", unit["unit_name"] or unit["unit_id"]), ("members", speech.listed(unit["members"])),
    )  # fmt: skip
    rows = [{"title": speech.say(key), "value": value} for key, value in first if value]
    for fact in report["unit"]["facts"]:
        value = f"{speech.of(fact['text'])} {speech.of(formats.unit_name(fact['unit']))}".strip()
        rows.append({"title": speech.of(fact["title"]), "value": value})
    return rows


def _criterion(one: Mapping[str, Any], speech: Speech) -> str:
    text = str(one[speech.lang])
    return text if one["mark"] == "law" else text + speech.say("doc_mark", mark=speech.say(f"mark_{one['mark']}"))


def _sections(listed: Sequence[Item], speech: Speech) -> View:
    """Non-conformities by chapter; those about a data code stand with the code as well, without class with the last."""
    sections: dict[str, list[View]] = {name: [] for name in (*CLASSES[:6], "other")}
    for item in listed:
        name = item.nc_class if item.nc_class in sections else "other"
        if name == "data" and item.data_code:
            continue
        sections[name].append(_short(item))
    leads = {name: speech.say("doc_section_lead", n=len(found)) for name, found in sections.items()}
    return {"sections": sections, "leads": leads}


def _short(item: Item) -> View:
    return {
        "label": item.label,
        "month": item.month or formats.NONE,
        "code": item.data_code or formats.NONE,
        "title": item.title,
        "severity": item.severity_word,
    }


def _full(item: Item, speech: Speech) -> View:
    where = [part for part in (item.unit, item.month, item.data_code) if part]
    return {
        "label": item.label,
        "finding_id": item.finding_id,
        "class_word": item.class_word,
        "where": where,
        "severity": item.severity_word,
        "message": item.message,
        "source": speech.say("office_source", source=item.source) if item.source else "",
        "basis": item.basis,
        "impact": formats.signed(item.impact_tco2, 2) if known(item.impact_tco2) else formats.NONE,
        "condition": item.condition,
        "ask": item.ask or item.may_also_be,
        "answer": [str(item.answer[name]) for name in ("cause", "answer", "corrected_value") if item.answer.get(name)],
        "status": speech.say(f"finding_{item.status}"),
    }


def _missing_leads(report: Report, speech: Speech) -> View:
    count = len(report["not_assessable"])
    names = {"missing_lead": "doc_missing_lead", "missing_short": "doc_missing_short"}
    return {name: speech.say(key, n=count) if count else speech.say("doc_missing_none") for name, key in names.items()}


def _papers(report: Report, speech: Speech) -> View:
    verification = report["verification"]
    return {
        "files": [
            {
                "path": one["path"],
                "digest": (one["sha256"] or "")[:12],
                "rows": formats.number(one["rows_in"]),
                "aside": formats.number(one["rows_quarantined"]),
            }
            for one in report["inputs"]
        ],
        "attachments": [
            {
                "kind": speech.of(one["kind"]),
                "month": one["month"] or formats.NONE,
                "file": one["file_name"] or formats.NONE,
                "pages": formats.NONE if one["pages"] is None else str(one["pages"]),
                "stamped": formats.NONE if one["stamped"] is None else speech.say("yes" if one["stamped"] else "no"),
            }
            for one in verification["attachments"]
        ],
        "papers": list(dict.fromkeys(speech.of(one["paper"]) for one in report["not_assessable"] if one["paper"])),
    }
