"""Columns of months that grow like the year so far: what they are is asked, not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from mrvaudit.ingest import values

FEWEST_MONTHS = 6
# Of k equal months the year so far is k times the first; half of that is left for a slow season.
SLOWEST = 0.5


def months_of(cells: pl.Series) -> pl.Series:
    """The months that cells name, null where they name none."""
    return values.read_months(cells.cast(pl.String, strict=False)).values


def grows(months: pl.Series, groups: Sequence[pl.Series], cells: pl.Series) -> bool:
    """Whether in every group and year the figures of January and at least five further months never fall and mount up.

    `groups` are the other columns of the key. Rows without month or figure are left out; with no group of that length
    nothing is said.
    """
    frame = _frame(months, groups, cells)
    tested = 0
    for (_, year), part in frame.group_by("group", pl.col("month").dt.year()):
        part = part.sort("month")
        first, last = part["month"][0], part["month"][-1]
        if part.height < FEWEST_MONTHS or first.month != 1 or last.month != part.height or year is None:
            continue
        tested += 1
        figures = part["value"].to_list()
        start = figures[0]
        slow = any(value < SLOWEST * nth * start for nth, value in enumerate(figures, start=1))
        falls = any(later < sooner for sooner, later in pairwise(figures))
        if start <= 0 or slow or falls:
            return False
    return tested > 0


def _frame(months: pl.Series, groups: Sequence[pl.Series], cells: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame([months.alias("month"), values.read_numbers(cells).values.alias("value")])
    texts = [one.cast(pl.String, strict=False).fill_null("").alias(f"k{nth}") for nth, one in enumerate(groups)]
    key = pl.concat_str([pl.lit(""), *(pl.col(one.name) for one in texts)], separator="\x1f")
    return frame.with_columns(texts).select("month", "value", key.alias("group")).drop_nulls()
