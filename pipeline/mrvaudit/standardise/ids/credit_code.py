"""Unified social credit codes: their letters, their length and their check character (GB 32100-2015)."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from mrvaudit.ingest.notices import Case, field_words, finding, related
from mrvaudit.sector import Sector
from mrvaudit.tables import Table

NOTICE = "REC-CREDIT"
LENGTH = 18
# GB 32100-2015: characters without I, O, S, V, Z; the weight of place i is 3^(i-1) mod 31.
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
# What is meant for a code: some letters and mostly digits, about as long. Anything else is an id of somebody's own.
MEANT = re.compile(r"[0-9A-Za-z]{15,20}", re.ASCII)
FEWEST_DIGITS = 8
MOST_CELLS = 21
WHY = {
    "form": (
        "不是 18 位数字和大写字母（不含 I、O、S、V、Z）",
        "it is not 18 digits and capitals without I, O, S, V and Z",
    ),
    "check": ("校验码应为 {right}", "its check character would be {right}"),
}


def check_character(body: str) -> str:
    """The 18th character that belongs to the first 17; ValueError for a character that no code has."""
    weighted = sum(CHARACTERS.index(one) * weight for one, weight in zip(body, WEIGHTS, strict=True))
    return CHARACTERS[-weighted % len(CHARACTERS)]


def fault(code: str) -> str | None:
    """`form` or `check` for a text that is meant for a code and is none; None for a code, or an id of another kind."""
    if not MEANT.fullmatch(code) or sum(one.isdigit() for one in code) < FEWEST_DIGITS:
        return None
    if len(code) != LENGTH or any(one not in CHARACTERS for one in code):
        return "form"
    return None if code[-1] == check_character(code[:-1]) else "check"


def check(sector: Sector, table: Table, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """One finding for each wrong code of a standard table, with the cells it stands in."""
    found = []
    for field in table.fields.values():
        if field.form != "credit_code" or NOTICE not in sector.notices:
            continue
        for code in rows[field.name].drop_nulls().unique().sort().to_list():
            why = fault(code)
            if why is None:
                continue
            cells = rows.filter(pl.col(field.name) == code).sort("_block", "_line")
            places = cells.select("_block", "_line").head(MOST_CELLS).to_dicts()
            right = check_character(code[:-1]) if why == "check" else ""
            words = {
                **field_words(table, field.name),
                "text": code,
                "reason_zh": WHY[why][0].format(right=right),
                "reason_en": WHY[why][1].format(right=right),
            }
            found.append(
                finding(
                    sector, Case(NOTICE, why), words, entity_id=cells["entity_id"][0], table=table.name, row_key=code,
                    field=field.name, related=related(table, field.name, code, places[1:]), **places[0],
                )
            )  # fmt: skip
    return found
