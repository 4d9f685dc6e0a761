"""Who may import whom: over the syntax trees, so that an import inside a function counts too."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mrvaudit

PACKAGE = Path(mrvaudit.__file__).resolve().parent
# Left may not import right; modules of one step do not import each other.
STEPS = """
errors
model paths plugins packfile apart processes sql_words sql_origins
units zip_bytes sql
parameters tables
formulas
derived
rules
sector
ingest
standardise contracts
macros
store
checks features
detect gate
effects allowance
assess
answers
audit
report
manifest records pages template visit review
compare ledger
sweep evaluate
monthly
cli
"""
ORDER = {name: step for step, line in enumerate(STEPS.strip().splitlines()) for name in line.split()}
# What the command line imports before it knows what is asked; frames only for annotations.
LIGHT = ("model", "errors", "paths", "plugins", "processes")
HEAVY = (
    "polars",
    "duckdb",
    "pydantic",
    "pandera",
    "sklearn",
    "great_expectations",
    "pandas",
    "numpy",
    "jinja2",
    "joblib",
    "sqlglot",
)


def files() -> Iterator[tuple[str, Path]]:
    """Top-level name and path of every module; `__init__` of the package apart."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if parts[0] not in ("rules", "__init__.py"):
            yield parts[0].removesuffix(".py"), path


def is_for_types_only(node: ast.If) -> bool:
    """`if TYPE_CHECKING:`."""
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(node: ast.AST) -> Iterator[str]:
    """Full names of what is imported at run time, at any depth."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and is_for_types_only(child):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "relative import"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        else:
            yield from imports(child)


def own_imports(path: Path) -> set[str]:
    """Top-level names of the package that a module imports; the version alone is no import."""
    names = set()
    for full in imports(ast.parse(path.read_text(encoding="utf-8"))):
        parts = full.split(".")
        if parts[0] == "mrvaudit" and len(parts) > 1 and parts[1] != "__version__":
            names.add(parts[1])
    return names


def test_every_module_has_its_step() -> None:
    """A new module is given a place in the order, here and in the design."""
    assert set() == {top for top, _ in files()} - set(ORDER) - {"sectors"}


def test_left_does_not_import_right() -> None:
    """Nothing flows back."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for top, path in files()
        if top in ORDER
        for name in sorted(own_imports(path) - {top})
        if name != "sectors" and ORDER.get(name, len(ORDER)) >= ORDER[top]
    ]
    assert [] == wrong


def test_only_the_command_line_imports_sectors() -> None:
    """Everything else learns about a sector from its folder of YAML."""
    assert {"cli"} >= {top for top, path in files() if top != "sectors" and "sectors" in own_imports(path)}


def test_sectors_import_up_to_the_sector() -> None:
    """What knows a sector in Python knows its pack, and no part of the road."""
    allowed = {name for name, step in ORDER.items() if step <= ORDER["sector"]} | {"sectors"}
    wrong = {
        str(path.relative_to(PACKAGE)): sorted(own_imports(path) - allowed) for top, path in files() if top == "sectors"
    }
    assert {} == {path: names for path, names in wrong.items() if names}


def top_level(path: Path) -> set[str]:
    """Names that importing the module imports at once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module}
            if node.module == "mrvaudit" or node.module.startswith("mrvaudit."):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_light_modules_import_nothing_heavy() -> None:
    """What the command line needs for --help imports neither frames nor databases at the top."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for top, path in files()
        if top in LIGHT
        for name in sorted(top_level(path))
        if name.split(".")[0] in HEAVY
    ]
    assert [] == wrong


def loaded(code: str) -> list[str]:
    """Heavy modules that are loaded after running the code in a fresh interpreter."""
    probe = f"{code}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stderr.split()


CALL = "from mrvaudit.cli.app import call\nassert call({arguments}) == 0"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """`mrvaudit --help` is quick because it loads neither polars nor DuckDB nor pydantic."""
    assert [] == loaded(CALL.format(arguments=arguments))


@pytest.mark.parametrize("arguments", [["audit", "--help"], ["rules", "--help"], ["rules", "list", "--help"]])
def test_help_of_commands(arguments: list[str]) -> None:
    """Nor does the help of a command; typer looks for pydantic by itself once it has parameters to show."""
    assert {"pydantic"} >= set(loaded(CALL.format(arguments=arguments)))
