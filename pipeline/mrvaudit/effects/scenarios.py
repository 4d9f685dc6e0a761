"""Scenarios: an entity and the cells that would hold other values in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

Value = str | float | int | bool


@dataclass(frozen=True)
class Cell:
    """A cell of a standard table (`block` and `line` of its row) and the value it should hold.

    Dates and months are ISO text; None empties the cell.
    """

    table: str
    field: str
    block: int
    line: int
    value: Value | None


@dataclass(frozen=True)
class Scenario:
    """The rows of an entity with some cells corrected; without cells they are the rows as submitted."""

    entity_id: str
    cells: tuple[Cell, ...] = ()


def cells_of(text: str | None) -> tuple[Cell, ...]:
    """Cells of a finding's internal column `corrects`."""
    return tuple(Cell(*one) for one in json.loads(text)) if text else ()


def together(corrections: Iterable[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """All corrections at once; where two speak of one cell, the first given holds."""
    joint: dict[tuple[str, str, int, int], Cell] = {}
    for cells in corrections:
        for cell in cells:
            joint.setdefault((cell.table, cell.field, cell.block, cell.line), cell)
    return tuple(joint.values())
