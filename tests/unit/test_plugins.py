"""A module is a plugin when it carries the names."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from mrvaudit import plugins
from mrvaudit.errors import PackError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two plugins and a module that is none."""
    folder = tmp_path / "toy_readers"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "b.py").write_text("SUFFIXES = ('.b',)\ndef read(path): return []\n")
    (folder / "a.py").write_text("SUFFIXES = ('.a',)\ndef read(path): return []\n")
    (folder / "common.py").write_text("SUFFIXES = ('.c',)\n")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "__init__.py").write_text("SUFFIXES = ('.d',)\ndef read(path): return []\n")
    (tmp_path / "outside.py").write_text("SUFFIXES = ('.o',)\ndef read(path): return []\n")
    monkeypatch.syspath_prepend(tmp_path)
    return "toy_readers"


def registered(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Make one entry point known under `toy.readers`."""
    point = EntryPoint("mine", value, "toy.readers")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point] if group == "toy.readers" else [])


def test_modules_with_every_name_sorted(package: str) -> None:
    """Modules that lack a name, and subpackages, are no plugins; the order is that of the names."""
    assert [module.__name__ for module in plugins.load(package, ("SUFFIXES", "read"))] == [
        "toy_readers.a",
        "toy_readers.b",
    ]


def test_entry_points_join_in(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of another distribution is found by its entry point."""
    registered(monkeypatch, "outside")
    found = plugins.load(package, ("SUFFIXES", "read"), group="toy.readers")
    assert [module.__name__ for module in found] == ["outside", "toy_readers.a", "toy_readers.b"]


def test_an_entry_point_that_lacks_a_name(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who registers a plugin is told what it lacks."""
    registered(monkeypatch, "outside")
    with pytest.raises(PackError) as caught:
        plugins.load(package, ("SUFFIXES", "read", "TITLE"), group="toy.readers")
    assert str(caught.value) == (
        "entry point toy.readers:mine: 插件缺少 TITLE；读到 outside / the plugin lacks TITLE; read outside"
    )
