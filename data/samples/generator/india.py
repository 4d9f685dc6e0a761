"""Writes published monthly coal ledgers of Indian power stations as a submission with a mapping."""

import csv
from pathlib import Path

import polars as pl

COLUMNS = ("opening_kt", "receipt_kt", "consumption_kt", "closing_kt")


def write_india(source: Path, folder: Path) -> None:
    """stock_ledgers.csv and units.csv in `folder` from the Parquet file `source`; figures as published.

    Raises OSError or a polars error where `source` cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = pl.read_parquet(source).sort("station", "year", "month")
    with (folder / "stock_ledgers.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["station", "month", *COLUMNS])
        for row in rows.iter_rows(named=True):
            # nine decimals drop binary noise (43.379999999999995) and nothing else
            figures = ["" if row[c] is None else repr(round(row[c], 9)) for c in COLUMNS]
            writer.writerow([row["station"], f"{row['year']}-{row['month']:02d}", *figures])
    latest = rows.group_by("station", maintain_order=True).last()
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["entity_id", "entity_name", "unit_id", "fuel_category", "capacity_mw"])
        for number, row in enumerate(latest.iter_rows(named=True), 1):
            writer.writerow([f"IN-{number:04d}", row["station"], row["station"], "coal", f"{row['capacity_mw']:g}"])
