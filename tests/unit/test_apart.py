"""Work in a process of its own gives what it gives here, and a process that is killed costs nothing but time."""

from __future__ import annotations

import os
import signal
from math import fsum
from pathlib import Path

import pytest

from mrvaudit.apart import Apart


def killed_once(marker: str) -> str:
    """Kills its own process, the first time."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "again"


def test_here_and_elsewhere_are_the_same() -> None:
    """The same result, and times under the same names, with a process and without."""
    made = []
    for start in (False, True):
        with Apart() as apart:
            if start:
                apart.start(["calendar"])
            result = apart.begin("sum", fsum, [0.1] * 10, heavy=["calendar"])
            made.append((apart.started, result(), sorted(apart.seconds)))
    assert made == [(False, 1.0, ["import calendar", "sum"]), (True, 1.0, ["import calendar", "sum"])]


def test_a_killed_process_is_replaced_by_this_one(tmp_path: Path) -> None:
    """What a killed process was to do is done here."""
    with Apart() as apart:
        apart.start([])
        assert apart.begin("work", killed_once, str(tmp_path / "marker"))() == "again"


def test_a_fault_of_the_work_comes_back() -> None:
    """What fails elsewhere fails where its result is asked for."""
    with Apart() as apart:
        apart.start([])
        result = apart.begin("work", int, "no number")
        with pytest.raises(ValueError, match="no number"):
            result()
