"""What stands beside the records and says nothing new: the year so far, cells with an error, a second copy of a row."""

from __future__ import annotations

import random
from decimal import Decimal

import polars as pl

from mrvaudit.sector import Sector
from mrvaudit.standardise.totals import adds
from mrvaudit.tables import Table

SO_FAR = ("本月止累计", "年初至今", "累计", "1-本月累计", "自年初至本月止累计", "本年累计数", "_YTD")
ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#VALUE!")


def so_far(printed: pl.DataFrame, table: Table, sector: Sector) -> tuple[str, list[str]] | None:
    """A quantity of a month's record and its year so far; None where a table has none, or tells periods apart itself.

    Where two records of a month stand in the table, there is no such year.
    """
    if "month" not in table.key or "period" in table.fields or "version" in table.fields:
        return None
    name = next(
        (one for one, field in table.fields.items() if adds(field, sector) and printed[one].null_count() == 0), None
    )
    if name is None or printed["month"].null_count():
        return None
    keys = [key for key in ("entity_id", *table.key) if key != "month"]
    sums: dict[tuple[object, ...], Decimal] = {}
    found = [""] * printed.height
    for at, row in sorted(enumerate(printed.iter_rows(named=True)), key=lambda pair: str(pair[1]["month"])):
        of = (*(row[key] for key in keys), str(row["month"])[:4])
        sums[of] = sums.get(of, Decimal(0)) + Decimal(str(row[name]))
        found[at] = format(sums[of], "f")
    return name, found


def with_errors(lines: list[list[str]], optional: list[int], chance: random.Random) -> list[list[str]]:
    """Some empty cells of columns that may be empty as formulas that failed."""
    if chance.random() < 0.7:
        return lines
    return [
        [
            chance.choice(ERRORS) if at in optional and not cell.strip() and chance.random() < 0.3 else cell
            for at, cell in enumerate(line)
        ]
        for line in lines
    ]


def with_copies(lines: list[list[str]], chance: random.Random) -> list[list[str]]:
    """One row a second time, to the letter: it is the same record."""
    if chance.random() < 0.7 or not lines:
        return lines
    again = chance.randrange(len(lines))
    return [*lines[: again + 1], lines[again], *lines[again + 1 :]]
