"""The samples say what they were made to say."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

import polars as pl
import pytest
from road import SAMPLES, Run

CLEAN, FAULTY, INDIA = SAMPLES / "clean-plant", SAMPLES / "faulty-plant", SAMPLES / "india-stock-ledgers"


def test_the_clean_plant_has_nothing_above_info(once: Callable[..., Run]) -> None:
    """Exit 0, no finding above info, and every active rule looked at it or says why not."""
    run = once(CLEAN, "--fail-on", "minor")
    above = run.table("findings").filter(pl.col("severity") != "info")
    assert above.select("rule_id", "unit_id", "month", "message_zh").rows() == []
    assert run.code == 0


def test_no_check_of_the_clean_plant_crashed(once: Callable[..., Run]) -> None:
    """A crash would show here first."""
    run = once(CLEAN, "--fail-on", "minor")
    assert run.table("checks").filter(pl.col("status") == "crashed").rows() == []


def test_the_workbook_says_what_the_folder_says(once: Callable[..., Run]) -> None:
    """One plant in two forms: the same findings, checks and scores."""
    folder, book = once(CLEAN, "--fail-on", "minor"), once(SAMPLES / "clean-plant-workbook.xlsx", "--fail-on", "minor")
    names = ("finding_id", "rule_id", "severity", "unit_id", "message_zh", "observed", "expected")
    of_rules = ~pl.col("rule_id").str.starts_with("INT-")
    assert (
        folder.table("findings").filter(of_rules).select(names).rows()
        == book.table("findings").filter(of_rules).select(names).rows()
    )
    assert folder.table("scores").rows() == book.table("scores").rows()


def test_the_faulty_plant_gives_the_planted_findings_and_no_other(once: Callable[..., Run]) -> None:
    """Findings at or above minor equal expected-findings.csv."""
    run = once(FAULTY, "--fail-on", "major")
    with (FAULTY / "expected-findings.csv").open(encoding="utf-8") as stream:
        planted = list(csv.DictReader(stream))
    expected = sorted((row["rule_id"], row["unit_id"], row["month"], row["field"]) for row in planted)
    found = run.table("findings").filter(pl.col("severity") != "info")
    actual = sorted(
        (rule, unit or "", f"{month:%Y-%m}" if month else "", field)
        for rule, unit, month, field in found.select("rule_id", "unit_id", "month", "field").iter_rows()
    )
    assert expected == actual
    assert run.code == 1


def test_every_finding_stands_in_a_cell(once: Callable[..., Run]) -> None:
    """File, row and cell of each finding, and the cell's text is the observed figure or its like."""
    findings = once(FAULTY, "--fail-on", "major").table("findings").filter(pl.col("severity") != "info")
    assert findings.filter(pl.col("source_cell").is_null()).select("rule_id", "field").rows() == []


def test_india_every_station_month_that_does_not_close(once: Callable[..., Run]) -> None:
    """Counted independently: 75 months of 25 stations do not close, 11 months have no opening stock to take."""
    run = once(INDIA)
    months = run.table("findings").filter((pl.col("rule_id") == "QTY-04") & pl.col("month").is_not_null())
    by_year = months.group_by(pl.col("month").dt.year().alias("year")).len().sort("year").rows()
    assert by_year == [(2023, 33), (2024, 21), (2025, 21)]
    assert months.filter(pl.col("source_cell").is_null()).rows() == []
    assert run.code == 0


def test_india_nothing_unseen_passes(once: Callable[..., Run]) -> None:
    """Rules about records that were not sent are not assessable or not applicable, never passed."""
    checks = once(INDIA).table("checks")
    passed = set(checks.filter(pl.col("status") == "passed")["rule_id"])
    assert {name for name in passed if not name.startswith(("INT-", "REC-", "GATE-"))} <= {"QTY-04", "QTY-05", "QTY-06"}


@pytest.mark.parametrize("sample", [CLEAN, FAULTY, INDIA])
def test_rows_in_are_rows_used_and_quarantined(once: Callable[..., Run], sample: object) -> None:
    """Per file and sheet, nothing is lost."""
    options = {CLEAN: ("--fail-on", "minor"), FAULTY: ("--fail-on", "major"), INDIA: ()}[sample]  # type: ignore[index]
    summary = json.loads((once(sample, *options).out / "summary.json").read_text(encoding="utf-8"))
    for source in summary["inputs"]:
        for sheet in (source, *source["sheets"]):
            assert sheet["rows_in"] == sheet["rows_used"] + sheet["rows_quarantined"]
