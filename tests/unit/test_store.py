"""Numbers: the macros by which packs add, average, round and compare; and the cage."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from mrvaudit import macros, store
from mrvaudit.errors import PackError
from mrvaudit.model import Work
from mrvaudit.sector import Sector, load_sector


@pytest.fixture(scope="module")
def con(ferry: Sector) -> duckdb.DuckDBPyConnection:
    """A connection as the checks use it, with the macros."""
    con = store.connect("512MB", None)
    macros.install(con, ferry, date(2025, 6, 30))
    return con


def one(con: duckdb.DuckDBPyConnection, expression: str) -> Any:
    """The value of an expression."""
    row = con.execute(f"SELECT {expression}").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("0.285", 2, 0.29),
        ("1.005", 2, 1.01),
        ("2.675", 2, 2.68),
        ("0.00005", 4, 0.0001),
        ("0.00004999", 4, 0.0),
        ("2.5", 0, 3.0),
        ("3.5", 0, 4.0),
        ("-0.285", 2, -0.29),
        ("-2.5", 0, -3.0),
        ("-0.004", 2, 0.0),
        ("0.1 + 0.2", 1, 0.3),
        ("123456.785", 2, 123_456.79),
        ("NULL", 2, None),
    ],
)
def test_half_up(con: duckdb.DuckDBPyConnection, value: str, digits: int, expected: float | None) -> None:
    """Rounds half away from zero as a person does with the printed digits."""
    assert one(con, f"half_up(({value})::DOUBLE, {digits})") == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("differs(20.6, 20.0, 20.0 * 0.03)", False),
        ("differs(20.6001, 20.0, 20.0 * 0.03)", True),
        ("differs(19.4, 20.0, 20.0 * 0.03)", False),
        ("differs(19.3999, 20.0, 20.0 * 0.03)", True),
        ("differs(0.1 + 0.2, 0.3, 0)", False),
        ("differs(1, 1.000000002, 0)", True),
        ("differs(1, 1.0000000005, 0)", False),
        ("differs(1e9, 1e9 + 0.5, 0)", False),
        ("differs(1e9, 1e9 + 2, 0)", True),
        ("differs(1, 2, NULL)", None),
        ("differs(NULL, 2, 1)", None),
        ("exceeds(0.1 + 0.2, 0.3)", False),
        ("exceeds(0.300001, 0.3)", True),
        ("exceeds(0.3, 0.3)", False),
        ("exceeds(-1, -2)", True),
        ("exceeds(NULL, 1)", None),
        ("exceeds(1, NULL)", None),
        ("under(0.3, 0.1 + 0.2)", False),
        ("under(0.299999, 0.3)", True),
        ("under(-2, -1)", True),
        ("under(1, NULL)", None),
        ("larger(2, 3) = 3 AND smaller(2, 3) = 2", True),
        ("larger(NULL, 3) > 0", None),
        ("smaller(3, NULL) > 0", None),
        ("larger_known(NULL, 3) = 3 AND smaller_known(3, NULL) = 3", True),
        ("larger_known(NULL, NULL) > 0", None),
        ("half_unit(2) = 0.005", True),
        ("half_unit(0) = 0.5", True),
    ],
)
def test_comparisons(con: duckdb.DuckDBPyConnection, question: str, expected: bool | None) -> None:
    """True only beyond the limit by more than a hair; unknown stays unknown."""
    typed = question.replace("NULL", "NULL::DOUBLE")
    assert one(con, typed) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("(0.1), (0.2), (0.3)", 0.6),
        ("(1e15), (0.01), (-1e15)", 0.01),
        ("(NULL), (1.5)", 1.5),
        ("(NULL), (NULL)", None),
        ("(0.00000001), (0.00000001)", 0.00000002),
    ],
)
def test_total(con: duckdb.DuckDBPyConnection, values: str, expected: float | None) -> None:
    """Adds exactly, to eight decimals; nothing known gives nothing."""
    assert one(con, f"total(x::DOUBLE) FROM (VALUES {values}) t(x)") == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("(10, 1), (20, 3)", 17.5),
        ("(10, 1), (NULL, 99)", 10.0),
        ("(10, 1), (20, NULL)", 10.0),
        ("(10, 0), (20, 0)", None),
        ("(NULL, 1)", None),
    ],
)
def test_weighted_mean(con: duckdb.DuckDBPyConnection, rows: str, expected: float | None) -> None:
    """Only rows whose value and weight are known count; no weight gives nothing."""
    assert one(con, f"weighted_mean(x::DOUBLE, w::DOUBLE) FROM (VALUES {rows}) t(x, w)") == expected


def test_as_of(con: duckdb.DuckDBPyConnection) -> None:
    """The day of the run comes from the command, never from a clock."""
    assert one(con, "as_of()") == date(2025, 6, 30)


def test_unit_index_has_the_fields_of_units_and_more(ferry: Sector) -> None:
    """One row per unit_key, with whether it reports and the group it belongs to."""
    columns = store.table_columns(ferry)["unit_index"]
    assert list(columns)[-5:] == ["unit_key", "reporting", "member_key", "_block", "_line"]
    assert set(columns) >= set(ferry.tables["units"].fields)


@pytest.fixture
def caged(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A caged connection that may read one file."""
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"a": [2]}).write_parquet(tmp_path / "b.parquet")
    con = store.connect("512MB", tmp_path / "spill")
    con.execute(f"CREATE VIEW a AS SELECT * FROM read_parquet('{tmp_path}/a.parquet')")
    store.cage(con, [tmp_path / "a.parquet"])
    return con


def test_the_cage_lets_the_work_files_through(caged: duckdb.DuckDBPyConnection) -> None:
    """Reading what the run made goes on working."""
    assert caged.execute("SELECT * FROM a").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_parquet('{folder}/b.parquet')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM '{folder}/b.parquet'",
        "COPY (SELECT 1) TO '{folder}/c.csv'",
        "COPY (SELECT 1 AS a) TO '{folder}/a.parquet' (FORMAT parquet)",
        "EXPORT DATABASE '{folder}/x'",
        "ATTACH '{folder}/x.db'",
        "INSTALL httpfs",
        "SET threads = 4",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "SET allowed_paths = ['/etc/hostname']",
        "RESET lock_configuration",
        "CALL enable_logging()",
        "PRAGMA enable_profiling",
    ],
)
def test_the_cage_holds(caged: duckdb.DuckDBPyConnection, tmp_path: Path, statement: str) -> None:
    """No other file is read, none is written, no setting is changed, even by SQL that no lint has seen."""
    with pytest.raises(duckdb.Error):
        caged.execute(statement.format(folder=tmp_path)).fetchall()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.parquet", "b.parquet"]
    assert pl.read_parquet(tmp_path / "a.parquet")["a"].to_list() == [1]


def test_views_are_materialised_in_order_of_their_grain(ferry: Sector, tmp_path: Path) -> None:
    """`derive` writes each view as Parquet, sorted, readable by the next."""
    work = Work(tmp_path)
    tables = {
        "trips": [
            {
                "entity_id": "E",
                "unit_id": name,
                "date": date(2025, month, 1),
                "diesel_kg": 10.0 * month,
                "unit_key": key,
            }
            for key, name in ((1, "B"), (0, "A"))
            for month in (3, 1)
        ],
        "ferry_declared": [
            {"entity_id": "E", "unit_id": "A", "month": date(2025, 3, 1), "diesel_kg": 5.0, "unit_key": 0, "_line": 2}
        ],
    }
    for name, columns in store.table_columns(ferry).items():
        work.t(name).mkdir(parents=True)
        schema = store.schema(columns)
        frame = pl.DataFrame(tables.get(name, []), schema=schema, orient="row", strict=False)
        frame.write_parquet(work.part(work.t(name), 0))
    store.derive_own(work, ferry, 0, date(2025, 6, 30), "512MB")
    month = pl.read_parquet(work.part(work.m("trip_month"), 0))
    ferry_month = pl.read_parquet(work.part(work.m("ferry_month"), 0))
    assert month.rows() == [
        (0, date(2025, 1, 1), 10.0, 1), (0, date(2025, 3, 1), 30.0, 1),
        (1, date(2025, 1, 1), 10.0, 1), (1, date(2025, 3, 1), 30.0, 1),
    ]  # fmt: skip
    assert ferry_month.select("unit_key", "month", "declared_kg", "diesel_kg", "recalculated_tco2").rows() == [
        (0, date(2025, 3, 1), 5.0, 30.0, 0.09)
    ]


def test_a_view_that_cannot_be_computed(variant: Any, tmp_path: Path) -> None:
    """Data on which a view fails give one line that names the view, not a traceback."""
    text = "views:\n  - view: broken\n    grain: [n]\n    from: SELECT cast(unit_id AS DOUBLE) AS n FROM trips\n"
    sector = load_sector(extra=variant({"more.yaml": text}))
    work = Work(tmp_path / "work")
    for name, columns in store.table_columns(sector).items():
        work.t(name).mkdir(parents=True)
        rows = [{"unit_id": "A"}] if name == "trips" else []
        pl.DataFrame(rows, schema=store.schema(columns), orient="row", strict=False).write_parquet(
            work.part(work.t(name), 0)
        )
    with pytest.raises(PackError) as caught:
        store.derive_own(work, sector, 0, date(2025, 6, 30), "512MB")
    assert caught.value.where == "views broken"
    assert "Could not convert string 'A' to DOUBLE" in caught.value.en
