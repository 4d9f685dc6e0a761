"""What each reader sees: the enterprise what its evidence is worth and how to mend it, the province a list of leads.

The enterprise sees no integrity signal, no statistics among peers and no peer by name. Everything else is the same.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from mrvaudit.model import SEVERITIES
from mrvaudit.parameters import value_at
from mrvaudit.report.content.months import added, month_of
from mrvaudit.report.data import UnitRows

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

Record = dict[str, Any]
VERIFIER, ENTERPRISE, PROVINCE = "verifier", "enterprise", "province"
STATISTICS = "DET-"
"""Letters of ids that compare a unit with its peers."""


def seen(run: Run, found: Sequence[Record]) -> list[Record]:
    """Findings as the run's profile may see them."""
    if run.profile != ENTERPRISE:
        return list(found)
    return [_plain(run, one) for one in found if not one["rule_id"].startswith(STATISTICS)]


def _plain(run: Run, record: Record) -> Record:
    """A finding without what it may mean, and without other enterprises where it was found by comparing them."""
    kept = {name: value for name, value in record.items() if name != "integrity_signal"}
    rule = run.rule(record["rule_id"])
    if rule is not None and rule.scope == "global":
        kept |= {"message": run.say("peer_message", title=run.title(record["rule_id"])), "related": []}
    return kept


def checks(run: Run, rows: Sequence[Record]) -> list[Record]:
    """Check runs as the run's profile may see them."""
    hidden = run.profile == ENTERPRISE
    return [row for row in rows if not (hidden and row["rule_id"].startswith(STATISTICS))]


def worth(run: Run, rows: UnitRows, matters: Sequence[Record], months: Sequence[str]) -> Record | None:
    """For the enterprise: {months[], repairs[], note}; None for others, and where the sector does not say.

    A month: {month, due_on, days_left, filed_on, worth_tco2}; those that are still open, and always the last one.
    A repair: {matter, repair, title, tonnes, kind, remedy, months}, cheapest first, then by tonnes.
    """
    settings = run.settings.worth
    if run.profile != ENTERPRISE or settings is None:
        return None
    sizes: dict[str, list[Any]] = {}
    for row in rows.of_unit(settings.view):
        sizes.setdefault(month_of(row) or "", []).append(row.get(settings.column))
    filed: dict[str, str] = {}
    for row in rows.of_entity(settings.filings) if settings.filings else ():
        day = row.get(settings.filed)
        if day is not None and (settings.kind is None or row.get("kind") == settings.kind):
            month = month_of(row) or ""
            filed[month] = min(filed.get(month, str(day)), str(day))
    listed = []
    for month in months:
        due = _due(run, settings.days, month)
        left = (due - run.audit.as_of).days if due else None
        if month == months[-1] or (left is not None and left >= 0):
            listed.append(
                {
                    "month": month,
                    "due_on": due.isoformat() if due else None,
                    "days_left": left,
                    "filed_on": filed.get(month),
                    "worth_tco2": added(sizes.get(month, ())),
                }
            )
    return {"months": listed, "note": settings.note.model_dump(), "repairs": _repairs(run, matters)}


def _due(run: Run, name: str, month: str) -> date | None:
    """The day by which a month's evidence is to be filed."""
    parameter = run.sector.parameters.get(name)
    value = value_at(parameter, "", month) if parameter else None
    if value is None:
        return None
    year, number = int(month[:4]), int(month[5:7])
    end = date(year, number, calendar.monthrange(year, number)[1])
    return date.fromordinal(end.toordinal() + int(value.value))


def _repairs(run: Run, matters: Sequence[Record]) -> list[Record]:
    assert run.settings.worth is not None
    ways = list(run.settings.worth.repairs)
    found = []
    for matter in matters:
        if matter["severity"] == SEVERITIES[-1]:
            continue
        place = next((at for at, way in enumerate(ways) if set(matter["tables"]) & set(way.tables)), len(ways) - 1)
        tonnes = matter["impact_tco2"]
        found.append(
            (
                (place, -abs(tonnes or 0.0), matter["number"]),
                {
                    "matter": matter["number"],
                    "repair": ways[place].id,
                    "title": ways[place].title.model_dump(),
                    "what": matter["title"],
                    "months": matter["months_text"],
                    "tonnes": tonnes,
                    "kind": matter["impact_kind"],
                    "remedy": matter["remedy"],
                },
            )
        )
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def leads(
    run: Run, matters: Sequence[Record], found: Sequence[Record], inputs: Sequence[Mapping[str, Any]]
) -> list[Record] | None:
    """For the province: {matter, signal, articles[], evidence[], finding_ids[]} of all that is grave or may mean more.

    None for other readers. Evidence: file, its SHA-256, sheet and cell, and the text as submitted.
    """
    if run.profile != PROVINCE:
        return None
    by_id = {one["finding_id"]: one for one in found}
    digests = {one["path"]: one["sha256"] for one in inputs}
    listed = []
    for matter in matters:
        records = [by_id[one] for one in matter["finding_ids"]]
        signal = max((one["integrity_signal"] or "none" for one in records), key=("none", "weak", "strong").index)
        if matter["severity"] in SEVERITIES[:2] or signal != "none":
            listed.append(
                {
                    "matter": matter["number"],
                    "signal": signal,
                    "articles": _articles(run, matter["nc_class"]),
                    "evidence": _evidence(records, digests),
                    "finding_ids": matter["finding_ids"],
                }
            )
    return listed


def _articles(run: Run, nc_class: str | None) -> list[Record]:
    return [
        {
            "title": one.title.model_dump(),
            "document": one.document.model_dump(),
            "article": one.article.model_dump(),
            "mark": one.mark,
        }
        for one in run.settings.articles
        if nc_class in one.classes
    ]


def _evidence(records: Sequence[Record], digests: Mapping[str, Any]) -> list[Record]:
    """Cells of the records and of those that belong to them, each once, in order."""
    cells: dict[tuple[Any, ...], Record] = {}
    for record in records:
        own = record["cell"]
        others = [
            {
                "file": one.get("source_file"),
                "sheet": one.get("source_sheet"),
                "row": one.get("source_row"),
                "cell": one.get("source_cell"),
                "text": None,
            }
            for one in record["related"]
        ]
        for cell in (own, *others):
            if cell["file"]:
                key = (cell["file"], cell["sheet"], cell["cell"] or cell["row"])
                cells.setdefault(key, {**cell, "sha256": digests.get(cell["file"])})
    return list(cells.values())


def public(totals: Record, run: Run) -> Record:
    """Totals as the profile may see them: the place among others is none of the enterprise's."""
    hidden = ("rank", "units", "risk", "anomaly")
    return {**totals, **(dict.fromkeys(hidden) if run.profile == ENTERPRISE else {})}
