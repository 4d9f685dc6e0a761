"""Units that the figures contradict: proposed, never applied; the bounds of a window and of a slip pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit.ingest import discover
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import standardise

UNITS = "统一社会信用代码,机组编号,燃料类别,铭牌容量(MW)\n91510100MA0000001L,1#,燃煤,350\n"
Said = list[tuple[Any, ...]]
Take = Callable[..., tuple[Said, pl.DataFrame]]


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


@pytest.fixture
def take(tmp_path: Path, power: Sector) -> Take:
    """INT-SCALE findings (field, observed, expected, message) of a folder of files, and one standard table."""

    def run(table: str, **files: str) -> tuple[Said, pl.DataFrame]:
        folder = tmp_path / "plant"
        folder.mkdir()
        for name, text in {"units": UNITS, **files}.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        work = Work(tmp_path / "work")
        standard = standardise(discover([folder]), power, work)
        said = standard.notices.filter(pl.col("rule_id") == "INT-SCALE")
        columns = ("table", "field", "severity", "observed", "expected", "message_en", "_block", "_line")
        return said.select(columns).rows(), pl.read_parquet(work.part(work.t(table), 0))

    return run


def days(header: str, *heats: float) -> str:
    """Daily rows with these heat values."""
    rows = [f"1#,燃煤,2025-03-{day:02},4000,{heat}" for day, heat in enumerate(heats, 1)]
    return "\n".join([f"机组编号,燃料品种,日期,消耗量(t),{header}", *rows, ""])


@pytest.mark.parametrize(
    ("header", "heats", "observed", "expected", "proposed"),
    [
        ("收到基低位发热量(kJ/kg)", (4900, 5000, 5100), 5.0, 20.934, "kcal/kg (median 20.93 MJ/kg)"),
        ("收到基低位发热量(MJ/kg)", (4900, 5000, 5100), 5000.0, 20.934, "kcal/kg (median 20.93 MJ/kg)"),
        ("收到基低位发热量", (20900, 21000, 21100), 21000.0, 21.0, "kJ/kg (median 21 MJ/kg)"),
        ("收到基低位发热量(kcal/kg)", (20.9, 21.0, 21.1), 0.0879228, 21.0, "MJ/kg (median 21 MJ/kg)"),
    ],
)
def test_a_unit_that_the_figures_contradict_is_proposed(
    take: Take, header: str, heats: tuple[float, ...], observed: float, expected: float, proposed: str
) -> None:
    """Ratios of 4.1868, 1000 and both; the figures stay as the header says, and the finding points at the header."""
    said, rows = take("fuel_use", fuel_use=days(header, *heats))
    assert [("fuel_use", "qnet_ar_mj_per_kg", "major", pytest.approx(observed), pytest.approx(expected))] == [
        one[:5] for one in said
    ]
    assert proposed in said[0][5]
    assert said[0][6:] == (0, 1)
    assert pytest.approx(observed) == rows["qnet_ar_mj_per_kg"].median()


@pytest.mark.parametrize("heat", [6, 30])
def test_the_bounds_of_the_window_pass(take: Take, heat: float) -> None:
    """Exactly at the limit."""
    assert [] == take("fuel_use", fuel_use=days("收到基低位发热量(MJ/kg)", heat, heat, heat))[0]


def test_what_no_unit_explains_is_no_matter_of_units(take: Take) -> None:
    """50 MJ/kg is odd, and in no unit the heat of coal."""
    assert [] == take("fuel_use", fuel_use=days("收到基低位发热量(MJ/kg)", 50, 50, 50))[0]


def test_two_figures_say_nothing_of_a_column(take: Take) -> None:
    """Three are asked for."""
    assert [] == take("fuel_use", fuel_use=days("收到基低位发热量(MJ/kg)", 5000, 5000))[0]


def test_a_single_slip_is_not_the_column(take: Take) -> None:
    """The median holds; a row that slips is for the rules of rows."""
    assert [] == take("fuel_use", fuel_use=days("收到基低位发热量(MJ/kg)", 21, 5000, 21))[0]


def test_another_source_tells(take: Take) -> None:
    """Tonnes by day, and a declaration in ten thousand tonnes without saying so."""
    fuel = "机组编号,燃料品种,日期,消耗量(t)\n" + "".join(
        f"1#,燃煤,2025-{month:02}-{day:02},3000\n" for month in (1, 2, 3) for day in range(1, 29)
    )
    declared = "机组编号,月份,燃料品种,消耗量\n" + "".join(f"1#,2025-{month:02},燃煤,8.4\n" for month in (1, 2, 3))
    said, rows = take("declarations", fuel_use=fuel, declarations=declared)
    assert [("declarations", "fuel_consumption", "major", 8.4, 84000.0)] == [one[:5] for one in said]
    assert "states 1e+04 times as much" in said[0][5]
    assert rows["fuel_consumption"].to_list() == [8.4, 8.4, 8.4]


@pytest.mark.parametrize(("declared", "found"), [(76.36, 0), (76.37, 1), (93.33, 1), (93.34, 0)])
def test_the_band_of_a_slip(take: Take, declared: float, found: int) -> None:
    """A thousand within ten percent: 84,000 t by day are between 76.36… and 93.33… kt, and further apart no slip."""
    fuel = "机组编号,燃料品种,日期,消耗量(t)\n" + "".join(
        f"1#,燃煤,2025-{month:02}-{day:02},3000\n" for month in (1, 2, 3) for day in range(1, 29)
    )
    text = "机组编号,月份,燃料品种,消耗量\n" + "".join(f"1#,2025-{month:02},燃煤,{declared}\n" for month in (1, 2, 3))
    assert found == len(take("declarations", fuel_use=fuel, declarations=text)[0])


def test_generation_beyond_the_hours_of_a_month(take: Take) -> None:
    """Kilowatt-hours under a header of megawatt-hours: 350 MW cannot make more than 744 hours' worth."""
    text = "机组编号,月份,发电量(MWh)\n" + "".join(f"1#,2025-{month:02},180000000\n" for month in (1, 2, 3))
    said, rows = take("power_output", power_output=text)
    assert [("power_output", "generation_mwh", "major")] == [one[:3] for one in said]
    assert "It may be in kWh (median 514.3 MWh/MW)" in said[0][5]
    assert rows["generation_mwh"][0] == 180000000.0


def test_gas_is_not_measured_by_coal(take: Take) -> None:
    """A gas row has its own window, and its own units."""
    rows = "".join(f"1#,天然气,2025-03-{day:02},40,{heat}\n" for day, heat in enumerate((35.5, 35.6, 35.7), 1))
    said, _ = take("fuel_use", fuel_use=f"机组编号,燃料品种,日期,消耗量(万Nm3),气体低位发热量\n{rows}")
    assert [] == said
