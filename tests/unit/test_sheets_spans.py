"""Columns that say a field twice: before and after verification, of the month and of the year so far."""

from __future__ import annotations

from pathlib import Path

import pytest
from sheet_case import Case, book

from mrvaudit.sector import Sector, load_sector


@pytest.fixture(scope="module")
def power() -> Sector:
    """The shipped sector."""
    return load_sector()


@pytest.mark.parametrize(
    "heads",
    [
        (["机组编号", "月份", "燃料品种", "消耗量(t)(核查前)", "消耗量(t)(核查后)", "氧化率"],),
        (["机组编号", "月份", "燃料品种", "初始消耗量", "核定消耗量", "氧化率"],),
        (
            ["机组编号", "月份", "燃料品种", "消耗量(t)", None, "氧化率"],
            [None, None, None, "核查前", "核查后", None],
        ),
    ],
)
def test_before_and_after_are_versions(tmp_path: Path, power: Sector, heads: tuple[list[str | None], ...]) -> None:
    """The first is version 1, initial, the other version 2, final; what changed nothing after has no second version."""
    rows = [["1#机组", "2025-01", "烟煤", 100, 110, 99], ["1#机组", "2025-02", "烟煤", 200, None, 99]]
    case = Case(tmp_path, power, {"填报.xlsx": book({"填报数据": [*heads, *rows]})})
    assert [
        (1, 1, "initial", 100.0, 99.0),
        (1, 2, "final", 110.0, 99.0),
        (2, 1, "initial", 200.0, 99.0),
    ] == sorted(
        (month.month, *rest)
        for month, *rest in case.rows("declarations", "month", "version", "stage", "fuel_consumption", "oxidation_pct")
    )
    assert [] == case.said()


@pytest.mark.parametrize(
    "head",
    [
        "发电量(本月止累计)",
        "1-本月累计发电量(MWh)",
        "累计发电量",
        "发电量1-2月",
        "发电量(MWh)年初至今",
        "年初以来发电量累计",
        "发电量(MWh)当年累计",
        "发电量全年累计",
        "发电量本年累计数",
        "generation_mwh_ytd",
        "发电量 year-to-date",
    ],
)
def test_the_year_so_far_is_not_the_month(tmp_path: Path, power: Sector, head: str) -> None:
    """A table of months leaves it aside and says so; nothing is subtracted."""
    rows = [["机组编号", "月份", "本月发电量", head], ["1#机组", "2025-01", 10, 10], ["1#机组", "2025-02", 11, 21]]
    case = Case(tmp_path, power, {"产出.xlsx": book({"填报产出数据": rows})})
    assert [(10.0,), (11.0,)] == case.rows("declared_output", "generation_mwh")
    assert [("INT-HEADER", "year_to_date")] == [one[:2] for one in case.said()]


def test_a_table_with_periods_takes_both(tmp_path: Path, power: Sector) -> None:
    """Month and year so far stand side by side, as they were written."""
    heads = ["机组编号", "月份", "燃料品种", "数据来源", "期末库存", "消费量(当月)", "消费量(累计)"]
    rows = [
        heads,
        ["1#机组", "2025-01", "烟煤", "统计报表", 5, 10, 10],
        ["1#机组", "2025-02", "烟煤", "统计报表", 6, 11, 21],
    ]
    case = Case(tmp_path, power, {"用能.xlsx": book({"用能互证": rows})})
    assert [
        (1, "month", 5.0, 10.0),
        (1, "year_to_date", None, 10.0),
        (2, "month", 6.0, 11.0),
        (2, "year_to_date", None, 21.0),
    ] == sorted(
        (month.month, *rest) for month, *rest in case.rows("energy_use", "month", "period", "stock_end", "consumed")
    )
    assert [] == case.said()


def test_versions_beside_a_header_that_stands_twice(tmp_path: Path, power: Sector) -> None:
    """Both blocks of versions have the same headers in other columns; no header is taken, and every row is counted."""
    head = ["机组编号", "月份", "燃料品种", "消耗量(t)(核查前)", "消耗量(t)(核查后)", "氧化率"]
    sheet = [[*head, *head], ["1#机组", "2025-01", "烟煤", 90000, 90010, 99, *[None] * 6]]
    case = Case(tmp_path, power, {"填报.xlsx": book({"填报数据": sheet})})
    expected = [
        ("no_column:unit_id", "1#机组 | 2025-01 | 烟煤 | 90000 | 99 | initial | 1"),
        ("no_column:unit_id", "1#机组 | 2025-01 | 烟煤 | 90010 | 99 | final | 2"),
    ]
    assert expected == case.aside("reason", "value")


GROWING = [100, 190, 305, 400, 480, 590, 700]
MONTHLY = [100, 90, 115, 95, 80, 110, 110]


@pytest.mark.parametrize(
    ("head", "figures", "used"),
    [
        ("发电量", GROWING, 0),
        ("发电量", MONTHLY, 7),
        # The header says that it is the month's: growth is growth.
        ("本月发电量", GROWING, 7),
        # Five months are too few to tell.
        ("发电量", GROWING[:5], 5),
        # A sixth month just at half of what six equal months would add up to, and just below.
        ("发电量", [100, 150, 200, 220, 250, 300], 0),
        ("发电量", [100, 150, 200, 220, 250, 299], 6),
    ],
)
def test_what_grows_like_the_year_so_far_is_asked_about(
    tmp_path: Path, power: Sector, head: str, figures: list[int], used: int
) -> None:
    """It may be either: the column waits for an answer instead of being taken for months."""
    rows = [["1#机组", f"2025-{month:02}", value, 0.5] for month, value in enumerate(figures, start=1)]
    case = Case(tmp_path, power, {"产出.xlsx": book({"填报产出数据": [["机组编号", "月份", head, "供热比"], *rows]})})
    values = [one for (one,) in case.rows("declared_output", "generation_mwh") if one is not None]
    assert used == len(values)
    assert ([] if used else [("INT-HEADER", "grows_like_year_to_date")]) == [one[:2] for one in case.said("INT-HEADER")]
