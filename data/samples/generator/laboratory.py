"""Monthly composites of both units' coal and the laboratory's reports on them."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from generator.figures import Month, half_up, month_of
from generator.operation import Day, Seam, net_heat
from generator.spec import MONTHS, PlantSpec, random_of

COMPOSITE_MASS_G = 3000


@dataclass(frozen=True)
class Report:
    """One report: the month's composite, shared by both units. Percent as printed, heat in MJ/kg."""

    month: Month
    sample_id: str
    report_no: str
    lab_sample_no: str
    prepared_on: date
    sent_on: date
    received_on: date
    tested_on: date
    tested_to: date
    issued_on: date
    sent_mass_g: Decimal
    received_mass_g: Decimal
    retained_mass_g: Decimal
    c_ad_pct: Decimal
    h_ad_pct: Decimal
    st_ad_pct: Decimal
    n_ad_pct: Decimal
    a_ad_pct: Decimal
    v_ad_pct: Decimal
    fc_ad_pct: Decimal
    m_ad_pct: Decimal
    m_ar_pct: Decimal
    qgr_ad_mj_per_kg: Decimal
    qnet_ar_mj_per_kg: Decimal


def _results(seam: Seam, dry_ash: float, rng: random.Random) -> dict[str, Decimal]:
    """What the laboratory measures in a composite of that dry ash; it comes dried to 3 mm, so m_ar is low."""
    m_ad = half_up(rng.uniform(3.4, 4.7), 2)
    to_ad = (100 - float(m_ad)) / 100
    clean = (100 - dry_ash) / 100 * to_ad
    m_ar = half_up(float(m_ad) + rng.uniform(1.4, 3.2), 1)
    a_ad, v_ad = (
        half_up(dry_ash * to_ad + rng.gauss(0, 0.06), 2),
        half_up(seam.v * clean + rng.gauss(0, 0.12), 2),
    )
    h_ad = half_up(seam.h * clean + rng.gauss(0, 0.03), 2)
    qgr_ad = half_up((seam.qgr * clean + rng.gauss(0, 35)) / 1000, 3)
    return {
        "c_ad_pct": half_up(seam.c * clean + rng.gauss(0, 0.10), 2),
        "h_ad_pct": h_ad,
        "st_ad_pct": half_up(seam.s * clean + rng.gauss(0, 0.012), 2),
        "n_ad_pct": half_up(seam.n * clean, 2),
        "a_ad_pct": a_ad,
        "v_ad_pct": v_ad,
        "fc_ad_pct": 100 - m_ad - a_ad - v_ad,
        "m_ad_pct": m_ad,
        "m_ar_pct": m_ar,
        "qgr_ad_mj_per_kg": qgr_ad,
        "qnet_ar_mj_per_kg": net_heat(qgr_ad, h_ad, m_ar, m_ad),
    }


def composite_ash(days: list[Day], month: Month) -> float:
    """Dry ash of the composite in percent: days weighted by the coal they burnt, both units together."""
    burnt = [(float(d.coal_t), d.test.dry_ash_pct) for d in days if d.test and month_of(d.day) == month]
    return sum(t * a for t, a in burnt) / sum(t for t, _ in burnt)


def report_composites(spec: PlantSpec, coal: dict[Month, Seam], days: list[Day]) -> dict[Month, Report]:
    """One report a month; dates run sampling, preparation, dispatch, receipt, tests, issue."""
    rng, serial = random_of(spec, "reports"), 0
    found: dict[Month, Report] = {}
    for month in MONTHS:
        at = [month.last]
        for shortest, longest in ((1, 2), (1, 2), (1, 3), (1, 4), (1, 2), (1, 4)):
            at.append(at[-1] + timedelta(days=rng.randint(shortest, longest)))
        same_year = bool(found) and at[-1].year == list(found.values())[-1].issued_on.year
        serial = (serial if same_year else 0) + rng.randint(38, 92)
        mass = half_up(rng.uniform(690, 745), 1)
        found[month] = Report(
            month=month,
            sample_id=f"{spec.sample_prefix}{month}混",
            report_no=f"{spec.report_prefix}-{at[6].year}-{serial:04d}",
            lab_sample_no=f"M{at[3]:%y%m}{rng.randint(100, 899)}",
            prepared_on=at[1],
            sent_on=at[2],
            received_on=at[3],
            tested_on=at[4],
            tested_to=at[5],
            issued_on=at[6],
            sent_mass_g=mass,
            received_mass_g=mass - half_up(rng.uniform(0, 0.6), 1),
            retained_mass_g=half_up(rng.uniform(705, 760), 1),
            **_results(coal[month], composite_ash(days, month), rng),
        )
    return found
