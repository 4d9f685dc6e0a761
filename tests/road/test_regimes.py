"""A submission over changes of regime is right on both sides of each, and judged by what was known on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from mrvaudit import ingest, store
from mrvaudit.checks.child import Task, run_here
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import standardise

ENTITY, HEAT, TONNES = "91110000100000001W", 20.9, 1000.0
RULES = ("EMI-01", "FUL-06", "FUL-07", "FUL-08", "QTY-01")
# Month, version, day of filing, default carbon per heat, carbon content and emissions as declared. The first version of
# December 2020 took the default that was only in force from January on.
DECLARED = (
    ("2020-12", 1, "2021-01-20", 0.03085, 0.6448, 2340.62),
    ("2020-12", 2, "2021-03-05", 0.03356, 0.7014, 2546.08),
    ("2021-01", 1, "2021-02-25", 0.03085, 0.6448, 2340.62),
    ("2025-12", 1, "2026-02-01", 0.03085, 0.6448, 2340.62),
    ("2026-01", 1, "2026-03-01", 0.03085, 0.6448, 2340.62),
)
LATER, THEN = date(2026, 4, 30), date(2021, 2, 28)


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The power sector."""
    return load_sector("power")


@pytest.fixture(scope="module")
def work(sector: Sector, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """One unit whose carbon was not measured, in standard tables."""
    room = tmp_path_factory.mktemp("regimes")
    own = {"entity_id": ENTITY, "unit_id": "U1"}
    plain = {"fuel_category": "coal", "unit_class": "coal_le300", "capacity_mw": 300.0, "cogeneration": False}
    fuel = {**own, "fuel": "coal"}
    days = {"consumption": TONNES, "m_ar_pct": 12.0, "qnet_ar_mj_per_kg": HEAT}
    told = {"fuel_consumption": TONNES, "carbon_source": "default", "ncv_gj_per_t": HEAT, "oxidation_pct": 99.0}
    figures = ("carbon_per_heat_tc_per_gj", "carbon_content_tc_per_t", "combustion_tco2")
    tables: dict[str, list[dict[str, Any]]] = {
        "units": [{**own, **plain}],
        "fuel_use": [{**fuel, **days, "date": f"{month}-15"} for month in sorted({one[0] for one in DECLARED})],
        "filings": [{"entity_id": ENTITY, "month": one[0], "version": one[1], "filed_on": one[2]} for one in DECLARED],
        "declarations": [
            {**fuel, **told, "month": one[0], "version": one[1]} | dict(zip(figures, one[3:], strict=True))
            for one in DECLARED
        ],
    }
    (room / "plant").mkdir()
    for name, rows in tables.items():
        pl.DataFrame(rows).write_csv(room / "plant" / f"{name}.csv")
    made = Work(room / "work")
    made.root.mkdir()
    standardise(ingest.discover([room / "plant"]), sector, made)
    return made


def known_on(day: date, sector: Sector, work: Work) -> tuple[list[Any], dict[str, Any], dict[str, float | None]]:
    """Findings, the check of the oxidation rate, and recalculated tonnes by month, as of a day."""
    store.derive(work, sector, 0, day, "1GB")
    outcome = run_here(Task(work, sector, (0,), day, frozenset(), "1GB"), [sector.rules[name] for name in RULES])
    assert [] == outcome.crashed
    found = [(one["rule_id"], f"{one['month']:%Y-%m}", one["observed"], one["expected"]) for one in outcome.findings]
    rows = pl.read_parquet(work.part(work.m("unit_month_fuel"), 0)).sort("month")
    tonnes = {f"{month:%Y-%m}": value for month, value in rows.select("month", "combustion_tco2").iter_rows()}
    return found, next(one for one in outcome.checks if one["rule_id"] == "FUL-06"), tonnes


def test_each_month_by_the_regime_of_its_month(sector: Sector, work: Work) -> None:
    """Nothing is found; 0.03356 counts to 2020, 0.03085 to 2025, and in 2026 no value is carried on."""
    found, oxidation, tonnes = known_on(LATER, sector, work)
    assert [] == found
    assert ("not_assessable", "no_parameter:oxidation_pct@2026-01") == (oxidation["status"], oxidation["reason"])
    first, second = (pytest.approx(TONNES * HEAT * default * 0.99 * 44 / 12) for default in (0.03356, 0.03085))
    assert {"2020-12": first, "2021-01": second, "2025-12": second, "2026-01": None} == tonnes


def test_what_was_known_then(sector: Sector, work: Work) -> None:
    """On a day before the second version the first one is judged, and months filed later were not declared yet."""
    found, _, tonnes = known_on(THEN, sector, work)
    assert [("FUL-07", "2020-12", 0.03085, 0.03356)] == found
    right = pytest.approx(TONNES * HEAT * 0.03356 * 0.99 * 44 / 12)
    # Without a declaration nothing says that the carbon was not measured.
    assert (right, None) == (tonnes["2020-12"], tonnes["2025-12"])
