"""What a finding is worth: ΔE, ΔA by calculating again, money."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from allowance_case import Source, outcome, source

from mrvaudit.allowance.findings import priced
from mrvaudit.ingest.frames import schema
from mrvaudit.model import FINDINGS
from mrvaudit.sector import load_sector

GAS = {"entity_id": "G", "unit_class": "gas", "fuel_category": "gas", "emission_tco2": 500_000.0}
FLOOR = {"entity_id": "F", "emission_tco2": 2_000_000.0}
LEDGER = {"entity_id": "L", "year": 2021, "output_basis": "ledger", "operating_hours": 1_000_000 / 350 / 0.9}
CLASS = {"entity_id": "C", "declared_class": "coal_gt300"}
BROKEN = {"entity_id": "B", "generation_mwh": None}
ABOUT = {"rule_id": "EMI-01", "table": "declarations", "field": "combustion_tco2", "month": date(2024, 3, 1)}
SUPPLY = {"rule_id": "ELE-02", "table": "power_output", "field": "supply_mwh", "month": date(2021, 3, 1)}
SUPPLY |= {"unit_of_measure": "MWh", "observed": 80_000.0, "expected": 79_000.0}


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """The power sector over an empty work folder."""
    return source(tmp_path_factory.mktemp("work"), load_sector("power"))


def worth(where: Source, price: float | None, *findings: dict[str, Any]) -> pl.DataFrame:
    """The priced findings, in the order given."""
    units = ({"entity_id": "P"}, GAS, FLOOR, LEDGER, CLASS, BROKEN)
    frames = outcome(where, *({**unit, "unit_id": "U"} for unit in units))
    rows = [{name: {**ABOUT, "unit_id": "U", **one}.get(name) for name in FINDINGS} for one in findings]
    return priced(where, frames, pl.DataFrame(rows, schema=schema(FINDINGS), orient="row"), price)


def test_money_of_findings(where: Source) -> None:
    """Plain coal pays for the tonnes; topped-up gas for none; at the floor a fifth; output moves the allowance."""
    found = worth(
        where,
        80.0,
        {"entity_id": "P", "impact_tco2": 1000.0},
        {"entity_id": "P", "impact_tco2": None},
        {"entity_id": "G", "impact_tco2": 1000.0},
        {"entity_id": "F", "impact_tco2": 1000.0},
        {"entity_id": "L", **SUPPLY},
        {"entity_id": "P", **SUPPLY, "month": date(2024, 3, 1)},
        {"entity_id": "B", "impact_tco2": 1000.0},
        {"entity_id": "X", "impact_tco2": 1000.0},
    )
    assert found.select("delta_e_tco2", "delta_a_tco2", "money_yuan", "reason").rows() == [
        (1000.0, 0.0, 80_000.0, None),
        (None, 0.0, None, None),
        (1000.0, 1000.0, 0.0, None),
        (1000.0, 800.0, 16_000.0, None),
        (0.0, -878.0, 70_240.0, None),  # 824 662 → 823 784.7, cut
        (None, 0.0, None, None),  # its output was declared: a slip of the ledger moves nothing
        (1000.0, 0.0, 80_000.0, None),
        (1000.0, None, None, "finding:no_row"),
    ]


def test_a_declared_class(where: Source) -> None:
    """The allowance by the right class less that by the declared one: 1 000 000 MWh × (0.8049 − 0.7910)."""
    about = {"entity_id": "C", "rule_id": "BND-03", "table": "units", "field": "unit_class", "month": None}
    found = worth(where, 100.0, about)
    assert found.select("year", "plan", "delta_e_tco2", "delta_a_tco2", "money_yuan").rows() == [
        (2024, "2023-2024", 0.0, 13_900.0, -1_390_000.0)
    ]


def test_findings_about_an_entity(where: Source) -> None:
    """Its allowance does not move, or nobody can say by how much."""
    about = {"unit_id": None, "impact_tco2": 10.0}
    found = worth(where, 1.0, {**about, "entity_id": "P"}, {**about, "entity_id": "F"}, {**about, "entity_id": "G"})
    assert found.select("delta_a_tco2", "money_yuan", "reason").rows() == [
        (0.0, 10.0, None),
        (None, None, "finding:entity"),
        (None, None, "finding:entity"),
    ]


def test_without_a_price_there_is_no_money(where: Source) -> None:
    """The tonnes stand; the kind of tonnes is carried along."""
    found = worth(where, None, {"entity_id": "P", "impact_tco2": 5.0, "impact_kind": "if_default_applies"})
    assert found.select("delta_e_tco2", "delta_a_tco2", "money_yuan", "impact_kind").rows() == [
        (5.0, 0.0, None, "if_default_applies")
    ]


def test_no_findings(where: Source) -> None:
    """An empty table with the same columns."""
    assert worth(where, 1.0).columns == worth(where, 1.0, {"entity_id": "P"}).columns
