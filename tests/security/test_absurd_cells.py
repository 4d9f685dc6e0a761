"""Absurd cells do not end an audit: they are put aside or judged, and the rest is looked at."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mrvaudit.cli.app import call

ABSURD = [
    "1e25", "-1e25", "1e300", "99999999999999999999999", "9" * 400, "1e400", "nan", "inf", "-inf", "1e-320", "0x1F",
    "1_0", "１２３", "½", "∞", "=1+1", "'; DROP TABLE trips; --", "\u202e1", "1\u200b2", "１e２", "1,2,3.4.5", "--5",
    "٣", "🚢", "1e18", "1e12", "-1e19",
]  # fmt: skip


@pytest.mark.parametrize("field", ["trip", "declared", "emission"])
def test_a_number(ferry_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str) -> None:
    """Whatever stands where a quantity belongs, the run ends with its tables and no rule has crashed."""
    cells = dict.fromkeys(("trip", "declared", "emission"), ["5"] * len(ABSURD)) | {field: ABSURD}
    units = [f"A{index}" for index in range(len(ABSURD))]
    lines = {
        "units": ["entity_id,unit_id,route", "F1,B,south", *(f"F1,{unit},north" for unit in units)],
        "trips": ["unit_id,date,diesel_kg", "B,2025-03-01,9"],
        "ferry_declared": ["unit_id,month,diesel_kg,emission_t", "B,2025-03,5,0.02"],
    }
    for unit, trip, declared, emission in zip(units, *cells.values(), strict=True):
        lines["trips"] += [f'{unit},2025-03-01,"{trip}"', f"{unit},2025-03-02,5"]
        lines["ferry_declared"].append(f'{unit},2025-03,"{declared}","{emission}"')
    toy = tmp_path / "toy"
    toy.mkdir()
    for name, text in lines.items():
        (toy / f"{name}.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    arguments = [
        "audit",
        str(toy),
        "--out",
        str(out),
        "--rules",
        str(ferry_folder),
        "--reports",
        "html,json",
        "--quiet",
    ]
    code = call([*arguments, "--fail-on", "never"])
    assert (code, capsys.readouterr().err) == (0, "")
    checks = pl.read_parquet(out / "checks.parquet").filter(pl.col("rule_id") == "FER-01")
    statuses = dict(checks.select("unit_id", "status").iter_rows())
    assert (sorted(statuses), statuses["B"]) == (sorted([*units, "B"]), "found")
    assert "crashed" not in statuses.values()
