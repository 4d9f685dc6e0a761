"""Robust tails: single features that lie far out among the peers, and that hardly any of them share."""

from __future__ import annotations

import polars as pl

from mrvaudit.detect.peers import Group
from mrvaudit.packfile import Words

ID = "DET-TAILS"
TITLE = Words(zh="同组中少见的单项数值", en="A figure rare among peers")
MIN_ROWS = 60
FEATURES = ("level", "relation", "change", "repeat", "time")
LIMITS = ("z", "share")
SINGLE = True
FALSE_FLAGS = (
    Words(
        zh="组内本来就有少数机组情形不同（燃料来源、设备、负荷方式），其数值如实而少见",
        en="a few units of the group really differ in supply, equipment or duty, and their true figures are rare",
    ),
    Words(zh="检修、试验、燃料切换的月份", en="a month of repairs, trials or a change of fuel"),
    Words(
        zh="同组几百个机组月、几十项特征，如实的数据中也会偶然出现几处",
        en="with hundreds of months and dozens of features, honest data have some by chance",
    ),
)


def score(group: Group) -> pl.DataFrame:
    """Score: the largest distance of a feature on its unusual side, in robust deviations of the other entities.

    A row is flagged where a feature lies beyond `z` and at most `share` of the others' values lie as far out; features
    that fewer than MIN_ROWS values of other entities stand beside are not judged.
    """
    sides = {one.id: one.unusual for one in group.features}
    side = pl.col("feature").replace_strict(sides, return_dtype=pl.String)
    looked = (side == "both") | ((side == "high") & (pl.col("z") > 0)) | ((side == "low") & (pl.col("z") < 0))
    lines = group.standing.filter(pl.col("asked") & (pl.col("others") >= MIN_ROWS)).with_columns(
        away=pl.when(looked).then(pl.col("z").abs()).otherwise(0.0)
    )
    rare = (pl.col("away") > group.limits["z"]) & (pl.col("share") <= group.limits["share"])
    ordered = lines.sort("row", "away", "order", descending=[False, True, False])
    return ordered.group_by("row", maintain_order=True).agg(
        pl.col("away").max().alias("score"),
        rare.any().alias("flagged"),
        pl.col("feature").filter(rare).alias("moved"),
    )
