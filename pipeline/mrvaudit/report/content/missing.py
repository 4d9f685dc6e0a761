"""What could not be assessed, why in words, and the paper that would make it assessable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mrvaudit.report import formats
from mrvaudit.report.data import Row
from mrvaudit.report.formats import Pair

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

REASON = re.compile(r"^(no_table|no_column|no_rows|null|no_parameter|too_few):(.+)$")


def not_assessable(run: Run, checks: Sequence[Row]) -> list[dict[str, Any]]:
    """Checks that could not look, grouped by what is missing; the largest group first."""
    groups: dict[str, list[str]] = {}
    for row in checks:
        if row["status"] in ("not_assessable", "crashed"):
            reasons = split(row["reason"]) if row["status"] == "not_assessable" else ["crashed"]
            for reason in reasons:
                rules = groups.setdefault(reason, [])
                if row["rule_id"] not in rules:
                    rules.append(row["rule_id"])
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [{"reason": reason, **explain(run, reason), "rules": sorted(rules)} for reason, rules in ordered]


def split(reason: str | None) -> list[str]:
    """The codes of one reason, which may hold several parted by `;` or spaces."""
    return [part for part in re.split(r"[;\s]+", reason or "") if part] or ["unknown"]


def explain(run: Run, reason: str) -> dict[str, Any]:
    """Words of a reason code and the paper that mends it: {"words": pair, "paper": pair or None}."""
    found = REASON.match(reason)
    if not found:
        key = reason if reason in ("crashed", "unknown") else "other"
        return {"words": run.say(f"reason_{key}", reason=reason), "paper": None}
    kind, rest = found[1], found[2]
    if kind == "too_few":
        have, _, least = rest.partition("<")
        values = {"have": have, "least": least}
        return {"words": run.say("reason_too_few", **values), "paper": run.say("paper_too_few", **values)}
    if kind == "no_parameter":
        name, _, when = rest.partition("@")
        parameter = run.sector.parameters.get(name.split("|")[0])
        title = parameter.title.model_dump() if parameter else {"zh": name, "en": name}
        month = formats.month(when, year=True) if re.fullmatch(r"\d{4}-\d{2}", when) else {"zh": when, "en": when}
        values = {"parameter": title, "month": month}
        return {"words": run.say("reason_no_parameter", **values), "paper": run.say("paper_no_parameter", **values)}
    table, _, column = rest.partition(".")
    values = {"table": table_title(run, table), "field": field_title(run, table, column)}
    paper = run.settings.papers.get(rest) or run.settings.papers.get(table)
    own = paper.model_dump() if paper else run.say(f"paper_{kind}", **values)
    return {"words": run.say(f"reason_{kind}", **values), "paper": own}


def table_title(run: Run, name: str) -> Pair:
    """The words of a table or view; its name where it has none."""
    table = run.sector.tables.get(name)
    if table:
        return table.title.model_dump()
    view = next((one for one in run.sector.views if one.view == name), None)
    return view.title.model_dump() if view and view.title else {"zh": name, "en": name}


def field_title(run: Run, table: str, column: str) -> Pair:
    """The words of a column: of its table, its view, its data code, report.yaml's `columns`, or its name."""
    if (table, column) not in run.titles:
        run.titles[(table, column)] = _field_title(run, table, column)
    return run.titles[(table, column)]


def _field_title(run: Run, table: str, column: str) -> Pair:
    known_table = run.sector.tables.get(table)
    if known_table and column in known_table.fields:
        return known_table.fields[column].title.model_dump()
    view = next((one for one in run.sector.views if one.view == table), None)
    words = view.columns[column].title if view and column in view.columns else None
    if words is None:
        for code in run.settings.data_codes:
            for source in (code.declared, code.recalculated):
                if source and (source.name, source.column) == (table, column):
                    return code.title.model_dump()
        words = run.settings.columns.get(column)
    return words.model_dump() if words else {"zh": column, "en": column}


def coverage(checks: Sequence[Row]) -> dict[str, Any]:
    """How many checks were made of those that apply, and how many there are of each status."""
    statuses = ("passed", "found", "not_assessable", "not_applicable", "crashed")
    by_status = {status: sum(row["status"] == status for row in checks) for status in statuses}
    made = by_status["passed"] + by_status["found"]
    apply = made + by_status["not_assessable"] + by_status["crashed"]
    share = round(made / apply * 100, 8) if apply else None
    return {"all": len(checks), "apply": apply, "made": made, "made_pct": share, "by_status": by_status}


def check_rows(run: Run, checks: Sequence[Row]) -> list[dict[str, Any]]:
    """Every check run of the unit and of its plant, as plain mappings."""
    return [
        {
            "rule_id": row["rule_id"],
            "title": run.title(row["rule_id"]),
            "plant_level": row["unit_id"] is None,
            "status": row["status"],
            "reason": row["reason"],
            "rows": row["rows"],
            "rows_found": row["rows_found"],
            "rows_unknown": row["rows_unknown"],
        }
        for row in checks
    ]
