"""Rows that others wrote name units by ids of their own; `identifiers` says whom they mean.

A row whose id stands for no unit, or for several, is put aside and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from mrvaudit.ingest.frames import months
from mrvaudit.ingest.notices import Case, field_words, finding, related
from mrvaudit.ingest.words import folded
from mrvaudit.sector import Sector
from mrvaudit.standardise.entities import GROUP
from mrvaudit.tables import Table

NOTICE, TABLE = "INT-OUTSIDE", "identifiers"
SYSTEM, ID = "_system", "_external"
MOST_NAMED, MOST_CELLS = 20, 21
WHY = {
    "no_match": ("在其中没有对应", "stand for nothing there"),
    "several": ("在其中对应不止一处", "stand for several there"),
}
# (system, id without regard to case and width) -> whom it stands for: entity, unit, first and last day.
Known = Mapping[tuple[str, str], list[tuple[str, str | None, date | None, date | None]]]


@dataclass(frozen=True)
class Unmatched:
    """Rows of one table that no identifier settles: `rows` with `_block`, `_line`, group, system, id and `_why`."""

    table: str
    rows: pl.DataFrame


def known(rows: pl.DataFrame) -> Known:
    """The look-up over the rows of `identifiers`, their entity known."""
    found: dict[tuple[str, str], list[tuple[str, str | None, date | None, date | None]]] = {}
    columns = ("system", "external_id", "entity_id", "unit_id", "valid_from", "valid_to")
    for system, external, *whom in rows.select(columns).unique().sort(columns).iter_rows():
        if system is not None and external is not None:
            found.setdefault((system, folded(external)), []).append((whom[0], whom[1], whom[2], whom[3]))
    return found


def identified(rows: pl.DataFrame, table: Table, whom: Known) -> tuple[pl.DataFrame, Unmatched]:
    """Rows with entity and unit of their outside id, and those that are put aside."""
    asks = rows[ID].is_not_null() & rows["_reason"].is_null()
    if "unit_id" in rows.columns:
        asks = asks & rows["unit_id"].is_null()
    if not asks.any():
        return rows, Unmatched(table.name, rows.clear().with_columns(pl.lit("").alias("_why")))
    place = rows.with_row_index("_at").filter(asks)
    settled = [
        _settle(whom.get((system, folded(external)), []), month)
        for system, external, month in zip(place[SYSTEM], place[ID], months(table, place), strict=True)
    ]
    schema = {"_entity": pl.String, "_unit": pl.String, "_why": pl.String}
    found = pl.concat([place.select("_at"), pl.DataFrame(settled, schema=schema, orient="row")], how="horizontal")
    joined = rows.with_row_index("_at").join(found, on="_at", how="left", maintain_order="left")
    filled = [pl.coalesce("_entity", "entity_id").alias("entity_id")]
    if "unit_id" in rows.columns:
        filled.append(pl.coalesce("unit_id", "_unit").alias("unit_id"))
    out = joined.filter(pl.col("_why").is_not_null()).drop("_at", "_entity", "_unit")
    kept = joined.filter(pl.col("_why").is_null()).with_columns(filled)
    return kept.select(rows.columns), Unmatched(table.name, out)


def _settle(
    whom: Iterable[tuple[str, str | None, date | None, date | None]], month: date | None
) -> tuple[str | None, str | None, str | None]:
    """Entity and unit, or why not; an id counts in the months that its days of validity touch."""
    fits = {
        (entity, unit)
        for entity, unit, since, until in whom
        if month is None
        or ((since is None or since.replace(day=1) <= month) and (until is None or month <= until.replace(day=1)))
    }
    if len(fits) == 1:
        entity, unit = fits.pop()
        return entity, unit, None
    return None, None, "several" if fits else "no_match"


def said(sector: Sector, one: Unmatched, by_group: Mapping[int, str]) -> list[dict[str, Any]]:
    """One finding per table, system and reason, with the ids and how many rows each has."""
    if one.rows.is_empty() or NOTICE not in sector.notices:
        return []
    table, found = sector.tables[one.table], []
    systems = sector.codes.get(sector.tables[TABLE].fields["system"].codes or "", {})
    parts = one.rows.partition_by(GROUP, SYSTEM, "_why", as_dict=True)
    for (group, system, why), part in sorted(parts.items(), key=lambda item: tuple(map(str, item[0]))):
        counts = part.group_by(ID).len().sort(ID)
        names = [f"{name} ({count})" for name, count in counts.head(MOST_NAMED).iter_rows()]
        places = part.sort("_block", "_line").select("_block", "_line").head(MOST_CELLS).to_dicts()
        title = systems[str(system)].title
        words = {
            **field_words(table, None),
            "count": part.height,
            "what_zh": title.zh,
            "what_en": title.en,
            "text": ", ".join(names) + (" …" if counts.height > MOST_NAMED else ""),
            "reason_zh": WHY[str(why)][0],
            "reason_en": WHY[str(why)][1],
        }
        found.append(
            finding(
                sector, Case(NOTICE, f"{system}:{why}"), words, entity_id=by_group.get(int(str(group)), ""),
                table=one.table, row_key="", field=None, related=related(table, "", "", places[1:]), **places[0],
            )
        )  # fmt: skip
    return found
