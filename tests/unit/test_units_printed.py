"""A value converted to the unit of its field comes back to the print it had, and its decimals follow the point."""

from __future__ import annotations

import polars as pl
import pytest

from mrvaudit.ingest.headers import factors
from mrvaudit.ingest.values import plain_number
from mrvaudit.sector import Sector, load_sector
from mrvaudit.standardise.cells import read_placed
from mrvaudit.standardise.layout import Placed
from mrvaudit.tables import Field, Table

PRINTS = ["12345.67", "0.01", "305.829", "43.38", "4999", "7"]


@pytest.fixture(scope="module")
def sector() -> Sector:
    """The shipped sector."""
    return load_sector()


@pytest.fixture(scope="module")
def fields(sector: Sector) -> list[tuple[Table, Field]]:
    """One numeric field for each unit that fields have."""
    found: dict[str, tuple[Table, Field]] = {}
    for table in sector.tables.values():
        for field in table.fields.values():
            if field.type == "f64" and isinstance(field.unit, str):
                found.setdefault(field.unit, (table, field))
    return list(found.values())


def test_every_unit_comes_back_to_the_print(sector: Sector, fields: list[tuple[Table, Field]]) -> None:
    """Over all units that can be converted to that of a field."""
    tried = 0
    for table, field in fields:
        for unit in sector.units:
            known = factors(field, unit, sector.units)
            if known is None or known[0] is None:
                continue
            placed = Placed(field, ("c1",), 1, field.name, unit, known)
            reading = read_placed(table, placed, pl.Series(PRINTS), {}, sector)
            # Beyond measure is put aside: no quantity is that large in the unit of its field.
            kept = [(text, value) for text, value in zip(PRINTS, reading.values, strict=True) if value is not None]
            back = [plain_number(value, known[0]) for _, value in kept]
            assert [text for text, _ in kept] == back, (field.name, unit)
            tried += 1
    assert tried > 60


@pytest.mark.parametrize(
    ("unit", "text", "value", "decimals"),
    [
        ("kt", "305.829", 305829.0, 0),
        ("kt", "43.38", 43380.0, -1),
        ("kg", "3120500", 3120.5, 3),
        ("万t", "8.4", 84000.0, -3),
        ("t", "12.30", 12.3, 2),
    ],
)
def test_decimals_follow_the_point(sector: Sector, unit: str, text: str, value: float, decimals: int) -> None:
    """Powers of ten move it and change nothing else."""
    table = sector.tables["coal_receipts"]
    field = table.fields["net_t"]
    placed = Placed(field, ("c1",), 1, "net", unit, factors(field, unit, sector.units) or (None, None))
    reading = read_placed(table, placed, pl.Series([text]), {}, sector)
    assert reading.printed is not None
    assert ([value], [decimals]) == (reading.values.to_list(), reading.printed.to_list())
