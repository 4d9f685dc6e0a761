"""Derived views: the query, the tree, and what the loader refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
import yaml

from mrvaudit import derived, macros, store
from mrvaudit.checks.bind import bind
from mrvaudit.errors import PackError
from mrvaudit.sector import Sector, load_sector

Refused = Callable[[Mapping[str, str]], PackError]
SOURCE = "SELECT unit_key, date_trunc('month', date)::DATE AS month, total(diesel_kg) AS kg FROM trips GROUP BY ALL"


def view(**changes: Any) -> dict[str, Any]:
    """A view `more` as an entry of a pack file."""
    return {"view": "more", "grain": ["unit_key", "month"], "units": {"kg": "kg"}, "from": SOURCE, **changes}


def views_file(*entries: Mapping[str, Any]) -> str:
    """The text of a pack file with these views."""
    return yaml.safe_dump({"views": list(entries)}, allow_unicode=True, sort_keys=False)


def by_name(sector: Sector, name: str) -> derived.View:
    """One view of the sector."""
    return next(one for one in sector.views if one.view == name)


def test_query_of_the_toy_view(ferry: Sector) -> None:
    """Joins first, then the computed columns; one SELECT for those that do not read each other."""
    text = " ".join(derived.query(by_name(ferry, "ferry_month"), ferry.macros).split())
    assert text == (
        "SELECT *, ferry_emission(diesel_kg, month) AS recalculated_tco2,"
        " ferry_emission(declared_kg, month) AS restated_tco2 FROM (SELECT * FROM (SELECT * FROM ( SELECT"
        " unit_key, entity_id, unit_id, month, diesel_kg AS declared_kg, emission_t AS declared_tco2, _block, _line"
        " FROM ferry_declared )) LEFT JOIN (SELECT unit_key, month, diesel_kg AS diesel_kg FROM trip_month)"
        " USING (unit_key, month))"
    )


def test_reads(ferry: Sector) -> None:
    """A view knows the tables and views it reads."""
    assert by_name(ferry, "ferry_month").reads == ("ferry_declared", "trip_month")


def test_later_columns_use_earlier_ones(variant: Callable[..., Any]) -> None:
    """A column may be computed from the column before it, by formula, by parameter and by SQL."""
    columns = {
        "tonnes": {"formula": "ferry_emission", "args": {"diesel_kg": "kg"}},
        "limit_kg": {"parameter": "day_sum_tolerance_kg"},
        "rest": {"sql": "tonnes - limit_kg / 1000"},
    }
    sector = load_sector(extra=variant({"more.yaml": views_file(view(columns=columns))}))
    con = store.connect("1GB", None)
    macros.install(con, sector, date(2026, 1, 1))
    store.define(con, sector)
    con.execute(
        "INSERT INTO trips (unit_key, date, diesel_kg)"
        " VALUES (0, '2025-03-01', 400), (0, '2025-03-02', 600), (0, '2026-03-01', 1)"
    )
    store.compute(con, sector, ["more"])
    got = con.execute("SELECT * FROM more ORDER BY month").fetchall()
    assert [(0, date(2025, 3, 1), 1000.0, 3.0, 0.5, 2.9995), (0, date(2026, 3, 1), 1.0, None, 0.5, None)] == got


def test_a_column_that_reads_another_by_any_spelling_stands_outside_it(variant: Callable[..., Any]) -> None:
    """Names are the same in capitals, so `TWICE` reads `twice` and not a column of that name further down."""
    columns = {"twice": {"sql": "2 * kg"}, "half": {"sql": "kg / 2"}, "again": {"sql": "2 * TWICE"}}
    sector = load_sector(extra=variant({"more.yaml": views_file(view(columns=columns))}))
    text = " ".join(derived.query(by_name(sector, "more"), sector.macros).split())
    assert text.startswith(
        "SELECT *, 2 * TWICE AS again FROM (SELECT *, 2 * kg AS twice, kg / 2 AS half FROM (SELECT *"
    )


def test_a_live_view_is_read_from_its_sources(variant: Callable[..., Any]) -> None:
    """What stands on a live view has what its sources say now; what stands on a table, what they said then."""
    above = {"view": "above", "grain": ["unit_key", "month"], "units": {"kg": "kg"}, "from": "SELECT * FROM more"}
    found = []
    for live in (False, True):
        sector = load_sector(extra=variant({"more.yaml": views_file(view(live=live), above)}))
        con = store.connect("1GB", None)
        macros.install(con, sector, date(2026, 1, 1))
        store.define(con, sector)
        con.execute(derived.statement(by_name(sector, "more"), sector.macros))
        con.execute("INSERT INTO trips (unit_key, date, diesel_kg) VALUES (0, '2025-03-01', 400)")
        con.execute(derived.statement(by_name(sector, "above"), sector.macros))
        found.append(con.execute("SELECT * FROM above").fetchall())
    assert [[], [(0, date(2025, 3, 1), 400.0)]] == found


def test_tree_of_the_toy_view(ferry: Sector) -> None:
    """The tree names formula, version, basis and, at the leaf, where the argument comes from."""
    row = {"month": date(2025, 3, 1), "diesel_kg": 1000.0, "recalculated_tco2": 3.0}
    tree = derived.tree(ferry.derived_context(), by_name(ferry, "ferry_month"), row, "recalculated_tco2")
    assert tree == {
        "name": "recalculated_tco2",
        "value": 3.0,
        "unit": "t",
        "args": [
            {
                "name": "diesel_kg",
                "value": 1000.0,
                "unit": "kg",
                "args": [],
                "from": "trip_month",
                "column": "diesel_kg",
            }
        ],
        "title": {"zh": "轮渡排放", "en": "Ferry emission"},
        "formula": "ferry_emission",
        "sql": "diesel_kg * factor",
        "decimals": 2,
        "basis": {"zh": "toy", "en": "toy"},
        "mark": "house",
    }


def test_tree_outside_every_version(ferry: Sector) -> None:
    """Where no version is in force the node says so by having none."""
    row = {"month": date(2018, 3, 1), "diesel_kg": 1000.0, "recalculated_tco2": None}
    tree = derived.tree(ferry.derived_context(), by_name(ferry, "ferry_month"), row, "recalculated_tco2")
    assert (tree["value"], "sql" in tree) == (None, False)


def test_tree_of_parameter_and_sql_columns(variant: Callable[..., Any]) -> None:
    """A parameter's node carries the basis of its value in force, an SQL node the columns it reads."""
    columns = {"limit_kg": {"parameter": "day_sum_tolerance_kg"}, "rest": {"sql": "kg - limit_kg"}}
    sector = load_sector(extra=variant({"more.yaml": views_file(view(columns=columns))}))
    row = {"month": date(2025, 3, 1), "kg": 2.0, "limit_kg": 0.5, "rest": 1.5}
    tree = derived.tree(sector.derived_context(), by_name(sector, "more"), row, "rest")
    kg, limit = tree["args"]
    assert (
        tree["sql"], kg["name"], kg["from"], limit["parameter"], limit["basis"]["zh"], limit["value"],
    ) == ("kg - limit_kg", "kg", "more", "day_sum_tolerance_kg", "toy", 0.5)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "place", "english"),
    [
        ({"view": "trips"}, "", "the name trips is taken"),
        ({"view": "trip_month"}, "", "the name trip_month is taken"),
        ({"view": "unit_index"}, "", "the name unit_index is taken"),
        ({"view": "../../x"}, "view", "should match pattern"),
        ({"from": "SELECT * FROM nothing"}, "from", "there is no table or view nothing"),
        ({"from": "SELECT * FROM more"}, "from", "there is no table or view more"),
        ({"from": "SELECT known('nothing', '', month) AS x FROM trips"}, "from", "there is no parameter nothing"),
        ({"from": "SELECT sum(diesel_kg) FROM trips"}, "from", "use total() instead of sum()"),
        ({"from": "COPY trips TO 'x'"}, "from", "a SELECT only"),
        ({"from": "SELECT * FROM read_csv('/etc/passwd')"}, "from", "read_csv() is not allowed"),
        ({"join": [{"view": "nothing", "using": ["month"], "take": {}}]}, "from", "there is no table or view nothing"),
        ({"join": [{"view": "trip_month", "using": ["month) --"], "take": {}}]}, "join.0.using.0", "should match"),
        (
            {"join": [{"view": "trip_month", "using": ["month"], "take": {"days, 1": "x"}}]},
            "join.0.take",
            "should match",
        ),
        ({"grain": ["unit_key; DROP"]}, "grain.0", "should match pattern"),
        ({"columns": {"x": {}}}, "columns.x", "give exactly one of formula, parameter, sql"),
        ({"columns": {"x": {"sql": "1", "parameter": "y"}}}, "columns.x", "give exactly one"),
        ({"columns": {"x": {"formula": "nothing"}}}, "columns.x", "there is no formula nothing"),
        ({"columns": {"x": {"parameter": "nothing"}}}, "columns.x", "there is no parameter nothing"),
        (
            {"columns": {"x": {"parameter": "day_sum_tolerance_kg", "keys": ["kg"]}}},
            "columns.x",
            "another number of keys",
        ),
        (
            {"columns": {"x": {"formula": "ferry_emission", "args": {"kg": "kg"}}}},
            "columns.x",
            "differ from the formula's: diesel_kg, kg",
        ),
        (
            {"columns": {"x": {"formula": "ferry_emission", "args": {"diesel_kg": "kg) --"}}}},
            "columns.x.args.diesel_kg",
            "should match",
        ),
        ({"columns": {"x, y": {"sql": "1"}}}, "columns", "should match pattern"),
        ({"columns": {"x": {"sql": "EXISTS (FROM trips)"}}}, "columns.x.sql", "no query inside an expression"),
        ({"columns": {"x": {"sql": "kg * 0.03"}}}, "columns.x.sql", "the number 0.03"),
        ({"surprise": 1}, "surprise", "Extra inputs are not permitted"),
    ],
)
def test_refused(refused: Refused, changes: dict[str, Any], place: str, english: str) -> None:
    """Names, units, SQL and shapes of a view are checked at load, at their place."""
    said = refused({"more.yaml": views_file(view(**changes))}).en
    assert (said.startswith(f"views.0.{place}".rstrip(".")), english in said) == (True, True), said


@pytest.mark.parametrize(
    ("unit", "english"), [("t", "unit t does not fit the formula's kg"), ("GJ", "unit GJ does not fit")]
)
def test_units_of_arguments(refused: Refused, unit: str, english: str) -> None:
    """An argument of another dimension or another size than the formula's is refused: nothing is converted silently."""
    columns = {"x": {"formula": "ferry_emission", "args": {"diesel_kg": "kg"}}}
    fault = refused({"more.yaml": views_file(view(units={"kg": unit}, columns=columns))})
    assert (fault.en.partition(":")[0], english in fault.en) == ("views.0.columns.x.args.diesel_kg", True)


def test_unit_through_a_join(refused: Refused) -> None:
    """The unit of a taken column is that of the view it is taken from."""
    join = {"view": "ferry_month", "using": ["unit_key", "month"], "take": {"recalculated_tco2": "their_t"}}
    columns = {"x": {"formula": "ferry_emission", "args": {"diesel_kg": "their_t"}}}
    fault = refused({"more.yaml": views_file(view(join=[join], columns=columns))})
    assert "unit t does not fit the formula's kg" in fault.en


def test_a_name_taken_twice(variant: Callable[..., Any]) -> None:
    """A join that brings a column the view already has would silently be `kg_1`; bind refuses it."""
    join = {"view": "trip_month", "using": ["unit_key", "month"], "take": {"diesel_kg": "kg"}}
    sector = load_sector(extra=variant({"more.yaml": views_file(view(join=[join]))}))
    with pytest.raises(PackError, match=r"more.*taken twice or missing: kg"):
        bind(sector)


def test_a_computed_column_does_not_replace_one(variant: Callable[..., Any]) -> None:
    """A computed column with the name of a column that is there already is refused too."""
    sector = load_sector(extra=variant({"more.yaml": views_file(view(columns={"kg": {"sql": "kg * 2"}}))}))
    with pytest.raises(PackError, match="more"):
        bind(sector)


def test_grain_and_gate_are_columns(variant: Callable[..., Any]) -> None:
    """What `grain` and `gate` name must be in the view."""
    sector = load_sector(
        extra=variant({"more.yaml": views_file(view(grain=["unit_key", "day"], gate={"nope": {"min": 0}}))})
    )
    with pytest.raises(PackError, match="taken twice or missing: day, nope"):
        bind(sector)
