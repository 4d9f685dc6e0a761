"""Charts of evidence: date chains, strips of the year, last digits, stocks, fits; what they show, when they abstain."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from report_case import ENTITY, month, power, write

from mrvaudit import report
from mrvaudit.report import charts, context, data
from mrvaudit.report.page import svg_dates, svg_flows

Rows = list[dict[str, Any]]
UNIT = {"unit_key": 0, "entity_id": ENTITY}
CHAIN = {
    "sampled_from": date(2025, 3, 1), "sampled_to": date(2025, 3, 31), "prepared_on": date(2025, 4, 2),
    "received_on": date(2025, 4, 5), "tested_on": date(2025, 4, 8), "tested_to": date(2025, 4, 9),
    "issued_on": date(2025, 4, 12),
}  # fmt: skip
SAMPLE = ("sampled_from", "sampled_to", "prepared_on", "sent_on")


def drawn(folder: Path, chart: str, tables: dict[str, Rows], views: dict[str, Rows] | None = None) -> Any:
    """The chart of an id for the first unit, with these tables and views in the work folder; None where left out."""
    audit = power(folder)
    for name, rows in tables.items():
        write(audit.work.t(name), rows)
    for name, rows in (views or {}).items():
        write(audit.work.m(name), rows)
    run = context.gather(audit, texts=False)
    part = report._partition(run, 0)
    rows = data.UnitRows(part, 0, ENTITY, part.units.row(0, named=True))
    months = [{"month": f"2025-{number:02d}"} for number in range(1, 13)]
    odd = {"month": "2025-02", "declared": 1.0, "recalculated": 2.0, "differs": True}
    found, _ = charts.charts(run, rows, months, [{"code": "A", "months": [odd]}])
    return next((one for one in found if one["id"] == chart), None)


def chain(folder: Path, **changed: date | None) -> Any:
    """The date chain of one report in March, with dates changed."""
    dates = CHAIN | changed
    key = {**UNIT, "sample_id": "S-3", "fuel": "coal"}
    sample = {**key, **{name: dates.get(name) for name in SAMPLE}}
    tested = {**key, "month": month(3), "report_no": "R-3"} | {
        name: value for name, value in dates.items() if name not in SAMPLE
    }
    return drawn(folder, "dates", {"fuel_samples": [sample], "element_carbon": [tested]})


def test_dates_count_from_the_end_of_sampling(tmp_path: Path) -> None:
    """Order kept, limit not passed: no breach."""
    found = chain(tmp_path)
    (one,) = found["chains"]
    expected = {"from": -30, "to": 0, "prepared": 2, "received": 5, "tested": 8, "tested_to": 9, "issued": 12}
    assert expected == {mark["sign"]: mark["day"] for mark in one["marks"]}
    assert one["breach"] is None
    frame = svg_dates.date_chain(found)
    assert frame["zero"] == frame["lines"][0]["samp"]["x"] + frame["lines"][0]["samp"]["w"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"issued_on": date(2025, 5, 10)}, None),
        ({"issued_on": date(2025, 5, 11)}, "签发超期 1 天"),
        ({"tested_on": date(2025, 3, 28), "received_on": None}, "检测早于制样"),
        ({"received_on": date(2025, 4, 8)}, None),
        ({"issued_on": date(2025, 4, 8)}, "签发早于检测结束"),
    ],
)
def test_breach_is_said_in_words(changed: dict[str, date | None], words: str | None, tmp_path: Path) -> None:
    """Day 40 is in time, day 41 is not; equal dates are in order."""
    (one,) = chain(tmp_path, **changed)["chains"]
    assert words == (one["breach"]["words"]["zh"] if one["breach"] else None)


def test_sample_sent_after_it_was_received_is_a_breach(tmp_path: Path) -> None:
    """The day of dispatch stands in the chain; on the day of receipt it is in order."""
    (late,) = chain(tmp_path / "late", sent_on=date(2025, 4, 6))["chains"]
    (same,) = chain(tmp_path / "same", sent_on=date(2025, 4, 5))["chains"]
    assert "接收早于送样" == late["breach"]["words"]["zh"]
    assert same["breach"] is None


def test_chain_without_a_day_of_issue_says_nothing_of_one(tmp_path: Path) -> None:
    """No dash in place of a day."""
    told = [chain(tmp_path / name, **changed)["caption"] for name, changed in (("a", {}), ("b", {"issued_on": None}))]
    assert ["1 份报告的日期依次递进，最晚在采样结束后第 12 天签发。", "1 份报告的日期依次递进。"] == [
        one["zh"] for one in told
    ]
    assert "The dates of 1 reports follow each other." == told[1]["en"]


def days(values: dict[int, float | None]) -> Rows:
    """A daily value of coal for each day of the year, 100 + day of the year unless given; None leaves the day out."""
    first = date(2025, 1, 1)
    return [
        {**UNIT, "month": day.replace(day=1), "date": day, "fuel": "coal", "fuel_t": value, "_block": 1, "_line": at}
        for at in range(365)
        if (value := values.get(at, 100.0 + at)) is not None
        for day in [first + timedelta(days=at)]
    ]


def test_strip_tells_missing_equal_standing_and_odd_days_apart(tmp_path: Path) -> None:
    """Two equal days say nothing, three do; a day without a record in an outage is not missing."""
    gaps: dict[int, float | None] = {100: None, 200: None, 201: None}
    values = gaps | dict.fromkeys((300, 301), 7.0) | dict.fromkeys((310, 311, 312), 8.0)
    outage = {**UNIT, "from": date(2025, 7, 20), "to": date(2025, 7, 21)}
    found = drawn(tmp_path, "strip", {"outages": [outage]}, {"fuel_day": days(values)})
    (line,) = [one for one in found["lines"] if one["title"]["en"] == "Fuel burnt"]
    assert {"kept": 331, "differs": 28, "missing": 1, "equal": 3, "still": 2} == line["counts"]
    assert 365 == sum(length for _, length, _ in line["runs"])
    frame = svg_dates.day_strip(found)
    assert ["kept", "differs", "missing", "equal", "still"] == frame["states"]
    assert "燃料消耗量缺 1 天、连日相同 3 天、所在月与申报不同 28 天" in found["caption"]["zh"]


def test_strip_names_only_the_states_there_are(tmp_path: Path) -> None:
    """A state of no day has no word."""
    found = drawn(tmp_path, "strip", {}, {"fuel_day": days(dict.fromkeys((310, 311, 312), 8.0))})
    assert "燃料消耗量连日相同 3 天、所在月与申报不同 28 天。" in found["caption"]["zh"]


def fuel(count: int, step: float) -> Rows:
    """Printed daily values with two decimals."""
    first = date(2024, 1, 1)
    return [
        {**UNIT, "fuel": "coal", "date": first + timedelta(days=at), "consumption": round(2_000 + at * step, 2)}
        | {"consumption_decimals": 2, "_block": 1, "_line": at}
        for at in range(count)
    ]


@pytest.mark.parametrize(("count", "step", "there"), [(100, 1.01, True), (99, 1.01, False), (100, 0.001, False)])
def test_digits_abstain_below_a_hundred_values_or_steps(count: int, step: float, there: bool, tmp_path: Path) -> None:
    """Few values, or values within a few steps of the last digit, say nothing about digits."""
    assert there == (drawn(tmp_path, "digits_fuel", {"fuel_use": fuel(count, step)}) is not None)


def test_digits_outside_the_range_of_chance_are_named(tmp_path: Path) -> None:
    """A hundred values that all end in 5: the range is 4.12 to 15.88."""
    rows = [{**row, "consumption": 2_000.05 + at} for at, row in enumerate(fuel(100, 1))]
    found = drawn(tmp_path, "digits_fuel", {"fuel_use": rows})
    assert [100 if digit == 5 else 0 for digit in range(10)] == [one["count"] for one in found["points"]]
    assert (4.12, 15.88) == (found["low"], found["high"])
    assert found["stats"]["n_outside"] == 10
    assert "100" == svg_dates.digits(found)["bars"][5]["count"]


def stock(**changed: Any) -> Rows:
    """Three months of the plant's ledger whose stocks carry over."""
    rows = [
        {
            "entity_id": ENTITY, "scope": "entity", "scope_id": ENTITY, "unit_key": None, "fuel": "coal",
            "month": month(number), "opening_t": 1_000.0 * number, "purchased": 6_000.0, "use_t": 5_000.0,
            "sold_t": 0.0, "other_use_t": 0.0, "adjustment_t": 0.0, "stock_end": 1_000.0 * number + 1_000.0,
        }
        for number in (1, 2, 3)
    ]  # fmt: skip
    return [*rows[:2], rows[2] | changed]


def test_stock_falls_to_what_should_remain(tmp_path: Path) -> None:
    """1,000 + 18,000 − 15,000 = 4,000 t; the ledger says 3,700."""
    found = drawn(tmp_path, "stock", {}, {"stock_month": stock(stock_end=3_700.0)})
    assert (4_000.0, 3_700.0, -300.0) == (found["book"], found["closing"]["value"], found["gap"])
    assert [1_000.0, 18_000.0, -15_000.0] == [one["value"] for one in found["steps"]]
    frame = svg_flows.waterfall(found)
    assert ["rec", "flow", "flow", "rec", "dec"] == [one["class"] for one in frame["bars"]]


@pytest.mark.parametrize("changed", [{"use_t": None}, {"stock_end": None}, {"month": month(5)}])
def test_stock_with_a_hole_is_left_out(changed: dict[str, Any], tmp_path: Path) -> None:
    """A missing month or figure would be shown as a gap that is none."""
    assert drawn(tmp_path, "stock", {}, {"stock_month": stock(**changed)}) is None


def output(count: int, odd: float) -> Rows:
    """Months on a straight line, the last one off it."""
    return [
        {**UNIT, "month": month(number), "generation_mwh": 100_000.0 + 5_000 * number}
        | {"gross_coal_rate_tce_per_mwh": 0.3 * (odd if number == count else 1 + 0.001 * (number % 2))}
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize(("count", "there"), [(6, True), (5, False)])
def test_fit_needs_six_months(count: int, there: bool, tmp_path: Path) -> None:
    """A line through five points says nothing."""
    found = drawn(tmp_path, "load_fit", {}, {"unit_month": output(count, 1.0)})
    assert there == (found is not None)


def test_fit_names_the_odd_month(tmp_path: Path) -> None:
    """One month a tenth above eleven on a line: the line stays where it was."""
    found = drawn(tmp_path, "load_fit", {}, {"unit_month": output(12, 1.1)})
    assert ["2025-12"] == [one["month"] for one in found["points"] if one["outside"]]
    assert round(found["fit"]["slope"], 2) == 0.3
    assert [True] == [one["outside"] for one in svg_flows.scatter_fit(found)["dots"] if one["outside"]]
