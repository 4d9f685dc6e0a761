"""The one model that every format of a unit's report is written from: a plain mapping that JSON can hold.

Keys (all words are pairs {"zh", "en"}; months are "2025-03", dates ISO; None where there is no value):

- format, format_version, tool_version, as_of, profile, digest: what wrote it, and one digest over what it rests on
- sector: {id, version, title}
- unit: {entity_id, unit_id, entity_name, unit_name, province, city, county, report_dir, members, facts[{field, title,
  value, text, unit}]}
- period: {months[], years}
- totals: {declared_tco2, recalculated_tco2, difference_tco2, difference_pct, at_stake_tco2, at_stake_pct, direction
  (low, high, none, unknown), conditional_tco2 (with all conditional corrections made at once), material (whether the
  tonnes at stake reach materiality_tco2), materiality_mark, findings{severity: {findings, follow}}, rank, risk,
  anomaly, units}
- months[]: {month, declared_tco2, recalculated_tco2, difference_tco2, difference_pct, outside, incomplete[], about[]};
  years[]: the same sums by year
- data_codes[]: {code, title, item, item_title, unit, decimals, of, months[{month, declared, recalculated, differs}],
  years[{year, …}]}
- findings[]: finding_id … status as in findings.parquet, with cell {file, sheet, row, cell, text}, message, ask,
  related, plant_level, answer {status, cause, answer, corrected_value, evidence, author, date, opinion, verified_by}
- matters[]: findings grouped for reading: {number, rule_id, title, topic, severity, plant_level, data_codes, months,
  impact_tco2, impact_kind, message, basis, marks, ask, remedy, may_also_be, finding_ids, follows[]}
- checks: {all, apply, made, made_pct, by_status, rows[{rule_id, title, plant_level, status, reason, rows, rows_found,
  rows_unknown}]}
- not_assessable[]: {reason, words, paper, rules[]}; charts_left_out[]: {id, title, paper}
- sections[]: {id, title}; charts[]: {id, kind, section, title, axis, caption, decimals, points | days, steps | panels}
- trees[]: {month, declared_tco2, recalculated_tco2, differs, findings (critical and major ones), items[{item, node,
  days}]}
- second_sources: {months[], note, lines[{code, title, item, item_title, sources[{id, title, providers[], provided_by}],
  cells[{month, count, kind (none, single, own, independent, prescribed), sources[], providers[]}], sentences[{kind,
  months, words}]}], documents[{words, codes, months}]}, None where the sector names no second sources
- signals[]: {detector, title, caveats[], group, n, points[{month, score, flagged, low, high}], n_flagged, months,
  features[{feature, title, unit, values[{month, value, low, high}]}]}, empty where no detector looked
- worth: for the enterprise {months[{month, due_on, days_left, filed_on, worth_tco2}], note, repairs[{matter, repair,
  title, what, months, tonnes, kind, remedy}]}, else None
- leads: for the province [{matter, signal, articles[], evidence[{file, sheet, row, cell, text, sha256}],
  finding_ids[]}], else None
- second_opinion: {ran, reason, suites[]}, None where it was not asked
- parameters[]: {name, title, key, key_title, value, unit, from, until, mark, basis}
- before_after: None, or what changed since a baseline or by corrected values {kind (baseline, answers), since,
  figures[{code, item, period, declared{before, after}, recalculated{before, after}}], findings{new[], persisting[],
  fixed[{finding_id, rule_id, severity, month, message}]} or None, allowances[{year, mark, emission_tco2 {before,
  after}, allowance_t, duty_t, gap_t}]}; figures that did not change are left out
- quarantine: {count, shared_rows, reasons[], rows[]}; inputs[]: {path, sha256, sheets, rows_in, rows_used,
  rows_quarantined, shared}; packs[]: {id, version, sha256}
- verification: what the verification report needs beside these, see verification.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mrvaudit
from mrvaudit.assess import MATERIALITY
from mrvaudit.report import allocated, charts, formats
from mrvaudit.report.content import files, matters, missing, months, profiles, signals, sources, trees, used
from mrvaudit.report.content.verification import verification
from mrvaudit.report.data import Row, Slices, UnitRows
from mrvaudit.report.formats import known

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

Report = dict[str, Any]
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Shared:
    """What the units of a run share: files, what the detectors said, allowances."""

    files: files.Files
    signals: signals.Gathered
    allowances: Slices


def share_of_run(run: Run, owned: Sequence[Mapping[str, Sequence[int]]]) -> Shared:
    """What is gathered once for all units; `owned` as for files.gather."""
    return Shared(files.gather(run, owned), signals.gather(run), allocated.gather(run))


def build(run: Run, rows: UnitRows, score: Row, shared: Shared, presence: sources.Presence) -> Report:
    """The report of one unit; `score` is its row of scores."""
    found = profiles.seen(run, matters.records(run, run.findings_of(score["entity_id"], score["unit_id"])))
    made = matters.matters(run, found)
    checks = profiles.checks(run, run.checks_of(score["entity_id"], score["unit_id"]))
    totals_view = run.sector.settings.totals
    of_totals = rows.of_unit(totals_view.view) if totals_view else []
    monthly = months.by_month(run, of_totals, matters.about_months(made, found))
    period = [one["month"] for one in monthly] or sorted({one["month"] for one in found if one["month"]})
    inputs = files.inputs(shared.files, score["entity_id"])
    table = months.data_table(run, rows)
    drawn, left_out = charts.charts(run, rows, monthly, table)
    return {
        "format": "mrvaudit unit report",
        "format_version": FORMAT_VERSION,
        "tool_version": mrvaudit.__version__,
        "as_of": run.audit.as_of.isoformat(),
        "profile": run.profile,
        "digest": files.run_digest(run, inputs),
        "sector": {"id": run.sector.id, "version": run.sector.version, "title": run.sector.title.model_dump()},
        "unit": _unit(run, rows, score),
        "period": {"months": period, "years": formats.years([one["month"] for one in monthly])},
        "totals": profiles.public(_totals(run, score, found), run),
        "months": monthly,
        "years": _years(run, monthly),
        "data_codes": table,
        "findings": found,
        "matters": made,
        "checks": {**missing.coverage(checks), "rows": missing.check_rows(run, checks)},
        "not_assessable": missing.not_assessable(run, checks),
        "charts_left_out": left_out,
        "sections": [one.model_dump() for one in run.settings.sections],
        "charts": drawn,
        "trees": trees.trees(run, rows, monthly, _findings_by_month(found)),
        "second_sources": sources.matrix(run, presence, rows, table),
        "signals": signals.signals(run, shared.signals, rows.unit_key),
        "worth": profiles.worth(run, rows, made, period),
        "leads": profiles.leads(run, made, found, inputs),
        "second_opinion": dict(run.audit.gate) or None,
        "parameters": used.parameters(run, rows, checks, period),
        "quarantine": files.quarantine(shared.files, inputs),
        "inputs": inputs,
        "packs": files.packs(run),
        "verification": verification(run, rows, score, shared.files, table, period, shared.allowances),
    }


def _unit(run: Run, rows: UnitRows, score: Row) -> dict[str, Any]:
    unit = rows.unit
    names = ("province", "city", "county")
    return {
        "entity_id": score["entity_id"],
        "unit_id": score["unit_id"],
        "entity_name": score.get("entity_name") or unit.get("entity_name"),
        "unit_name": score.get("unit_name") or unit.get("unit_name"),
        **{name: score.get(name) or unit.get(name) for name in names},
        "report_dir": folder(score["report_dir"]),
        "members": rows.part.members.get(rows.unit_key, []),
        "facts": [fact for one in run.settings.facts if (fact := _fact(run, unit, one.field, one.decimals))],
    }


def folder(report_dir: str) -> str:
    """Name of a unit's folder below `units/`, whether or not the score gives it with that prefix."""
    return report_dir.removeprefix("units/")


def _fact(run: Run, unit: Row, name: str, decimals: int | None) -> dict[str, Any] | None:
    value = unit.get(name)
    table = run.sector.tables.get("units")
    field = table.fields.get(name) if table else None
    if value is None or not known(value) or field is None:
        return None
    if isinstance(value, bool):
        text = run.words["yes" if value else "no"]
    elif field.codes:
        text = run.code_title(field.codes, value)
    else:
        shown = formats.number(value, decimals) if decimals is not None else ""
        figure = shown or (formats.plain(value) if isinstance(value, int | float) else str(value))
        text = dict.fromkeys(formats.LANGUAGES, figure)
    plain = value if isinstance(value, bool | int | float | str) else str(value)
    unit_name = field.unit if isinstance(field.unit, str) else None
    return {"field": name, "title": field.title.model_dump(), "value": plain, "text": text, "unit": unit_name}


def _totals(run: Run, score: Row, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    figures = ("declared_tco2", "recalculated_tco2", "at_stake_tco2", "at_stake_pct", "if_default_tco2")
    declared, recalculated, stake, part, conditional = (score[name] if known(score[name]) else None for name in figures)
    gap = round(recalculated - declared, 8) if declared is not None and recalculated is not None else None
    return {
        "declared_tco2": declared,
        "recalculated_tco2": recalculated,
        "difference_tco2": gap,
        "difference_pct": share(gap, declared),
        "at_stake_tco2": stake,
        "at_stake_pct": part,
        "direction": score["direction"],
        "material": score["material"],
        "materiality_tco2": score["materiality_tco2"],
        "materiality_mark": _materiality_mark(run),
        "conditional_tco2": conditional,
        "months_declared": score.get("months_declared"),
        "months_recalculated": score.get("months_recalculated"),
        "findings": matters.counts(found),
        "rank": score["rank"],
        "risk": score["risk"],
        "anomaly": score["anomaly"],
        "units": run.audit.scores.height,
    }


def share(part: float | None, whole: float | None) -> float | None:
    """`part` in percent of `whole`; None where either is missing or the whole is zero."""
    return round(part / whole * 100, 8) if part is not None and whole else None


def _materiality_mark(run: Run) -> str | None:
    """Whose limit of materiality it is: law, draft or house; None where the packs have none."""
    formula = run.sector.formulas.get(MATERIALITY)
    version = formula.version_at(f"{run.audit.as_of:%Y-%m}") if formula else None
    return version.mark if version else None


def _years(run: Run, monthly: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    out = []
    for year in sorted({one["month"][:4] for one in monthly}):
        of_year = [one for one in monthly if one["month"][:4] == year]
        declared, recalculated = (
            months.added(one[name] for one in of_year) for name in ("declared_tco2", "recalculated_tco2")
        )
        both = all(one["difference_tco2"] is not None for one in of_year)
        gap = round(recalculated - declared, 8) if both and recalculated is not None and declared is not None else None
        out.append(
            {
                "year": year,
                "months": len(of_year),
                "declared_tco2": declared,
                "recalculated_tco2": recalculated,
                "difference_tco2": gap,
                "difference_pct": share(gap, declared),
                "outside": both and months.differs(declared, recalculated, run.settings.tolerance),
            }
        )
    return out


def _findings_by_month(found: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Critical and major findings of each month: a remark on every month would mark them all."""
    counted: dict[str, int] = {}
    for one in found:
        if one["month"] and one["severity"] in ("critical", "major"):
            counted[one["month"]] = counted.get(one["month"], 0) + 1
    return counted
