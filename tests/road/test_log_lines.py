"""`--log-format json`: what goes to stderr is one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from road import TOY
from test_seams import write_toy

from mrvaudit.cli.app import call


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Every line of stderr, parsed."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_progress_problems_and_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Stages with their counts, a file that cannot be read, and the closing figures; each with its seconds."""
    toy = write_toy(tmp_path / "toy")
    (toy / "broken.xlsx").write_bytes(b"no workbook")
    arguments = ["audit", str(toy), "--out", str(tmp_path / "out"), "--rules", str(TOY / "ferry"), "--reports", "json"]
    assert call([*arguments, "--log-format", "json"]) == 3
    found = lines(capsys)
    assert {one["event"] for one in found} == {"progress", "problem", "done"}
    assert [one for one in found if one["event"] == "progress"][-1] | {"seconds": 0} == {
        "event": "progress", "stage": "report", "done": 2, "total": 2, "seconds": 0,
    }  # fmt: skip
    assert ["broken.xlsx" in str(one["message"]) for one in found if one["event"] == "problem"] == [True]
    assert (found[-1]["event"], found[-1]["units"]) == ("done", 2)
    assert all(isinstance(one["seconds"], float) for one in found)


@pytest.mark.parametrize("form", [["--log-format", "json"], ["--log-format=json"]])
def test_a_fault_is_a_line_too(capsys: pytest.CaptureFixture[str], form: list[str]) -> None:
    """The one line of an error, as JSON; without the option it stays text."""
    assert call(["audit", "no-such-folder", "--out", "x", *form]) == 2
    found = lines(capsys)
    assert [one["event"] for one in found] == ["problem"]
    assert str(found[0]["message"]).startswith("错误 error: no-such-folder: 路径不存在")
    assert call(["audit", "no-such-folder", "--out", "x"]) == 2
    assert capsys.readouterr().err.startswith("错误 error: no-such-folder")
