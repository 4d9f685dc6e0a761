"""Who is compared with whom, and how far a value lies from what the others have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from mrvaudit.features import Feature, Features
from mrvaudit.packfile import Words
from mrvaudit.sector import Sector

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Shares of the others' values: the usual range, the quartiles, the middle.
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
# Half the distance between the quartiles, and between the ends of the range, of a normal distribution.
QUARTILE_Z, RANGE_Z = 0.6745, 1.6449


@dataclass(frozen=True)
class Group:
    """Peers: `rows` by unit and month with `row` (its number in the run), `asked` and a column per feature.

    Rows that are not asked are peers only: a finer group has judged them.
    """

    key: str
    title: Words
    rows: pl.DataFrame
    features: tuple[Feature, ...]
    limits: Mapping[str, float]
    thin: pl.DataFrame

    @cached_property
    def usable(self) -> tuple[Feature, ...]:
        """Features that most rows know and that differ by at least a step."""
        return usable(self.rows, self.features)

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """A number per row for the entity it belongs to: months and sister units share evidence."""
        return np.unique(self.rows["entity_id"].to_numpy(), return_inverse=True)[1].astype(np.int64)

    @cached_property
    def standing(self) -> pl.DataFrame:
        """Where every row stands; see `standing_of`."""
        return self.standing_of(self.rows["row"])

    def standing_of(self, rows: pl.Series) -> pl.DataFrame:
        """One line per row and feature that is known: value, others, low, middle, high, z (robust, signed), share.

        The range, the middle and the spread are those of the other entities; differences below a feature's step count
        as none. `share` is the part of the others' values at least as far out on the same side.
        """
        wanted = self.rows["row"].is_in(rows.implode()).to_numpy()
        known = [self._known(feature, order, wanted) for order, feature in enumerate(self.features)]
        joined = [np.concatenate(column) for column in zip(*known, strict=True)] if known else [np.empty(0)] * 11
        names = ("row", "asked", "order", "value", "others", "share", "low", "lower", "middle", "upper", "high")
        steps = {order: feature.step for order, feature in enumerate(self.features)}
        ids = {order: feature.id for order, feature in enumerate(self.features)}
        step = pl.col("order").replace_strict(steps, return_dtype=pl.Float64)
        up, down = (_spread(side, end, step) for side, end in (("upper", "high"), ("lower", "low")))
        away = pl.col("value") - pl.col("middle")
        return (
            pl.DataFrame(dict(zip(names, joined, strict=True)))
            .with_columns(
                pl.col("order").replace_strict(ids, return_dtype=pl.String).alias("feature"),
                pl.when(away >= 0).then(away / up).otherwise(away / down).alias("z"),
            )
            .sort("row", "order")
        )

    def _known(self, feature: Feature, order: int, wanted: NDArray[np.bool_]) -> tuple[NDArray[Any], ...]:
        """Columns of `standing` for one feature, over the wanted rows that know it."""
        column = self.rows[feature.id]
        places = np.flatnonzero(column.is_not_null().to_numpy())
        values, owners = column.to_numpy()[places].astype(np.float64), self.owners[places]
        mine = wanted[places]
        judged = np.unique(owners[mine])
        quantiles, others = without_own(values, owners, SHARES, judged)
        shares = tail_shares(values, owners, quantiles[:, SHARES.index(0.5)], judged)
        rows, asked = (self.rows[name].to_numpy()[places][mine] for name in ("row", "asked"))
        return rows, asked, np.full(len(rows), order), values[mine], others[mine], shares[mine], *quantiles[mine].T


def _spread(quartile: str, end: str, step: pl.Expr) -> pl.Expr:
    """One side's spread as a standard deviation; a long tail widens it, and nothing is finer than the step."""
    inner = (pl.col(quartile) - pl.col("middle")).abs() / QUARTILE_Z
    outer = (pl.col(end) - pl.col("middle")).abs() / RANGE_Z
    return pl.max_horizontal(inner, outer, step)


def without_own(
    values: NDArray[np.float64],
    owners: NDArray[np.int64],
    shares: Sequence[float],
    judged: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For each value: quantiles of the values of other owners, and how many those are. NaN where there are none.

    `judged` (ascending) leaves only values of these owners; the others' come back as NaN and 0.
    """
    order = np.argsort(values, kind="stable")
    ranked, found = values[order], np.full((len(values), len(shares)), np.nan)
    others = np.zeros(len(values), dtype=np.int64)
    for mine in _places(owners[order], judged):
        left = len(ranked) - len(mine)
        others[order[mine]] = left
        if left:
            # The k-th of the rest is the k-th of all, moved up by as many own values as stand before it.
            before = mine - np.arange(len(mine))
            exact = np.asarray(shares) * (left - 1)
            below, above = np.floor(exact).astype(np.int64), np.ceil(exact).astype(np.int64)
            first = ranked[below + np.searchsorted(before, below, side="right")]
            second = ranked[above + np.searchsorted(before, above, side="right")]
            found[order[mine]] = first + (exact - below) * (second - first)
    return found, others


def tail_shares(
    values: NDArray[np.float64],
    owners: NDArray[np.int64],
    middles: NDArray[np.float64],
    judged: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Part of the other owners' values that lie at least as far out on the value's side of the middle."""
    ranked = np.sort(values)
    above = values >= middles
    counts = np.where(
        above,
        len(ranked) - np.searchsorted(ranked, values, side="left"),
        np.searchsorted(ranked, values, side="right"),
    )
    shares = np.full(len(values), np.nan)
    for mine in _places(owners, judged):
        own, left = np.sort(values[mine]), len(values) - len(mine)
        if left:
            theirs = np.where(
                above[mine],
                len(own) - np.searchsorted(own, values[mine], side="left"),
                np.searchsorted(own, values[mine], side="right"),
            )
            shares[mine] = (counts[mine] - theirs) / left
    return shares


def _places(owners: NDArray[np.int64], judged: NDArray[np.int64] | None) -> Iterator[NDArray[np.int64]]:
    """Positions of each judged owner's values, ascending; of every owner's where None."""
    order = np.argsort(owners, kind="stable")
    if judged is not None:
        order = order[np.isin(owners[order], judged)]
    if len(order):
        cuts = np.flatnonzero(np.diff(owners[order])) + 1
        yield from np.split(order, cuts)


def stepped(feature: Feature) -> pl.Expr:
    """The value in whole steps: what lies closer together is the same."""
    return (pl.col(feature.id) / feature.step).round() * feature.step


def usable(rows: pl.DataFrame, features: Sequence[Feature]) -> tuple[Feature, ...]:
    """Features known in at least half of the rows that are not the same in all of them."""
    if not features:
        return ()
    counts = rows.select(
        *(pl.col(one.id).count().alias(f"known {one.id}") for one in features),
        *(stepped(one).drop_nulls().n_unique().alias(f"values {one.id}") for one in features),
    ).row(0, named=True)
    return tuple(
        one for one in features if 2 * counts[f"known {one.id}"] >= rows.height and counts[f"values {one.id}"] > 1
    )


def groups(
    sector: Sector, found: Features, rows: pl.DataFrame, roles: Sequence[str], least: int, limits: Mapping[str, float]
) -> Iterator[Group]:
    """Groups with enough rows and entities, finest level first; each row is asked in the first group that holds it."""
    left = rows.with_columns(asked=pl.lit(True))
    for level in found.settings.levels:
        features = tuple(one for one in found.of_roles(roles) if not level.roles or one.role in level.roles)
        taken: list[int] = []
        named = left.drop_nulls(list(level.by)).sort("unit_key", "month")
        for values, part in sorted(named.partition_by(level.by, as_dict=True).items(), key=lambda pair: str(pair[0])):
            whole, thin = parted(part, usable(part, features), limits["known_share"])
            enough = whole.height >= least and whole["entity_id"].n_unique() >= limits["entities"]
            if enough and part["asked"].any():
                taken += part.filter("asked")["row"].to_list()
                title = _title(sector, found, dict(zip(level.by, values, strict=True)))
                yield Group("|".join(map(str, values)), title, whole, features, limits, thin)
        left = left.with_columns(asked=pl.col("asked") & ~pl.col("row").is_in(taken))


def parted(rows: pl.DataFrame, features: Sequence[Feature], share: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that know at least this share of the features, and `row`, `have`, `least` of those asked that know fewer."""
    least = int(np.ceil(share * len(features))) if features else 1
    have = pl.sum_horizontal(pl.col(one.id).is_not_null() for one in features) if features else pl.lit(0)
    counted = rows.with_columns(have=have.cast(pl.Int64), least=pl.lit(least, dtype=pl.Int64))
    enough = pl.col("have") >= pl.col("least")
    thin = counted.filter(~enough & pl.col("asked")).select("row", "have", "least")
    return counted.filter(enough).drop("have", "least"), thin


def too_few(found: Features, rows: pl.DataFrame, least: int, entities: float) -> dict[int, str]:
    """Row → reason code: how many rows, or else entities, the largest of its groups has, and how many it would take."""
    sizes, owners = [pl.lit(0)], [pl.lit(0)]
    for level in found.settings.levels:
        known = pl.all_horizontal(pl.col(name).is_not_null() for name in level.by)
        sizes.append(pl.when(known).then(pl.len().over(level.by)))
        owners.append(pl.when(known).then(pl.col("entity_id").n_unique().over(level.by)))
    counted = rows.select("row", pl.max_horizontal(*sizes).alias("rows"), pl.max_horizontal(*owners).alias("owners"))
    return {
        row: f"too_few:{have}<{least}" if have < least or having >= entities else f"too_few:{having}<{entities:g}"
        for row, have, having in counted.iter_rows()
    }


def _title(sector: Sector, found: Features, values: Mapping[str, str]) -> Words:
    parts = [_word(sector, found, name, value) for name, value in values.items()]
    return Words(zh="、".join(one.zh for one in parts), en=", ".join(one.en for one in parts))


def _word(sector: Sector, found: Features, name: str, value: str) -> Words:
    column = found.settings.groups[name]
    code = sector.codes.get(column.codes or "", {}).get(value)
    return code.title if code is not None else column.words.get(value, Words(zh=value, en=value))
