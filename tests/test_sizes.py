"""Small files, small folders, small functions: what does not fit on a screen has two subjects."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import mrvaudit

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(mrvaudit.__file__).resolve().parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "rules" not in path.relative_to(PACKAGE).parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION, MOST_MODULES, MEDIAN = 400, 60, 15, 130


def lines(path: Path) -> int:
    """Lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def name(path: Path) -> str:
    """The path from the root of the project."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def test_no_file_is_too_long() -> None:
    """Ceiling for modules and tests alike."""
    assert [] == [f"{name(path)}: {lines(path)}" for path in (*FILES, *TESTS) if lines(path) > LONGEST_FILE]


def test_most_files_are_short() -> None:
    """The median of all modules that are more than a stub."""
    sizes = [lines(path) for path in FILES if lines(path) > 20]
    assert median(sizes) <= MEDIAN, sorted(sizes)


def test_no_folder_is_crowded() -> None:
    """A folder's modules can be taken in at a glance; the package itself is listed in the map of the design."""
    counted = {folder: len(list(folder.glob("*.py"))) for folder in {path.parent for path in FILES} - {PACKAGE}}
    crowded = {name(folder): count for folder, count in counted.items() if count > MOST_MODULES}
    assert {} == crowded


def test_functions_fit_a_screen() -> None:
    """No function, decorators and docstring included, is longer than a screen."""
    long = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    long.append(f"{name(path)}:{node.lineno} {node.name}: {size}")
    assert [] == long


def test_every_module_says_what_it_is_for() -> None:
    """A docstring of its own at the head of every module."""
    parsed = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
    assert [] == [name(path) for path, tree in parsed.items() if not ast.get_docstring(tree)]


def test_no_module_is_called_after_nothing() -> None:
    """A module's name says what is in it."""
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "base", "tools", "lib"}
    assert [] == [name(path) for path in FILES if path.stem in vague]
