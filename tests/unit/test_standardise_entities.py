"""Whose rows they are: entities, units, merged groups and levels."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_standardise import Take, power, take  # noqa: F401

from mrvaudit.ingest import discover
from mrvaudit.model import Work
from mrvaudit.sector import Sector
from mrvaudit.standardise import standardise

HEAD = "entity_id,entity_name,unit_id,fuel_category,capacity_mw,merged_group,province\n"
DAY = "unit_id,fuel,date,consumption\n"


def owners(taken: Any, name: str = "fuel_use") -> list[tuple[str, str]]:
    """Entity and unit of each row."""
    return [(entity, unit) for entity, unit in taken.rows(name, "entity_id", "unit_id")]


def day(unit: str) -> str:
    """One day of one unit."""
    return f"{unit},coal,2025-03-01,5\n"


def test_one_entity_owns_all_rows(take: Take) -> None:  # noqa: F811
    """Where the units table names one."""
    taken = take({"units.csv": f"{HEAD}A,甲厂,1#,coal,300,,\n", "fuel_use.csv": DAY + day("1#")})
    assert owners(taken) == [("A", "1#")]


def test_a_fleet_of_folders_and_workbooks(take: Take) -> None:  # noqa: F811
    """Each member by its own units table, although all name their units alike."""
    taken = take(
        {
            "a/units.csv": f"{HEAD}A,甲厂,1#,coal,300,,\n",
            "a/fuel_use.csv": DAY + day("1#"),
            "b/机组信息.csv": f"{HEAD}B,乙厂,1#,coal,300,,\n",
            "b/2025/fuel_use.csv": DAY + day("1#"),
        }
    )
    assert owners(taken) == [("A", "1#"), ("B", "1#")]
    assert taken.notices() == []


def test_unit_ids_tell_entities_apart_where_they_can(take: Take) -> None:  # noqa: F811
    """An id that two entities use belongs to nobody, with a finding."""
    units = f"{HEAD}A,甲厂,1#,coal,300,,\nA,甲厂,2#,coal,300,,\nB,乙厂,2#,coal,300,,\nB,乙厂,3#,coal,300,,\n"
    taken = take({"units.csv": units, "fuel_use.csv": DAY + day("1#") + day("2#") + day("3#")})
    assert owners(taken) == [("", "2#"), ("A", "1#"), ("B", "3#")]
    assert taken.notices("entity_id", "unit_id", "table", "_line") == [
        ("INT-ENTITY", "unknown", "", None, "fuel_use", 3)
    ]


def test_tables_of_the_fleet_beside_its_members(take: Take) -> None:  # noqa: F811
    """Above: by unit id among the members; below: by the folder's name in the fleet's units."""
    above = take(
        {
            "fuel_use.csv": DAY + day("2#"),
            "a/units.csv": f"{HEAD}A,,1#,coal,3,,\n",
            "b/units.csv": f"{HEAD}B,,2#,coal,3,,\n",
        }
    )
    assert owners(above) == [("B", "2#")]
    units = f"{HEAD}A,甲厂,1#,coal,300,,\nB,乙厂,1#,coal,300,,\n"
    below = take({"units.csv": units, "A/fuel_use.csv": DAY + day("1#"), "乙厂/fuel_use.csv": DAY + day("1#")})
    assert owners(below) == [("A", "1#"), ("B", "1#")]


def test_without_units_the_folder_names_the_entity(take: Take) -> None:  # noqa: F811
    """With a finding; a neighbour's units do not count."""
    taken = take({"units.csv": "", "丙厂/fuel_use.csv": DAY + day("1#"), "a/units.csv": f"{HEAD}A,,1#,coal,300,,\n"})
    assert owners(taken) == [("丙厂", "1#")]
    assert taken.notices("entity_id") == [("INT-NOUNITS", "no_units", "丙厂")]


def test_a_file_alone_names_the_entity(tmp_path: Path, power: Sector) -> None:  # noqa: F811
    """Its own name, or its folder's where the file is named after its table."""
    folder = tmp_path / "丁厂"
    folder.mkdir()
    path = folder / "fuel_use.csv"
    path.write_text(DAY + day("1#"), encoding="utf-8")
    result = standardise(discover([path]), power, Work(tmp_path / "work"))
    assert result.units.select("entity_id", "unit_id").rows() == [("丁厂", "1#")]


def test_units_nobody_listed(take: Take) -> None:  # noqa: F811
    """They are in the index without particulars, with a finding each."""
    taken = take({"units.csv": f"{HEAD}A,甲厂,1#,coal,300,,\n", "fuel_use.csv": DAY + day("1#") + day("9#")})
    assert taken.rows("unit_index", "unit_key", "unit_id", "reporting", "capacity_mw", "_block", "_line") == [
        (0, "1#", True, 300.0, 1, 2),
        (1, "9#", True, None, None, None),
    ]
    assert taken.notices("unit_id", "table", "_block", "_line") == [("INT-UNIT", "not_listed", "9#", "fuel_use", 0, 3)]


def test_a_merged_group_is_a_unit(take: Take) -> None:  # noqa: F811
    """Capacities add up, other fields stay where all agree; members do not report, the group has rows of its own."""
    units = f"{HEAD}A,甲厂,1#,coal,300.1,母管,鲁\nA,甲厂,2#,gas,150.2,母管,鲁\nA,甲厂,3#,coal,100,,鲁\n"
    taken = take({"units.csv": units, "fuel_use.csv": DAY + day("母管") + day("2#")})
    columns = ("unit_key", "unit_id", "reporting", "member_key", "capacity_mw", "fuel_category", "province")
    assert taken.rows("unit_index", *columns) == [
        (0, "1#", False, 3, 300.1, "coal", "鲁"),
        (1, "2#", False, 3, 150.2, "gas", "鲁"),
        (2, "3#", True, None, 100.0, "coal", "鲁"),
        (3, "母管", True, None, 450.3, None, "鲁"),
    ]
    assert taken.rows("fuel_use", "unit_id", "unit_key") == [("2#", 1), ("母管", 3)]
    assert taken.notices() == []


def test_levels(take: Take) -> None:  # noqa: F811
    """Scope and scope_id are filled from each other; only rows of a unit or group carry its key."""
    grid = (
        "unit_id,scope,scope_id,month,source,on_grid_mwh\n"
        "1#,,,2025-01,电网公司,1\n"
        ",,,2025-02,电网公司,2\n"
        ",企业,,2025-03,电网公司,3\n"
        ",unit,1#,2025-04,电网公司,4\n"
        ",group,母管,2025-05,电网公司,5\n"
        ",site,一厂区,2025-06,电网公司,6\n"
    )
    taken = take({"units.csv": f"{HEAD}A,甲厂,1#,coal,300,母管,\n", "electricity.csv": grid})
    rows = (
        taken.table("electricity")
        .sort("month")
        .select("scope", "scope_id", "unit_id", "unit_key", "on_grid_mwh")
        .rows()
    )
    assert rows == [
        ("unit", "1#", "1#", 0, 1.0),
        ("entity", "A", None, None, 2.0),
        ("entity", "A", None, None, 3.0),
        ("unit", "1#", "1#", 0, 4.0),
        ("group", "母管", "母管", 1, 5.0),
        ("site", "一厂区", None, None, 6.0),
    ]
    assert taken.notices() == []


def test_numbers_as_ids(take: Take) -> None:  # noqa: F811
    """An id is text, whatever a typed file makes of it."""
    frame = pl.DataFrame({"unit_id": [1.0, 2.0], "fuel": "coal", "date": [date(2025, 3, 1)] * 2, "consumption": [5, 6]})
    taken = take({"units.csv": f"{HEAD}A,甲厂,1,coal,300,,\nA,甲厂,2,coal,300,,\n", "fuel_use.parquet": _bytes(frame)})
    assert owners(taken) == [("A", "1"), ("A", "2")]


def _bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "entity", ["../../x", "=cmd|'/c calc'!A1", "'; DROP TABLE units; --", "<script>", "%2e%2e", "a\tb"]
)
def test_hostile_ids_are_ids(take: Take, entity: str) -> None:  # noqa: F811
    """They come out as they went in."""
    cell = f'"{entity}"'
    taken = take({"units.csv": f"{HEAD}{cell},甲厂,{cell},coal,300,,\n", "fuel_use.csv": DAY + day(cell)})
    assert owners(taken) == [(entity, entity)]


def test_laboratories_belong_to_nobody(take: Take) -> None:  # noqa: F811
    """One laboratory in the submissions of two entities is one row, and no repetition."""
    lab = "lab_id,scheme,certificate_no,valid_from,valid_to\nL1,CMA,123,2024-01-01,2030-01-01\n"
    taken = take(
        {
            "a/units.csv": f"{HEAD}A,甲厂,1#,coal,300,,\n",
            "a/laboratories.csv": lab,
            "b/units.csv": f"{HEAD}B,乙厂,1#,coal,300,,\n",
            "b/laboratories.csv": lab,
        }
    )
    assert taken.rows("laboratories", "entity_id", "lab_id", "scheme") == [("", "L1", "CMA")]
    assert taken.quarantine("file", "reason") == [("plant/b/laboratories.csv", "duplicate_row")]
    assert taken.notices() == []


def test_a_folder_below_shares_the_name_that_stands_for_the_entity(take: Take) -> None:  # noqa: F811
    """Where the units table names no entity, its folder does, for what lies below it too."""
    taken = take(
        {
            "units.csv": "unit_id,fuel_category,capacity_mw\n1#,coal,300\n",
            "2025-03/fuel_use.csv": DAY + day("1#"),
        }
    )
    assert owners(taken) == [("plant", "1#")]
    assert taken.notices("entity_id", "field") == [("INT-ENTITY", "named_after", "plant", "entity_id")]
