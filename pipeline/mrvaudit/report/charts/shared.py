"""What the makers of charts share: what they are told about the unit, and limits that come from parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mrvaudit.parameters import value_at
from mrvaudit.report.data import Row
from mrvaudit.report.formats import known

if TYPE_CHECKING:
    from mrvaudit.report.context import Run
    from mrvaudit.report.settings.charts import Limit

Drawn = dict[str, Any]


@dataclass(frozen=True)
class About:
    """What a chart may know beside its own rows: the months of the report, and the lines of the data table."""

    months: frozenset[str]
    table: Sequence[Mapping[str, Any]] = ()


def limit_of(run: Run, limit: Limit, row: Row) -> float | None:
    """A limit for one row, from a column or from the parameter in force in the row's month; None without a value."""
    if limit.column:
        value = row.get(limit.column)
        return round(value * limit.factor, 10) if known(value) else None
    parameter = run.sector.parameters.get(limit.parameter or "")
    if parameter is None:
        return None
    key = limit.key if limit.key is not None else "|".join(str(row.get(column)) for column in parameter.keys)
    month = row.get("month")
    value = value_at(parameter, key, str(month)[:7] if month is not None else "")
    return round(value.value * limit.factor, 10) if value else None
