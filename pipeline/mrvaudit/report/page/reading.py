"""The model laid out for a reader: what the templates show, in which order, and what goes first on a crowded page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from mrvaudit.report import formats
from mrvaudit.report.formats import LANGUAGES, Pair, known
from mrvaudit.report.page import changes, svg, svg_dates, svg_flows
from mrvaudit.report.page.pieces import both, cut
from mrvaudit.report.page.trimming import Trim
from mrvaudit.report.writing import Writing

Report = Mapping[str, Any]
DRAWERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "paired_bars": svg.paired_bars,
    "dots_month": svg.dots_month,
    "dots_day_step": svg.dots_day_step,
    "deviation_dots": svg.deviation_dots,
    "date_chain": svg_dates.date_chain,
    "day_strip": svg_dates.day_strip,
    "digits": svg_dates.digits,
    "waterfall": svg_flows.waterfall,
    "scatter_fit": svg_flows.scatter_fit,
}


def view(report: Report, context: Writing) -> dict[str, Any]:
    """What the templates of a unit report ask for and no trim changes."""
    words = Words(context.words)
    by_id = {one["finding_id"]: one for one in report["findings"]}
    matters = report["matters"]
    charts = _charts(report)
    return {
        "r": report,
        "lang": context.lang,
        "many_years": len({month[:4] for month in report["period"]["months"]}) > 1,
        **_frame(report, words),
        **_result(report, words),
        "contents": _contents(report, words, charts),
        "charts_of": charts,
        "signals": _signals(report, words),
        "changes": changes.view(report, words),
        "opinion": _opinion(report),
        "opinion_reason": _why_silent(report, words),
        "matter_of": {matter["number"]: matter for matter in matters},
        "records_of": lambda matter: [by_id[one] for one in matter["finding_ids"]],
        "count_follows": lambda matter: sum(len(one["finding_ids"]) for one in matter["follows"]),
        "figures_of": lambda records: figures_of(report, records),
        "places_of": lambda records: places_of(records),
        "all_years": sorted({month[:4] for month in _months_of_table(report)}),
        "source_years": sorted({month[:4] for month in (report["second_sources"] or {}).get("months", ())}),
        "months_of": lambda year: [f"{year}-{number:02d}" for number in range(1, 13)],
        "checks_by_status": _checks_by_status(report),
        "reason_words": lambda reason: words.get(_aside(str(reason)), words["quarantine_other"]),
    }


def trimmed(report: Report, whole: Mapping[str, Any], trim: Trim) -> dict[str, Any]:
    """What a trim leaves of the sections that can be trimmed, beside the `whole` view."""
    matters, years = report["matters"], whole["all_years"]
    full, short = matters[: trim.full], matters[trim.full : trim.full + trim.short]
    return {
        "shown_matters": full,
        "short_matters": short,
        "hidden_matters": len(matters) - len(full) - len(short),
        "table_of": lambda records: table_of(report, records, trim.records),
        "years": years[-trim.years :],
        "years_left_out": years[: -trim.years],
        "lists_checks": trim.lists_checks,
        "shown_quarantine": report["quarantine"]["rows"][: trim.aside],
    }


class Words(dict[str, Pair]):
    """The words of the interface, with a shorter way to fill their placeholders."""

    def say(self, key: str, **values: Any) -> Pair:
        """Words of a key with its placeholders filled."""
        return formats.fill(self[key], values)


def _aside(reason: str) -> str:
    return f"quarantine_{'note_row' if reason == 'note' else reason}"


def _frame(report: Report, words: Words) -> dict[str, Any]:
    """Title, heading and the facts at the head of the page."""
    unit, years = report["unit"], report["period"]["years"]
    name, company = str(unit["unit_name"] or unit["unit_id"]), str(unit["entity_name"] or unit["entity_id"])
    place = [part for part in dict.fromkeys((unit["province"], unit["city"], unit["county"])) if part]
    rows: list[tuple[Pair, Pair | str]] = [
        (words["entity"], cut(company, 120)),
        (words["unit"], _unit_line(report, name)),
        (words["place"], " · ".join(place) or formats.NONE),
        (words["data_years"], years),
        (words["as_of"], report["as_of"]),
        (words["rule_pack"], f"{report['sector']['id']} {report['sector']['version']}"),
    ]
    # A unit that bears its enterprise's name is named once.
    both = company if name == company else f"{company[:60]} {name[:60]}"
    return {
        "title": words.say("report_title", name=both[:121], years=years),
        "name": {"company": cut(company, 120), "unit": "" if name == company else cut(name, 120)},
        "meta": [(_spans(title), _spans(value)) for title, value in rows],
    }


def _unit_line(report: Report, name: str) -> Pair:
    """The unit's name with its first facts: 1# · 350 MW · supercritical."""
    facts = report["unit"]["facts"][:2]
    return {
        lang: " · ".join([cut(name, 60), *(f"{one['text'][lang]}\u00a0{one['unit'] or ''}".strip() for one in facts)])
        for lang in LANGUAGES
    }


def _spans(value: Pair | str) -> Markup:
    return both(value if isinstance(value, dict) else dict.fromkeys(LANGUAGES, value))


def _result(report: Report, words: Words) -> dict[str, Any]:
    """The leading sentence, and the steps of tonnes with their caption."""
    matters, answered = _open(report)
    counted = [one for one in matters if one["impact_kind"] == "recalculated" and one["impact_tco2"]]
    apart = [one for one in matters if one["impact_kind"] == "if_default_applies" and one["impact_tco2"]]
    counted.sort(key=lambda one: (-abs(one["impact_tco2"]), one["number"]))
    sentence = _lead(report, words, counted, answered)
    stake = svg.steps(
        [(_short(one), one["impact_tco2"]) for one in counted[:6]],
        report["totals"]["at_stake_tco2"],
        [(_short(one), one["impact_tco2"]) for one in apart[:2]],
    )
    totals = report["totals"]
    largest = max((one["impact_tco2"] for one in (counted or apart)), key=abs, default=None)
    caption = words.say(
        f"stake_caption_{totals['direction'] if counted else 'apart'}",
        total=totals["at_stake_tco2"], share=totals["at_stake_pct"], largest=largest, n=len(counted or apart),
    )  # fmt: skip
    return {"lead": sentence, "stake": stake, "stake_caption": caption, "gap_note": _gap_note(totals)}


def _open(report: Report) -> tuple[list[Report], int]:
    """Matters with the tonnes of their open findings alone, as the tonnes at stake have them; how many have less so."""
    by_id = {one["finding_id"]: one for one in report["findings"]}
    found: list[Report] = []
    answered = 0
    for matter in report["matters"]:
        records = [by_id[one] for one in matter["finding_ids"]]
        done = [one["impact_tco2"] for one in records if one["status"] != "open" and _counts(one)]
        answered += bool(done)
        left = round(matter["impact_tco2"] - sum(done), 8) if done else matter["impact_tco2"]
        found.append({**matter, "impact_tco2": left})
    return found, answered


def _counts(record: Report) -> bool:
    return known(record["impact_tco2"]) and record["cause_id"] is None


def _gap_note(totals: Report) -> bool:
    """Whether the difference of the totals is not what the findings put at stake, so that a line has to say why."""
    gap, stake = totals["difference_tco2"], totals["at_stake_tco2"]
    return known(gap) and known(stake) and abs(gap - stake) >= max(1.0, abs(stake) * 0.01)


def _lead(report: Report, words: Words, counted: Sequence[Report], answered: int) -> Pair:
    parts = [_part(words, one) for one in counted[:3]]
    join = words["lead_join"]
    listed = {lang: join[lang].join(part[lang] for part in parts) for lang in LANGUAGES}
    sentences = [] if answered else [words["lead_no_tonnes"]]
    if counted:
        sentences = [words.say("lead_one" if len(counted) == 1 else "lead_parts", n=len(counted), parts=listed)]
    conditional = report["totals"]["conditional_tco2"]
    if conditional is not None and abs(conditional) >= 0.5:
        sentences.append(words.say("lead_conditional", tonnes=conditional))
    if answered:
        sentences.append(words.say("lead_answered", n=answered))
    status = report["checks"]["by_status"]
    missing = status["not_assessable"] + status["crashed"]
    if missing and not counted:
        sentences.append(words.say("lead_missing", n=missing))
    return {lang: "".join(one[lang] for one in sentences).strip() for lang in LANGUAGES}


def _part(words: Words, matter: Report) -> Pair:
    key = "lead_part_months" if matter["months"] else "lead_part"
    return words.say(key, title=matter["title"], months=matter["months_text"], tonnes=matter["impact_tco2"])


def _short(matter: Report) -> Pair:
    """A label for a bar: what the matter is about and, where they are few, its months."""
    topic: Pair = matter["topic"] or dict.fromkeys(LANGUAGES, str(matter["rule_id"]))
    labels = {}
    for lang, most in (("zh", 14), ("en", 26)):
        month = f" {matter['months_text'][lang]}" if matter["months"] else ""
        labels[lang] = f"{topic[lang]}{month}" if len(topic[lang] + month) <= most else topic[lang][:most]
    return labels


def _contents(report: Report, words: Words, charts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The sections that the page has, in its order."""
    aside = report["quarantine"]
    sections = [(f"s-{one['id']}", one["title"]) for one in report["sections"] if charts.get(one["id"])]
    listed: list[tuple[str, Pair, Any]] = [
        ("result", words["toc_result"], True),
        ("worth", words["toc_worth"], report["worth"]),
        ("leads", words["toc_leads"], report["leads"] is not None),
        ("unit", words["toc_unit"], True),
        ("months", words["toc_months"], report["months"]),
        ("ba", words["toc_changes"], report["before_after"]),
        ("findings", words["toc_findings"], True),
        ("na", words["toc_missing"], report["not_assessable"] or report["charts_left_out"]),
        *((id_, title, True) for id_, title in sections),
        ("det", words["toc_signals"], report["signals"]),
        ("sources", words["toc_sources"], (report["second_sources"] or {}).get("lines")),
        ("tree", words["toc_tree"], report["trees"]),
        ("data", words["toc_data"], report["data_codes"]),
        ("checks", words["toc_checks"], True),
        ("opinion", words["toc_opinion"], report["second_opinion"]),
        ("par", words["toc_parameters"], report["parameters"]),
        ("quarantine", words["toc_quarantine"], aside["count"] or aside["shared_rows"]),
        ("man", words["toc_manifest"], True),
    ]
    return [(id_, _spans(title)) for id_, title, there in listed if there]


def _charts(report: Report) -> dict[str, list[dict[str, Any]]]:
    """Charts of each section in groups: one wide chart, charts side by side, or panels of deviations."""
    found: dict[str, list[dict[str, Any]]] = {"months": []}
    for chart in report["charts"]:
        groups = found.setdefault(chart["section"], [])
        kind = "half" if chart["kind"] in svg.HALF else "panels" if chart["kind"] == "deviation_dots" else "wide"
        if kind == "wide" or not groups or groups[-1]["kind"] != kind:
            groups.append({"kind": kind, "charts": [], "band": None, "outside": False})
        drawn = DRAWERS[chart["kind"]](chart)
        groups[-1]["charts"].append({**chart, "frames" if kind == "panels" else "frame": drawn})
        groups[-1]["band"] = groups[-1]["band"] or chart["band"]
        groups[-1]["outside"] = groups[-1]["outside"] or bool(chart["stats"].get("n_outside"))
    return found


def _signals(report: Report, words: Words) -> list[dict[str, Any]]:
    """What each detector said, with its drawing and the sentence that states it."""
    return [
        {
            **one,
            "frame": svg.scores(one["points"]),
            "caption": words.say(
                "signals_caption" if one["n_flagged"] else "signals_caption_none",
                group=one["group"], n=one["n"], flagged=one["n_flagged"], months=one["months"],
            ),
        }
        for one in report["signals"]
    ]  # fmt: skip


def _opinion(report: Report) -> dict[str, int]:
    """Sums over what the second opinion looked at."""
    suites = (report["second_opinion"] or {}).get("suites", ())
    names = {"n": "expectations", "failed": "not_met", "both": "also_in_record_contract", "only": "only_here"}
    return {short: sum(one[name] for one in suites) for short, name in names.items()}


def _why_silent(report: Report, words: Words) -> Pair:
    """Why the second opinion was not asked, in words; the reason itself where there are none for it."""
    reason = str((report["second_opinion"] or {}).get("reason"))
    if reason.startswith("units<"):
        return words.say("opinion_few", least=reason.removeprefix("units<"))
    return words["opinion_off"] if reason in ("no-gate", "only") else dict.fromkeys(LANGUAGES, reason)


def _decimals(report: Report, records: Sequence[Report]) -> int:
    """Decimals for the figures of a matter: as the form prints its data code, else as many as the figures have."""
    code, unit = records[0]["data_code"], records[0]["unit_of_measure"]
    for line in report["data_codes"]:
        if line["code"] == code and line["unit"] == unit and line["decimals"] is not None:
            return int(line["decimals"])
    values = [one[name] for one in records for name in ("observed", "expected")]
    largest = max((abs(value) for value in values if known(value)), default=0.0)
    return formats.decimals_of(values, 2 if largest >= 1000 else 4)


def figures_of(report: Report, records: Sequence[Report]) -> dict[str, Any]:
    """Observed and expected of a single record, and the tolerance where all records share one."""
    one, decimals = records[0], _decimals(report, records)
    single = None
    if len(records) == 1 and known(one["observed"]):
        single = {name: formats.number(one[name], decimals) for name in ("observed", "expected")}
    tolerances = {record["tolerance"] for record in records}
    tolerance = one["tolerance"] if len(tolerances) == 1 and known(one["tolerance"]) else None
    shown = formats.plain(tolerance, 2 if abs(tolerance) >= 100 else 4) if tolerance is not None else None
    return {"single": single, "tolerance": shown, "unit": one["unit_of_measure"]}


def places_of(records: Sequence[Report], most: int = 6) -> dict[str, Any]:
    """Cells of a matter: of a single record its own and related ones, of several the files only."""
    if len(records) == 1:
        one = records[0]
        related = [
            {"file": cell.get("source_file"), "sheet": cell.get("source_sheet"), "row": None, "text": None}
            | {"cell": cell.get("source_cell")}
            for cell in one["related"]
        ]
        places = [cell for cell in (one["cell"], *related) if cell["file"]]
    else:
        files = dict.fromkeys((one["cell"]["file"], one["cell"]["sheet"]) for one in records if one["cell"]["file"])
        places = [{"file": file, "sheet": sheet, "cell": None, "row": None, "text": None} for file, sheet in files]
    return {"places": places[:most], "more": max(0, len(places) - most)}


def table_of(report: Report, records: Sequence[Report], most: int) -> dict[str, Any]:
    """Rows of a matter's table: figures where there are any, else the sentence of each record."""
    decimals = _decimals(report, records)
    figures = any(known(one["observed"]) for one in records)
    rows = [
        {**one, **({name: formats.number(one[name], decimals) for name in ("observed", "expected")} if figures else {})}
        for one in records[:most]
    ]
    units = {one["unit_of_measure"] for one in records}
    return {
        "figures": figures,
        "tonnes": any(known(one["impact_tco2"]) for one in records),
        "unit": units.pop() if figures and len(units) == 1 else None,
        "rows": rows,
        "more": max(0, len(records) - most),
    }


def _months_of_table(report: Report) -> list[str]:
    table = [one["month"] for line in report["data_codes"] for one in line["months"]]
    return [*table, *(one["year"] for line in report["data_codes"] for one in line["years"])]


def _checks_by_status(report: Report) -> list[tuple[str, list[Any]]]:
    order = ("found", "not_assessable", "crashed", "passed", "not_applicable")
    rows = report["checks"]["rows"]
    grouped = [(status, [row for row in rows if row["status"] == status]) for status in order]
    return [(status, found) for status, found in grouped if found]
