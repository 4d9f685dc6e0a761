"""What an audit leaves in records/ is enough to derive the same figures again, without the input."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from road import SAMPLES, Run

from mrvaudit import records, store
from mrvaudit.errors import UsageError
from mrvaudit.sector import load_sector


def test_the_records_give_the_same_views(once: Callable[..., Run], tmp_path: Path) -> None:
    """Derived again from a copy of the records, the month view is the one that was kept."""
    out = once(SAMPLES / "faulty-plant", "--fail-on", "major").out
    shutil.copytree(out, tmp_path / "out")
    work, sector = records.kept(tmp_path / "out"), load_sector()
    assert range(1) == records.partitions(work)
    before = pl.read_parquet(work.part(work.m("unit_month"), 0))
    store.derive(work, sector, 0, date(2026, 2, 9), "1GB")
    after = pl.read_parquet(work.part(work.m("unit_month"), 0))
    assert before.height > 0
    assert before.rows() == after.rows()


def test_a_folder_without_records_is_wrong_usage(tmp_path: Path) -> None:
    """Said in one line, with what to name instead."""
    with pytest.raises(UsageError, match="records"):
        records.kept(tmp_path)
