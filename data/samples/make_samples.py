"""Writes the sample submissions beside this file. The same bytes every time.

    python data/samples/make_samples.py [--npp npp_monthly_coal.parquet]

Without --npp the folder india-stock-ledgers is left as it is: its source is not part of the project.
"""

import argparse
import csv
from pathlib import Path

from generator.declared import Slips, declared_tables
from generator.evidence import evidence_tables
from generator.faults import planted, slips, spoil_reports, spoil_tables
from generator.figures import Tables
from generator.files import write_folder, write_workbook
from generator.india import write_india
from generator.laboratory import report_composites
from generator.ledgers import ledger_tables
from generator.operation import month_sums, operate, seams
from generator.papers import paper_tables
from generator.production import produce
from generator.spec import CLEAN, FAULTY, PlantSpec

HERE = Path(__file__).resolve().parent
ORDER = (
    "units",
    "entities",
    "fuel_use",
    "fuel_samples",
    "composites",
    "element_carbon",
    "calorific_value",
    "power_output",
    "electricity",
    "energy_use",
    "declarations",
    "declared_output",
    "declared_totals",
    "filings",
    "outages",
    "meters",
    "laboratories",
)


def build(spec: PlantSpec, faulty: bool = False) -> Tables:
    """All tables of one plant, with the planted faults where `faulty`."""
    coal = seams(spec)
    days = operate(spec, coal)
    sums = month_sums(days)
    reported = slips(days) if faulty else Slips()
    made = produce(spec, sums, reported.coal_share)
    reports = report_composites(spec, coal, days)
    if faulty:
        reports = spoil_reports(reports)
    declared = declared_tables(spec, sums, reports, made, reported)
    tables = paper_tables(spec) | ledger_tables(spec, days, reports, sums, made)
    tables |= evidence_tables(spec, sums, made, declared) | declared
    if faulty:
        spoil_tables(tables)
    return {name: tables[name] for name in ORDER}


def write_expected(path: Path) -> None:
    """The findings that the planted faults must give, from the list of faults alone."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["rule_id", "result", "unit_id", "month", "field", "planted"])
        writer.writerows([e.rule, e.result, e.unit, e.month, e.field, e.planted] for e in planted())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--npp", type=Path, help="the Indian ledgers' source, npp_monthly_coal.parquet")
    given = arguments.parse_args()
    clean = build(CLEAN)
    write_folder(HERE / CLEAN.folder, clean)
    write_workbook(HERE / f"{CLEAN.folder}-workbook.xlsx", clean)
    write_folder(HERE / FAULTY.folder, build(FAULTY, faulty=True))
    write_expected(HERE / FAULTY.folder / "expected-findings.csv")
    if given.npp:
        write_india(given.npp, HERE / "india-stock-ledgers")


if __name__ == "__main__":
    main()
