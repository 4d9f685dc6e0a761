"""Folders of reports, periods of parameters and factors of units, for whatever is written in the data."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import given, settings
from hypothesis import strategies as st

from mrvaudit import units
from mrvaudit.assess import LONGEST, RESERVED, report_dirs
from mrvaudit.packfile import Words
from mrvaudit.parameters import Parameter, Value, value_at
from mrvaudit.sector import Sector

IDS = st.text(max_size=100) | st.sampled_from(
    ["1", "U1", "u1", "CON", "con", "..", "a/b", "a\\b", "1#机组", " ", "%31"]
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(IDS, IDS), min_size=1, max_size=12, unique=True))
def test_folders_are_safe_and_one_for_each_unit(pairs: list[tuple[str, str]]) -> None:
    """One folder name for each unit: a single safe part, never reserved, unique without regard to case."""
    names = report_dirs(pairs)
    assert len({name.casefold() for name in names}) == len(pairs)
    for name in names:
        assert PurePosixPath(name).parts == (name,) == PureWindowsPath(name).parts
        assert name not in (".", "..")
        assert name.casefold() not in RESERVED
        assert 0 < len(name) <= LONGEST + 8
        assert all(one.isalnum() or one in "_-%" or (ord(one) > 127 and one.isalpha()) for one in name)
    assert names == report_dirs(pairs)


MONTHS = st.tuples(st.integers(2019, 2030), st.integers(1, 12)).map(lambda one: f"{one[0]}-{one[1]:02}")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(MONTHS, min_size=2, max_size=9, unique=True), st.lists(st.booleans(), min_size=8, max_size=8), MONTHS)
def test_a_month_has_the_value_of_its_period(edges: list[str], filled: list[bool], month: str) -> None:
    """Among values that do not overlap at most one covers a month, and a gap stays a gap."""
    edges = sorted(edges)
    periods = [(since, until, float(index)) for index, (since, until) in enumerate(pairwise(edges)) if filled[index]]
    values = [
        Value.model_validate({"from": since, "until": until, "value": number, "mark": "house", "basis": "test"})
        for since, until, number in periods
    ]
    parameter = Parameter(name="x", title=Words(zh="x", en="x"), kind="limit", unit="t", values=tuple(values))
    expected = [number for since, until, number in periods if since <= month < until]
    found = value_at(parameter, "", month)
    assert ([] if found is None else [found.value]) == expected


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_factors_lead_back(ferry: Sector, data: st.DataObject) -> None:
    """From one unit to another and back is 1; over a third unit is the same way."""
    names = sorted(ferry.units)
    first = data.draw(st.sampled_from(names))
    same = [name for name in names if ferry.units[name].dimension == ferry.units[first].dimension]
    second, third = data.draw(st.sampled_from(same)), data.draw(st.sampled_from(same))
    there, back = units.convert_factor(ferry.units, first, second), units.convert_factor(ferry.units, second, first)
    over = units.convert_factor(ferry.units, first, third), units.convert_factor(ferry.units, third, second)
    assert there is not None and back is not None and over[0] is not None and over[1] is not None
    assert math.isclose(there * back, 1, rel_tol=1e-12)
    assert math.isclose(there, over[0] * over[1], rel_tol=1e-12)
