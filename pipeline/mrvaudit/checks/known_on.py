"""As of which day a run is judged where nobody says: what was known when the last filing came in."""

from __future__ import annotations

from datetime import date, timedelta

from mrvaudit import store
from mrvaudit.model import Work
from mrvaudit.parameters import value_at
from mrvaudit.sector import Sector


def default_as_of(sector: Sector, work: Work, partitions: int) -> date:
    """The last filing's date, else the end of the last data month and the days allowed for filing."""
    con = store.connect("1GB", None)
    try:
        store.attach_tables(con, work, sector, range(partitions))
        filed = con.execute("SELECT max(filed_on) FROM filings").fetchone()
        if filed is not None and isinstance(filed[0], date):
            return filed[0]
        months = [
            con.execute(f'SELECT max({table.month}) FROM "{name}"').fetchone()
            for name, table in sector.tables.items()
            if table.month is not None
        ]
    finally:
        con.close()
    # A date beyond Python's calendar comes back as text: it is somebody's slip, not the end of the data.
    last = max((row[0] for row in months if row is not None and isinstance(row[0], date)), default=date(1970, 1, 1))
    end = (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    parameter = sector.parameters.get("filing_days")
    value = value_at(parameter, "", f"{last:%Y-%m}") if parameter is not None else None
    return end + timedelta(days=int(value.value)) if value is not None else end
