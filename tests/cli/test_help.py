"""The command as a user meets it: help, exit codes, one line for every fault."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from mrvaudit import __version__
from mrvaudit.cli.app import call

TOY = Path(__file__).resolve().parents[1] / "toy" / "ferry"
# What the machine needs to start a process at all, and words in two languages on a terminal without a locale.
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "NO_COLOR": "1", "COLUMNS": "100"}


def mrvaudit(*arguments: str | Path, cwd: Path | None = None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "mrvaudit.cli", *map(str, arguments)],
        capture_output=True,
        cwd=cwd,
        env=ENVIRONMENT,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def toy_input(folder: Path) -> Path:
    """A submission of one ferry and one month."""
    folder.mkdir()
    (folder / "units.csv").write_text("entity_id,unit_id,route\nF1,A,north\n", encoding="utf-8")
    (folder / "trips.csv").write_text("unit_id,date,diesel_kg\nA,2025-03-01,10\n", encoding="utf-8")
    (folder / "ferry_declared.csv").write_text(
        "unit_id,month,diesel_kg,emission_t\nA,2025-03,10,0.03\n", encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["碳排放数据质量审核", "Data-quality audit", "audit", "rules"]),
        (["audit", "--help"], ["--out", "--as-of", "--rules", "--fail-on", "审核", "Audit submissions"]),
        (["rules", "--help"], ["list", "explain", "test", "规则包"]),
        (["rules", "test", "--help"], ["--only", "算例"]),
        (["--version"], [f"mrvaudit {__version__}"]),
    ],
)
def test_help(arguments: list[str], words: list[str]) -> None:
    """Help and version: exit code 0, both languages, on a terminal without a locale too."""
    code, out, err = mrvaudit(*arguments)
    assert (code, err, [word for word in words if word not in out]) == (0, "", [])


def test_help_is_quick() -> None:
    """The start takes less than a second of processor time; the design asks for 0.3 s by the clock of the benchmark."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    mrvaudit("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0


def test_without_a_command() -> None:
    """The bare command shows the help and says with its code that nothing was done."""
    code, out, _ = mrvaudit()
    assert (code, "Usage" in out) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["audit", "missing", "--out", "out"], 2, "missing: 路径不存在；请检查路径 / the path does not exist; check"),
        (["audit", "toy", "--out", "out", "--rules", "missing"], 2, "missing: 路径不存在"),
        (["audit", "toy", "--out", "out", "--mapping", "missing"], 2, "missing: 路径不存在"),
        (["audit", "toy", "--out", "out", "--colour", "red"], 2, "wrong usage: No such option: --colour"),
        (["audit", "toy"], 2, "wrong usage: Missing option '--out'"),
        (["audit", "--out", "out"], 2, "wrong usage: Missing argument"),
        (["audit", "toy", "--out", "out", "--as-of", "yesterday"], 2, "wrong usage: Invalid value for '--as-of'"),
        (["audit", "toy", "--out", "out", "--workers", "0"], 2, "wrong usage: Invalid value for '--workers'"),
        (["audit", "toy", "--out", "out", "--fail-on", "always"], 2, "wrong usage: Invalid value for '--fail-on'"),
        (["audit", "toy", "--out", "out", "--memory", "much"], 2, "--memory: 应写成 512MB 或 2GB；读到 much"),
        (["audit", "toy", "--out", "out", "--reports", "pdf"], 2, "--reports pdf: 没有这种报告格式"),
        (["audit", "toy", "--out", "out", "--rules", str(TOY), "--only", "XXX-99"], 2, "--only XXX-99: 没有这条规则"),
        (["audit", "empty", "--out", "out", "--rules", str(TOY)], 4, "empty: 没有可以读取的数据文件"),
        (["audit", "toy", "--out", "full", "--rules", str(TOY)], 2, "full: --out 中已有其他内容，不覆盖"),
        (["audit", "toy", "--out", "toy/trips.csv", "--rules", str(TOY)], 2, "--out 不是文件夹 / --out is no folder"),
        (["frobnicate"], 2, "wrong usage: No such command 'frobnicate'"),
        (["rules", "explain", "XXX-99"], 2, "XXX-99: 没有这条规则"),
        (["rules", "list", "--rules", "missing"], 2, "missing: 路径不存在"),
        (["rules", "test", "missing"], 2, "missing: 路径不存在"),
    ],
)  # fmt: skip
def test_exit_codes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    says: str,
) -> None:
    """Every fault: its code, and one line on stderr that says where, what and what to do."""
    toy_input(tmp_path / "toy")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("keep", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    got = call(arguments)
    out, err = capsys.readouterr()
    assert (got, out, len(err.splitlines()), says in err) == (code, "", 1, True), err
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_a_wrong_name_costs_no_earlier_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused before the folder of the run before is emptied."""
    toy_input(tmp_path / "toy")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text("{}", encoding="utf-8")
    code = call(
        ["audit", str(tmp_path / "toy"), "--out", str(tmp_path / "out"), "--rules", str(TOY), "--only", "XXX-99"]
    )
    assert (2, True) == (code, "XXX-99" in capsys.readouterr().err)
    assert ["manifest.json"] == [path.name for path in (tmp_path / "out").iterdir()]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["audit", "missing", "--out", "out"], 2, "错误 error: missing: 路径不存在"),
        (["audit", ".", "--out", "out", "--colour", "red"], 2, "错误 error: mrvaudit: 命令有误 / wrong usage"),
        (["audit", ".", "--out", "out", "--rules", str(TOY)], 4, "没有可以读取的数据文件"),
        (["rules", "explain", "XXX-99", "--rules", str(TOY)], 2, "错误 error: XXX-99: 没有这条规则"),
    ],
)
def test_exit_codes_of_the_process(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    """The process ends with the code of the fault, and its line reaches a terminal without a locale."""
    got, out, err = mrvaudit(*arguments, cwd=tmp_path)
    assert (got, out, len(err.splitlines()), says in err) == (code, "", 1, True), err


BROKEN = {
    "syntax": ("rules:\n  - {id: X\n", "own/own.yaml:3:1: YAML 语法错误"),
    "unknown key": ("rule: []\n", "own/own.yaml:1:7: rule：未知的内容 rule"),
    "missing key": ("rules:\n  - {id: X}\n", "own/own.yaml:2:5: rules.0：缺少键 version"),
    "anchor": ("rules: &a []\n", "own/own.yaml:1:8: 不允许使用锚点与引用"),
    "a file": ("rules: 3\n", "own/own.yaml:1:8: rules：应为列表"),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("command", [["audit", "toy", "--out", "out", "--rules", "own"], ["rules", "test", "own"]])
def test_a_broken_rule_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str, command: list[str]
) -> None:
    """Code 2 and one line with file, line and column; nothing is audited and no folder is made."""
    text, says = BROKEN[kind]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.yaml").write_text(text, encoding="utf-8")
    toy_input(tmp_path / "toy")
    monkeypatch.chdir(tmp_path)
    code = call(command)
    out, err = capsys.readouterr()
    assert (code, out, len(err.splitlines()), says in err) == (2, "", 1, True), err
    assert not (tmp_path / "out").exists()


def test_an_audit_end_to_end(tmp_path: Path) -> None:
    """Nothing found: code 0, the closing lines on stdout, no .work left."""
    toy_input(tmp_path / "toy")
    code, out, err = mrvaudit("audit", "toy", "--out", "out", "--rules", TOY, "--reports", "none", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert "机组 1 台" in out
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"findings.csv", "findings.parquet", "checks.parquet", "summary.json", "manifest.json", "run.json"} <= names
    assert ".work" not in names


def test_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With --quiet nothing is said when nothing is wrong."""
    toy_input(tmp_path / "toy")
    monkeypatch.chdir(tmp_path)
    code = call(["audit", "toy", "--out", "out", "--rules", str(TOY), "--reports", "none", "--quiet"])
    assert (code, *capsys.readouterr()) == (0, "", "")


def test_rules_of_the_toy_sector(capsys: pytest.CaptureFixture[str]) -> None:
    """list, explain and test speak of own packs."""
    code, out = call(["rules", "list", "--rules", str(TOY)]), capsys.readouterr().out
    assert (code, [line.split()[0] for line in out.splitlines() if line.startswith("FER")]) == (0, ["FER-01", "FER-02"])
    code, out = call(["rules", "explain", "FER-01", "--rules", str(TOY)]), capsys.readouterr().out
    assert (code, "day_sum_tolerance_kg" in out, "航次合计" in out) == (0, True, True)
    code, out = call(["rules", "test", str(TOY), "--only", "FER-01"]), capsys.readouterr().out
    assert (code, out) == (0, "算例 3 个，不符 0 个 / 3 examples, 0 failed\n")


def test_a_wrong_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`rules test` leaves with 1 and says what was found instead."""
    own = tmp_path / "ferry"
    (own / "checks").mkdir(parents=True)
    for path in TOY.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("expected: 11}", "expected: 12}")
        (own / path.relative_to(TOY)).write_text(text, encoding="utf-8")
    code = call(["rules", "test", str(own), "--only", "FER-01"])
    out, err = capsys.readouterr()
    assert (code, err, "不符 fails: FER-01 · found: expected result=differs" in out) == (1, "", True)
