"""What stands beside the ledgers: grid statement, stock ledger of the yard, statistics."""

import random
from decimal import Decimal

from generator.figures import Month, Row, Tables, half_up
from generator.operation import MonthSum
from generator.production import Production
from generator.spec import MONTHS, UNITS, PlantSpec, random_of

_SURVEY_MONTHS = (3, 6, 9, 12)
_OPENING_STOCK_T = Decimal("118432.16")
_TCE_GJ = Decimal("29.307")
Key = tuple[str, Month]


def evidence_tables(
    spec: PlantSpec, sums: dict[Key, MonthSum], made: dict[Key, Production], declared: Tables
) -> Tables:
    """What others say: the grid company, the coal yard, the statistics office."""
    rng = random_of(spec, "evidence")
    return {
        "electricity": _electricity(spec, made, rng),
        "energy_use": _stock_ledger(spec, sums, rng) + _statistics(declared["declarations"], rng),
    }


def _electricity(spec: PlantSpec, made: dict[Key, Production], rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for month in MONTHS:
        on_grid = sum((made[unit, month].on_grid_mwh for unit in UNITS), Decimal(0))
        rows.append(
            {
                "scope": "entity",
                "scope_id": spec.entity_id,
                "month": month,
                "source": "grid_company",
                "meter_point": "关口",
                "on_grid_mwh": half_up(on_grid * Decimal(repr(1 + rng.uniform(-4e-4, 4e-4))), 3),
                "purchased_mwh": Decimal("0.000"),
                "read_from": month.first,
                "read_to": month.last,
                "provided_by": "grid",
            }
        )
    return rows


def _energy_row(month: Month, source: str, **figures: Decimal) -> Row:
    row: Row = {
        "scope": "entity",
        "month": month,
        "fuel": "coal",
        "source": source,
        "period": "month",
        "stock_begin": None,
        "purchased": None,
        "sold": None,
        "other_use": None,
        "adjustment": None,
        "stock_end": None,
        "consumed": None,
        "consumed_tce": None,
        "tce_factor": None,
    }
    row.update(figures)
    return row


def _stock_ledger(spec: PlantSpec, sums: dict[Key, MonthSum], rng: random.Random) -> list[Row]:
    """The yard's ledger in t: closes to the last digit; surveys book their difference as an adjustment."""
    rows, begin = [], _OPENING_STOCK_T
    for month, target in zip(MONTHS, spec.stock_end_t, strict=True):
        consumed = sum((sums[unit, month].coal_t for unit in UNITS), Decimal(0))
        purchased = half_up(target + rng.gauss(0, 900), 2) + consumed - begin
        book = begin + purchased - consumed
        surveyed = month.number in _SURVEY_MONTHS
        adjustment = half_up(float(book) * rng.gauss(-0.001, 0.0025), 2) if surveyed else Decimal("0.00")
        rows.append(
            _energy_row(
                month,
                "stock_ledger",
                stock_begin=begin,
                purchased=purchased,
                sold=Decimal("0.00"),
                other_use=Decimal("0.00"),
                adjustment=adjustment,
                stock_end=book + adjustment,
                consumed=consumed,
            )
        )
        begin = book + adjustment
    return rows


def _statistics(declarations: list[Row], rng: random.Random) -> list[Row]:
    """What the plant sends to the statistics office: its reported coal of both units, within 0.2 %."""
    rows = []
    for month in MONTHS:
        coal = [
            (r["fuel_consumption"], r["ncv_gj_per_t"])
            for r in declarations
            if r["month"] == month and r["fuel"] == "coal"
        ]
        pairs = [(t, q) for t, q in coal if isinstance(t, Decimal) and isinstance(q, Decimal)]
        tonnes = sum((t for t, _ in pairs), Decimal(0))
        factor = half_up(sum((t * q for t, q in pairs), Decimal(0)) / tonnes / _TCE_GJ, 4)
        consumed = half_up(tonnes * Decimal(repr(1 + rng.uniform(-0.002, 0.002))), 0)
        rows.append(
            _energy_row(
                month,
                "statistics",
                consumed=consumed,
                consumed_tce=half_up(consumed * factor, 2),
                tce_factor=factor,
            )
        )
    return rows
