"""Where the figures at the ends of the recalculation tree were read: file, sheet and cells of the records behind them.

A figure of a month (declared, or of a laboratory) was read in one cell; one summed up from days rests on a stretch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mrvaudit.report.content.months import month_of
from mrvaudit.report.data import Row, UnitRows

if TYPE_CHECKING:
    from mrvaudit.derived import View
    from mrvaudit.report.context import Run
    from mrvaudit.sql_origins import Source

Cell = dict[str, Any]
NUMBERS = (int, float)


def sources_of(run: Run, view: View) -> dict[str, set[str]]:
    """Record tables behind the columns that a view takes over, each with its columns."""
    taken = [(join.view, theirs) for join in view.join for theirs in join.take]
    found: dict[str, set[str]] = {}
    for table, field in (one for source in taken for one in run.lineage.base_columns(*source)):
        found.setdefault(table, set()).add(field)
    return found


def cells(run: Run, rows: UnitRows, row: Row, source: Source, value: Any) -> list[Cell]:
    """Cells behind a column of a view in the unit and month of `row`: {file, sheet, row, cell, cells}, `cells` of them.

    Of records of a month those that hold the value itself, where any does; else one stretch for each column and file.
    What comes from no one column (a quantity of the days that were tested) rests on whole rows, as in `67:100`.
    """
    found: list[Cell] = []
    if not run.lineage.base_columns(*source) and source[0] != _of_trees(run):
        for table in run.lineage.base_tables(source[0]):
            found += _stretches(run, _latest(_records(run, rows, row, table)), None)
    for table, field in run.lineage.base_columns(*source):
        records = [one for one in _records(run, rows, row, table) if _alike(one.get(field), value)]
        same = [one for one in records if one[field] == value and one.get("date") is None]
        found += _stretches(run, _latest(same or records), field)
    return found


def _of_trees(run: Run) -> str | None:
    """The view whose rows the trees are of; a column of its own without records behind it was read nowhere."""
    return run.sector.settings.totals.view if run.sector.settings.totals else None


def _records(run: Run, rows: UnitRows, row: Row, table: str) -> list[Row]:
    """Records of the unit, the members of its group and its whole entity in the month and of the item of a row."""
    item = run.settings.item.column if run.settings.item else None
    wanted = row.get(item) if item is not None else None
    return rows.records_of(table, month_of(row) or "", item, wanted)


def _alike(given: Any, value: Any) -> bool:
    """Whether a record says something of the kind of a value: figures stand behind figures, words behind words."""
    if given is None or isinstance(given, bool):
        return False
    return isinstance(given, NUMBERS) if isinstance(value, NUMBERS) else isinstance(given, str)


def _latest(records: list[Row]) -> list[Row]:
    """Records of the highest version, where they have versions."""
    last = max((one.get("version") or 0 for one in records), default=0)
    return [one for one in records if (one.get("version") or 0) == last]


def _stretches(run: Run, records: list[Row], field: str | None) -> Iterator[Cell]:
    """One stretch for each block: of a column, or of whole rows."""
    lines: dict[int, list[int]] = {}
    for one in records:
        if one.get("_block") is not None and one.get("_line") is not None:
            block, line = run.blocks.where(one["_block"], one["_line"], field)
            lines.setdefault(block, []).append(line)
    for block, of_block in sorted(lines.items()):
        place = run.blocks.by_number.get(block)
        ends = (min(of_block), max(of_block))
        first, last = (run.blocks.cells(block, one, (field,)) if field else str(one) for one in ends)
        if place is None or first is None:
            continue
        yield {
            "file": place["path"],
            "sheet": place["sheet"],
            "row": min(of_block),
            "cell": first if first == last and field else f"{first}:{last}",
            "cells": len(set(of_block)) if field else None,
        }
