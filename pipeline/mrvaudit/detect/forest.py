"""Isolation forest: months whose features together are easily told apart from those of the peers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from mrvaudit.detect.peers import Group, stepped
from mrvaudit.packfile import Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

ID = "DET-FOREST"
TITLE = Words(zh="特征组合在同组中少见", en="A combination of features rare among peers")
MIN_ROWS = 120
FEATURES = ("level", "relation", "change", "repeat", "time", "hits")
LIMITS = ("score", "share", "trees", "sample")
HEAVY = ("sklearn.ensemble",)
SEED = 20260101
FALSE_FLAGS = (
    Words(
        zh="新投产、燃料或运行方式与同组不同的机组，其组合如实而少见",
        en="new units, and units whose supply or duty differs, have true combinations that are rare",
    ),
    Words(
        zh="同组不同质（几类混在一起）时，人数少的一类容易被标出",
        en="where a group is mixed, the smaller kind in it is easily flagged",
    ),
    Words(
        zh="超过得分限值的最多取每组一定份额：如实的数据中也会有",
        en="up to a share of each group above the limit is flagged: honest data have some too",
    ),
)

CHUNK, NAMED = 100_000, 3


def score(group: Group) -> pl.DataFrame:
    """Score from 0 to 1 of each row asked; about 0.5 is ordinary (Liu, Ting and Zhou 2008).

    The trees are grown on all rows of the group: a forest isolates what it holds, so a far row makes its own branch the
    shorter, never the others'. What is called usual in the reasons leaves the row's own entity out. An unknown value
    takes the middle of the group here only, and is never named.
    A row is flagged at or above the score `score` and within the highest `share` of the group.
    """
    features = group.usable
    if not features:
        return _scores([], [], [], [])
    data, middles = _matrix(group)
    model = _grown(data, group.limits)
    found = _judge(model, data)
    most = int(np.floor(group.limits["share"] * len(data)))
    rank = np.argsort(np.argsort(-found, kind="stable"), kind="stable")
    asked = group.rows["asked"].to_numpy()
    flagged = asked & (found >= group.limits["score"]) & (rank < most)
    moved = _moved(model, data, middles, found, flagged, [one.id for one in features])
    rows = group.rows["row"].to_list()
    places = np.flatnonzero(asked).tolist()
    return _scores(
        [rows[place] for place in places],
        [float(found[place]) for place in places],
        [bool(flagged[place]) for place in places],
        [moved.get(place, []) for place in places],
    )


def _scores(rows: list[int], scores: list[float], flagged: list[bool], moved: list[list[str]]) -> pl.DataFrame:
    kinds: dict[str, Any] = {
        "row": pl.UInt32,
        "score": pl.Float64,
        "flagged": pl.Boolean,
        "moved": pl.List(pl.String),
    }
    return pl.DataFrame({"row": rows, "score": scores, "flagged": flagged, "moved": moved}, schema=kinds)


def _matrix(group: Group) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values in whole steps, and their middles, which also stand in for what is unknown."""
    table = group.rows.select(stepped(one).alias(one.id) for one in group.usable)
    middles = table.median()
    data = table.with_columns(pl.col(name).fill_null(middles[name][0]) for name in table.columns)
    return data.to_numpy().astype(np.float64), middles.to_numpy()[0].astype(np.float64)


def _grown(data: NDArray[np.float64], limits: Mapping[str, float]) -> Any:
    import sklearn
    from sklearn.ensemble import IsolationForest

    sample, trees = min(int(limits["sample"]), len(data)), int(limits["trees"])
    # The matrix is finite and ours: checking it again for each small tree costs more than growing the tree.
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        return IsolationForest(n_estimators=trees, max_samples=sample, random_state=SEED, n_jobs=1).fit(data)


def _judge(model: Any, data: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores in chunks, so that memory does not grow with the fleet; rounded beyond what printing shows."""
    parts = [-model.score_samples(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK)]
    return np.concatenate(parts).round(9) if parts else np.empty(0)


def _moved(
    model: Any,
    data: NDArray[np.float64],
    middles: NDArray[np.float64],
    found: NDArray[np.float64],
    flagged: NDArray[np.bool_],
    names: list[str],
) -> dict[int, list[str]]:
    """Per flagged row the features without which its score would fall most: each in turn set to the group's middle."""
    places = np.flatnonzero(flagged)
    if not len(places):
        return {}
    trials = np.repeat(data[places], len(names), axis=0)
    columns = np.tile(np.arange(len(names)), len(places))
    trials[np.arange(len(trials)), columns] = middles[columns]
    falls = found[places][:, None] - _judge(model, trials).reshape(len(places), len(names))
    moved: dict[int, list[str]] = {}
    for place, fall in zip(places.tolist(), falls, strict=True):
        order = np.argsort(-fall, kind="stable")[:NAMED]
        moved[place] = [names[column] for column in order if fall[column] > 0]
    return moved
