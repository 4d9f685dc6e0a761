"""Detectors on small made-up groups: what is planted is flagged and named, order changes nothing, few rows abstain."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from mrvaudit.detect import forest, tails
from mrvaudit.detect.peers import Group, parted, tail_shares, usable, without_own
from mrvaudit.detect.run import detectors
from mrvaudit.detect.words import crowd, reasons
from mrvaudit.features import Feature
from mrvaudit.packfile import Words

WORDS = Words(zh="示例", en="Example")
LIMITS = {"entities": 6.0, "known_share": 0.6, "crowd": 0.2}
FOREST = LIMITS | {"score": 0.6, "share": 0.02, "trees": 100.0, "sample": 256.0}
TAILS = LIMITS | {"z": 5.0, "share": 0.005}


def feature(name: str, **more: Any) -> Feature:
    """A feature whose smallest difference is a hundredth."""
    return Feature(id=name, title=WORDS, unit="1", role="level", step=0.01, why=WORDS, **more)


FEATURES = tuple(feature(name) for name in ("speed", "load", "noise", "same", "none"))


def fleet(entities: int = 20, planted: bool = True) -> pl.DataFrame:
    """Twelve months of one unit of each entity; in the fifth month of the fourth entity `load` is far out."""
    chance = random.Random(3)
    rows = [
        {
            "row": 12 * entity + month,
            "unit_key": entity,
            "entity_id": f"E{entity:02d}",
            "unit_id": "U",
            "month": date(2025, month + 1, 1),
            "asked": True,
            "speed": chance.gauss(10, 1),
            "load": chance.gauss(50, 2),
            "noise": chance.gauss(0, 1),
            "same": 7.0,
            "none": None,
        }
        for entity in range(entities)
        for month in range(12)
    ]
    if planted:
        rows[12 * 3 + 4] |= {"load": 90.0, "speed": 25.0}
    return pl.DataFrame(rows, schema_overrides={"row": pl.UInt32, "none": pl.Float64})


def group(rows: pl.DataFrame, limits: dict[str, float]) -> Group:
    """A group of these rows with all features."""
    empty = pl.DataFrame(schema={"row": pl.UInt32, "have": pl.Int64, "least": pl.Int64})
    return Group("g", WORDS, rows.sort("unit_key", "month"), FEATURES, limits, empty)


def test_the_forest_flags_the_planted_row_and_names_what_moved_it() -> None:
    """The two features that were planted come first, with their values and what the others have."""
    made = group(fleet(), FOREST)
    scored = forest.score(made)
    assert scored.sort("score", descending=True)["row"][0] == 40
    flagged = scored.filter(pl.col("row") == 40)
    assert flagged["flagged"].to_list() == [True]
    assert set(flagged["moved"][0][:2]) == {"load", "speed"}
    told = {one["feature"]: one for one in reasons(made, scored)[40]}
    assert told["load"]["value"] == 90.0
    assert 45 < told["load"]["low"] < 50 < told["load"]["high"] < 55
    assert scored["flagged"].sum() <= 0.02 * scored.height


def test_tails_flag_the_planted_values_alone() -> None:
    """One row, both features, none of the honest ones."""
    scored = tails.score(group(fleet(), TAILS))
    assert scored.filter("flagged").select("row", pl.col("moved").list.sort()).rows() == [(40, ["load", "speed"])]
    assert tails.score(group(fleet(planted=False), TAILS))["flagged"].sum() == 0


@pytest.mark.parametrize(("detector", "limits"), [(forest, FOREST), (tails, TAILS)])
def test_the_order_of_rows_changes_nothing(detector: Any, limits: dict[str, float]) -> None:
    """Rows shuffled before the group sorts them: the same scores, flags and reasons."""
    plain = detector.score(group(fleet(), limits)).sort("row")
    shuffled = detector.score(group(fleet().sample(fraction=1.0, shuffle=True, seed=5), limits)).sort("row")
    assert plain.rows() == shuffled.rows()


def test_constant_and_unknown_features_are_left_out() -> None:
    """They tell nobody apart; a row of theirs alone is too thin to be compared."""
    rows = fleet()
    assert [one.id for one in usable(rows, FEATURES)] == ["speed", "load", "noise"]
    blank = rows.with_columns(pl.when(pl.col("row") < 2).then(None).otherwise(pl.col("speed", "load")).name.keep())
    whole, thin = parted(blank, usable(blank, FEATURES), 0.6)
    assert thin.rows() == [(0, 1, 2), (1, 1, 2)]
    assert whole.height == rows.height - 2


def test_nothing_known_gives_no_scores() -> None:
    """A group without a usable feature is not scored, and nothing is flagged."""
    bare = fleet().with_columns(pl.lit(None, dtype=pl.Float64).alias(one.id) for one in FEATURES)
    assert forest.score(group(bare, FOREST)).is_empty()
    assert tails.score(group(bare, TAILS)).is_empty()


def test_differences_below_the_step_do_not_count() -> None:
    """A column that differs by rounding alone is constant, and the odd digit is no tail."""
    rows = fleet(planted=False).with_columns(same=pl.when(pl.col("row") == 40).then(7.004).otherwise(7.0))
    assert "same" not in [one.id for one in usable(rows, FEATURES)]
    assert tails.score(group(rows, TAILS))["flagged"].sum() == 0


def test_only_the_unusual_side_counts() -> None:
    """A feature that is unusual when high passes when it is far below."""
    rows = fleet(planted=False).with_columns(noise=pl.when(pl.col("row") == 40).then(-60.0).otherwise(pl.col("noise")))
    empty = pl.DataFrame(schema={"row": pl.UInt32, "have": pl.Int64, "least": pl.Int64})
    for side, flags in (("low", 1), ("high", 0), ("both", 1)):
        asked = Group("g", WORDS, rows, (feature("noise", unusual=side),), TAILS, empty)
        assert (side, flags) == (side, tails.score(asked)["flagged"].sum())


def test_quantiles_of_the_others() -> None:
    """Against numpy on the values of the other owners, for ties and unequal owners."""
    chance = np.random.default_rng(1)
    values, owners = chance.integers(0, 9, 60).astype(float), chance.integers(0, 7, 60)
    found, others = without_own(values, owners, (0.05, 0.5, 0.95))
    middles = np.zeros(60)
    shares = tail_shares(values, owners, middles)
    for place in range(60):
        rest = values[owners != owners[place]]
        assert others[place] == len(rest)
        assert found[place] == pytest.approx(np.quantile(rest, (0.05, 0.5, 0.95)))
        assert shares[place] == pytest.approx(np.mean(rest >= values[place]))


def test_a_value_has_no_part_in_its_own_baseline() -> None:
    """However far a unit moves, what is usual for it stays the same."""
    near, far = (
        group(fleet(), TAILS),
        group(fleet().with_columns(load=pl.when(pl.col("row") == 40).then(9e9).otherwise(pl.col("load"))), TAILS),
    )
    lines = [one.standing.filter((pl.col("row") == 40) & (pl.col("feature") == "load")) for one in (near, far)]
    assert lines[0].select("low", "middle", "high").rows() == lines[1].select("low", "middle", "high").rows()


def test_detectors_are_found_by_their_files() -> None:
    """A module with the names of the pattern is a detector; each states its false flags in two languages."""
    assert {"DET-FOREST", "DET-TAILS"} <= set(detectors())
    assert all(words.zh and words.en for one in detectors().values() for words in (one.TITLE, *one.FALSE_FLAGS))


def test_a_flag_on_too_many_units_says_so() -> None:
    """Five of twenty units is more than a fifth; four is not."""
    made = group(fleet(), TAILS)
    five, four = (made.rows.filter(pl.col("unit_key") < many) for many in (5, 4))
    assert crowd(made, five) == Words(
        zh="同组 20 台机组中有 5 台被标出，所占较多，宜先看同组是否可比。",
        en=" 5 of the 20 units of the group are flagged, which is many: are they comparable at all?",
    )
    assert crowd(made, four) == Words(zh="", en="")
