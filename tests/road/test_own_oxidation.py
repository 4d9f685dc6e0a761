"""Data of 2026: not assessable as shipped, assessed with the example file of own oxidation rates, its basis shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit.cli.app import call

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "oxidation-2026.yaml"
ENTITY = "91110000100000001W"
UNITS = (("LOW", "pulverised", 200, 98.4), ("HIGH", "pulverised", 1000, 98.3), ("OLD", "cfb", 999, 99.0))


@pytest.fixture(scope="module")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of 2026 of three units: one below the altitude, one at it, and one that still declares 99 %."""
    folder = tmp_path_factory.mktemp("own") / "plant"
    folder.mkdir()
    unit = {"fuel_category": "coal", "unit_class": "coal_le300", "capacity_mw": 300.0, "cogeneration": False}
    tables: dict[str, list[dict[str, Any]]] = {"units": [], "fuel_use": [], "element_carbon": [], "declarations": []}
    for name, boiler, altitude, declared in UNITS:
        own = {"entity_id": ENTITY, "unit_id": name}
        fuel = {**own, "fuel": "coal"}
        tables["units"].append({**own, **unit, "boiler_type": boiler, "altitude_m": altitude})
        tables["fuel_use"].append({**fuel, "date": "2026-03-01", "consumption": 1000.0, "m_ar_pct": 12.0})
        tested = {"report_no": f"R{name}", "sample_id": f"S{name}", "c_ad_pct": 62.0, "m_ad_pct": 4.0}
        tables["element_carbon"].append({**fuel, "month": "2026-03", **tested})
        figures = {"fuel_consumption": 1000.0, "carbon_content_tc_per_t": 0.5683, "oxidation_pct": declared}
        tables["declarations"].append({**fuel, "month": "2026-03", "carbon_source": "measured", **figures})
    for table, rows in tables.items():
        pl.DataFrame(rows).write_csv(folder / f"{table}.csv")
    return folder


def audited(submission: Path, *options: str) -> Path:
    """The folder of an audit by the rule about oxidation."""
    out = submission.with_name("own" if options else "shipped")
    fixed = ["--only", "FUL-06", "--reports", "html,json", "--quiet", "--no-gate", "--fail-on", "never"]
    assert 0 == call(["audit", str(submission), "--out", str(out), *fixed, *options])
    return out


def seen(out: Path) -> tuple[dict[str, tuple[str, str | None]], dict[str, float | None]]:
    """Status and reason of the rule, and recalculated tonnes, by unit."""
    checks = pl.read_parquet(out / "checks.parquet").filter(rule_id="FUL-06")
    scores = pl.read_parquet(out / "scores.parquet")
    said = {unit: (status, why) for unit, status, why in checks.select("unit_id", "status", "reason").iter_rows()}
    return said, dict(scores.select("unit_id", "recalculated_tco2").iter_rows())


def test_as_shipped_nothing_is_assumed(submission: Path) -> None:
    """No rate of 2026 comes with the packs: neither a finding nor tonnes, not even where 99 % is declared."""
    said, tonnes = seen(audited(submission))
    assert dict.fromkeys(said, ("not_assessable", "no_parameter:oxidation_pct@2026-03")) == said
    assert {"LOW": None, "HIGH": None, "OLD": None} == tonnes


def test_own_rates_are_used_and_shown(submission: Path) -> None:
    """By boiler and altitude: two units agree, 99 % does not; report.json and report.html state value and basis."""
    out = audited(submission, "--parameters", str(EXAMPLE))
    said, tonnes = seen(out)
    assert {"LOW": ("passed", None), "HIGH": ("passed", None), "OLD": ("found", None)} == said
    carbon = 62 * (100 - 12) / (100 - 4)
    rates = {"LOW": 98.4, "HIGH": 98.3, "OLD": 98.2}
    assert {name: pytest.approx(1000 * carbon * rate / 1e4 * 44 / 12) for name, rate in rates.items()} == tonnes
    for name, boiler, altitude, _ in UNITS:
        report = json.loads((out / "units" / name / "report.json").read_text(encoding="utf-8"))
        used = {one["key"]: one for one in report["parameters"] if one["name"] == "boiler_oxidation_pct"}
        key = f"{boiler}|{'high' if altitude >= 1000 else 'low'}"
        assert (rates[name], "house", "示例占位数") == (used[key]["value"], used[key]["mark"], used[key]["basis"]["zh"])
        assert [1000] == [one["value"] for one in report["parameters"] if one["name"] == "oxidation_altitude_m"]
        page = (out / "units" / name / "report.html").read_text(encoding="utf-8")
        assert "示例占位数" in page and "placeholder of an example" in page and f"{rates[name]:g}" in page
