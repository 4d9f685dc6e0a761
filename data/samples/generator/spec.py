"""What a made-up plant is: names, units, monthly levels of load, heat and fuel, outages."""

import random
from dataclasses import dataclass, field
from datetime import date

from generator.figures import Month, credit_code

MONTHS = tuple(Month(2025, n) for n in range(1, 13))
CAPACITY_MW = 350
UNITS = ("1#机组", "2#机组")


@dataclass(frozen=True)
class Outage:
    """A stop of one unit: off the grid at `hour_off` of day `start`, on again at `hour_on` of day `end`."""

    unit: str
    start: date
    hour_off: float
    end: date
    hour_on: float
    kind: str
    start_type: str
    start_up_diesel_t: tuple[tuple[date, float], ...]


OUTAGES = (
    Outage(
        "2#机组",
        date(2025, 5, 16),
        22.3,
        date(2025, 6, 24),
        5.33,
        "B级检修",
        "cold",
        ((date(2025, 6, 23), 9.64), (date(2025, 6, 24), 13.87)),
    ),
    Outage(
        "1#机组",
        date(2025, 10, 11),
        21.5,
        date(2025, 10, 18),
        9.75,
        "D级检修",
        "warm",
        ((date(2025, 10, 18), 8.72),),
    ),
)


@dataclass(frozen=True)
class PlantSpec:
    """One plant. Levels are per month, January first."""

    folder: str
    seed: int
    entity_id: str
    entity_name: str
    city: str
    county: str
    sample_prefix: str
    lab_id: str
    lab_name: str
    report_prefix: str
    # month -> (shift of load, shift of dry ash in points) in its first half; the second half has the opposite
    swings: dict[Month, tuple[float, float]] = field(default_factory=dict)
    load: tuple[float, ...] = (
        0.755,
        0.735,
        0.712,
        0.690,
        0.686,
        0.704,
        0.755,
        0.776,
        0.714,
        0.692,
        0.716,
        0.751,
    )
    m_ar_pct: tuple[float, ...] = (11.6, 11.4, 11.9, 12.2, 12.8, 13.3, 13.7, 13.5, 12.9, 12.3, 11.9, 11.5)
    a_d_pct: tuple[float, ...] = (19.6, 20.1, 19.2, 20.6, 21.2, 20.4, 19.3, 20.9, 20.2, 21.0, 19.5, 20.0)
    stock_end_t: tuple[int, ...] = (
        112000,
        104500,
        98600,
        103200,
        112400,
        121300,
        116800,
        107900,
        104700,
        113800,
        122600,
        115400,
    )


CLEAN = PlantSpec(
    folder="clean-plant",
    seed=20250101,
    entity_id=credit_code("91370000", "MA0DEM01"),
    entity_name="示例热电有限公司",
    city="示例市",
    county="示例区",
    sample_prefix="HY",
    lab_id="JC-A01",
    lab_name="示例煤质检测有限公司",
    report_prefix="SLMJ",
)
FAULTY = PlantSpec(
    folder="faulty-plant",
    seed=20250202,
    entity_id=credit_code("91370000", "MA0DEM02"),
    entity_name="样例第二热电有限公司",
    city="样例市",
    county="样例县",
    sample_prefix="YB",
    lab_id="JC-B02",
    lab_name="样例能源检测中心",
    report_prefix="YLNJ",
    swings={Month(2025, 9): (-0.11, 3.2)},
)


def random_of(spec: PlantSpec, what: str) -> random.Random:
    """A generator for each part of a plant: a change in one part leaves the others as they were."""
    return random.Random(f"{spec.seed} {what}")
