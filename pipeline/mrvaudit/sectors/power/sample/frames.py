"""Frames with exactly the columns of a record table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.world.digits import Bools, Floats, Ints, figures
from mrvaudit.tables import Table

Tables: TypeAlias = dict[str, pl.DataFrame]
Column: TypeAlias = "pl.Series | Floats | Ints | Bools | Sequence[object] | str | float | date | None"

TYPES: dict[str, pl.DataType] = {
    "str": pl.String(),
    "date": pl.Date(),
    "month": pl.Date(),
    "f64": pl.Float64(),
    "i64": pl.Int64(),
    "bool": pl.Boolean(),
}


def frame(table: Table, height: int, columns: Mapping[str, Column]) -> pl.DataFrame:
    """A frame of the table's columns in their order; single values are repeated, what is not given is null.

    Raises KeyError for a column that the table does not have.
    """
    strangers = set(columns) - set(table.fields)
    if strangers:
        raise KeyError(f"{table.name} has no columns {sorted(strangers)}")
    made = []
    for name, field in table.fields.items():
        value, kind = columns.get(name), TYPES[field.type]
        if value is None or isinstance(value, (str, float, int, date)):
            made.append(pl.repeat(value, height, dtype=kind, eager=True).alias(name))
        else:
            series = value if isinstance(value, pl.Series) else pl.Series(name, value, strict=False)
            made.append(series.cast(kind).alias(name))
    return pl.DataFrame(made)


def spread(values: Sequence[object], at: Ints) -> pl.Series:
    """values[at]: texts or dates of few owners spread over many rows."""
    return pl.Series(values, strict=False).gather(pl.Series(at, dtype=pl.UInt32))


def joined(*parts: pl.Series | str) -> pl.Series:
    """Texts put together row by row."""
    columns = [pl.lit(part) if isinstance(part, str) else part.alias(f"p{n}") for n, part in enumerate(parts)]
    return pl.select(pl.concat_str(columns)).to_series()


def hundredths(units: Ints) -> Floats:
    """Figures printed with two decimals."""
    return figures(units, 2)


def thousandths(units: Ints) -> Floats:
    """Figures printed with three decimals."""
    return figures(units, 3)


def where(mask: Bools) -> tuple[Ints, ...]:
    """Positions of the true cells, row by row."""
    return tuple(axis.astype(np.int64) for axis in np.nonzero(mask))
