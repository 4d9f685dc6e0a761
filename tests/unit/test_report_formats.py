"""Numbers, months and sentences as the reports print them."""

from __future__ import annotations

from datetime import date

import pytest

from mrvaudit.report import formats


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (35_247.0, 0, "35,247"),
        (-16_171.5, 1, "−16,171.5"),
        (0.285, 2, "0.29"),
        (2.675, 2, "2.68"),
        (0.5, 0, "1"),
        (-0.5, 0, "−1"),
        (-0.004, 2, "0.00"),
        (99.0, 0, "99"),
        (1_850_878.21, 2, "1,850,878.21"),
        (12_345_678_901_234.5, 1, "12,345,678,901,234.5"),
        (None, 2, "–"),
        (float("nan"), 2, "–"),
        (float("inf"), 2, "–"),
    ],
)
def test_number_is_rounded_half_up_with_thousands_commas(value: float | None, decimals: int, expected: str) -> None:
    """Half up as in the packs, U+2212 for minus, an en dash for none, and never a negative zero."""
    assert expected == formats.number(value, decimals)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(26_435.2, 0, "+26,435"), (-1.005, 2, "−1.01"), (0.0, 2, "0.00"), (0.004, 2, "0.00"), (None, 0, "–")],
)
def test_signed_number_writes_its_sign_save_for_zero(value: float | None, decimals: int, expected: str) -> None:
    """The direction of a difference is always written."""
    assert expected == formats.signed(value, decimals)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.03085, "0.03085"), (99.0, "99"), (29.3076, "29.3076"), (400, "400"), (1e-9, "0")]
)
def test_plain_number_has_as_many_decimals_as_it_needs(value: float, expected: str) -> None:
    """Parameters print as they stand in the pack."""
    assert expected == formats.plain(value)


def test_percent_differs_by_language() -> None:
    """Chinese sets no space before the sign, English a no-break space."""
    assert {"zh": "+1.90%", "en": "+1.90\u00a0%"} == formats.percent(1.9, 2, sign=True)
    assert {"zh": "–", "en": "–"} == formats.percent(None)


def test_month_names() -> None:
    """A month alone, and with its year."""
    assert {"zh": "3月", "en": "Mar"} == formats.month("2025-03")
    assert {"zh": "2025年12月", "en": "Dec 2025"} == formats.month(date(2025, 12, 1), year=True)


@pytest.mark.parametrize(
    ("values", "zh", "en"),
    [
        (["2025-03", "2025-04", "2025-05", "2025-06"], "3–6\u00a0月", "Mar–Jun"),
        (["2025-09", "2025-03", "2025-03"], "3\u00a0月、9\u00a0月", "Mar, Sep"),
        (["2024-12", "2025-01"], "2024\u00a0年\u00a012\u00a0月、2025\u00a0年\u00a01\u00a0月", "Dec 2024, Jan 2025"),
        ([], "–", "–"),
        ([f"2025-{at:02d}" for at in (1, 3, 5, 7)], "1\u00a0月、3\u00a0月、5\u00a0月、7\u00a0月", "Jan, Mar, May, Jul"),
        ([f"20{at}-03" for at in range(19, 26)], "2019年3月至2025年3月间 7 个月", "7 months from Mar 2019 to Mar 2025"),
    ],
)  # fmt: skip
def test_runs_of_months_are_joined(values: list[str], zh: str, en: str) -> None:
    """Months in a row become a range; the year stands there only where there are several."""
    assert {"zh": zh, "en": en} == formats.months(values)


def test_template_is_filled_in_both_languages() -> None:
    """Placeholders take decimals, signs and percent; pairs give their own language; an unknown name is a dash."""
    words = {"zh": "{n}个，{gap:+1}，{share:%1}，{who}", "en": "{n}, {gap:+1}, {share:%1}, {who} {other}"}
    values = {"n": 2, "gap": 1234.56, "share": 1.25, "who": {"zh": "煤", "en": "coal"}}
    expected = {"zh": "2个，+1,234.6，1.3%，煤", "en": "2, +1,234.6, 1.3\u00a0%, coal –"}
    assert expected == formats.fill(words, values)


def test_template_cannot_reach_into_values() -> None:
    """Text of a value is never read as a template, and a placeholder is a plain name only."""
    words = {"zh": "{text} {a.b}", "en": "{text} {a[0]}"}
    assert {"zh": "{n} {a.b}", "en": "{n} {a[0]}"} == formats.fill(words, {"text": "{n}", "n": 1, "a": 1})


@pytest.mark.parametrize(
    ("name", "printed"),
    [("tCO2/MWh", "t\u00a0CO₂/MWh"), ("10^4 Nm3", "10⁴ Nm³"), ("GJ/t", "GJ/t"), ("days", "days"), (None, "")],
)
def test_unit_names_are_printed_with_their_signs(name: str | None, printed: str) -> None:
    """Packs write units in plain letters, reports as the forms do; words are translated."""
    assert printed == formats.unit_name(name)["en"]
    assert "天" == formats.unit_name("days")["zh"]


def test_as_many_decimals_as_a_pack_asks_for() -> None:
    """More than a figure has are noughts; nothing is looked up in a list that ends."""
    printed = "0.500000000000000"
    assert [printed, printed] == [formats.number(0.5, 15), *formats.numbers([0.5], 15)]
