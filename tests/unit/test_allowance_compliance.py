"""Who complied, from the tables, and how far a published rate can be believed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from allowance_case import source

from mrvaudit.allowance.compliance import believable, picture, rate_interval
from mrvaudit.sector import Sector, load_sector

DAY = date(2022, 1, 31)


@pytest.fixture(scope="module")
def power() -> Sector:
    """The power sector."""
    return load_sector("power")


def province() -> dict[str, list[dict[str, Any]]]:
    """330 listed entities: 320 with something due, 305 that met it, 13 accounts seized, 2 deregistered."""
    names = [f"E{number:03d}" for number in range(330)]
    places = [
        {"entity_id": name, "entity_name": name, "province": "甲省", "city": "乙市" if number < 100 else "丙市"}
        for number, name in enumerate(names)
    ]
    records = []
    for number, name in enumerate(names):
        due = 3_606_250.0 if number < 320 else 0.0
        failed = number < 15
        reason = ("account_seized" if number < 13 else "deregistered") if failed else None
        paid = due - 2_000_000 / 15 if failed else due
        records.append({"entity_id": name, "year": 2020, "due_t": due, "surrendered_t": paid, "reason": reason})
    roster = [{"entity_id": name, "year": 2020} for name in names]
    return {"entities": places, "compliance": records, "roster": roster}


def test_the_picture_of_a_province(power: Sector, tmp_path: Any) -> None:
    """11.52 of 11.54 in 10⁸ t; the counts add up by city; the rate lies in the interval of the rounded figures."""
    found = picture(source(tmp_path, power, province()), DAY)
    counts = ("level", "city", "entities", "due_entities", "met", "failed_account_seized", "failed_deregistered")
    assert found.select(counts).rows() == [
        ("total", None, 330, 320, 305, 13, 2),
        ("province", None, 330, 320, 305, 13, 2),
        ("city", "丙市", 230, 220, 220, 0, 0),
        ("city", "乙市", 100, 100, 85, 13, 2),
    ]
    total = found.row(0, named=True)
    assert (total["due_t"], total["counted_t"], total["gap_t"], total["rate_pct"]) == (1.154e9, 1.152e9, 2e6, 99.83)
    low, high = rate_interval("11.52", "11.54")
    assert low < Decimal(str(total["rate_pct"])) < high


def test_the_published_rate() -> None:
    """99.82 % is not 11.52 / 11.54 = 99.83 %, and yet both figures may be right: 99.74 to 99.91."""
    low, high = rate_interval("11.52", "11.54")
    assert (f"{low:.2f}", f"{high:.2f}") == ("99.74", "99.91")
    told = [believable(rate, "11.52", "11.54") for rate in ("99.73", "99.74", "99.82", "99.91", "99.92")]
    assert told == [False, True, True, True, False]


@pytest.mark.parametrize("figures", [("1", "0"), ("1", "0.4"), ("x", "2"), ("-1", "2"), ("nan", "2"), ("1", "inf")])
def test_what_is_no_rate(figures: tuple[str, str]) -> None:
    """A whole that may be zero, and what is no number."""
    if figures == ("1", "0.4"):
        assert rate_interval(*figures) == (
            100 * Decimal("0.5") / Decimal("0.45"),
            100 * Decimal("1.5") / Decimal("0.35"),
        )
    else:
        with pytest.raises(ValueError, match=r"zero|number"):
            rate_interval(*figures)


def records(power: Sector, folder: Any, *rows: dict[str, Any], day: date = DAY) -> dict[str, Any]:
    """The picture of all entities, each row one of them unless it says whose it is."""
    whole = [{"entity_id": f"E{number}", "year": 2020, **row} for number, row in enumerate(rows)]
    return picture(source(folder, power, {"compliance": whole}), day).row(0, named=True)


def test_offsets_count_up_to_the_limit(power: Sector, tmp_path: Any) -> None:
    """5 % of what is due and no more; beyond it the entity is named and short."""
    row = records(
        power,
        tmp_path,
        {"due_t": 1000.0, "surrendered_t": 950.0, "ccer_t": 50.0},
        {"due_t": 1000.0, "surrendered_t": 940.0, "ccer_t": 60.0},
        {"due_t": 1000.0, "surrendered_t": 2000.0},
    )
    names = ("met", "over_offset", "failed_unstated", "counted_t", "offset_t", "gap_t", "rate_pct")
    assert [row[name] for name in names] == [2, 1, 1, 2990.0, 110.0, 10.0, 99.67]


def test_unknown_is_neither_met_nor_failed(power: Sector, tmp_path: Any) -> None:
    """A record without what was due, or without what was paid, is counted apart and in no sum."""
    row = records(power, tmp_path, {"due_t": 10.0, "surrendered_t": 10.0}, {"due_t": 10.0}, {"surrendered_t": 5.0})
    names = ("recorded", "due_entities", "met", "undecided", "due_t", "counted_t", "rate_pct", "failed_unstated")
    assert [row[name] for name in names] == [3, 1, 1, 2, 10.0, 10.0, 100.0, 0]


def test_the_record_of_the_day(power: Sector, tmp_path: Any) -> None:
    """The latest by then; one of a later day did not exist."""
    rows = [
        {"entity_id": "E", "due_t": 10.0, "surrendered_t": paid, "as_of": day}
        for paid, day in ((1.0, date(2021, 12, 1)), (6.0, date(2021, 12, 31)), (10.0, date(2022, 2, 1)))
    ]
    assert records(power, tmp_path / "a", *rows)["counted_t"] == 6.0
    assert records(power, tmp_path / "b", *rows, day=date(2022, 2, 1))["counted_t"] == 10.0
    assert picture(
        source(tmp_path / "c", power, {"compliance": [{**rows[0], "year": 2020}]}), date(2021, 1, 1)
    ).is_empty()


def test_listed_without_a_record(power: Sector, tmp_path: Any) -> None:
    """On the roster, nothing recorded: an entity, and neither met nor failed."""
    where = source(tmp_path, power, {"roster": [{"entity_id": "E", "year": 2020}]})
    found = picture(where, DAY).filter(pl.col("level") == "total")
    assert found.select("entities", "recorded", "due_entities", "met", "rate_pct").rows() == [(1, 0, 0, 0, None)]
