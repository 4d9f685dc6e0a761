"""The tutorials hold: their files and commands are run, their outputs compared, their excerpts looked up."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mrvaudit.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
TUTORIALS = ("add-a-rule.md", "add-a-sector.md", "formats.md")
BLOCK = re.compile(r"<!-- (file|run|from|find)(?:: (\S+))? -->\n(?:```\w+\n(.*?)```|> (.*?)\n)", re.DOTALL)


def blocks(page: str) -> list[tuple[str, str, str]]:
    """Kind, argument and text of every marked block of a page, in order."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) == text.count("<!-- ")
    return [(kind, argument, code or quote) for kind, argument, code, quote in BLOCK.findall(text)]


def run(folder: Path, text: str, code: int) -> None:
    """Run a `$ mrvaudit …` line in a folder; the lines below it are the first lines of its output."""
    command, *expected = text.splitlines()
    assert command.startswith("$ mrvaudit ")
    words = [str(ROOT / one) if one.startswith(("tests/", "data/")) else one for one in command.split()[2:]]
    done = subprocess.run(
        [sys.executable, "-m", "mrvaudit.cli", *words], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[: len(expected)] == expected


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_does_what_it_says(page: str, tmp_path: Path) -> None:
    """From the first file to the finding, in an empty folder."""
    for kind, argument, text in blocks(page):
        if kind == "file":
            path = tmp_path / argument
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif kind == "run":
            run(tmp_path, text, int(argument or 0))
        elif kind == "find":
            assert text in (tmp_path / argument).read_text(encoding="utf-8-sig")
        else:
            assert text in (ROOT / argument).read_text(encoding="utf-8"), argument


def test_every_command_has_a_name() -> None:
    """The tutorials call the program as it is installed."""
    assert {"rules", "review"} == {str(group.name) for group in app.registered_groups}
