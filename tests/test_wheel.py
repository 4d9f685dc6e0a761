"""The wheel works outside the tree, with the packs that lie inside it."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from mrvaudit.sector import load_sector

ROOT = Path(__file__).resolve().parents[1]
WHERE = (
    "import mrvaudit.paths, pathlib; print(pathlib.Path(mrvaudit.__file__).parent); print(mrvaudit.paths.rules_dir())"
)


def run(*command: str | Path, cwd: Path) -> str:
    """Standard output of a command that must succeed; nothing of this checkout is on its path."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", "HOME": str(cwd)}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


UV = Path(sys.executable).parent / "uv"
PIP = [sys.executable, "-m", "pip"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built by uv, or by pip where there is no uv."""
    folder = tmp_path_factory.mktemp("wheel")
    with_uv = [UV, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT]
    with_pip = [*PIP, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT]
    # The index and its certificates are the environment's own, so it is passed on.
    command = with_uv if UV.is_file() else with_pip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment outside the tree with the wheel installed; its dependencies are borrowed from this one."""
    folder = tmp_path_factory.mktemp("elsewhere") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    with_uv = [UV, "pip", "install", "--python", python]
    with_pip = [*PIP, "--python", python, "install"]
    run(*(with_uv if UV.is_file() else with_pip), "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", cwd=folder).strip())
    # A path in a .pth file lends the libraries, but none of this environment's own .pth files: no editable
    # install leaks in.
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return folder


def test_the_wheel_holds_packs_and_templates_and_no_tests(wheel: Path) -> None:
    """Every YAML of rules/ and every file that is not Python lies in the wheel; samples and tests do not."""
    with zipfile.ZipFile(wheel) as package:
        names = set(package.namelist())
    packs = {
        f"mrvaudit/rules/{path.relative_to(ROOT / 'rules').as_posix()}" for path in (ROOT / "rules").rglob("*.yaml")
    }
    source = ROOT / "pipeline"
    beside = {
        path.relative_to(source).as_posix()
        for path in (source / "mrvaudit").rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert packs
    assert packs | beside <= names
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"mrvaudit"}


def test_the_command_runs_outside_the_tree_with_its_own_packs(installed: Path) -> None:
    """`mrvaudit rules list` from the wheel, and where it took program and rules from."""
    python = installed / "bin" / "python"
    program, rules = (Path(line) for line in run(python, "-c", WHERE, cwd=installed).splitlines())
    assert program.is_relative_to(installed)
    assert rules == program / "rules"
    listed = run(installed / "bin" / "mrvaudit", "rules", "list", cwd=installed)
    assert [line.split()[0] for line in listed.splitlines()] == sorted(load_sector().rules)
