"""Who the plant is and its papers: units, entity, filings, stops, calibrations, accreditation."""

from datetime import date, timedelta
from decimal import Decimal

from generator.figures import Row, Tables
from generator.spec import CAPACITY_MW, MONTHS, OUTAGES, UNITS, PlantSpec, random_of

FILING_DAYS = 40


def paper_tables(spec: PlantSpec) -> Tables:
    """Tables that hold no ledger figure."""
    return {
        "units": _units(spec),
        "entities": _entities(spec),
        "filings": _filings(spec),
        "outages": _outages(),
        "meters": _meters(spec),
        "laboratories": _laboratories(spec),
    }


def _units(spec: PlantSpec) -> list[Row]:
    return [
        {
            "entity_id": spec.entity_id,
            "entity_name": spec.entity_name,
            "unit_id": unit,
            "unit_name": f"{unit[0]}号机组",
            "province": "山东省",
            "city": spec.city,
            "county": spec.county,
            "fuel_category": "coal",
            "unit_class": "coal_le300",
            "capacity_mw": Decimal(CAPACITY_MW),
            "boiler_type": "pulverised",
            "steam_class": "supercritical",
            "cooling": "water",
            "reheat": 1,
            "cogeneration": True,
            "design_coal_rate_gce_per_kwh": Decimal("292.0"),
            "commissioned_on": date(2016, 6 + 3 * n, 18),
            "status": "running",
        }
        for n, unit in enumerate(UNITS)
    ]


def _entities(spec: PlantSpec) -> list[Row]:
    return [
        {
            "entity_id": spec.entity_id,
            "entity_name": spec.entity_name,
            "province": "山东省",
            "city": spec.city,
            "county": spec.county,
            "industry_code": "4412",
            "listed_from": date(2019, 1, 1),
            "previous_year_tco2": Decimal(3_642_118 + spec.seed % 1000),
        }
    ]


def _filings(spec: PlantSpec) -> list[Row]:
    rng = random_of(spec, "filings")
    rows: list[Row] = [
        {
            "entity_id": spec.entity_id,
            "kind": "monthly",
            "month": month,
            "version": 1,
            "filed_on": month.last + timedelta(days=rng.randint(22, 36)),
            "due_on": month.last + timedelta(days=FILING_DAYS),
        }
        for month in MONTHS
    ]
    return [
        *rows,
        {
            "entity_id": spec.entity_id,
            "kind": "annual",
            "month": MONTHS[0],
            "version": 1,
            "filed_on": date(2026, 3, 18),
            "due_on": date(2026, 3, 31),
        },
    ]


def _outages() -> list[Row]:
    return [
        {
            "unit_id": stop.unit,
            "from": stop.start,
            "to": stop.end,
            "kind": stop.kind,
            "start_type": stop.start_type,
            "ignition": "micro_oil",
        }
        for stop in OUTAGES
    ]


# kind, prefix of its ids, accuracy class, required accuracy %, error of indication %
_BELT_SCALE = ("belt_scale", "PDC", "0.5", Decimal("0.5"), Decimal("0.3"))
_HEAT_METER = ("heat_meter", "RL", "2.0", Decimal("2.0"), Decimal("1.1"))
_POWER_METER = ("electricity_meter", "DN", "0.2S", Decimal("0.2"), Decimal("0.1"))
# meter, event, calibrated on, due on: alike at both units
_CALIBRATIONS = (
    (_BELT_SCALE, "检定", date(2024, 12, 10), date(2025, 12, 9)),
    (_BELT_SCALE, "实物校验", date(2025, 3, 12), date(2025, 6, 30)),
    (_BELT_SCALE, "实物校验", date(2025, 6, 27), date(2025, 10, 15)),
    (_BELT_SCALE, "实物校验", date(2025, 9, 11), date(2025, 12, 30)),
    (_BELT_SCALE, "检定", date(2025, 12, 4), date(2026, 12, 3)),
    (_HEAT_METER, "检定", date(2024, 12, 10), date(2025, 12, 9)),
    (_HEAT_METER, "检定", date(2025, 12, 4), date(2026, 12, 3)),
    (_POWER_METER, "检定", date(2024, 4, 16), date(2026, 4, 15)),
)


def _meters(spec: PlantSpec) -> list[Row]:
    """Meters of both units, and the plant's gate meter (number 0)."""
    rows: list[Row] = []
    for number, unit in ((1, UNITS[0]), (2, UNITS[1]), (0, None)):
        for (kind, prefix, accuracy_class, required, error), event, at, due in _CALIBRATIONS:
            if unit is None and kind != "electricity_meter":
                continue
            rows.append(
                {
                    "meter_id": f"{prefix}-{number}",
                    "unit_id": unit,
                    "scope": "unit" if unit else "entity",
                    "scope_id": unit or spec.entity_id,
                    "kind": kind,
                    "calibrated_on": at,
                    "event": event,
                    "accuracy_class": accuracy_class,
                    "required_accuracy_pct": required,
                    "accuracy_pct": error,
                    "due_on": due,
                    "certificate_no": f"{prefix}{at:%Y%m%d}-{number:02d}",
                    "calibrated_by": "示例计量测试所",
                }
            )
    return rows


def _laboratories(spec: PlantSpec) -> list[Row]:
    return [
        {
            "lab_id": spec.lab_id,
            "lab_name": spec.lab_name,
            "province": "山东省",
            "scheme": scheme,
            "certificate_no": number,
            "valid_from": date(2022, 9, 1),
            "valid_to": date(2028, 8, 31),
            "scope_items": "C,H,Q,S,M",
        }
        for scheme, number in (("CMA", f"2215999900{spec.lab_id[-2:]}"), ("CNAS", f"L999{spec.lab_id[-2:]}"))
    ]
