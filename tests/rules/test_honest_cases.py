"""Honest cases must pass the rules they concern, and the same cases pushed over the limit must be found."""

from __future__ import annotations

import pytest
from honest_cases import CASES, OPEN, Case
from honest_plant import PLANT

from mrvaudit.checks.examples import Bench
from mrvaudit.sector import Sector, load_sector

ALL = [*CASES, *PLANT]
LATER = {
    "02 CHP supply": ("ENE-11",),
    "03 good USC unit": ("ENE-02", "ELE-05"),
    "05 furnace above received": ("NCV-04",),
    "10 equal moistures": ("LAB-20", "STA-04"),
    "13 numbering": ("LAB-06",),
    "14 bunkers": ("QTY-08",),
    "15 ignition oil": ("BND-07", "STA-05"),
    "17 start-up transformer": ("ELE-06",),
    "18 back pressure": ("HEA-11",),
    "19 default month": ("LAB-30",),
    "20 petrol in statistics": ("BND-09",),
    "22 purchased since 2026": ("FUL-10",),
    "a change of supplier": ("NCV-08",),
    "twelve equal heat values of a small plant": ("NCV-10",),
    "low load, high coal rate": ("ENE-12",),
    "the heating season's high overall efficiency": ("HEA-11",),
    "gas co-firing that lowers carbon per heat": ("ENE-13", "STA-07"),
}


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The shipped sector."""
    return load_sector()


@pytest.fixture(scope="module")
def bench(sector: Sector) -> Bench:
    """One database for all cases."""
    return Bench(sector)


def _name(case: Case) -> str:
    return f"{case.name.replace(' ', '-')}-{case.rule}"


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_honest_case_passes(case: Case, sector: Sector, bench: Bench) -> None:
    """The rule looked at the case (or says that it is not its question) and found nothing above info."""
    findings, checks = bench.outcome(sector.rules[case.rule], case.given)
    assert [one for one in findings if one["severity"] != "info"] == []
    assert {row["status"] for row in checks if row["rows"] or case.status != "passed"} == {case.status}, checks
    if case.status == OPEN:
        assert sum(row["rows_unknown"] for row in checks) > 0


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_case_beyond_the_limit_is_found(case: Case, sector: Sector, bench: Bench) -> None:
    """The same case too far."""
    findings, _ = bench.outcome(sector.rules[case.rule], case.beyond)
    assert case.found in [one["result"] for one in findings]


@pytest.mark.parametrize("name", LATER)
def test_case_waits_for_its_rule(name: str, sector: Sector) -> None:
    """As soon as the rule is there, the case is to be written."""
    assert [one for one in LATER[name] if one in sector.rules] == []
