"""The committed example reports are what the program writes today, byte for byte; `make golden` writes them again."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType

from road import ROOT, SAMPLES, Run


def maker() -> ModuleType:
    """docs/make_golden.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("make_golden", ROOT / "docs" / "make_golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_golden"] = module
    spec.loader.exec_module(module)
    return module


def test_examples_are_what_is_written_today(once: Callable[..., Run]) -> None:
    """Both languages of the page, the model and the index of the sample plant; what differs is named, not printed."""
    golden = maker()
    made = golden.golden(once(SAMPLES / "faulty-plant", "--fail-on", "major").out)
    kept = {path.relative_to(golden.EXAMPLES).as_posix(): path for path in golden.EXAMPLES.rglob("*") if path.is_file()}
    assert sorted(made) == sorted(kept)
    assert [] == [name for name, content in made.items() if kept[name].read_bytes() != content]


def test_page_from_the_file_is_the_page_from_the_run(once: Callable[..., Run]) -> None:
    """report.json holds all that the page shows: written from the file it is the same page."""
    golden = maker()
    out = once(SAMPLES / "faulty-plant", "--fail-on", "major").out
    assert (out / "units" / golden.UNIT / "report.html").read_bytes() == golden.golden(out)[
        "faulty-plant/report.zh.html"
    ]
