"""The seams: a sector without Python, a reader and a report format from outside."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
import pytest
from road import TOY, audit

from mrvaudit import plugins


def write_toy(folder: Path) -> Path:
    """A submission of the toy sector: two ferries, one month right and one wrong."""
    folder.mkdir()
    (folder / "units.csv").write_text("entity_id,unit_id,route\nF1,A,north\nF1,B,south\n", encoding="utf-8")
    trips = ["unit_id,date,diesel_kg", *(f"{unit},2025-03-{day:02},{day * 10}" for unit in "AB" for day in range(1, 4))]
    (folder / "trips.csv").write_text("\n".join(trips) + "\n", encoding="utf-8")
    declared = ["船舶,月份,用油(t),排放量", "A,2025年3月,0.06,0.18", "B,202503,0.05,0.15"]
    (folder / "ferry_declared.csv").write_bytes("\r\n".join(declared).encode("gb18030"))
    return folder


def test_a_sector_without_python_is_audited_end_to_end(tmp_path: Path) -> None:
    """The toy sector: findings, statuses, tonnes and reports from YAML alone."""
    run = audit(tmp_path / "out", write_toy(tmp_path / "toy"), "--rules", TOY / "ferry", "--fail-on", "major")
    found = run.table("findings").filter(pl.col("severity") != "info")
    assert found.select("rule_id", "unit_id", "observed", "expected", "source_file", "source_cell").rows() == [
        ("FER-01", "B", 50.0, 60.0, "toy/ferry_declared.csv", "C3")
    ]
    assert found["impact_tco2"].to_list() == pytest.approx([0.03])
    checks = run.table("checks").filter(pl.col("rule_id").str.starts_with("FER"))
    assert checks.select("rule_id", "unit_id", "status").rows() == [
        ("FER-01", "A", "passed"),
        ("FER-01", "B", "found"),
        ("FER-02", "A", "passed"),
        ("FER-02", "B", "passed"),
    ]
    assert run.code == 1
    assert (run.out / "units" / "B" / "report.html").read_text(encoding="utf-8").count("FER-01") > 0
    assert (run.out / "index.html").is_file()


READER = '''"""Reads lines of `key=value;key=value`."""
import polars as pl
from mrvaudit.ingest.block import Block
SUFFIXES = (".kv",)
def read(path):
    rows = [dict(part.split("=") for part in line.split(";")) for line in path.read_text().splitlines()]
    headers = tuple(rows[0])
    frame = pl.DataFrame({f"c{i}": [row[name] for row in rows] for i, name in enumerate(headers, start=1)})
    frame = frame.with_columns(pl.Series("_line", range(1, len(rows) + 1), dtype=pl.Int32))
    return [Block(sheet=None, header_row=0, headers=headers, frame=frame, encoding="utf-8")]
'''

FORMAT = '''"""Counts findings on one line."""
FORMAT = "count"
def write(report, folder, context):
    (folder / "report.count").write_text(str(len(report["findings"])))
'''


class _Point:
    """An entry point of another distribution."""

    def __init__(self, name: str) -> None:
        self.name = self.value = name

    def load(self) -> object:
        """The module behind it."""
        return __import__(self.name)


def test_a_reader_and_a_format_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module with SUFFIXES and read, one with FORMAT and write: found by entry point, used like ours."""
    (tmp_path / "kv_reader.py").write_text(READER, encoding="utf-8")
    (tmp_path / "count_format.py").write_text(FORMAT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = {"mrvaudit.readers": [_Point("kv_reader")], "mrvaudit.reports": [_Point("count_format")]}
    monkeypatch.setattr(plugins, "entry_points", lambda group: points.get(group, []))
    toy = write_toy(tmp_path / "toy")
    (toy / "ferry_declared.csv").unlink()
    (toy / "ferry_declared.kv").write_text("unit_id=B;month=2025-03;diesel_kg=50;emission_t=0.15\n", encoding="utf-8")
    run = audit(tmp_path / "out", toy, "--rules", TOY / "ferry", "--reports", "json,count")
    found = run.table("findings").filter(pl.col("severity") != "info")
    assert found.select("rule_id", "unit_id", "source_file").rows() == [("FER-01", "B", "toy/ferry_declared.kv")]
    report = json.loads((run.out / "units" / "B" / "report.json").read_text(encoding="utf-8"))
    assert (run.out / "units" / "B" / "report.count").read_text() == str(len(report["findings"]))
    for name in ("kv_reader", "count_format"):
        sys.modules.pop(name, None)
