"""An allowance is never negative, grows with the output at one load, and counts what its plan counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from allowance_case import outcome, source
from hypothesis import given, settings
from hypothesis import strategies as st

from mrvaudit.allowance.evaluate import Source
from mrvaudit.sector import load_sector

YEARS = st.integers(2019, 2026)
CLASSES = st.sampled_from(("coal_gt300", "coal_le300", "coal_unconventional", "gas"))
OUTPUTS = st.lists(st.integers(0, 10**10).map(lambda n: n / 1000), min_size=2, max_size=12)
LOADS = st.integers(1000, 10000).map(lambda n: n / 10000)
HEATS = st.integers(0, 10**9).map(lambda n: n / 100)


@pytest.fixture(scope="module")
def where() -> Iterator[Source]:
    """The power sector over an empty work folder."""
    with TemporaryDirectory() as folder:
        yield source(Path(folder), load_sector("power"))


def allowances(where: Source, rows: list[dict[str, Any]]) -> list[float]:
    """Calculated allowances in the order given, none of them unknown."""
    found = outcome(where, *rows).units["calculated_t"].to_list()
    assert None not in found
    return found


@settings(max_examples=8, deadline=None, derandomize=True)
@given(YEARS, CLASSES, OUTPUTS, LOADS, HEATS)
def test_never_negative_and_growing_with_the_output(
    where: Source, year: int, unit_class: str, outputs: list[float], load: float, heat: float
) -> None:
    """Half the hours at half the output is one load; whole tonnes, so that equal ones are allowed."""
    rows = [
        {
            "year": year,
            "unit_class": unit_class,
            "generation_mwh": output,
            "supply_mwh": output * 0.94,
            "operating_hours": output / 350 / load,
            "heat_gj": heat,
            "cogeneration": heat > 0,
            "heat_ratio_pct": 30.0 if heat > 0 else 0.0,
        }
        for output in sorted(outputs)
    ]
    found = allowances(where, rows)
    assert min(found) >= 0
    assert found == sorted(found)
    assert all(one == int(one) for one in found)


@settings(max_examples=4, deadline=None, derandomize=True)
@given(CLASSES, st.integers(10, 90))
def test_supply_counts_to_2022_and_generation_from_2023(where: Source, unit_class: str, own_use_pct: int) -> None:
    """What a unit uses itself lowers its allowance by the earlier plans and leaves the later ones alone."""
    years = list(range(2019, 2027))
    rest = 1_000_000 * (1 - own_use_pct / 100)
    base = {"unit_class": unit_class, "operating_hours": 1_000_000 / 350 / 0.9}
    rows = [{**base, "year": year, "supply_mwh": supply} for supply in (1_000_000.0, rest) for year in years]
    found = allowances(where, rows)
    whole, part = found[: len(years)], found[len(years) :]
    assert [year for year, one, other in zip(years, whole, part, strict=True) if one != other] == [
        2019,
        2020,
        2021,
        2022,
    ]
