"""Features of a pack: an entry that does not fit is refused with file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mrvaudit import features
from mrvaudit.checks.bind import bind
from mrvaudit.errors import PackError
from mrvaudit.sector import load_sector

PACK = """features:
  settings:
    view: ferry_month
    compared: compared
    groups: {route: {title: {zh: 航线, en: Route}}}
    levels: [{by: [route]}]
  fuel_per_crossing_t:
    title: {zh: 每航次耗油, en: Fuel per crossing}
    unit: t
    role: level
    step: 0.05
    why: {zh: 少计则低, en: too low}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit: t\n", "unit: furlong\n", "features.yaml:9:11: features.fuel_per_crossing_t.unit：没有单位 furlong"),
        ("[{by: [route]}]", "[{by: [port]}]", "features.yaml:6:14: features.settings.levels.0：groups 中没有 port"),
        ("step: 0.05", "step: 0", "features.yaml:11:11: features.fuel_per_crossing_t.step：step 的值不符合要求"),
        (
            "role: level",
            "value: 'sum('\n    role: level",
            "features.yaml:10:12: features.fuel_per_crossing_t.value：请用 total() 代替 sum()",
        ),
    ],
)
def test_an_entry_that_does_not_fit_is_named_to_the_column(
    variant: Callable[[Mapping[str, str]], Path], old: str, new: str, said: str
) -> None:
    """An unknown unit, an unknown group, a step of nothing, SQL that does not parse."""
    assert PACK.count(old) == 1
    folder = variant({"features.yaml": PACK.replace(old, new)})
    with pytest.raises(PackError) as caught:
        features.load(load_sector(extra=folder))
    assert said in str(caught.value)


def test_the_shipped_packs_bind() -> None:
    """An audit with shipped packs alone does not bind them again."""
    sector = load_sector("power")
    known = features.load(sector)
    assert known is not None
    bind(sector, lambda con: features.bind(con, sector, known))
