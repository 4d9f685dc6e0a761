"""The pack of a unit as tables of text in one language: what both office formats write, said once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mrvaudit.answers.filled import text_of
from mrvaudit.report import formats
from mrvaudit.visit.settings import words

Row = Mapping[str, Any]
LONGEST = 2000
FIGURE = re.compile(r"[+−]?[0-9][0-9,]*([.][0-9]+)?")


@dataclass(frozen=True)
class Table:
    """A table: title, sentences above it, heads, relative widths, rows of text; what a person fills in stays empty."""

    title: str
    notes: tuple[str, ...]
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


def say(key: str, lang: str) -> str:
    """Interface words in one language."""
    return str(getattr(words()[key], lang))


def shown(value: Any) -> str:
    """Text without signs that nobody sees, cut where it is beyond reason."""
    text = text_of(value) or ""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def head(pack: Row, lang: str) -> list[tuple[str, str]]:
    """What stands at the head of every form: whose it is, and of when."""
    unit, totals = pack["unit"], pack["totals"]
    figures = " / ".join(formats.number(totals[name]) for name in ("declared_tco2", "recalculated_tco2"))
    name = " ".join(part for part in (unit["entity_name"], unit["entity_id"]) if part)
    unit_name = " ".join(part for part in (unit["unit_id"], unit["unit_name"]) if part)
    months = pack["period"]["months"]
    period = "–".join(dict.fromkeys((months[0], months[-1]))) if months else formats.NONE
    pairs = [
        ("entity", name), ("unit", unit_name), ("period", period),
        ("as_of", pack["as_of"]), ("totals", figures),
    ]  # fmt: skip
    facts = [(one["title"][lang], f"{one['text'][lang]} {one['unit'] or ''}".strip()) for one in pack["unit"]["facts"]]
    return [(say(key, lang), shown(value)) for key, value in pairs] + [(title, shown(text)) for title, text in facts]


def review(pack: Row, lang: str) -> Table:
    """The document review form."""
    rows = tuple(
        (
            one["section"], f"{one['title'][lang]}\n{one['look'][lang]}", one["documents"][lang],
            "\n".join(shown(seen[lang]) for seen in one["seen"]), "", "",
        )
        for one in pack["review"]
    )  # fmt: skip
    heads = ("section", "content", "documents_read", "seen", "record", "on_site")
    return Table(say("review_title", lang), (), _heads(heads, lang), (5, 30, 22, 20, 17, 8), rows)


def checklist(pack: Row, lang: str) -> Table:
    """The checklist by data code."""
    rows = tuple(
        (
            one["code"], shown(" ".join(part for part in (one["title"][lang], _item(one, lang), _unit(one)) if part)),
            _figures(one), "\n".join(shown(source[lang]) for source in one["sources"]),
            *((one[name][lang] for name in ("see", "ask", "how")) if one["first"] else [say("as_above", lang)] * 3),
            "\n".join(shown(found[lang]) for found in one["findings"]), "",
        )
        for one in pack["checklist"]
    )  # fmt: skip
    heads = ("code", "datum", "figures", "sources", "look", "ask", "how", "findings", "result")
    return Table(say("checklist_title", lang), (), _heads(heads, lang), (5, 11, 12, 14, 20, 10, 15, 17, 12), rows)


def _item(one: Row, lang: str) -> str:
    return str(one["item"][lang]) if one["item"] else ""


def _unit(one: Row) -> str:
    name = formats.unit_name(one["unit"])["zh"]
    return f"({name})" if name else ""


def _figures(one: Row) -> str:
    texts = []
    for name in ("declared", "recalculated"):
        value = one[name]
        number = isinstance(value, int | float)
        texts.append(formats.number(value, one["decimals"] or 0) if number else shown(value) or formats.NONE)
    return " /\n".join(texts)


def draws(pack: Row, lang: str) -> list[Table]:
    """The tracing sample, one table per draw."""
    made = []
    for one in pack["draws"]:
        rows = tuple(
            (
                say(row["why"], lang), row["month"] or "", *(shown(value[lang]) for value in row["values"]),
                formats.number(row["leverage_tco2"]), shown(row["cell"]), "",
            )
            for row in one["rows"]
        )  # fmt: skip
        columns = tuple(column[lang] for column in one["columns"])
        heads = (
            say("why", lang),
            formats_month(lang),
            *columns,
            say("leverage", lang),
            say("cell", lang),
            say("result", lang),
        )
        notes = (one["note"][lang], one["count"][lang]) if rows else (one["none"][lang],)
        made.append(Table(one["title"][lang], notes, heads, (7, 8, *([10] * len(columns)), 8, 22, 14), rows))
    return made


def formats_month(lang: str) -> str:
    """The word for month, as the reports have it."""
    return str(formats.book()["words"]["month"][lang])


def recomputations(pack: Row, lang: str) -> list[Table]:
    """Figures to reproduce: inputs with their cells, what to copy on the spot, the calculation, the results."""
    made = []
    for one in pack["recomputations"]:
        unit = one["unit"][lang]
        rows: list[tuple[str, ...]] = [
            (_with_unit(figure, lang), shown(figure.get("text", "")), shown(figure.get("cell")), "")
            for figure in one["inputs"]
        ]
        rows += [(raw[lang], "", say("copy_raw", lang), "") for raw in one["copy"]]
        notes = [one["none"][lang]] if not one["found"] else [shown(one["subject"][lang])]
        if one["found"]:
            rows.append((say("steps", lang), shown(one["steps"][lang]), "", ""))
            rows.append(
                (f"{say('stated', lang)} {unit}".strip(), one["stated"]["text"], shown(one["stated"]["cell"]), "")
            )
            rows.append((f"{say('recomputed', lang)} {unit}".strip(), one["recomputed"], "", ""))
        rows.append((f"{say('reproduced', lang)} {unit}".strip(), "", "", ""))
        heads = _heads(("input", "value", "cell", "copied"), lang)
        made.append(Table(one["title"][lang], tuple(notes), heads, (26, 34, 26, 14), tuple(rows)))
    return made


def _with_unit(figure: Row, lang: str) -> str:
    unit = figure["unit"][lang]
    return f"{figure['title'][lang]} {unit}".strip()


def documents(pack: Row, lang: str) -> Table:
    """Documents to ask for, with every reason."""
    rows = tuple(
        (
            str(number), shown(one["title"][lang]), "\n".join(shown(why[lang]) for why in one["why"]),
            one["state"][lang] if one["state"] else "", "",
        )
        for number, one in enumerate(pack["documents"], 1)
    )  # fmt: skip
    heads = _heads(("number", "document", "why_document", "state", "received"), lang)
    return Table(say("sheet_documents", lang), (), heads, (5, 42, 31, 14, 8), rows)


def _heads(keys: Sequence[str], lang: str) -> tuple[str, ...]:
    return tuple(say(key, lang) for key in keys)


def foot(pack: Row, lang: str) -> tuple[str, ...]:
    """What stands below every form: that it concludes nothing, and how chance was used."""
    return (say("caveat", lang), shown(pack["seed_note"][lang]))


def is_figure(text: str) -> bool:
    """Whether a text is a printed figure, to be set to the right; dates and months are none."""
    return FIGURE.fullmatch(text) is not None
