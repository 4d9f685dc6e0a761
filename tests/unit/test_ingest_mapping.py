"""Mapping files: strict, and found by file, sheet and folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrvaudit.errors import PackError, UsageError
from mrvaudit.ingest.mapping import Mapping, applicable, load
from mrvaudit.sector import Sector

GOOD = """files:
  book.xlsx!用油:
    table: ferry_declared
    columns: {Ferry: unit_id, Fuel: {field: diesel_kg, unit: t}, Remark: null}
    joined: {month: [Year, Month]}
    constants: {emission_t: 0.5}
    rows: {header: 2, last: 40}
  "*.csv": {table: trips}
"""


def written(tmp_path: Path, text: str) -> Path:
    """A mapping file."""
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_names_the_table_of_a_file_or_sheet(tmp_path: Path, ferry: Sector) -> None:
    """The first that fits; wildcards, case and width do not matter; a mapping speaks for its own folder."""
    mapping = load(written(tmp_path, GOOD), "fleet/a", ferry, "fleet/a/mapping.yaml")
    tables = [
        (said.table if said is not None else None)
        for said in (
            applicable([mapping], "fleet/a/book.xlsx", "用油"),
            applicable([mapping], "fleet/a/sub/BOOK.xlsx", "用油"),
            applicable([mapping], "fleet/a/book.xlsx", "其他"),
            applicable([mapping], "fleet/a/２０２５.CSV", None),
            applicable([mapping], "fleet/ab/2025.csv", None),
            applicable([Mapping("", mapping.files)], "2025.csv", None),
        )
    ]
    assert tables == ["ferry_declared", "ferry_declared", None, "trips", None, "trips"]


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("files:\n  a.csv: {table: nothing}\n", "m.yaml:2:18", "nothing"),
        ("files:\n  a.csv: {table: trips, columns: {x: litres}}\n", "m.yaml:2:38", "litres"),
        ("files:\n  a.csv: {table: trips, columns: {x: {field: diesel_kg, unit: MWh}}}\n", "m.yaml:2:38", "MWh"),
        ("files:\n  a.csv: {table: trips, constants: {litres: 1}}\n", "m.yaml:2:45", "litres"),
        ("files:\n  a.csv: {tabel: trips}\n", "m.yaml:2:10", "table"),
        ("file:\n  a.csv: {table: trips}\n", "m.yaml:2:3", "file"),
        ("files:\n  a.csv: {table: trips, rows: {header: 0}}\n", "m.yaml:2:40", "header"),
        ("files: {a: {table: trips}, a: {table: trips}}\n", "m.yaml:1:28", "a"),
        ("- a\n", "m.yaml:1:1", ""),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(
    tmp_path: Path, ferry: Sector, text: str, place: str, word: str
) -> None:
    """File, line and column, and the word that is wrong."""
    with pytest.raises(PackError) as caught:
        load(written(tmp_path, text), "", ferry, "m.yaml")
    assert caught.value.where == place
    assert word in str(caught.value)


def test_a_mapping_that_is_not_there_is_wrong_usage(tmp_path: Path, ferry: Sector) -> None:
    """The option names a file."""
    with pytest.raises(UsageError):
        load(tmp_path / "mapping.yaml", "", ferry, "mapping.yaml")
