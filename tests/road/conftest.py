"""One audit per set of arguments in a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from road import Run, audit


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Audit with these arguments, once in the whole session."""
    known: dict[tuple[str, ...], Run] = {}

    def run(*arguments: str | Path) -> Run:
        key = tuple(map(str, arguments))
        if key not in known:
            known[key] = audit(tmp_path_factory.mktemp("out"), *arguments)
        return known[key]

    return run
