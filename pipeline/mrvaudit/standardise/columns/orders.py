"""In which order the columns of a table agree with each other: relations judged over rows, and headers exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations

import polars as pl

from mrvaudit.standardise.columns.settings import Relation

# Headers that a file may have exchanged at once: beyond that nobody could say which.
MOST_MOVED = 4
MOST_PROPOSED = 3
ROOM = 1e-9
# Field -> the field whose header the column should have had.
Order = Mapping[str, str]


@dataclass(frozen=True)
class Bound:
    """A relation with the values of its limits."""

    relation: Relation
    low: float | None
    high: float | None


def judged(bound: Bound, rows: pl.DataFrame, order: Order) -> tuple[int, int]:
    """Rows that a relation can judge under an order of the columns, and those that break it."""
    relation = bound.relation
    for column, words in relation.where.items():
        rows = rows.filter(pl.col(column).is_in(words)) if column in rows.columns else rows
    source = {target: field for field, target in order.items()}
    columns = [source.get(field, field) for field in relation.fields]
    present = [pl.col(name) for name in columns if name in rows.columns]
    if len(present) < (2 if relation.partial else len(columns)):
        return 0, 0
    # Nothing is known of a row without figures; of what stands above, nothing where there is none of it.
    if relation.above:
        first, second = present
        known, breaks = (first > 0) & (second > 0), first < second - _room(first, second)
    else:
        known = pl.sum_horizontal(one.is_not_null() for one in present) >= (2 if relation.partial else len(present))
        total = pl.sum_horizontal(present)
        tests = [total < bound.low - ROOM * 100] if bound.low is not None else []
        tests += [total > bound.high + ROOM * 100] if bound.high is not None else []
        breaks = pl.any_horizontal(tests)
    found = rows.filter(known.fill_null(False)).select(pl.len().alias("n"), breaks.fill_null(False).sum().alias("bad"))
    count, bad = found.row(0)
    return int(count), int(bad or 0)


def _room(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    return ROOM * pl.max_horizontal(pl.lit(1.0), first.abs(), second.abs())


def broken(
    bounds: Mapping[str, Bound], rows: pl.DataFrame, least: float, share_pct: float
) -> dict[str, tuple[int, int]]:
    """Relations that nearly every row breaks under the headers as they are: (rows judged, rows that break it)."""
    counts = {name: judged(bound, rows, {}) for name, bound in bounds.items()}
    return {name: (n, bad) for name, (n, bad) in counts.items() if n >= least and 100 * bad >= share_pct * n}


def likely(
    bounds: Mapping[str, Bound],
    usual: Mapping[str, Bound],
    rows: pl.DataFrame,
    alike: list[list[str]],
    share_pct: float,
) -> list[dict[str, str]]:
    """Orders of the columns under which no relation is broken by more than the few, fewest exchanges first.

    `alike` are groups of columns whose headers may have been exchanged (of one unit). Of orders with as few exchanges
    those under which most figures are usual are proposed; equally good ones together.
    """
    for moved in range(2, MOST_MOVED + 1):
        scored = [
            (_usual(usual, rows, order), order)
            for group in alike
            for order in _exchanges(group, moved)
            if all(
                100 * bad <= (100 - share_pct) * n for n, bad in (judged(one, rows, order) for one in bounds.values())
            )
        ]
        if scored:
            best = max(score for score, _ in scored)
            return [order for score, order in scored if score == best][:MOST_PROPOSED]
    return []


def _usual(usual: Mapping[str, Bound], rows: pl.DataFrame, order: Order) -> int:
    """Rows × relations that are usual under an order."""
    return sum(n - bad for n, bad in (judged(one, rows, order) for one in usual.values()))


def _exchanges(group: list[str], moved: int) -> Iterator[dict[str, str]]:
    """Every way in which exactly so many headers of a group stand over the wrong column."""
    for chosen in combinations(group, moved):
        for targets in permutations(chosen):
            if all(field != target for field, target in zip(chosen, targets, strict=True)):
                yield dict(zip(chosen, targets, strict=True))
