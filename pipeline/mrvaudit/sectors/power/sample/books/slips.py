"""The papers of the month's composite: what went into it, the slip it travels with, the report that comes back."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import polars as pl

from mrvaudit.sectors.power.sample.frames import Column, Tables, frame, hundredths, spread, thousandths, where
from mrvaudit.sectors.power.sample.physics.laboratory import LABS, Laboratory, Reports
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.digits import Ints, figures, half_up_ratio
from mrvaudit.sectors.power.sample.world.names import Names
from mrvaudit.tables import Table

COMPOSITE_G = 3000
_SERIALS = 99_991  # a prime: multiplied by anything below it, the serials of different piles stay different
_PREPARED, _SENT, _RECEIVED, _TESTED, _TESTED_TO, _ISSUED = range(6)
_REPORT_COLUMNS = """report_no sample_id sample_month lab_id lab_name cma_no cnas_no lab_sample_no received_on tested_on
    tested_to issued_on sample_mass_g c_ad_pct m_ad_pct m_ar_pct h_ad_pct st_ad_pct a_ad_pct v_ad_pct fc_ad_pct n_ad_pct
    qgr_ad_mj_per_kg qnet_ar_mj_per_kg method_c verify_result file_sha256""".split()
_SLIP_COLUMNS = """sample_id sampled_from sampled_to prepared_on sent_on received_on sent_mass_g retained_mass_g seal_no
    courier_no lab_id retained_until""".split()


def slip_tables(block: Block, names: Names, reports: Reports, coal: Ints, tables: dict[str, Table]) -> Tables:
    """element_carbon, fuel_samples and composites; the units that burn from one pile share its sample and report.

    `coal` is what each stream burnt on each day, in 1/100 t.
    """
    papers, monthly = _papers(block, names, reports), block.year.by_month(coal)
    streams, months = where((monthly > 0) & block.kept_streams[:, None])
    mine = papers[12 * block.pile_of_stream[streams] + months]
    owner: dict[str, Column] = {
        "entity_id": spread(names.entity_of_stream, streams),
        "unit_id": spread(names.unit_of_stream, streams),
        "fuel": spread(names.fuel_of_stream, streams),
    }
    report = owner | {name: mine[name] for name in _REPORT_COLUMNS}
    report |= {
        "month": mine["sample_month"],
        "hydrogen_includes_moisture": False,
        "method_q": "GB/T 213-2008",
        "seal_ok": True,
    }
    slip = owner | {name: mine[name] for name in _SLIP_COLUMNS}
    slip |= {"kind": "monthly_composite", "sampled_by": "mechanical", "mass_kg": COMPOSITE_G / 1000, "top_size_mm": 3.0}
    return {
        "element_carbon": frame(tables["element_carbon"], len(streams), report),
        "fuel_samples": frame(tables["fuel_samples"], len(streams), slip),
        "composites": _composites(block, names, papers["sample_id"], coal, tables["composites"]),
    }


def _composites(block: Block, names: Names, sample_ids: pl.Series, coal: Ints, table: Table) -> pl.DataFrame:
    """Each day's part of the composite, in proportion to the coal burnt from the pile."""
    streams, days = where((coal > 0) & block.kept_streams[:, None])
    of_pile = np.zeros((len(block.piles), 12), dtype=np.int64)
    np.add.at(of_pile, block.pile_of_stream, block.year.by_month(coal))
    piles, months = block.pile_of_stream[streams], block.year.month_of_day[days]
    parts = half_up_ratio(coal[streams, days] * (10 * COMPOSITE_G), of_pile[piles, months])
    columns: dict[str, Column] = {
        "entity_id": spread(names.entity_of_stream, streams),
        "sample_id": sample_ids[12 * piles + months],
        "unit_id": spread(names.unit_of_stream, streams),
        "date": spread(block.year.days, days),
        "sub_mass_g": figures(parts, 1),
    }
    return frame(table, len(streams), columns)


def _papers(block: Block, names: Names, reports: Reports) -> pl.DataFrame:
    """One row for each pile and month: slip and report."""
    year, results = block.year, reports.results
    labs = [LABS[block.plants[pile.plant].laboratory] for pile in block.piles for _ in range(12)]
    ends = np.array(year.month_ends, dtype="datetime64[D]")
    dates = [pl.Series((ends + step).ravel()) for step in reports.steps]
    sent, received, issued = dates[_SENT].to_list(), dates[_RECEIVED].to_list(), dates[_ISSUED].to_list()
    serials = [serial for serial in _serials(block) for _ in range(12)]
    numbers = [_report_no(lab, day, serial) for lab, day, serial in zip(labs, issued, serials, strict=True)]
    fixed = 10_000 - results.m_ad - results.a_ad - results.v_ad
    percents = {name: getattr(results, name) for name in ("m_ad", "m_ar", "h_ad", "st_ad", "a_ad", "v_ad")}
    percents |= {"c_ad": reports.c_ad, "n_ad": reports.n_ad, "fc_ad": fixed}
    columns: dict[str, Column] = {
        "report_no": numbers,
        "sample_id": [f"{mark}{month:%Y-%m}混" for mark in names.mark_of_pile for month in year.months],
        "sample_month": year.months * len(block.piles),
        "sampled_from": year.months * len(block.piles),
        "sampled_to": year.month_ends * len(block.piles),
        "prepared_on": dates[_PREPARED],
        "sent_on": dates[_SENT],
        "received_on": dates[_RECEIVED],
        "tested_on": dates[_TESTED],
        "tested_to": dates[_TESTED_TO],
        "issued_on": dates[_ISSUED],
        "lab_id": [lab.lab_id for lab in labs],
        "lab_name": [lab.name for lab in labs],
        "cma_no": [lab.cma_no for lab in labs],
        "cnas_no": [lab.cnas_no for lab in labs],
        "method_c": [lab.method for lab in labs],
        "verify_result": ["match" if lab.looks_up else "not_offered" for lab in labs],
        "lab_sample_no": [f"M{day:%y%m%d}{serial:05d}" for day, serial in zip(received, serials, strict=True)],
        "seal_no": [f"FY{day:%y%m%d}{serial:05d}" for day, serial in zip(sent, serials, strict=True)],
        "courier_no": [f"SX{day:%y%m%d}{serial:05d}" for day, serial in zip(sent, serials, strict=True)],
        "retained_until": dates[_ISSUED].dt.offset_by("400d"),
        "file_sha256": [hashlib.sha256(f"{block.seed} {number}".encode()).hexdigest() for number in numbers],
        "sample_mass_g": figures(reports.received, 1).ravel(),
        "sent_mass_g": figures(reports.sent, 1).ravel(),
        "retained_mass_g": figures(reports.retained, 1).ravel(),
        "qgr_ad_mj_per_kg": thousandths(results.qgr_ad).ravel(),
        "qnet_ar_mj_per_kg": thousandths(results.qnet_ar).ravel(),
    }
    columns |= {f"{name}_pct": hundredths(units).ravel() for name, units in percents.items()}
    return pl.DataFrame(columns)


def _serials(block: Block) -> list[int]:
    """A five-digit number for each pile, different for every pile of the fleet."""
    seen: dict[int, int] = {}
    serials = []
    for pile in block.piles:
        count = seen[pile.plant] = seen.get(pile.plant, -1) + 1
        serials.append((3 * block.plants[pile.plant].index + count + 1) * 7919 % _SERIALS)
    return serials


def _report_no(lab: Laboratory, issued: date, serial: int) -> str:
    """Numbers of a laboratory rise with the day of issue, and start anew each year."""
    return f"{lab.prefix}{issued.year}-{issued.timetuple().tm_yday:03d}{serial:05d}"
