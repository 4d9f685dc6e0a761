"""Scales, marks and written-out formulas: the arithmetic behind the pictures."""

from __future__ import annotations

from datetime import date

import pytest

from mrvaudit.report.content import equations
from mrvaudit.report.page import axes, svg


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 207.0, [0.0, 50.0, 100.0, 150.0, 200.0, 250.0]),
        (19.95, 22.03, [19.5, 20.0, 20.5, 21.0, 21.5, 22.0, 22.5]),
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-3.0, 4.0, [-4.0, -2.0, 0.0, 2.0, 4.0]),
    ],
)
def test_ticks_are_round_and_span_the_values(low: float, high: float, expected: list[float]) -> None:
    """Steps of 1, 2, 2.5 or 5; never more than six intervals."""
    found = axes.ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    assert len(found) <= 6
    if len(expected) <= 6:
        assert expected == found


@pytest.mark.parametrize("value", [0.0, 26.2, -5.0, 1e-9, 1e12])
def test_ticks_of_a_single_value_still_make_an_axis(value: float) -> None:
    """A chart of one value is drawn, not divided by zero."""
    found = axes.ticks(value, value)
    assert found[0] < found[-1]
    assert svg.axes.Axis(found, 0.0, 100.0).y(value) >= 0.0


def test_bars_start_at_zero_and_carry_the_difference_only_beyond_tolerance() -> None:
    """One pair a month; the label stands above the higher bar of a month that is outside."""
    points = [
        {"month": "2025-01", "declared": 100_000.0, "recalculated": 100_000.0, "outside": False},
        {"month": "2025-02", "declared": 90_000.0, "recalculated": 97_200.0, "outside": True},
        {"month": "2025-03", "declared": None, "recalculated": 50_000.0, "outside": False},
    ]
    frame = svg.paired_bars({"points": points, "scale": 1000.0, "decimals": 1})
    first, second, third = frame["bars"]
    assert first["declared"]["y"] + first["declared"]["h"] == frame["bottom"]
    assert first["declared"]["h"] == first["recalculated"]["h"]
    assert (None, "▲+7.2", None) == (first["label"], second["label"]["text"], third["label"])
    assert third["declared"] is None


def test_gaps_of_more_than_three_days_are_shaded() -> None:
    """Three days without a value stay open, four are shaded, at the edges too."""
    days = [date(2025, 1, 1), date(2025, 1, 5), date(2025, 1, 10)]
    expected = [(date(2025, 1, 6), date(2025, 1, 9)), (date(2025, 1, 11), date(2025, 1, 31))]
    assert expected == axes.gaps(days, date(2025, 1, 1), date(2025, 1, 31))


def test_a_date_at_the_end_of_the_calendar_is_drawn() -> None:
    """A year that was mistyped must not break a report."""
    chart = {"days": [("9999-12-31", 20.0)], "steps": [], "gap": None}
    assert svg.dots_day_step(chart)["labels"] == [{"x": 464.0, "text": "12"}]


def test_several_years_name_each_year_once() -> None:
    """Over two years the labels thin out and the years stand below them."""
    months = [f"{year}-{number:02d}" for year in (2024, 2025) for number in range(1, 13)]
    labels, years = axes.month_labels(months, [float(at) for at in range(24)], 12)
    assert ["1", "3", "5", "7", "9", "11"] * 2 == [label["text"] for label in labels]
    assert [(0.0, "2024"), (12.0, "2025")] == [(year["x"], year["text"]) for year in years]


def test_steps_follow_on_each_other_and_conditional_tonnes_stand_apart() -> None:
    """Each part starts where the one before ended; the conditional bar starts at zero."""
    frame = svg.steps([("a", 20.0), ("b", 10.0)], 30.0, [("c", 40.0)])
    assert frame is not None
    first, second, total, apart = frame["rows"]
    assert second["x"] == pytest.approx(first["x"] + first["w"], abs=0.2)
    assert total["x"] == apart["x"] == first["x"]
    assert ["rec", "rec", "tot", "cond"] == [row["class"] for row in frame["rows"]]
    assert svg.steps([], None, []) is None


@pytest.mark.parametrize(
    ("sql", "values", "result", "expected"),
    [
        ("a * (100 - b) / 100", {"a": 60.0, "b": 10.0}, 54.0, "60.0 × (100 − 10.0) / 100"),
        ("CASE WHEN a = 0 THEN 0 ELSE a * b END", {"a": 2.0, "b": 3.0}, 6.0, "2.0 × 3.0"),
        ("CASE WHEN a = 0 THEN 0 ELSE a * b END", {"a": 0.0, "b": 3.0}, 0.0, "0.0 × 3.0"),
        ("least(a, b)", {"a": 2.0, "b": 3.0}, 2.0, None),
        ("a / b", {"a": 2.0, "b": 0.0}, None, None),
        ("a * b", {"a": 2.0, "b": None}, 6.0, None),
    ],
)
def test_formula_is_written_with_figures(
    sql: str, values: dict[str, float | None], result: float | None, expected: str | None
) -> None:
    """Only plain arithmetic that gives the value is written out; of several branches the one that was taken."""
    figures = {name: str(value) for name, value in values.items() if value is not None}
    assert expected == equations.written(sql, values, figures, result)
