"""The documents say what the program does: keys of packs, commands, targets, exit codes, links, record tables."""

from __future__ import annotations

import importlib
import importlib.util
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mrvaudit import __version__, errors
from mrvaudit.cli.app import app
from mrvaudit.packfile import Entry
from mrvaudit.sector import load_sector

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *DOCS.rglob("*.md"),
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "rules/README.md", "reports/README.md")),
    ]
)
MODULES = (
    "units",
    "tables",
    "parameters",
    "formulas",
    "derived",
    "rules",
    "sector",
    "report.settings",
    "report.settings_forms",
    "report.settings.charts",
    "report.settings.profiles",
    "report.settings.sources",
    "allowance.settings",
    "features",
    "ingest.mapping",
    "standardise.columns.settings",
    "visit.settings",
)
# Keys that the reader fills in itself: the name of an entry, the key of a value, the topic of a file.
FILLED = {
    "Field": {"name"},
    "Table": {"name"},
    "Parameter": {"name"},
    "Value": {"key"},
    "Formula": {"name"},
    "Notice": {"id"},
    "Feature": {"id"},
    "Rule": {"topic"},
}
RENAMED = {"View": {"source": "from"}}
# Keys that the reader takes off before the model sees the entry.
EXTRA = {"Table": {"extends"}}


def models() -> Iterator[tuple[str, type[Entry]]]:
    """Every model of a pack file or mapping, named `module.Model`."""
    for name in MODULES:
        module = importlib.import_module(f"mrvaudit.{name}")
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Entry) and kind.__module__ == module.__name__:
                yield f"{name}.{kind.__name__}", kind


def keys_of(model: type[Entry]) -> set[str]:
    """Keys as they are written in YAML."""
    name = model.__name__
    keys = {RENAMED.get(name, {}).get(key, field.alias or key) for key, field in model.model_fields.items()}
    return (keys - FILLED.get(name, set())) | EXTRA.get(name, set())


def documented() -> dict[str, set[str]]:
    """Keys in the first column of the table behind each `<!-- keys: … -->` of docs/packs.md."""
    text = (DOCS / "packs.md").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for name, table in re.findall(r"<!-- keys: (\S+) -->\n((?:\|.*\n)+)", text):
        first = [line.split("|")[1] for line in table.splitlines()[2:]]
        found[name] = {key for cell in first for key in re.findall(r"`([^`]+)`", cell)}
    return found


@pytest.mark.parametrize(("name", "model"), list(models()))
def test_every_key_of_a_pack_stands_in_packs_md(name: str, model: type[Entry]) -> None:
    """No key is missing there, none is invented."""
    assert documented().get(name) == keys_of(model)


def commands() -> set[str]:
    """Commands of the program, as `audit` and `rules list`."""
    names = {str(command.name) for command in app.registered_commands}
    for group in app.registered_groups:
        assert group.typer_instance is not None
        names |= {f"{group.name} {command.name}" for command in group.typer_instance.registered_commands}
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_name_only_commands_and_targets_that_exist(page: Path) -> None:
    """`mrvaudit x` and `make x` in code."""
    text = page.read_text(encoding="utf-8")
    known = commands()
    groups = {name.partition(" ")[0] for name in known if " " in name}
    for first, second in re.findall(r"(?:^|`)\s*mrvaudit ([a-z]+)(?: ([a-z]+))?", text, re.MULTILINE):
        assert (f"{first} {second}" if first in groups and second else first) in known | groups
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and image of a page."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if path.startswith(("http:", "https:")):
            continue
        assert not path or (page.parent / path).exists(), target
        if not path:
            assert f'id="{anchor}"' in text, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_path_of_a_machine(page: Path) -> None:
    """Pages speak of the project, not of where somebody keeps it."""
    assert not re.search(r"(?<![\w.])/(?:home|root|work|tmp|opt|Users)/", page.read_text(encoding="utf-8"))


def test_records_md_is_what_the_packs_say() -> None:
    """`make docs` writes it again."""
    spec = importlib.util.spec_from_file_location("make_records", DOCS / "make_records.py")
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(load_sector())


def test_exit_codes_of_the_readme() -> None:
    """The table lists every code; those of faults are those of errors.py."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = {int(code) for code in re.findall(r"^\| (\d) \|", text, re.MULTILINE)}
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.MrvauditError)
    ]
    assert listed == {0, 1, 6} | {kind.exit_code for kind in kinds}


def test_changelog_knows_the_version() -> None:
    """The version of the package has a heading."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_lock_fits_the_project_and_names_public_hosts_only() -> None:
    """uv.lock was written for these dependencies, from the public index."""
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://([^/\"]+)", text)) <= {"pypi.org", "files.pythonhosted.org"}
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = next(one for one in tomllib.loads(text)["package"] if one["name"] == "mrvaudit")
    locked = {_requirement(one) for one in own["metadata"]["requires-dist"]}
    wanted = {_split(one) for one in pyproject["project"]["dependencies"]}
    locked_dev = {_requirement(one) for one in own["metadata"]["requires-dev"]["dev"]}
    assert locked == wanted
    assert locked_dev == {_split(one) for one in pyproject["dependency-groups"]["dev"]}


def _requirement(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["name"].lower(), entry.get("specifier", "")


def _split(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(.*)", text)
    assert found is not None
    return found[1].lower(), found[2]


def test_pictures_are_well_formed() -> None:
    """Committed SVGs parse, have a title, load nothing."""
    for path in sorted((DOCS / "images").glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        assert ET.fromstring(text).find("{http://www.w3.org/2000/svg}title") is not None
        assert not re.search(r"href=|@import|<script", text)
