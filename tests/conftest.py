"""What the tests share: the toy sector, and ways to write packs that differ from it in one place."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrvaudit import paths, sector
from mrvaudit.checks.examples import Bench
from mrvaudit.errors import PackError
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector, load_sector

TESTS = Path(__file__).resolve().parent
FERRY = TESTS / "toy" / "ferry"
COMMON_TABLES = ("units", "entities", "filings")

Variant = Callable[[Mapping[str, str]], Path]
NewRule = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def ferry() -> Sector:
    """The toy sector as it lies in tests/toy/ferry."""
    return load_sector(extra=FERRY)


@pytest.fixture(scope="session")
def lean_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rules folder whose common pack has the shipped units and three of the shipped tables, and no checks."""
    shipped, lean = paths.rules_dir() / "common", tmp_path_factory.mktemp("rules") / "common"
    lean.mkdir()
    for name in ("sector.yaml", "units.yaml"):
        shutil.copy(shipped / name, lean / name)
    tables = yaml.safe_load((shipped / "tables.yaml").read_text(encoding="utf-8"))["tables"]
    few = {"tables": {name: tables[name] for name in COMMON_TABLES}}
    (lean / "tables.yaml").write_text(yaml.safe_dump(few, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return lean.parent


@pytest.fixture
def variant(tmp_path: Path, lean_rules: Path, monkeypatch: pytest.MonkeyPatch) -> Variant:
    """Write a copy of the toy pack with files added or replaced; returns its folder."""
    monkeypatch.setattr(sector, "rules_dir", lambda: lean_rules)

    def write(files: Mapping[str, str]) -> Path:
        folder = tmp_path / "ferry"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(FERRY, folder)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def refused(variant: Variant) -> Callable[[Mapping[str, str]], PackError]:
    """The error that loading a variant of the toy pack raises."""

    def load(files: Mapping[str, str]) -> PackError:
        with pytest.raises(PackError) as caught:
            load_sector(extra=variant(files))
        return caught.value

    return load


@pytest.fixture(scope="session")
def new_rule() -> NewRule:
    """A rule of the toy sector as an entry of a pack file, with keys changed or (None) left out."""

    def make(**changes: Any) -> dict[str, Any]:
        entry = {
            "id": "NEW-01",
            "version": 1,
            "status": "stable",
            "title": {"zh": "示例", "en": "Example"},
            "basis": [{"document": "toy guide", "mark": "house"}],
            "valid": {"from": "2019-01"},
            "subject": {"table": "ferry_declared", "field": "diesel_kg"},
            "results": [{"name": "differs", "violates": "over(diesel_kg, emission_t)", "severity": "minor"}],
            "message": {"zh": "{month}", "en": "{month}"},
            "remedy": {"zh": "更正", "en": "Correct it"},
            "examples": [{"name": "none", "given": {}, "expect": []}],
            **changes,
        }
        return {key: value for key, value in entry.items() if value is not None}

    return make


def _text(*entries: Mapping[str, Any]) -> str:
    return yaml.safe_dump({"topic": "more", "rules": list(entries)}, allow_unicode=True, sort_keys=False)


@pytest.fixture(scope="session")
def rules_file() -> Callable[..., str]:
    """Rules as the text of a pack file."""
    return _text


@pytest.fixture(scope="session")
def ferry_folder() -> Path:
    """Where the toy pack lies."""
    return FERRY


@pytest.fixture
def more_rules(variant: Variant) -> Callable[..., Sector]:
    """The toy sector with further rules, given as entries of a pack file."""

    def load(*entries: Mapping[str, Any]) -> Sector:
        return load_sector(extra=variant({"checks/more.yaml": _text(*entries)}))

    return load


@pytest.fixture
def ask(more_rules: Callable[..., Sector], new_rule: NewRule) -> Callable[..., tuple[list[Any], list[Any]]]:
    """Findings and checks rows that one new rule makes of the given rows."""

    def outcome(given: Mapping[str, Any], **changes: Any) -> tuple[list[Any], list[Any]]:
        sector = more_rules(new_rule(**changes))
        rule: Rule = sector.rules["NEW-01"]
        return Bench(sector).outcome(rule, given)

    return outcome
