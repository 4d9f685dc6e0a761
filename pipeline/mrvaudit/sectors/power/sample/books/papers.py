"""Who the plants are and the papers they keep: units, filings, stops, meters, plans, attachments, verifications."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TypeAlias

import polars as pl

from mrvaudit.sectors.power.sample.frames import Tables, frame
from mrvaudit.sectors.power.sample.physics.laboratory import LABS
from mrvaudit.sectors.power.sample.physics.stops import Stop
from mrvaudit.sectors.power.sample.regime import Regime
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.names import SITES
from mrvaudit.sectors.power.sample.world.plants import Plant, Unit
from mrvaudit.tables import Table

Row: TypeAlias = dict[str, object]
_TABLES = "units entities filings outages meters control_plan attachments verifications".split()
_VERIFIERS = 20


def from_rows(table: Table, rows: list[Row]) -> pl.DataFrame:
    """A frame of the table from rows that all have the same columns."""
    names = list(rows[0]) if rows else []
    return frame(table, len(rows), {name: [row[name] for row in rows] for name in names})


def paper_tables(block: Block, stops: list[Stop], regime: Regime, tables: dict[str, Table]) -> Tables:
    """Tables without a ledger figure."""
    rows: dict[str, list[Row]] = {name: [] for name in _TABLES}
    for at, plant in enumerate(block.plants):
        kept = [unit for unit in plant.units if unit.kept]
        rng = block.rng(at, "papers")
        rows["units"] += [_unit(plant, unit) for unit in kept]
        rows["entities"].append(_entity(plant, kept, int(rng.integers(1000))))
        rows["filings"] += _filings(block, plant, rng.integers(27, 37, 13).tolist(), regime.filing_days)
        rows["meters"] += [row for unit in [*kept, None] for row in _meters(block, plant, unit)]
        rows["control_plan"] += [row for unit in kept for row in _plan(block, plant, unit)]
        rows["attachments"] += _attachments(block, plant)
        rows["verifications"].append(_verification(block, plant, int(rng.integers(0, 20))))
    rows["outages"] = [_outage(block, stop) for stop in stops if block.kept[stop.unit]]
    return {name: from_rows(tables[name], found) for name, found in rows.items()}


def _unit(plant: Plant, unit: Unit) -> Row:
    boiler = "w_flame" if plant.coal is not None and plant.coal.name == "anthracite" else unit.of.boiler
    city, longitude, latitude, altitude = plant.town
    return {
        "entity_id": plant.entity_id,
        "entity_name": plant.name,
        "unit_id": unit.unit_id,
        "unit_name": f"{unit.number}号机组",
        "province": plant.province.name,
        "city": city,
        "sector": "power",
        "commissioned_on": unit.commissioned,
        "status": "running",
        "longitude": longitude,
        "latitude": latitude,
        "altitude_m": float(altitude),
        "site_id": SITES[unit.yard] if plant.yards > 1 else None,
        "fuel_category": "gas" if plant.kind == "gas" else "coal",
        "unit_class": unit.of.allowance_class,
        "capacity_mw": float(unit.capacity_mw),
        "boiler_type": boiler,
        "steam_class": unit.of.steam,
        "cooling": "air" if plant.air_cooled else "water",
        "reheat": unit.of.reheat,
        "cogeneration": plant.cogeneration,
        "design_coal_rate_gce_per_kwh": unit.design_rate,
    }


def _entity(plant: Plant, kept: list[Unit], odd: int) -> Row:
    hours, t_per_mwh = 4700, 0.36 if plant.kind == "gas" else 0.82
    return {
        "entity_id": plant.entity_id,
        "entity_name": plant.name,
        "province": plant.province.name,
        "city": plant.town[0],
        "sector": "power",
        "industry_code": "4412" if plant.cogeneration else "4411",
        "listed_from": date(2019, 1, 1),
        "previous_year_tco2": float(round(sum(unit.capacity_mw for unit in kept) * hours * t_per_mwh) + odd),
        "group_name": f"示例能源集团{plant.index % 9 + 1}",
    }


def _filings(block: Block, plant: Plant, days: list[int], limit: int) -> list[Row]:
    """Monthly filings within `limit` days, the year's report in March, each plan in the December before its year."""
    year = block.year
    rows: list[Row] = [
        {
            "kind": "monthly",
            "month": month,
            "filed_on": end + timedelta(days=days[n]),
            "due_on": end + timedelta(days=limit),
        }
        for n, (month, end) in enumerate(zip(year.months, year.month_ends, strict=True))
    ]
    march, december = date(year.number + 1, 3, 1), date(year.number - 1, 12, 1)
    rows.append(
        {"kind": "annual", "month": year.first, "filed_on": march + timedelta(days=days[12] - 20), "due_on": None}
    )
    plans = ((year.first, december), (date(year.number + 1, 1, 1), date(year.number, 12, 1)))
    for of_year, before in plans:
        filed = before + timedelta(days=days[12] - 20)
        rows.append({"kind": "plan", "month": of_year, "filed_on": filed, "due_on": None})
    return [{"entity_id": plant.entity_id, "version": 1} | row for row in rows]


def _outage(block: Block, stop: Stop) -> Row:
    plant_at, unit = block.units[stop.unit]
    plant = block.plants[plant_at]
    return {
        "entity_id": plant.entity_id,
        "unit_id": unit.unit_id,
        "from": block.year.days[stop.first],
        "to": block.year.days[stop.last],
        "kind": stop.kind,
        "start_type": stop.start_type,
        "ignition": None if plant.kind == "gas" else plant.ignition,
    }


Kind: TypeAlias = tuple[str, str, str, float, float]
Day: TypeAlias = tuple[int, int, int]
Event: TypeAlias = tuple[str, Day, Day]
# Kind, prefix of its ids, accuracy class, required accuracy and error of indication in percent.
_SCALE = ("belt_scale", "PDC", "0.5", 0.5, 0.3)
_FEEDER = ("feeder", "GMJ", "0.5", 0.5, 0.3)
_GAS_METER = ("gas_meter", "RQ", "1.0", 2.0, 0.8)
_HEAT_METER = ("heat_meter", "RL", "2.0", 2.0, 1.1)
_POWER_METER = ("electricity_meter", "DN", "0.2S", 0.2, 0.1)
# Event, years after the data year and day it was made, years after and day it is due.
_YEARLY = (("verification", (-1, 12, 10), (0, 12, 9)), ("verification", (0, 12, 4), (1, 12, 3)))
_QUARTERLY = (("physical_check", (0, 3, 12), (0, 6, 30)), ("physical_check", (0, 6, 27), (0, 10, 15)),
              ("physical_check", (0, 9, 11), (0, 12, 30)))  # fmt: skip
_RARELY = (("verification", (-1, 4, 16), (2, 4, 15)),)


def _meters(block: Block, plant: Plant, unit: Unit | None) -> list[Row]:
    """The meters of a unit, or the plant's gate meter (number 0)."""
    kinds: list[tuple[Kind, tuple[Event, ...]]] = [(_POWER_METER, _RARELY)]
    if unit is not None:
        fuel = _GAS_METER if plant.kind == "gas" else _FEEDER if plant.index % 4 == 0 else _SCALE
        kinds.append((fuel, _YEARLY if plant.kind == "gas" else (*_YEARLY, *_QUARTERLY)))
        if plant.cogeneration:
            kinds.append((_HEAT_METER, _YEARLY))
    year, number = block.year.number, unit.number if unit else 0
    rows: list[Row] = []
    for (kind, prefix, accuracy, required, error), events in kinds:
        for event, (made, month, day), (lasts, last_month, last_day) in events:
            at = date(year + made, month, day) - timedelta(days=plant.index % 3)
            rows.append(
                {
                    "entity_id": plant.entity_id,
                    "meter_id": f"{prefix}-{number}",
                    "unit_id": unit.unit_id if unit else None,
                    "scope": "unit" if unit else "entity",
                    "scope_id": unit.unit_id if unit else plant.entity_id,
                    "kind": kind,
                    "calibrated_on": at,
                    "event": event,
                    "accuracy_class": accuracy,
                    "required_accuracy_pct": required,
                    "accuracy_pct": error,
                    "due_on": date(year + lasts, last_month, last_day),
                    "certificate_no": f"{prefix}{at:%Y%m%d}-{plant.index:05d}{number}",
                    "calibrated_by": f"{plant.province.name}示例计量所",
                }
            )
    return rows


def _plan(block: Block, plant: Plant, unit: Unit) -> list[Row]:
    gas, lab = plant.kind == "gas", LABS[plant.laboratory].lab_id
    scale = "feeder" if plant.index % 4 == 0 else "belt_scale"
    prefix = "RQ" if gas else "GMJ" if scale == "feeder" else "PDC"
    # Parameter: source, method, frequency, meter, required accuracy, laboratory, department.
    entries = {
        "A": ("meter" if gas else scale, None, "daily", f"{prefix}-{unit.number}", 2.0 if gas else 0.5, None, "运行部"),
        "B": (None, None if gas else "monthly_composite", "monthly", None, None, None if gas else lab, "化验室"),
        "C": (None, "third_party" if gas else "own", "monthly" if gas else "daily", None, None, None, "化验室"),
        "M": ("meter", None, "monthly", f"DN-{unit.number}", 0.2, None, "运行部"),
    }
    if plant.cogeneration:
        entries["N"] = ("meter", None, "monthly", f"RL-{unit.number}", 2.0, None, "运行部")
    columns = ("source", "method", "frequency", "meter_id", "required_accuracy_pct", "lab_id", "department")
    fixed: Row = {
        "entity_id": plant.entity_id,
        "unit_id": unit.unit_id,
        "version": 1,
        "valid_from": block.year.first,
        "valid_to": date(block.year.number, 12, 31),
        "filed_on": date(block.year.number - 1, 12, 20),
        "missing_data_treatment": "按指南取缺省值",
    }
    return [fixed | {"parameter": name} | dict(zip(columns, entry, strict=True)) for name, entry in entries.items()]


_ATTACHED = (("fuel_ledger", 31), ("ncv_ledger", 31), ("carbon_report", 2), ("output_ledger", 3))


def _attachments(block: Block, plant: Plant) -> list[Row]:
    kinds = [*_ATTACHED, *([("heat_calc", 2)] if plant.cogeneration else [])]
    rows: list[Row] = []
    for month, end in zip(block.year.months, block.year.month_ends, strict=True):
        for kind, pages in kinds:
            name = f"{kind}-{month:%Y-%m}.pdf"
            rows.append(
                {
                    "entity_id": plant.entity_id,
                    "scope": "entity",
                    "scope_id": plant.entity_id,
                    "month": month,
                    "kind": kind,
                    "file_name": name,
                    "sha256": hashlib.sha256(f"{block.seed} {plant.entity_id} {name}".encode()).hexdigest(),
                    "pages": pages,
                    "stamped": True,
                    "received_on": end + timedelta(days=25),
                }
            )
    return rows


def _verification(block: Block, plant: Plant, later: int) -> Row:
    number = plant.index % _VERIFIERS
    next_year = date(block.year.number + 1, 4, 7) + timedelta(days=later)
    return {
        "entity_id": plant.entity_id,
        "year": block.year.number,
        "verifier_id": f"HC-{number + 1:02d}",
        "verifier_name": f"示例核查{number + 1:02d}号技术中心",
        "verifier_province": plant.province.name,
        "preparer_id": plant.entity_id,
        "preparer_name": plant.name,
        "preparer_province": plant.province.name,
        "team_leader": f"组长{number + 1:02d}",
        "members": f"组员{number + 1:02d}甲,组员{number + 1:02d}乙",
        "contract_on": next_year - timedelta(days=20),
        "documents_on": next_year,
        "onsite_from": next_year + timedelta(days=9),
        "onsite_to": next_year + timedelta(days=10),
        "nc_issued_on": next_year + timedelta(days=12),
        "nc_closed_on": next_year + timedelta(days=20),
        "report_on": next_year + timedelta(days=28),
        "report_no": f"{plant.province.name[:2]}-HC{number + 1:02d}-{plant.entity_id[-6:]}-{block.year.number}-1",
        "nc_count": later % 4,
    }


def laboratories(year: int, table: Table) -> pl.DataFrame:
    """Both accreditations of every laboratory, valid through the year and the reports after it."""
    rows: list[Row] = [
        {
            "lab_id": lab.lab_id,
            "lab_name": lab.name,
            "province": lab.province,
            "scheme": scheme,
            "certificate_no": number,
            "valid_from": date(year - 2, 9, 1),
            "valid_to": date(year + 4, 8, 31),
            "scope_items": "C,H,Q,S,M",
        }
        for lab in LABS
        for scheme, number in (("CMA", lab.cma_no), ("CNAS", lab.cnas_no))
    ]
    return from_rows(table, rows)
