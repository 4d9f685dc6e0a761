"""`mrvaudit allowance` over the records of an audit: tables, files, exit codes."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from mrvaudit.cli.app import call

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The faulty sample, audited without reports and with one rule that gives tonnes."""
    out = tmp_path_factory.mktemp("out") / "run"
    options = ["--out", str(out), "--reports", "none", "--only", "EMI-01", "--fail-on", "never", "--quiet"]
    assert call(["audit", str(SAMPLES / "faulty-plant"), *options]) == 0
    return out


@pytest.fixture
def run(audited: Path, tmp_path: Path) -> Path:
    """A copy to write into."""
    return Path(shutil.copytree(audited, tmp_path / "run"))


def test_the_draft_is_named_in_every_row(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Parquet, CSV, JSON and the printed table; entity, city and province add up."""
    assert call(["allowance", str(run), "--price", "74.63"]) == 0
    printed = capsys.readouterr().out
    assert "草案 draft" in printed
    assert "2025–2026 年度配额方案（征求意见稿）" in printed
    rows = pl.read_parquet(run / "allowance.parquet")
    assert rows["level"].to_list() == ["unit", "unit", "entity", "city", "province"]
    assert rows.select("year", "plan", "mark", "status").unique().rows() == [(2025, "2025-2026", "draft", "assessed")]
    unit = rows.filter(pl.col("level") == "unit")
    above = rows.filter(pl.col("level") != "unit")
    assert above["allowance_t"].to_list() == [unit["allowance_t"].sum()] * 3
    assert above["money_yuan"].to_list() == pytest.approx([unit["gap_t"].sum() * 74.63] * 3)
    assert (run / "allowance.csv").read_bytes().startswith(b"\xef\xbb\xbflevel,")
    content = json.loads((run / "allowance.json").read_text(encoding="utf-8"))
    assert [plan["mark"] for plan in content["plans"]] == ["draft"]
    assert [row["mark"] for row in content["rows"]] == ["draft"] * 5


def test_the_manifest_lists_what_was_written(run: Path) -> None:
    """Every file of the folder with its digest, sealed again; inputs and packs as the audit left them."""
    before = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert call(["allowance", str(run)]) == 0
    after = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert [before[name] for name in ("inputs", "rule_packs", "seeds")] == [
        after[name] for name in ("inputs", "rule_packs", "seeds")
    ]
    there = {
        path.relative_to(run).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in run.rglob("*")
        if path.is_file() and path.name not in ("manifest.json", "run.json")
    }
    assert there == {one["path"]: one["sha256"] for one in after["outputs"]}
    sealed = after.pop("sha256")
    text = json.dumps(after, ensure_ascii=False, sort_keys=True)
    assert (sealed, True) == (hashlib.sha256(text.encode()).hexdigest(), sealed != before["sha256"])


def test_findings_have_their_money(run: Path) -> None:
    """1 800 t understated cost 1 800 times the price; the allowance does not move."""
    assert call(["allowance", str(run), "--price", "100"]) == 0
    found = pl.read_parquet(run / "allowance_findings.parquet").filter(pl.col("rule_id") == "EMI-01")
    columns = ("unit_id", "plan", "mark", "delta_e_tco2", "delta_a_tco2", "money_yuan")
    assert found.select(columns).rows() == [("1#机组", "2025-2026", "draft", 1800.0, 0.0, 180_000.0)]


def test_the_same_bytes_again(run: Path) -> None:
    """Written twice, the files are the same."""
    names = ("allowance.parquet", "allowance.csv", "allowance.json", "allowance_findings.parquet")
    assert call(["allowance", str(run)]) == 0
    first = {name: (run / name).read_bytes() for name in names}
    assert call(["allowance", str(run)]) == 0
    assert first == {name: (run / name).read_bytes() for name in names}
    assert pl.read_parquet(run / "allowance.parquet")["money_yuan"].null_count() == 5


def test_json_compliance_and_a_published_rate(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One document on stdout; no records of compliance are an empty list, not an error."""
    asked = ["--format", "json", "--compliance-as-of", "2026-01-31", "--published", "99.82=11.52/11.54"]
    assert call(["allowance", str(run), *asked]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["compliance"] == []
    assert content["published"] == [
        {"published": "99.82=11.52/11.54", "low_pct": "99.74", "high_pct": "99.91", "fits": True}
    ]
    assert call(["allowance", str(run), "--compliance-as-of", "2026-01-31"]) == 0
    assert "没有清缴与名录记录" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--year", "2024"], 4),
        (["--price", "-1"], 2),
        (["--price", "nan"], 2),
        (["--published", "99.82"], 2),
        (["--compliance-as-of", "31.1.2026"], 2),
        (["--parameters", "missing.yaml"], 2),
    ],
)
def test_wrong_usage_and_nothing_to_do(audited: Path, arguments: list[str], code: int) -> None:
    """2 for the command, 4 where no row is left."""
    assert call(["allowance", str(audited), *arguments]) == code


def test_a_folder_of_no_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said in one line, with what to name instead."""
    assert call(["allowance", str(tmp_path)]) == 2
    assert "records" in capsys.readouterr().err
    assert call(["allowance", str(tmp_path / "missing")]) == 2
