"""What the verification report needs beside the figures: governing texts, how each datum is determined, other units.

Key `verification` of the model: {title, number{province, code, year}, criteria[{zh, en, mark}], blocks[{code, titles[],
lines[] (places in data_codes), plan[{label, value}], meters[{meter_id, kind, accuracy_class, calibrated_on, due_on,
certificate_no}], records[{title, files[]}], computed, single, sources}], year_on_year[{code, title, unit, decimals,
previous, declared, recalculated}], previous_total, units[{unit_id, unit_name, declared_tco2, recalculated_tco2}],
allocation{facts[], codes[]}, allowances[{year, plan, mark, status, reason, emission_tco2, allowance_t, duty_t,
gap_t}], attachments[{kind, month, file_name, pages, stamped}]}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from mrvaudit.report import allocated
from mrvaudit.report.content.files import Files
from mrvaudit.report.content.missing import table_title
from mrvaudit.report.data import Row, Slices, UnitRows
from mrvaudit.report.formats import Pair, known
from mrvaudit.report.settings_forms import ATTACHMENTS, METERS, PLAN, Datum

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

Line = Mapping[str, Any]
PLAN_FIELDS = ("source", "method", "frequency", "meter_id", "required_accuracy_pct", "lab_id", "missing_data_treatment",
               "department")  # fmt: skip
METER_FIELDS = ("meter_id", "accuracy_class", "calibrated_on", "due_on", "certificate_no", "calibrated_by")
CODE_DIGITS = 6
MOST_ATTACHMENTS = 200


def verification(
    run: Run, rows: UnitRows, score: Row, of: Files, lines: Sequence[Line], months: Sequence[str], allowances: Slices
) -> dict[str, Any]:
    """The mapping described above; `lines` are the model's data codes, `months` the months of the report."""
    forms = run.forms
    return {
        "title": forms.title.model_dump() if forms.title else None,
        "number": {
            "province": score.get("province") or rows.unit.get("province"),
            "code": str(score["entity_id"])[-CODE_DIGITS:],
            "year": months[-1][:4] if months else None,
        },
        "criteria": [
            {**one.title.model_dump(), "mark": one.mark}
            for one in forms.criteria
            if any(one.covers(month) for month in months)
        ],
        "blocks": _blocks(run, rows, of, lines),
        "year_on_year": [row for code in forms.year_on_year if (row := _compared(lines, code))],
        "previous_total": _previous_total(run, rows),
        "units": _units(run, score),
        "allocation": {
            "facts": list(forms.allocation.facts),
            "codes": [code for code in forms.allocation.codes if any(one["code"] == code for one in lines)],
        },
        "allowances": allocated.years(run, allowances, score["entity_id"], score["unit_id"]),
        "attachments": _attachments(run, rows),
    }


def _blocks(run: Run, rows: UnitRows, of: Files, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """One block per data code that the report has figures of."""
    made: dict[str, dict[str, Any]] = {}
    for place, line in enumerate(lines):
        if line["code"] not in made:
            datum = run.forms.blocks.get(line["code"], Datum())
            made[line["code"]] = {
                "code": line["code"],
                "titles": [],
                "lines": [],
                "plan": _plan(run, rows, line["code"], datum),
                "meters": _meters(run, rows, datum),
                "records": _records(run, rows, of, datum),
                "computed": datum.computed.model_dump() if datum.computed else None,
            }
        block = made[line["code"]]
        block["lines"].append(place)
        if line["title"] not in block["titles"]:
            block["titles"].append(line["title"])
    return list(made.values())


def _plan(run: Run, rows: UnitRows, code: str, datum: Datum) -> list[dict[str, Any]]:
    """What the control plan in force last says about the datum, field by field."""
    names = {code.casefold(), *(name.casefold() for name in datum.plan)}
    found = [row for row in rows.of_unit(PLAN) if str(row.get("parameter") or "").strip().casefold() in names]
    if not found:
        return []
    last = max(found, key=lambda row: (str(row.get("valid_from") or ""), row.get("version") or 0))
    fields = run.sector.tables[PLAN].fields
    return [
        {"field": name, "title": fields[name].title.model_dump(), "value": _value(run, fields[name].codes, last[name])}
        for name in PLAN_FIELDS
        if name in fields and known(last.get(name))
    ]


def _meters(run: Run, rows: UnitRows, datum: Datum) -> list[dict[str, Any]]:
    """Meters of the kinds that measure the datum, each with its last calibration."""
    last: dict[str, Row] = {}
    for row in rows.of_entity(METERS):
        mine = row.get("unit_key") in (None, rows.unit_key)
        if mine and row.get("kind") in datum.meters:
            name = str(row.get("meter_id"))
            if name not in last or str(row.get("calibrated_on")) > str(last[name].get("calibrated_on")):
                last[name] = row
    return [
        {
            "kind": run.code_title("meter_kinds", row["kind"]),
            **{name: None if row.get(name) is None else str(row[name]) for name in METER_FIELDS},
        }
        for _, row in sorted(last.items())
    ]


def _records(run: Run, rows: UnitRows, of: Files, datum: Datum) -> list[dict[str, Any]]:
    """Tables with records of the datum that the entity handed in, and the files they stand in."""
    mine = set(of.of_entity.get(rows.entity_id, ()))
    found = []
    for name in datum.records:
        files = [path for path in sorted(mine) if any(row["table"] == name for row in of.blocks.get(path, ()))]
        if files:
            paper = run.settings.papers.get(name)
            title = paper.model_dump() if paper else table_title(run, name)
            found.append({"table": name, "title": title, "files": files})
    return found


def _value(run: Run, listing: str | None, value: Any) -> Pair:
    if listing and isinstance(value, str):
        return run.code_title(listing, value)
    return {"zh": str(value), "en": str(value)}


def _compared(lines: Sequence[Line], code: str) -> dict[str, Any] | None:
    """A year's sum beside that of the year before, where both were submitted; only of data that have one line."""
    line = next((one for one in lines if one["code"] == code), None)
    if line is None or not line["years"]:
        return None
    years = {one["year"]: one for one in line["years"]}
    last = max(years)
    before = years.get(str(int(last) - 1))
    previous = None
    if before is not None:
        previous = before["recalculated"] if before["declared"] is None else before["declared"]
    return {
        "code": code,
        "title": line["title"],
        "unit": line["unit"],
        "decimals": line["decimals"],
        "previous": previous,
        "declared": years[last]["declared"],
        "recalculated": years[last]["recalculated"],
    }


def _previous_total(run: Run, rows: UnitRows) -> float | None:
    """Emissions of the whole entity in the year before, as submitted."""
    source = run.forms.previous_total
    if source is None:
        return None
    found = [row[source.column] for row in rows.of_entity(source.name) if known(row.get(source.column))]
    return float(found[-1]) if found else None


def _units(run: Run, score: Row) -> list[dict[str, Any]]:
    """All units of the entity in this run, in the order of their ids."""
    columns = ("unit_id", "unit_name", "declared_tco2", "recalculated_tco2")
    frame = run.audit.scores.filter(pl.col("entity_id") == score["entity_id"]).sort("unit_id")
    return frame.select(columns).to_dicts()


def _attachments(run: Run, rows: UnitRows) -> list[dict[str, Any]]:
    """Files that the attachments table lists for the unit or its plant."""
    found = [row for row in rows.of_entity(ATTACHMENTS) if row.get("unit_key") in (None, rows.unit_key)]
    return [
        {
            "kind": run.code_title("attachment_kinds", row.get("kind")),
            "month": str(row["month"])[:7] if row.get("month") else None,
            "file_name": row.get("file_name"),
            "pages": row.get("pages"),
            "stamped": row.get("stamped"),
        }
        for row in found[:MOST_ATTACHMENTS]
    ]
