"""What the totals of a scenario say beside those of the rows as submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from mrvaudit.checks.lineage import Lineage
from mrvaudit.effects.scenarios import Scenario
from mrvaudit.sector import Totals

BEARS = ("on_recalculated", "on_declared", "on_restated")
FIGURES = ("declared", "recalculated", "restated")
Source = tuple[str, str]


@dataclass(frozen=True)
class Reach:
    """Record-table columns behind the recalculated figure, the declared one and what restates that."""

    recalculated: frozenset[Source]
    declared: frozenset[Source]
    restated: frozenset[Source]


def reach(lineage: Lineage, totals: Totals) -> Reach:
    """What a correction has to be of in order to bear on the totals."""
    names = (totals.recalculated, totals.declared, totals.restated)
    return Reach(*(frozenset(lineage.base_columns(totals.view, name)) if name else frozenset() for name in names))


def differences(
    rows: pl.DataFrame, bases: Mapping[int, int], scenarios: Sequence[Scenario], reach: Reach
) -> pl.DataFrame:
    """One row per scenario (but the bases) and row of the totals, with `follows`, `tco2` and `lost`.

    `rows` is what `Replay.totals` gives, `bases` the scenario as submitted that each is set against. `follows` is the
    declared figure as it would be, where it moves with the correction. `tco2` is null where it cannot be known; `lost`
    is true where it was known as submitted, or is only in the scenario.

    The declared figure moves with what restates it, unless it agrees with the corrected figures better as it stands:
    then it was not computed from what was wrong.
    """
    grain = [name for name in rows.columns if name not in ("scenario", *FIGURES, "block", "line")]
    pairs = pl.DataFrame(
        [
            (scenario, base, *_bears(scenarios[scenario], reach))
            for scenario, base in sorted(bases.items())
            if scenario != base
        ],
        {"scenario": pl.Int64, "base": pl.Int64, **dict.fromkeys(BEARS, pl.Boolean)},
        orient="row",
    )
    rows = rows.with_columns(pl.col("scenario").cast(pl.Int64))
    after = rows.join(pairs, on="scenario")
    before = rows.rename({name: f"{name}_0" for name in FIGURES}).drop("block", "line").rename({"scenario": "base"})
    before = before.join(pairs, on="base")
    both = after.join(before, on=["scenario", *grain], how="full", coalesce=True, nulls_equal=True, suffix="_r")
    flags = [pl.coalesce(name, f"{name}_r").alias(name) for name in BEARS]
    both = both.with_columns(*flags, in_after=pl.col("base").is_not_null(), in_before=pl.col("base_r").is_not_null())
    # A row that one side lacks is nothing burnt there, not something unknown.
    filled = [
        pl.when(pl.col(there)).then(name).otherwise(0.0).alias(name)
        for there, names in (("in_after", FIGURES), ("in_before", [f"{one}_0" for one in FIGURES]))
        for name in names
    ]
    both = both.with_columns(filled).with_columns(_follows().alias("follows"))
    return both.with_columns(_tonnes().alias("tco2"), _lost().alias("lost")).sort("scenario", *grain)


def _bears(scenario: Scenario, reach: Reach) -> tuple[bool, ...]:
    fields = {(cell.table, cell.field) for cell in scenario.cells}
    return tuple(bool(fields & one) for one in (reach.recalculated, reach.declared, reach.restated))


def _follows() -> pl.Expr:
    """The declared figure in the scenario: moved with what restates it, where that was what it came from."""
    moved = pl.col("declared") + pl.col("restated") - pl.col("restated_0")
    came_from = (pl.col("declared") - pl.col("restated_0")).abs() <= (pl.col("declared") - pl.col("restated")).abs()
    return pl.when(came_from).then(moved).otherwise("declared")


def _tonnes() -> pl.Expr:
    """What the scenario adds: to the recalculated figure, and to the declared one."""
    recalculated = pl.col("recalculated") - pl.col("recalculated_0")
    undeclared = pl.col("declared").is_null() & pl.col("declared_0").is_null()
    restated, follows = pl.col("restated") - pl.col("restated_0"), pl.col("follows") - pl.col("declared_0")
    declared = pl.when(undeclared).then(restated).otherwise(follows)
    of_recalculated = pl.when(pl.col("on_recalculated") | (recalculated != 0)).then(recalculated).otherwise(0.0)
    follows_nothing = pl.col("on_restated") & (pl.col("restated").is_null() | pl.col("restated_0").is_null())
    on = pl.col("on_declared") | pl.col("on_restated") | (declared != 0)
    of_declared = pl.when(on & ~follows_nothing).then(declared).when(on).then(None).otherwise(0.0)
    return of_recalculated + of_declared


def _lost() -> pl.Expr:
    recalculated = pl.col("recalculated").is_null() != pl.col("recalculated_0").is_null()
    declared = pl.col("declared").is_null() != pl.col("declared_0").is_null()
    return (pl.col("on_recalculated") & recalculated) | (pl.col("on_declared") & declared)


def effects(rows: pl.DataFrame, places: pl.DataFrame) -> dict[int, float | None]:
    """Tonnes of each scenario of `places` (scenario, unit_key, month: where the correction is; null: anywhere).

    None where the correction bears on no total, where a figure becomes unknown, or where nothing changes and the
    figures of the place are unknown anyway.
    """
    sums = rows.group_by("scenario").agg(
        exact_sum("tco2").alias("tco2"),
        pl.col("lost").any().alias("lost"),
        pl.any_horizontal(BEARS).any().alias("bears"),
    )
    here = rows.join(places.rename({"unit_key": "its_unit", "month": "its_month"}), on="scenario").filter(
        (pl.col("its_unit").is_null() | (pl.col("unit_key") == pl.col("its_unit")))
        & (pl.col("its_month").is_null() | (pl.col("month") == pl.col("its_month")))
    )
    unknown = here.group_by("scenario").agg(pl.col("tco2").is_null().any().alias("unknown"))
    found = places.join(sums, on="scenario", how="left").join(unknown, on="scenario", how="left")
    nothing = pl.col("tco2") == 0
    hidden = pl.col("lost") | (nothing & (pl.col("unknown").fill_null(False) | ~pl.col("bears")))
    found = found.select("scenario", pl.when(~hidden.fill_null(True)).then("tco2").alias("tco2"))
    return dict(found.iter_rows())


def exact_sum(name: str) -> pl.Expr:
    """A sum that does not depend on order; null where no term is known or one is beyond all measure."""
    known = pl.col(name).drop_nulls()
    exact = known.cast(pl.Decimal(28, 8), strict=False)
    return pl.when((known.len() > 0) & (exact.null_count() == 0)).then(exact.sum().cast(pl.Float64))
