"""Readers: the enterprise learns what its evidence is worth, the province gets leads, and each sees only its own."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from report_case import ENTITY, FOLDERS, finding, findings, frame, month, power, write

from mrvaudit import report
from mrvaudit.model import FINDING_INTERNAL, FINDINGS

RARE = "DET-TAILS"


def signals() -> pl.DataFrame:
    """Twelve months of one detector: April is rare."""
    reason = {"feature": "m_ar_pct", "value": 14.2, "low": 8.0, "high": 12.0, "unit": "%"}
    rows = [
        {
            "unit_key": key, "month": month(number), "detector": RARE, "group": "g", "group_zh": "甲", "group_en": "A",
            "n": 240, "score": 0.9 if number == 4 else 0.4 + number / 100, "flagged": number == 4,
            "reasons": json.dumps([reason] if number == 4 else []),
        }
        for key in (0, 1)
        for number in range(1, 13)
    ]  # fmt: skip
    return pl.DataFrame(rows).with_columns(pl.col("unit_key").cast(pl.Int32))


@cache
def written(profile: str, folder: Path) -> tuple[dict[str, Any], str]:
    """report.json and report.html of the first unit for a profile."""
    rows = [
        *findings(),
        finding(90, RARE, severity="info", month=month(4), integrity_signal="weak"),
        finding(91, "LAB-10", severity="major", message_zh="与乙厂相同", message_en="equals plant B"),
    ]
    audit = replace(power(folder / "work"), findings=frame(FINDINGS | FINDING_INTERNAL, rows))
    object.__setattr__(audit, "signals", signals())
    effect = {"unit_key": 0, "entity_id": ENTITY, "fuel": "coal", "if_default_tco2": 1_234.0}
    write(audit.work.m("default_effect"), [{**effect, "month": month(12)}])
    filing = {"entity_id": ENTITY, "unit_key": None, "kind": "monthly", "month": month(12), "filed_on": month(2, 2026)}
    write(audit.work.t("filings"), [filing])
    report.write_reports(audit, folder, ("html", "json"), profile=profile)
    unit = folder / "units" / FOLDERS[0]
    return json.loads((unit / "report.json").read_text(encoding="utf-8")), (unit / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Reports by profile, written once."""
    folder = tmp_path_factory.mktemp("profiles")
    return lambda profile: written(profile, folder / profile)


def test_enterprise_sees_no_signal_no_statistics_and_no_peer(of: Any) -> None:
    """Neither on the page nor in the file; the rank among others is not its business."""
    model, page = of("enterprise")
    text = json.dumps(model, ensure_ascii=False)
    for hidden in ("integrity_signal", RARE, "乙厂", "plant B"):
        assert hidden not in text
        assert hidden not in page
    assert [None] * 4 == [model["totals"][name] for name in ("rank", "units", "risk", "anomaly")]
    assert ([], None) == (model["signals"], model["leads"])
    assert "index.html" not in page
    assert "LAB-10" in text


def test_enterprise_learns_worth_days_left_and_repairs(of: Any) -> None:
    """December was due 40 days after its end: 2026-02-09, 39 days before the date of the audit."""
    model, page = of("enterprise")
    expected = {"month": "2025-12", "due_on": "2026-02-09", "days_left": -39, "filed_on": "2026-02-01"}
    assert [expected | {"worth_tco2": 1_234.0}] == model["worth"]["months"]
    ways = [one["repair"] for one in model["worth"]["repairs"]]
    order = ["form", "paper", "ledger", "test"]
    assert ways == sorted(ways, key=order.index)
    assert {one["number"] for one in model["matters"] if one["severity"] != "info"} == {
        one["matter"] for one in model["worth"]["repairs"]
    }
    assert 'id="worth"' in page


def test_days_left_are_counted_to_the_last(tmp_path: Path) -> None:
    """On the last day nothing is left, and nothing is past; earlier months whose time ran out are not shown."""
    from datetime import date

    audit = replace(power(tmp_path / "work"), as_of=date(2026, 2, 9))
    ((_, model), *_) = list(report.models(audit, "enterprise"))
    assert [("2025-12", 0)] == [(one["month"], one["days_left"]) for one in model["worth"]["months"]]
    earlier = replace(audit, as_of=date(2026, 1, 9))
    ((_, model), *_) = list(report.models(earlier, "enterprise"))
    assert [("2025-11", 0), ("2025-12", 31)] == [(one["month"], one["days_left"]) for one in model["worth"]["months"]]


def test_province_gets_leads_with_article_and_hash(of: Any) -> None:
    """All that is critical, major or bears a signal, with the cell and the digest of its file."""
    model, page = of("province")
    by_number = {one["number"]: one for one in model["matters"]}
    grave = {number for number, one in by_number.items() if one["severity"] in ("critical", "major")}
    assert grave <= {one["matter"] for one in model["leads"]}
    assert "weak" in {one["signal"] for one in model["leads"]}
    cells = [cell for one in model["leads"] for cell in one["evidence"]]
    digests = {one["path"]: one["sha256"] for one in model["inputs"]}
    assert cells
    assert all(cell["sha256"] == digests.get(cell["file"]) for cell in cells)
    assert any("第二十二条" in article["article"]["zh"] for one in model["leads"] for article in one["articles"])
    assert 'id="leads"' in page
    assert model["worth"] is None


def test_verifier_sees_what_the_detectors_say_and_what_they_do_not(of: Any) -> None:
    """Score by month over the group's range, the features that moved it, and that rare is no error."""
    model, page = of("verifier")
    (one,) = model["signals"]
    assert (1, ["2025-04"]) == (one["n_flagged"], [point["month"] for point in one["points"] if point["flagged"]])
    assert [("m_ar_pct", 14.2)] == [(each["feature"], each["values"][0]["value"]) for each in one["features"]]
    assert "少见不说明差错" in page
    assert (None, None) == (model["worth"], model["leads"])


def test_second_opinion_says_that_it_was_not_asked(tmp_path: Path) -> None:
    """Silence is not agreement: the page names the reason."""
    audit = replace(power(tmp_path / "work"), gate={"ran": False, "reason": "units<30", "suites": []})
    report.write_reports(audit, tmp_path, ("html",))
    page = (tmp_path / "units" / FOLDERS[0] / "report.html").read_text(encoding="utf-8")
    assert "本次未运行第二重校验（机组少于 30 台时不运行）。" in page
