"""Why a rule could not look: what is named is missing, and having it would help."""

from __future__ import annotations

from typing import Any

import pytest

from mrvaudit.checks.examples import Bench
from mrvaudit.sector import Sector, load_sector

FORM = {"month": "2025-03", "generation_mwh": 175000, "operating_hours": 720}
RATE = {"gross_coal_rate_tce_per_mwh": 0.245}
COAL = {"month": "2025-03", "fuel": "coal", "fuel_consumption": 70000, "ncv_gj_per_t": 20}
DAY = {"fuel": "coal", "date": "2025-03-01", "consumption": 3000}


@pytest.fixture(scope="module")
def power() -> tuple[Sector, Bench]:
    """The power sector and one database for all cases."""
    sector = load_sector("power")
    return sector, Bench(sector)


@pytest.mark.parametrize("rule", ["ENE-03", "ENE-04"])
@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({}, "not_assessable", "no_table:declared_output"),
        ({"declarations": [COAL]}, "not_assessable", "no_table:declared_output"),
        # Certificates of meters correct a quantity; without them it stands as read.
        ({"declared_output": [FORM], "fuel_use": [DAY]}, "not_assessable", "no_table:declarations"),
        # The ledger of output says that heat was sent out: another question, and no form is missing for that.
        ({"power_output": [FORM | {"heat_gj": 1000}], "declarations": [COAL]}, "not_applicable", "no_event"),
    ],
)
def test_what_is_missing(
    power: tuple[Sector, Bench], rule: str, given: dict[str, list[dict[str, Any]]], status: str, reason: str
) -> None:
    """Tables that are only looked up, or only correct a figure, are no reason."""
    sector, bench = power
    _, checks = bench.outcome(sector.rules[rule], given)
    assert [(status, reason)] == [(check["status"], check["reason"]) for check in checks]


@pytest.mark.parametrize(("rule", "reason"), [("ENE-03", "null:units.reheat"), ("ENE-04", "null:units.steam_class")])
def test_a_fact_of_the_unit_is_named_in_its_table(power: tuple[Sector, Bench], rule: str, reason: str) -> None:
    """What the list of units leaves open is not said to be missing in the form."""
    sector, bench = power
    given = {
        "units": [{"reheat": None, "steam_class": None}],
        "declared_output": [FORM | RATE],
        "declarations": [COAL],
    }
    _, checks = bench.outcome(sector.rules[rule], given)
    assert [("not_assessable", reason)] == [(check["status"], check["reason"]) for check in checks]
