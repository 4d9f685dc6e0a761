"""Ids that cannot be right, ids of others, rows of other years: said, and nothing is dropped."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from test_standardise import PLANT, UNITS, Take, power, take  # noqa: F401

from mrvaudit.standardise.ids.credit_code import check_character, fault

OTHER = "91440000MA00000028"
GRID = "户号,月份,来源,上网电量(万kWh)\n"
WHOM = (
    "机组编号,编号类型,外部编号,有效期起,有效期止\n"
    "1#,用电户号,0037001,,2025-02-28\n"
    "2#,用电户号,0037001,2025-03-01,\n"
    ",用电户号,0037002,,\n"
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (PLANT, None),
        ("91350100M000100Y43", None),
        (PLANT[:-1] + "A", "check"),
        ("19" + PLANT[2:], "check"),
        (PLANT[:-1], "form"),
        (PLANT.lower(), "form"),
        ("9111000000000O001H", "form"),
        ("甲厂", None),
        ("IN-0001", None),
        ("ADANIPOWERLIMITED1", None),
    ],
)
def test_credit_codes(code: str, expected: str | None) -> None:
    """Length, letters, check character; an id that is no such code is left alone."""
    assert expected == fault(code)


def test_the_check_character() -> None:
    """GB 32100-2015: the sum of weighted values to the next multiple of 31."""
    assert "3" == check_character("91350100M000100Y4")


def test_a_wrong_code_is_said_once(take: Take) -> None:  # noqa: F811
    """With every row it stands in; the rows are used."""
    wrong = PLANT[:-1] + "A"
    taken = take({"units.csv": UNITS.replace(PLANT, wrong)})
    assert [("REC-CREDIT", "check", "minor", wrong, 2)] == taken.notices("severity", "row_key", "_line")
    assert f"为「{wrong}」，校验码应为 H。" in taken.result.notices["message_zh"][0]
    assert [wrong, wrong] == taken.table("units")["entity_id"].to_list()


def test_leading_zeros_stay_in_every_id(take: Take) -> None:  # noqa: F811
    """Of units, samples, reports, accounts."""
    units = UNITS.replace("1#", "01").replace("2#", "1")
    reports = "报告编号,样品编号,机组编号,燃料品种,月份\n007,00012,01,燃煤,2025-03\n7,12,1,燃煤,2025-03\n"
    taken = take({"units.csv": units, "element_carbon.csv": reports})
    assert [("007", "00012", "01"), ("7", "12", "1")] == sorted(
        taken.rows("element_carbon", "report_no", "sample_id", "unit_id")
    )
    assert [] == taken.notices()


def test_a_grid_companys_file_joins_by_its_account(take: Take) -> None:  # noqa: F811
    """The unit by the day the account stood for it, the entity where it has no unit; ids keep their zeros."""
    rows = "0037001,2025-02,电网公司,1.5\n0037001,2025-03,电网公司,2.5\n０037002,2025-03,电网公司,3\n"
    taken = take({"units.csv": UNITS, "identifiers.csv": WHOM, "grid/electricity.csv": GRID + rows})
    assert [
        (PLANT, "unit", "1#", date(2025, 2, 1), 15.0),
        (PLANT, "unit", "2#", date(2025, 3, 1), 25.0),
        (PLANT, "entity", None, date(2025, 3, 1), 30.0),
    ] == sorted(
        taken.rows("electricity", "entity_id", "scope", "unit_id", "month", "on_grid_mwh"),
        key=lambda row: (row[3], str(row[2])),
    )
    assert [] == taken.notices()


def test_accounts_without_a_match_are_listed(take: Take) -> None:  # noqa: F811
    """Every row is put aside with its text, and one finding names the accounts."""
    rows = "0037001,2025-03,电网公司,1\n0099,2025-03,电网公司,2\n0099,2025-04,电网公司,3\n37001,2025-03,电网公司,4\n"
    taken = take({"units.csv": UNITS, "identifiers.csv": WHOM, "electricity.csv": GRID + rows})
    assert [("2#", 10.0)] == taken.rows("electricity", "unit_id", "on_grid_mwh")
    assert [
        (3, "0099 | 2025-03 | 电网公司 | 2", "no_match"),
        (4, "0099 | 2025-04 | 电网公司 | 3", "no_match"),
        (5, "37001 | 2025-03 | 电网公司 | 4", "no_match"),
    ] == taken.quarantine("row", "value", "reason")
    assert [("INT-OUTSIDE", "grid_account:no_match", PLANT, 3)] == taken.notices("entity_id", "_line")
    assert "0099 (2), 37001 (1)" in taken.result.notices["message_en"][0]
    block = taken.result.blocks.filter(pl.col("table") == "electricity")
    assert [(4, 1, 3)] == block.select("rows_in", "rows_used", "rows_quarantined").rows()


def test_an_account_of_two_enterprises_settles_nothing(take: Take) -> None:  # noqa: F811
    """Nobody is given the other's electricity."""
    whom = "机组编号,编号类型,外部编号\n1#,用电户号,7\n"
    taken = take(
        {
            "a/units.csv": UNITS,
            "a/identifiers.csv": whom,
            "b/units.csv": UNITS.replace(PLANT, OTHER),
            "b/identifiers.csv": whom,
            "electricity.csv": GRID + "7,2025-03,电网公司,1\n",
        }
    )
    assert [] == taken.rows("electricity", "unit_id")
    assert [(2, "several")] == taken.quarantine("row", "reason")
    assert ("INT-OUTSIDE", "grid_account:several") in taken.notices()


def test_a_mapping_names_the_system(take: Take) -> None:  # noqa: F811
    """Where the header does not."""
    mapping = "files: {electricity.csv: {table: electricity, identifiers: {客户: grid_account}}}"
    text = GRID.replace("户号", "客户") + "0037002,2025-03,电网公司,3\n"
    taken = take({"units.csv": UNITS, "identifiers.csv": WHOM, "electricity.csv": text, "mapping.yaml": mapping})
    assert [(PLANT, "entity", 30.0)] == taken.rows("electricity", "entity_id", "scope", "on_grid_mwh")
    assert [] == taken.notices()


def test_rows_of_other_years_are_used_and_said(take: Take) -> None:  # noqa: F811
    """The years of the declaration count, its first and last month included; without one nothing is outside."""
    days = "机组编号,燃料品种,日期,消耗量\n" + "".join(
        f"1#,燃煤,{day},5\n" for day in ("2024-12-31", "2025-01-01", "2025-12-31", "2052-03-01")
    )
    declared = "机组编号,月份,燃料品种,消耗量\n1#,2025-03,燃煤,5\n"
    taken = take({"units.csv": UNITS, "fuel_use.csv": days, "declarations.csv": declared})
    assert 4 == taken.table("fuel_use").height
    assert [("INT-PERIOD", "outside", "info", "fuel_use", 2)] == taken.notices("severity", "table", "_line")
    assert "有 2 行的月份（2024-12 … 2052-03）不在填报的 2025 年之内。" in taken.result.notices["message_zh"][0]
    assert [] == take({"units.csv": UNITS, "fuel_use.csv": days}).notices()
