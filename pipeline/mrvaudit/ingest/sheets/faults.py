"""Cells that hold no value: the error of a formula, or a formula whose result the workbook does not store."""

from __future__ import annotations

import polars as pl

_ERRORS = "REF! N/A VALUE! DIV/0! NAME\\? NULL! NUM! SPILL! CALC! BLOCKED! CONNECT! FIELD! UNKNOWN! BUSY! GETTING_DATA"
ERROR = rf"(?i)^\s*#({'|'.join(_ERRORS.split())})\s*$"
# How a formula without a stored result is handed over: no text that anybody types.
NO_RESULT = "#FORMULA! ="
# What exports write to keep the zeros of an id: ="00123".
QUOTED = r'^="([^"]*)"$'


def unquoted(cells: pl.Series) -> pl.Series:
    """Texts that stand in `="…"` without it."""
    if cells.dtype != pl.String or not cells.str.starts_with('="').any():
        return cells
    return pl.select(pl.coalesce(cells.str.extract(QUOTED), cells)).to_series()


def why(cells: pl.Series) -> pl.Series | None:
    """Per cell the reason why it holds no value, null where it may hold one; None where every cell may."""
    if cells.dtype != pl.String:
        return None
    if not cells.str.starts_with("#").any():
        return None
    error = pl.when(cells.str.contains(ERROR)).then(pl.lit("formula_error"))
    found = pl.select(error.when(cells.str.starts_with(NO_RESULT)).then(pl.lit("formula_without_result"))).to_series()
    return found if found.count() else None
