"""The visit pack from the folder of an audit: forms that open, figures of the submission, the same bytes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import polars as pl
import pytest
from road import SAMPLES, TOY, Run, audit

from mrvaudit.cli.app import call

FAULTY = SAMPLES / "faulty-plant"
FILES = ["document_review.docx", "onsite_checklist.docx", "visit.json", "visit.xlsx"]
FOLDER = "1%23机组"


@pytest.fixture(scope="module")
def packs(once: Callable[..., Run], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two packs of the faulty plant, to whose records the readings of a meter were added."""
    run, room = once(FAULTY, "--fail-on", "major").out, tmp_path_factory.mktemp("visit")
    shutil.copytree(run, room / "run")
    path = room / "run" / "records" / "t" / "meter_readings" / "p=0.parquet"
    empty = pl.read_parquet(path)
    reading = {"entity_id": "91370000MA0DEM021J", "meter_id": "DN-1", "month": "2025-03-01", "reading_begin": 17.0}
    reading |= {"reading_end": 66.499, "multiplier": 3500000.0}
    made = pl.DataFrame([{name: reading.get(name) for name in empty.columns}], infer_schema_length=None)
    dated = made.with_columns(pl.col("month").str.to_date())
    dated.select(pl.col(name).cast(kind) for name, kind in empty.schema.items()).write_parquet(path)
    for name, lang in (("a", "zh"), ("b", "zh")):
        assert call(["visit", str(room / "run"), "--out", str(room / name), "--lang", lang]) == 0
    return room / "a", room / "b"


def pack(packs: tuple[Path, Path]) -> dict[str, Any]:
    """visit.json of the first unit."""
    found: dict[str, Any] = json.loads((packs[0] / FOLDER / "visit.json").read_text(encoding="utf-8"))
    return found


def rows(packs: tuple[Path, Path], table: str, unit: str = "1#机组") -> list[dict[str, Any]]:
    """Rows of a unit in a standard table, as it was read."""
    path = packs[0].parent / "run" / "records" / "t" / table / "p=0.parquet"
    return pl.read_parquet(path).filter(pl.col("unit_id") == unit).to_dicts()


def test_a_folder_per_unit_and_the_same_bytes(packs: tuple[Path, Path]) -> None:
    """Every file of both packs is equal."""
    first, second = packs
    assert sorted(path.name for path in first.iterdir()) == [FOLDER, "2%23机组"]
    assert sorted(path.name for path in (first / FOLDER).iterdir()) == FILES
    for path in sorted(first.rglob("*.*")):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes(), path.name


def test_days_are_days_of_the_ledger(packs: tuple[Path, Path]) -> None:
    """Five heaviest and five by lot; the cell named holds the figure shown."""
    days = pack(packs)["draws"][0]
    assert [one["why"] for one in days["rows"]] == ["by_leverage"] * 5 + ["at_random"] * 5
    ledger = (FAULTY / "fuel_use.csv").read_text(encoding="utf-8").splitlines()
    column = ledger[0].split(",").index("消耗量(t)")
    for one in days["rows"]:
        sheet, _, cell = one["cell"].partition("!")
        assert (sheet, cell[0]) == ("faulty-plant/fuel_use.csv", "ABCDEFGH"[column])
        shown = float(one["values"][2]["zh"].replace(",", ""))
        assert shown == pytest.approx(float(ledger[int(cell[1:]) - 1].split(",")[column]))
    tonnes = [one["leverage_tco2"] for one in days["rows"][:5]]
    assert tonnes == sorted(tonnes, reverse=True)


def test_three_figures_to_reproduce(packs: tuple[Path, Path]) -> None:
    """Each computed here once more from the submission; beside it what the submission states."""
    heat, composite, meter = pack(packs)["recomputations"]
    sample = heat["subject"]["zh"].split()[-1]
    test = next(one for one in rows(packs, "calorific_value") if one["sample_id"] == sample)
    gross, hydrogen, dry, wet = (test[name] for name in ("qgr_ad_mj_per_kg", "h_ad_pct", "m_ad_pct", "m_ar_pct"))
    net = ((gross * 1000 - 206 * hydrogen) * (100 - wet) / (100 - dry) - 23 * wet) / 1000
    assert float(heat["recomputed"]) == pytest.approx(net, abs=0.0005)
    assert float(heat["stated"]["text"]) == test["qnet_ar_mj_per_kg"]

    day = composite["subject"]["zh"][:10]
    masses = {
        f"{one['date']}": one["sub_mass_g"] for one in rows(packs, "composites") if f"{one['date']}"[:7] == day[:7]
    }
    used = {f"{one['date']}": one["consumption"] for one in rows(packs, "fuel_use") if one["fuel"] == "coal"}
    expected = sum(masses.values()) * used[day] / sum(used[one] for one in masses)
    assert float(composite["recomputed"]) == pytest.approx(expected, abs=0.05)
    assert composite["stated"]["text"] == f"{masses[day]:.1f}"

    assert meter["steps"]["zh"] == "（66.4990 − 17.0000）× 3,500,000 ÷ 1000 = 173,246.500 MWh"
    assert meter["subject"]["zh"] == "2025-03，电能表 DN-1"
    month = next(one for one in rows(packs, "power_output") if f"{one['month']:%Y-%m}" == "2025-03")
    assert meter["stated"]["text"].replace(",", "") == f"{month['generation_mwh']:.3f}"


def test_the_forms_say_what_the_pack_says(packs: tuple[Path, Path]) -> None:
    """Read back: every line of the checklist and every document once in both formats; nothing is a formula."""
    made = pack(packs)
    review, checklist = (docx.Document(str(packs[0] / FOLDER / name)) for name in FILES[:2])
    titles = [one["title"]["zh"] for one in made["documents"]]
    assert [row.cells[1].text for row in review.tables[-1].rows][1:] == titles
    codes = [one["code"] for one in made["checklist"]]
    assert [row.cells[0].text for row in checklist.tables[1].rows][1:] == codes
    fonts = checklist.styles["Normal"].element.rPr.rFonts.attrib.values()
    assert "宋体" in fonts
    book = openpyxl.load_workbook(packs[0] / FOLDER / "visit.xlsx")
    assert book.sheetnames == [
        "文件评审", "现场核查清单", "追踪日期", "追踪入厂煤批次", "抽取留样", "现场重算", "资料清单",
    ]  # fmt: skip
    found = [cell.value for cell in book["资料清单"]["B"] if cell.value in titles]
    assert found == titles
    assert {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert made["seed"] == "20260101"


def test_strange_names_stay_inside(tmp_path: Path) -> None:
    """A sector without visit.yaml, and units whose ids would leave the folder or break the file."""
    toy = tmp_path / "toy"
    toy.mkdir()
    names = ("../../x", "CON", '=cmd()|"x"', "<script>alert(1)</script>", "一" * 300)
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    (toy / "units.csv").write_text("entity_id,unit_id\n" + "".join(f"F1,{one}\n" for one in quoted), encoding="utf-8")
    run = audit(tmp_path / "run", toy, "--rules", TOY / "ferry", "--reports", "none")
    assert run.code == 0
    assert call(["visit", str(run.out), "--out", str(tmp_path / "visit"), "--rules", str(TOY / "ferry")]) == 0
    made = sorted(path for path in tmp_path.rglob("*.docx"))
    assert len(made) == 2 * len(names)
    assert all(path.is_relative_to(tmp_path / "visit") and path.parent.parent == tmp_path / "visit" for path in made)
    shown = [docx.Document(str(path)).tables[0].rows[0].cells[3].text for path in made]
    assert sorted(set(shown)) == sorted(names)
    assert call(["visit", str(run.out), "--out", str(tmp_path / "visit"), "--rules", str(TOY / "ferry")]) == 2
