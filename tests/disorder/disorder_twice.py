"""Two versions of a record, before and after verification, as one row."""

from __future__ import annotations

import polars as pl

from mrvaudit.tables import Table

MARKS = ("核查前", "核查后")
STAGES = ("initial", "final")
AFTER = "__after"


def spread(printed: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, tuple[str, ...]] | None:
    """One row for each record with the changed fields of its second version beside it; None where there are none.

    Only rows of version 1, initial, and version 2, final, which leave every other field as it was; of a part of a
    table that holds a second version without its first, none.
    """
    if not {"version", "stage"} <= set(table.fields) or printed["stage"].null_count():
        return None
    said = set(printed.select(pl.col("version").cast(pl.String), "stage").rows())
    if said != {("1", STAGES[0]), ("2", STAGES[1])}:
        return None
    printed = printed.select(pl.all().cast(pl.String))
    keys = [name for name in table.key if name != "version"]
    first = printed.filter(pl.col("stage") == STAGES[0])
    second = printed.filter(pl.col("stage") == STAGES[1])
    if not second.join(first, on=keys, how="anti", nulls_equal=True).is_empty():
        return None
    both = first.join(second, on=keys, how="left", suffix=AFTER, maintain_order="left")
    changed = tuple(
        name
        for name in table.fields
        if f"{name}{AFTER}" in both.columns
        and name not in ("version", "stage")
        and both.filter(pl.col(f"stage{AFTER}").is_not_null()).select(
            pl.col(name).ne_missing(pl.col(f"{name}{AFTER}")).any()
        )[0, 0]
    )
    return (both, changed) if changed else None
