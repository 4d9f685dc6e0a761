"""Allowances as annex 2 of the Word report shows them: before and after verification, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.office.speech import Speech

Report = Mapping[str, Any]
TITLES = {
    "emission_tco2": "doc_emission_tco2",
    "allowance_t": "doc_allowance_t",
    "duty_t": "doc_duty_t",
    "gap_t": "doc_gap_t",
}


def allowances(report: Report, speech: Speech) -> list[dict[str, str]]:
    """A line a figure and year; one line with the reason where a year's allowance could not be determined."""
    changes = report.get("before_after") or {}
    after = {one["year"]: one for one in changes.get("allowances", ())}
    lines = []
    for year in report["verification"]["allowances"]:
        lead = {"period": str(year["year"]), "note": _note(year, speech)}
        if year["status"] != "assessed":
            blank = dict.fromkeys(("before", "after"), formats.NONE)
            lines.append({**lead, **blank, "title": speech.say(TITLES["allowance_t"]), "unit": "t"})
            continue
        for name, title in TITLES.items():
            changed = after.get(year["year"], {}).get(name, {})
            lines.append(
                {
                    **lead,
                    "title": speech.say(title),
                    "unit": "t",
                    "before": formats.number(changed.get("before", year[name])),
                    "after": formats.number(changed["after"]) if changed else "",
                }
            )
    return lines


def _note(year: Report, speech: Speech) -> str:
    """The plan with its mark, or why there is no figure; a draft says so in its title."""
    if year["status"] != "assessed":
        return speech.say("doc_allowance_missing", reason=year["reason"] or formats.NONE)
    mark = speech.say(f"mark_{year['mark']}") if year["mark"] not in (None, "law", "draft") else ""
    return f"{speech.of(year['plan'])}{formats.form('brackets', speech.lang).format(mark) if mark else ''}"
