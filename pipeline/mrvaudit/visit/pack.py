"""The visit pack of one unit as a plain mapping, from its report and the rows drawn; all words in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import mrvaudit
from mrvaudit.model import Audit
from mrvaudit.packfile import Words
from mrvaudit.report import formats
from mrvaudit.report.data import Blocks
from mrvaudit.report.formats import Pair, known
from mrvaudit.visit import draw
from mrvaudit.visit.settings import Column, Draw, Figure, Recomputation, Settings, words

Row = dict[str, Any]
FORMAT, FORMAT_VERSION = "mrvaudit visit", 1


@dataclass(frozen=True)
class Trip:
    """What the packs of one run share."""

    audit: Audit
    settings: Settings
    rows: draw.Rows
    blocks: Blocks
    attachments: Mapping[str, Mapping[str, int]]
    seed: str

    def say(self, key: str, **values: Any) -> Pair:
        """Interface words with their placeholders filled."""
        return formats.fill(words()[key].model_dump(), values)

    def cell(self, row: Row, figure: Figure | Column) -> str | None:
        """Where a figure stands: file!A1; None where its field has no cell."""
        names = (figure.block, figure.line) if isinstance(figure, Figure) else ("_block", "_line")
        block, line = (row.get(name) for name in names)
        if block is not None and line is not None:
            block, line = self.blocks.where(block, line, figure.field)
        place = self.blocks.cells(block, line, (figure.field,)) if figure.field else None
        if place is None or block is None:
            return None
        source = self.blocks.by_number[block]
        return "!".join(part for part in (source["path"], source["sheet"], place) if part)


def build(trip: Trip, report: Mapping[str, Any], key: int) -> Row:
    """Everything the forms of one unit say; `report` is its report, `key` its unit key."""
    unit = report["unit"]
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "tool_version": mrvaudit.__version__,
        "as_of": report["as_of"],
        "digest": report["digest"],
        "seed": trip.seed,
        "seed_note": trip.say("seed_note", seed=trip.seed),
        "unit": {
            name: unit[name] for name in ("entity_id", "entity_name", "unit_id", "unit_name", "report_dir", "facts")
        },
        "period": report["period"],
        "totals": {name: report["totals"][name] for name in ("declared_tco2", "recalculated_tco2")},
        "review": [_review(trip, one, report) for one in trip.settings.review],
        "checklist": _checklist(trip, report),
        "draws": [_draw(trip, one, unit, key) for one in trip.settings.draws],
        "recomputations": [_recomputation(trip, one, key) for one in trip.settings.recomputations],
        "documents": _documents(trip, report),
    }


def _review(trip: Trip, item: Any, report: Mapping[str, Any]) -> Row:
    """A line of the document review form, with what the audit found of its classes."""
    matters = [one for one in report["matters"] if one["nc_class"] in item.classes]
    seen = [_matter(trip, one) for one in matters]
    return {
        "section": item.section,
        **{name: getattr(item, name).model_dump() for name in ("title", "look", "documents")},
        "seen": seen or [trip.say("nothing_seen")],
    }


def _checklist(trip: Trip, report: Mapping[str, Any]) -> list[Row]:
    """One line per data code and item: figures, sources, what to see, whom to ask, findings about it."""
    asked = {one.code: one for one in trip.settings.codes}
    lines: list[Row] = []
    for line in report["data_codes"]:
        if line["code"] not in asked:
            continue
        item = asked[line["code"]]
        year = line["years"][-1] if line["years"] else {"declared": None, "recalculated": None}
        first = line["code"] not in {one["code"] for one in lines}
        matters = [one for one in report["matters"] if first and line["code"] in one["data_codes"]]
        lines.append(
            {
                "code": line["code"],
                "title": line["title"],
                "item": line["item_title"],
                "unit": line["unit"],
                "decimals": line["decimals"],
                "declared": year["declared"],
                "recalculated": year["recalculated"],
                "sources": _sources(report, line),
                **{name: getattr(item, name).model_dump() for name in ("see", "ask", "how")},
                "first": first,
                "findings": [_matter(trip, one) for one in matters],
            }
        )
    return lines


def _matter(trip: Trip, one: Row) -> Pair:
    """A matter in short: its title, its months, how many findings."""
    months = one["months_text"]
    name = "matter_of_months" if months else "matter"
    return trip.say(name, title=one["title"], months=months or "", count=str(len(one["finding_ids"])))


def _sources(report: Mapping[str, Any], line: Row) -> list[Pair]:
    second = report.get("second_sources") or {"lines": []}
    own = [one for one in second["lines"] if (one["code"], one["item"]) == (line["code"], line["item"])]
    return [
        {lang: _with_provider(source, lang) for lang in formats.LANGUAGES} for one in own for source in one["sources"]
    ]


def _with_provider(source: Row, lang: str) -> str:
    by = source["provided_by"]
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    return f"{source['title'][lang]}{opening}{by[lang]}{closing}" if by else str(source["title"][lang])


def _draw(trip: Trip, one: Draw, unit: Row, key: int) -> Row:
    owner: Any = unit["entity_id"] if one.of == "entity" else key
    rows = trip.rows[one.id].get(owner, ())
    names = (unit["entity_id"],) if one.of == "entity" else (unit["entity_id"], unit["unit_id"])
    found = draw.drawn(rows, one, trip.seed, names)
    heavy = sum(why == "by_leverage" for why, _ in found)
    count = trip.say(
        "of_total", rows=str(len(rows)), drawn=str(len(found)), leverage=str(heavy), random=str(len(found) - heavy)
    )
    return {
        "id": one.id,
        **{name: getattr(one, name).model_dump() for name in ("title", "note", "none")},
        "count": count,
        "columns": [column.title.model_dump() for column in one.columns],
        "rows": [
            {
                "why": why,
                "key": str(row["key"]),
                "month": f"{row['month']:%Y-%m}" if row.get("month") else None,
                "values": [_shown(trip, row, column) for column in one.columns],
                "leverage_tco2": row["leverage_tco2"] if known(row["leverage_tco2"]) else None,
                "cell": next((cell for column in one.columns if (cell := trip.cell(row, column))), None),
            }
            for why, row in found
        ],
    }  # fmt: skip


def _shown(trip: Trip, row: Row, column: Column) -> Pair:
    """A value in both languages: figures with their decimals, dates ISO, codes in words."""
    value, decimals = row.get(column.column), column.decimals
    if not known(value):
        return dict.fromkeys(formats.LANGUAGES, formats.NONE)
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = formats.plain(value) if decimals is None else formats.number(value, decimals)
        return dict.fromkeys(formats.LANGUAGES, text)
    code = trip.audit.sector.codes.get(column.codes or "", {}).get(str(value))
    return code.title.model_dump() if code else dict.fromkeys(formats.LANGUAGES, str(value))


def _recomputation(trip: Trip, one: Recomputation, key: int) -> Row:
    row = draw.heaviest(trip.rows[one.id].get(key, ()))
    common = {
        "id": one.id,
        "title": one.title.model_dump(),
        "none": one.none.model_dump(),
        "copy": [raw.model_dump() for raw in one.copy_],
        "unit": formats.unit_name(one.result.unit),
    }
    if row is None:
        inputs = [{"title": _title(figure), "unit": formats.unit_name(figure.unit)} for figure in one.inputs]
        return {**common, "found": False, "inputs": inputs}
    decimals = {figure.column: figure.decimals for figure in one.inputs} | {"recomputed": one.result.decimals}
    values = {
        name: _text(value, decimals.get(name))
        for name, value in row.items()
        if known(value) and not name.startswith("_")
    }
    if row.get("month"):
        values["month"] = f"{row['month']:%Y-%m}"
    computed = known(row["recomputed"])
    return {
        **common,
        "found": True,
        "subject": formats.fill(one.subject.model_dump(), values),
        "inputs": [
            {
                "title": _title(figure),
                "unit": formats.unit_name(figure.unit),
                "value": row.get(figure.column) if known(row.get(figure.column)) else None,
                "text": _text(row.get(figure.column), figure.decimals),
                "cell": trip.cell(row, figure),
            }
            for figure in one.inputs
        ],
        "steps": formats.fill(one.steps.model_dump(), values) if computed else trip.say("unknown_input"),
        "stated": {"text": _text(row["stated"], one.result.decimals), "cell": trip.cell(row, one.result)},
        "recomputed": _text(row["recomputed"], one.result.decimals),
        "leverage_tco2": row["leverage_tco2"] if known(row["leverage_tco2"]) else None,
    }  # fmt: skip


def _title(figure: Figure) -> Pair:
    title = figure.title or Words(zh=figure.column, en=figure.column)
    return title.model_dump()


def _text(value: Any, decimals: int | None) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    return formats.plain(value) if decimals is None else formats.number(value, decimals)


def _documents(trip: Trip, report: Mapping[str, Any]) -> list[Row]:
    """What to have at hand, what would be a second source, what stands in the way of checks, what findings ask for."""
    attached = trip.attachments.get(report["unit"]["entity_id"], {})
    lines: list[tuple[Pair, Pair, Pair | None]] = []
    for one in trip.settings.documents:
        count = attached.get(one.kind, 0)
        state = trip.say("attached", count=str(count)) if count else trip.say("not_seen")
        lines.append((one.title.model_dump(), trip.say("base_document"), state))
    for one in (report.get("second_sources") or {}).get("documents", ()):
        lines.append((one["words"], trip.say("second_source", codes=", ".join(one["codes"])), None))
    for one in report["not_assessable"]:
        if one["paper"]:
            lines.append((one["paper"], trip.say("not_assessable", count=str(len(one["rules"]))), trip.say("not_seen")))
    for one in report["matters"]:
        lines += [(ask, trip.say("of_finding", title=one["title"]), None) for ask in one["ask"]]
    return _grouped(lines)


def _grouped(lines: Sequence[tuple[Pair, Pair, Pair | None]]) -> list[Row]:
    """Each document once, with every reason for it, in the order of its first."""
    found: dict[str, Row] = {}
    for title, why, state in lines:
        row = found.setdefault(title["zh"], {"title": title, "why": [], "state": state})
        if why not in row["why"]:
            row["why"].append(why)
    return list(found.values())
