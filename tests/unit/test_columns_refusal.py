"""Files whose columns contradict each other: refused whole, with the likely order; at the limit nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit.ingest import discover
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise import Standardised, standardise

UNITS = "统一社会信用代码,机组编号,燃料类别,铭牌容量(MW)\n91510100MA0000001L,1#,燃煤,350\n"
NAMES = ("空干基碳", "空干基水分", "氢", "全硫", "灰分", "挥发分", "固定碳", "氮")
RIGHT = (60.12, 3.15, 3.84, 0.62, 24.85, 26.31, 45.69, 0.98)
Take = Callable[..., Standardised]


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


@pytest.fixture
def take(tmp_path: Path, power: Sector) -> Take:
    """A folder of files standardised."""

    def run(**files: str) -> Standardised:
        folder = tmp_path / "plant"
        folder.mkdir()
        for name, text in {"units.csv": UNITS, **{f.replace("__", "."): text for f, text in files.items()}}.items():
            (folder / name).write_text(text, encoding="utf-8")
        return standardise(discover([folder]), power, Work(tmp_path / "work"))

    return run


def reports(names: tuple[str, ...], *shares: tuple[float, ...], fuel: str = "燃煤") -> str:
    """Carbon tests with these headers over these figures, one month after another."""
    rows = [
        ",".join((f"R{month}", f"S{month}", "1#", fuel, f"2025-{month:02}", *map(str, one)))
        for month, one in enumerate(shares, 1)
    ]
    return "\n".join([",".join(("报告编号", "样品编号", "机组编号", "燃料品种", "月份", *names)), *rows, ""])


def exchanged(*pairs: tuple[int, int]) -> tuple[str, ...]:
    """The headers with these two and two exchanged."""
    names = list(NAMES)
    for one, other in pairs:
        names[one], names[other] = names[other], names[one]
    return tuple(names)


def said(standard: Standardised, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the INT-COLUMNS findings."""
    return standard.notices.filter(pl.col("rule_id") == "INT-COLUMNS").select(columns).rows()


@pytest.mark.parametrize(
    ("names", "field", "proposed"),
    [
        (exchanged((0, 1)), "c_ad_pct", "「空干基水分」应为空干基碳，「空干基碳」应为空干基水分"),
        (exchanged((2, 4)), "h_ad_pct", "「灰分」应为氢，「氢」应为灰分"),
        (exchanged((2, 5)), "h_ad_pct", "「挥发分」应为氢，「氢」应为挥发分"),
    ],
)
def test_exchanged_headers_are_refused_with_the_likely_order(
    take: Take, names: tuple[str, ...], field: str, proposed: str
) -> None:
    """Before any row finding: every row of the file is put aside with its text, and one finding names the columns."""
    standard = take(element_carbon__csv=reports(names, RIGHT, RIGHT, RIGHT))
    assert [("element_carbon", field, "major", 3.0, 1)] == said(
        standard, "table", "field", "severity", "observed", "_line"
    )
    message = said(standard, "message_zh")[0][0]
    assert set(proposed.split("，")) == set(message.rstrip("。").rpartition("可能的对应：")[2].split("，"))
    rows = standard.quarantine.select("row", "column", "value", "reason").rows()
    assert [(2, None, "columns_contradict"), (3, None, "columns_contradict"), (4, None, "columns_contradict")] == [
        (row, column, reason) for row, column, _, reason in rows
    ]
    assert "R1 | S1 | 1# | 燃煤 | 2025-01 | 60.12 | 3.15 | 3.84 | 0.62 | 24.85 | 26.31 | 45.69 | 0.98" == rows[0][2]
    block = standard.blocks.filter(pl.col("table") == "element_carbon")
    assert [(3, 0, 3)] == block.select("rows_in", "rows_used", "rows_quarantined").rows()
    assert ["INT-COLUMNS"] == standard.notices["rule_id"].to_list()


@pytest.mark.parametrize(
    "row",
    [
        RIGHT,
        (40.0, 40.0, 5.0, 0.5, 8.0, 30.0, 22.0, 1.0),  # carbon as much as moisture
        (60.0, 3.0, 10.0, 0.5, 20.0, 30.0, 47.0, 1.0),  # hydrogen at its limit
        (60.0, 5.0, 4.0, 1.0, 34.0, 30.0, 31.0, 1.0),  # elements, ash and moisture make 105
        (60.0, 3.0, 4.0, 0.5, 25.0, 27.0, 40.0, 1.0),  # proximate makes 95
        (60.0, 3.0, 4.0, 0.5, 25.0, 27.0, 50.0, 1.0),  # and 105
    ],
)
def test_at_the_limit_nothing_is_refused(take: Take, row: tuple[float, ...]) -> None:
    """Every relation holds with its bound included."""
    assert [] == said(take(element_carbon__csv=reports(NAMES, row, row, row)), "message_en")


def test_a_few_rows_are_not_the_headers(take: Take) -> None:
    """Nine of ten contradict themselves: refused. Eight of ten: for the checks of rows. Two rows: too few."""
    wrong = (3.15, 60.12, *RIGHT[2:])
    assert 1 == len(said(take(element_carbon__csv=reports(NAMES, *[wrong] * 9, RIGHT)), "field"))


def test_eight_of_ten_are_not_nearly_every_row(take: Take) -> None:
    """They are for the checks of rows."""
    wrong = (3.15, 60.12, *RIGHT[2:])
    assert [] == said(take(element_carbon__csv=reports(NAMES, *[wrong] * 8, RIGHT, RIGHT)), "field")


def test_two_rows_are_too_few(take: Take) -> None:
    """Whatever they say."""
    wrong = (3.15, 60.12, *RIGHT[2:])
    assert [] == said(take(element_carbon__csv=reports(NAMES, wrong, wrong)), "field")


def test_a_file_in_parts_is_refused_like_the_whole(take: Take) -> None:
    """One report a file: together they are the table of the enterprise."""
    wrong = (3.15, 60.12, *RIGHT[2:])
    lines = reports(NAMES, *[wrong] * 4).splitlines()
    files = {f"element_carbon_{at}__csv": f"{lines[0]}\n{line}\n" for at, line in enumerate(lines[1:], 1)}
    standard = take(**files)
    assert [("c_ad_pct", 4.0)] == said(standard, "field", "observed")
    assert [(1, 0, 1)] * 4 == standard.blocks.filter(pl.col("table") == "element_carbon").select(
        "rows_in", "rows_used", "rows_quarantined"
    ).rows()


def test_oil_is_no_coal(take: Take) -> None:
    """Hydrogen of 13 % is what diesel has."""
    oil = (86.0, 0.0, 13.2, 0.01, 0.0, 0.0, 0.0, 0.1)
    assert [] == said(take(element_carbon__csv=reports(NAMES, oil, oil, oil, fuel="柴油")), "field")


def test_a_mapping_settles_it(take: Take) -> None:
    """Right fields for wrong headers: no finding. The wrong ones insisted on: said, and the rows are used."""
    text = reports(exchanged((0, 1)), RIGHT, RIGHT, RIGHT)
    right = "files: {element_carbon.csv: {table: element_carbon, columns: {空干基水分: c_ad_pct, 空干基碳: m_ad_pct}}}"
    standard = take(element_carbon__csv=text, mapping__yaml=right)
    assert [] == standard.notices["rule_id"].to_list()


def test_a_mapping_that_insists_is_followed(take: Take) -> None:
    """The finding says so, and the rows are used."""
    text = reports(exchanged((0, 1)), RIGHT, RIGHT, RIGHT)
    wrong = "files: {element_carbon.csv: {table: element_carbon, columns: {空干基水分: m_ad_pct, 空干基碳: c_ad_pct}}}"
    standard = take(element_carbon__csv=text, mapping__yaml=wrong)
    assert [("c_ad_pct", "minor")] == said(standard, "field", "severity")
    assert [3] == standard.blocks.filter(pl.col("table") == "element_carbon")["rows_used"].to_list()


def test_supply_above_generation(take: Take) -> None:
    """The two exchanged; a month without either says nothing."""
    rows = "".join(f"1#,2025-{month:02},90000,100000\n" for month in (1, 2, 3)) + "1#,2025-04,0,0\n"
    standard = take(power_output__csv=f"机组编号,月份,发电量,供电量\n{rows}")
    assert [("generation_mwh", 3.0)] == said(standard, "field", "observed")
