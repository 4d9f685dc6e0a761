"""The state of a gas volume: from the header, the units row, a column or the mapping; else asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit.ingest import discover
from mrvaudit.ingest.headers import Doubt, Heading, lexicon, meaning
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import standardise

UNITS = "统一社会信用代码,机组编号,燃料类别,铭牌容量(MW)\n91510100MA0000001L,1#,燃气,180\n"
ROW = "1#,天然气,2025-03-01,40.25,357.1"
Read = Callable[..., tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]]


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


@pytest.fixture
def read(tmp_path: Path, power: Sector) -> Read:
    """Rows (state, consumption, heat) and findings (rule, result, severity, line) of a sheet of gas."""

    def run(text: str, mapping: str | None = None) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
        (tmp_path / "fuel_use.csv").write_text(text, encoding="utf-8")
        if mapping is not None:
            (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
        work = Work(tmp_path / "work")
        standard = standardise(discover([tmp_path]), power, work)
        rows = pl.read_parquet(work.part(work.t("fuel_use"), 0))
        return (
            rows.select("volume_state", "consumption", "ncv_gj_per_1e4nm3").rows(),
            standard.notices.select("rule_id", "result", "severity", "_line").rows(),
        )

    return run


def sheet(quantity: str, heat: str = "气体低位发热量(GJ/万Nm3)", more: str = "") -> str:
    """One day of gas below these headers."""
    return f"机组编号,燃料品种,日期,{quantity},{heat}\n{more}{ROW}\n"


@pytest.mark.parametrize(
    "header",
    [
        "消耗量(万m³，20℃)",
        "消耗量（万Nm3）（20℃）",
        "消耗量(20℃)",
        "消耗量(万立方米20℃)",
        "消耗量(20 ℃,101.325 kPa)(万m3)",
    ],
)
def test_the_header_says_it(read: Read, header: str) -> None:
    """Beside the unit, before or after it, in brackets of its own."""
    text = sheet(header if "," not in header else f'"{header}"')
    assert ([("20C", 40.25, 357.1)], []) == read(text)


def test_zero_degrees_in_the_header(read: Read) -> None:
    """Is stated too, so nothing is asked."""
    assert ([("0C", 40.25, 357.1)], []) == read(sheet("消耗量(万m³ 0℃)"))


def test_the_units_row_says_it(read: Read) -> None:
    """As the header would."""
    text = sheet("消耗量", "气体低位发热量", "—,—,—,万m³(20℃),GJ/万m³(20℃)\n")
    assert ([("20C", 40.25, 357.1)], []) == read(text)


def test_a_column_says_it_row_by_row(read: Read) -> None:
    """A row that leaves it empty is asked about."""
    text = f"机组编号,燃料品种,日期,消耗量,气体低位发热量,体积状态\n{ROW},20℃\n{ROW.replace('-01,', '-02,')},\n"
    assert (
        [("20C", 40.25, 357.1), ("0C", 40.25, 357.1)],
        [("INT-STATE", "unstated", "info", 3)],
    ) == read(text)


def test_a_mapping_says_it(read: Read) -> None:
    """As a value of every row."""
    mapping = "files: {fuel_use.csv: {table: fuel_use, constants: {volume_state: 20C}}}"
    assert ([("20C", 40.25, 357.1)], []) == read(sheet("消耗量(万m3)"), mapping)


def test_what_nobody_states_is_asked_about(read: Read) -> None:
    """The default is taken, and said; solids have no such state."""
    text = sheet("消耗量(万m3)") + "1#,柴油,2025-03-01,,\n"
    assert ([("0C", None, None), ("0C", 40.25, 357.1)], [("INT-STATE", "unstated", "info", 2)]) == read(text)


def test_two_columns_of_two_states_are_not_mixed(read: Read) -> None:
    """The second is left aside, and named."""
    text = sheet("消耗量(万m³,20℃)".replace(",", "，"), "气体低位发热量(GJ/万m³，0℃)")
    assert ([("20C", 40.25, None)], [("INT-HEADER", "second_state", "minor", 1)]) == read(text)


def test_a_table_without_a_state_takes_no_header_that_names_one(power: Sector) -> None:
    """The declaration has no column for it: the figure may not be taken for another."""
    words = lexicon(power.tables["declarations"], power.units, power.codes)
    assert Doubt("unit_unknown", ("fuel_consumption",)) == meaning("消耗量(万m³,20℃)", words)


def test_total_moisture_of_a_test_report_is_asked_about(power: Sector) -> None:
    """The laboratory's or the plant's: only a header that says which is read; elsewhere there is one alone."""
    words = {name: lexicon(power.tables[name], power.units, power.codes) for name in ("element_carbon", "fuel_use")}
    assert Doubt("unclear", ("m_ar_pct",)) == meaning("全水分(%)", words["element_carbon"])
    assert Heading("m_ar_pct", "%", 1) == meaning("检测报告全水分(%)", words["element_carbon"])
    assert Heading("m_ar_pct", "%", 1) == meaning("全水分(%)", words["fuel_use"])


@pytest.mark.parametrize("beside", [True, False])
def test_a_mapping_settles_which_moisture(tmp_path: Path, power: Sector, beside: bool) -> None:
    """Beside the submission, or given by itself; without one the column is left aside and its field named."""
    folder = tmp_path / "plant"
    folder.mkdir()
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    text = "报告编号,样品编号,机组编号,燃料品种,月份,全水分(%)\nR1,S1,1#,燃煤,2025-03,5.2\n"
    (folder / "element_carbon.csv").write_text(text, encoding="utf-8")
    asked = standardise(discover([folder]), power, Work(tmp_path / "asked"))
    assert [("INT-HEADER", "unclear", "minor")] == asked.notices.select("rule_id", "result", "severity").rows()
    assert "全水分(%)（近似：检测报告全水分 m_ar_pct）" in asked.notices["message_zh"][0]
    path = (folder if beside else tmp_path) / "mapping.yaml"
    said = "files: {element_carbon.csv: {table: element_carbon, columns: {全水分(%): {field: m_ar_pct, unit: '%'}}}}"
    path.write_text(said, encoding="utf-8")
    work = Work(tmp_path / "work")
    settled = standardise(discover([folder]), power, work, mapping=None if beside else path)
    assert [] == settled.notices["rule_id"].to_list()
    assert [5.2] == pl.read_parquet(work.part(work.t("element_carbon"), 0))["m_ar_pct"].to_list()
