"""Units of measure: a name, its dimension, and the factor to the dimension's own unit."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from mrvaudit.packfile import Entry


class Unit(Entry):
    """A unit: `value × factor` gives the value in `to`."""

    dimension: str
    to: str
    factor: float
    aliases: tuple[str, ...] = ()


def fold(text: str) -> str:
    """A spelling without regard to width, case and space: `（MJ／kg）` and `(mj/kg)` are one."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def index(units: Mapping[str, Unit]) -> dict[str, str]:
    """Every spelling, folded, and the unit it names."""
    spellings: dict[str, str] = {}
    for name, unit in units.items():
        for spelling in (name, *unit.aliases):
            spellings.setdefault(fold(spelling), name)
    return spellings


def find(units: Mapping[str, Unit], spelling: str) -> str | None:
    """The unit that `spelling` names, or None."""
    if spelling in units:
        return spelling
    return index(units).get(fold(spelling))


def convert_factor(units: Mapping[str, Unit], from_name: str, to_name: str) -> float | None:
    """Factor from one unit to another; None where a name is unknown or the dimensions differ."""
    source, target = find(units, from_name), find(units, to_name)
    if source is None or target is None:
        return None
    if units[source].dimension != units[target].dimension:
        return None
    return units[source].factor / units[target].factor


def dimension(units: Mapping[str, Unit], spelling: str) -> str | None:
    """Dimension of a unit, None where the unit is unknown."""
    name = find(units, spelling)
    return None if name is None else units[name].dimension
