"""Rows given by hand, and what the views of a sector make of them: one database, filled and rolled back each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from mrvaudit import macros, store
from mrvaudit.checks.examples import FAR
from mrvaudit.checks.given import Given
from mrvaudit.sector import Sector

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class Figures:
    """Views of the sector over rows of its tables; columns left out have their defaults, units a plain one."""

    def __init__(self, sector: Sector) -> None:
        self.sector = sector
        self._con = store.connect("1GB", None)
        macros.install(self._con, sector, FAR)
        store.define(self._con, sector)
        self._given = Given(self._con, sector)

    def view(self, name: str, given: Rows) -> pl.DataFrame:
        """All rows of one view, in the order of its grain."""
        grain = next(one.grain for one in self.sector.views if one.view == name)
        # The reader of examples computes what a rule reads: any rule, made to look at the view.
        rule = next(iter(self.sector.rules.values()))
        asking = rule.model_copy(update={"reads": (), "subject": rule.subject.model_copy(update={"view": name})})
        self._con.execute("BEGIN")
        try:
            fault = self._given.fill(given, asking)
            assert fault is None, fault
            return pl.DataFrame(self._con.sql(f"SELECT * FROM {name} ORDER BY {', '.join(grain)}").to_arrow_table())
        finally:
            self._con.execute("ROLLBACK")

    def value(self, expression: str, *arguments: Any) -> Any:
        """The value of an expression over the sector's macros."""
        row = self._con.execute(f"SELECT {expression}", list(arguments)).fetchone()
        assert row is not None
        return row[0]


def days(first: date, figures: Sequence[Mapping[str, Any]], **always: Any) -> list[dict[str, Any]]:
    """Daily rows from a first day on."""
    return [{**always, "date": first + timedelta(days=number), **one} for number, one in enumerate(figures)]
