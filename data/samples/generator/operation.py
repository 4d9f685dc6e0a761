"""The plant's days: load, heat, coal burnt and the plant's own daily coal tests."""

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from generator.figures import Month, half_up, month_of
from generator.spec import CAPACITY_MW, MONTHS, OUTAGES, UNITS, PlantSpec, random_of

TCE_GJ = 29.307
DIESEL_GJ_PER_T = Decimal("42.652")
_DISTRICT_HEAT_GJ_PER_DAY = {1: 9300, 2: 8600, 3: 7500, 11: 6800, 12: 8900}
_PROCESS_HEAT_GJ_PER_DAY = 1300


@dataclass(frozen=True)
class CoalTest:
    """The plant's own test of one unit's furnace coal of one day, as printed; dry ash unrounded."""

    m_ar_pct: Decimal
    m_ad_pct: Decimal
    a_ad_pct: Decimal
    v_ad_pct: Decimal
    st_ad_pct: Decimal
    h_ad_pct: Decimal
    qgr_ad_mj_per_kg: Decimal
    qnet_ar_mj_per_kg: Decimal
    dry_ash_pct: float


@dataclass(frozen=True)
class Day:
    """One unit's day. `test` is None where no coal was burnt."""

    unit: str
    day: date
    hours: Decimal
    generation_mwh: Decimal
    heat_gj: Decimal
    coal_t: Decimal
    diesel_t: Decimal
    test: CoalTest | None


@dataclass(frozen=True)
class Seam:
    """Dry, ash-free composition of a month's coal, percent, and its gross heat in J/g."""

    c: float
    h: float
    n: float
    s: float
    v: float
    qgr: float


def net_heat(qgr_ad: Decimal, h_ad: Decimal, m_ar: Decimal, m_ad: Decimal) -> Decimal:
    """Net heat as received at constant volume (GB/T 213), MJ/kg to 3 decimals, from MJ/kg and percent."""
    dry_part = (qgr_ad * 1000 - 206 * h_ad) * (100 - m_ar) / (100 - m_ad)
    return half_up((dry_part - 23 * m_ar) / 1000, 3)


class Wander:
    """Noise that remembers yesterday (first-order, standard deviation `spread`)."""

    def __init__(self, rng: random.Random, spread: float, memory: float) -> None:
        self._rng, self._step, self._memory = rng, spread * (1 - memory**2) ** 0.5, memory
        self._at = rng.gauss(0, spread)

    def next(self) -> float:
        self._at = self._memory * self._at + self._rng.gauss(0, self._step)
        return self._at


def seams(spec: PlantSpec) -> dict[Month, Seam]:
    """The coal of each month: a low-rank bituminous blend, gross heat after Mendeleev."""
    rng, found = random_of(spec, "coal"), {}
    for month in MONTHS:
        c, h, n = 78.2 + rng.gauss(0, 0.22), 4.75 + rng.gauss(0, 0.05), 1.25 + rng.gauss(0, 0.03)
        s, v = 0.72 + rng.gauss(0, 0.10), 36.2 + rng.gauss(0, 0.5)
        oxygen = 100 - c - h - n - s
        found[month] = Seam(c, h, n, s, v, 339 * c + 1256 * h - 109 * (oxygen - s) + rng.gauss(0, 40))
    return found


def running_hours(unit: str, day: date) -> float:
    """Hours on the grid that day."""
    for stop in OUTAGES:
        if stop.unit == unit and stop.start < day < stop.end:
            return 0.0
        if stop.unit == unit and day == stop.start:
            return stop.hour_off
        if stop.unit == unit and day == stop.end:
            return round(24 - stop.hour_on, 2)
    return 24.0


def _daily_heat(day: date) -> float:
    """GJ of one of two running units: process steam, and district heat from 15 November to 15 March."""
    heating = (day.month, day.day) >= (11, 15) or (day.month, day.day) <= (3, 15)
    return _PROCESS_HEAT_GJ_PER_DAY + (_DISTRICT_HEAT_GJ_PER_DAY[day.month] if heating else 0)


def _coal_test(seam: Seam, dry_ash: float, m_ar: float, rng: random.Random) -> CoalTest:
    m_ad = half_up(min(5.2, max(2.9, rng.gauss(4.0, 0.35))), 2)
    to_ad = (100 - float(m_ad)) / 100
    clean = (100 - dry_ash) / 100 * to_ad
    qgr_ad = half_up((seam.qgr * clean + rng.gauss(0, 45)) / 1000, 3)
    h_ad = half_up(seam.h * clean, 2)
    printed_m_ar = half_up(m_ar, 1)
    return CoalTest(
        m_ar_pct=printed_m_ar,
        m_ad_pct=m_ad,
        a_ad_pct=half_up(dry_ash * to_ad + rng.gauss(0, 0.05), 2),
        v_ad_pct=half_up(seam.v * clean + rng.gauss(0, 0.15), 2),
        st_ad_pct=half_up(seam.s * clean + rng.gauss(0, 0.015), 2),
        h_ad_pct=h_ad,
        qgr_ad_mj_per_kg=qgr_ad,
        qnet_ar_mj_per_kg=net_heat(qgr_ad, h_ad, printed_m_ar, m_ad),
        dry_ash_pct=dry_ash,
    )


def boiler_efficiency(spec: PlantSpec) -> dict[tuple[str, Month], float]:
    """Boiler efficiency (fraction) per unit and month."""
    rng = random_of(spec, "efficiency")
    return {(unit, month): 0.921 + rng.gauss(0, 0.0012) for unit in UNITS for month in MONTHS}


def operate(spec: PlantSpec, coal: dict[Month, Seam]) -> list[Day]:
    """Every day of the year of both units, by unit and day."""
    rng, efficiency, days = random_of(spec, "days"), boiler_efficiency(spec), []
    for unit in UNITS:
        load_noise, ash_noise, wet_noise = (
            Wander(rng, 0.02, 0.6),
            Wander(rng, 0.9, 0.7),
            Wander(rng, 0.45, 0.8),
        )
        for month in MONTHS:
            for day in month.days:
                load_shift, ash_shift = spec.swings.get(month, (0.0, 0.0))
                sign = 1 if day.day <= 15 else -1
                load = spec.load[month.number - 1] + (0.007 if unit == UNITS[0] else -0.006) + load_noise.next()
                load += sign * load_shift - (0.025 if day.weekday() >= 5 else 0)
                ash = spec.a_d_pct[month.number - 1] + ash_noise.next() + sign * ash_shift
                m_ar = spec.m_ar_pct[month.number - 1] + wet_noise.next()
                test = _coal_test(coal[month], ash, m_ar, rng)
                days.append(_one_day(unit, day, load, test, efficiency[unit, month], rng))
    return days


def _one_day(unit: str, day: date, load: float, test: CoalTest, efficiency: float, rng: random.Random) -> Day:
    hours = running_hours(unit, day)
    other_runs = all(running_hours(other, day) > 0 for other in UNITS)
    generation = half_up(CAPACITY_MW * hours * load, 3)
    heat = _daily_heat(day) * (1 if other_runs else 1.7) * (1 + rng.gauss(0, 0.03)) * hours / 24
    heat_fuel = heat / efficiency
    rate_tce_per_mwh = 0.2835 + 0.075 * (0.80 - load)
    power_fuel = TCE_GJ * float(generation) * rate_tce_per_mwh
    if hours:
        # extraction for heat spares the condenser: a little less fuel for each kilowatt-hour
        power_fuel *= 1 - 0.045 / rate_tce_per_mwh * heat_fuel / (heat_fuel + power_fuel)
    coal = (heat_fuel + power_fuel) / float(test.qnet_ar_mj_per_kg) * (1 + rng.gauss(0, 0.006))
    return Day(
        unit=unit,
        day=day,
        hours=half_up(hours, 2),
        generation_mwh=generation,
        heat_gj=half_up(heat, 2),
        coal_t=half_up(coal, 2),
        diesel_t=_diesel(unit, day, hours, rng),
        test=test if hours else None,
    )


def _diesel(unit: str, day: date, hours: float, rng: random.Random) -> Decimal:
    """Ignition and burner-test diesel in t: start-ups, and a short test about every ten days of running."""
    for stop in OUTAGES:
        for start_day, tonnes in stop.start_up_diesel_t:
            if stop.unit == unit and start_day == day:
                return half_up(tonnes, 2)
    due = day.day in ((6, 16, 27) if unit == UNITS[0] else (4, 14, 28))
    return half_up(rng.uniform(0.35, 1.15), 2) if due and hours == 24 else Decimal("0.00")


@dataclass(frozen=True)
class MonthSum:
    """A unit's month from its days: sums as printed, means weighted by coal unrounded."""

    coal_t: Decimal
    diesel_t: Decimal
    m_ar_pct: Decimal
    ncv_gj_per_t: Decimal
    ncv_plain_mean: Decimal
    generation_mwh: Decimal
    heat_gj: Decimal
    hours: Decimal


def month_sums(days: list[Day]) -> dict[tuple[str, Month], MonthSum]:
    """Sums and means per unit and month."""
    found = {}
    for unit in UNITS:
        for month in MONTHS:
            rows = [d for d in days if d.unit == unit and month_of(d.day) == month]
            burnt = [(d.coal_t, d.test) for d in rows if d.test is not None]
            coal = sum((t for t, _ in burnt), Decimal(0))
            found[unit, month] = MonthSum(
                coal_t=coal,
                diesel_t=sum((d.diesel_t for d in rows), Decimal(0)),
                m_ar_pct=sum((t * q.m_ar_pct for t, q in burnt), Decimal(0)) / coal,
                ncv_gj_per_t=sum((t * q.qnet_ar_mj_per_kg for t, q in burnt), Decimal(0)) / coal,
                ncv_plain_mean=sum((q.qnet_ar_mj_per_kg for _, q in burnt), Decimal(0)) / len(burnt),
                generation_mwh=sum((d.generation_mwh for d in rows), Decimal(0)),
                heat_gj=sum((d.heat_gj for d in rows), Decimal(0)),
                hours=sum((d.hours for d in rows), Decimal(0)),
            )
    return found
