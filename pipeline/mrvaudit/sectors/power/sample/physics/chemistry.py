"""What the coal is: composition by month, ash and moisture by day, and what a test of it prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mrvaudit.sectors.power.sample.world.block import Block, wander
from mrvaudit.sectors.power.sample.world.coals import Coal, Range, heat_of_combustion
from mrvaudit.sectors.power.sample.world.digits import Floats, Ints, half_up_ratio, printed

_DRIEST_MARGIN_PCT = 0.6  # coal as received is never as dry as the same coal in the laboratory's air
_RAIN_PCT = 0.5  # moisture in July above the year's mean


@dataclass(frozen=True)
class Seams:
    """Percent of dry, ash-free matter and gross heat in J/g: pile × month, or whatever was picked from that."""

    carbon: Floats
    hydrogen: Floats
    nitrogen: Floats
    sulphur: Floats
    volatile: Floats
    heat: Floats

    def pick(self, piles: Ints, months: Ints) -> Seams:
        """The seam of each pair of pile and month."""
        return Seams(*(column[piles, months] for column in vars(self).values()))


@dataclass(frozen=True)
class Yards:
    """Pile × day: ash in percent of dry matter, total moisture in percent as received, both unrounded."""

    dry_ash: Floats
    moisture: Floats


@dataclass(frozen=True)
class Assay:
    """Printed results, percent in 1/100, heat in J/g; `clean` is the unrounded share that is neither ash nor water."""

    m_ar: Ints
    m_ad: Ints
    a_ad: Ints
    v_ad: Ints
    st_ad: Ints
    h_ad: Ints
    qgr_ad: Ints
    qnet_ar: Ints
    clean: Floats


def net_heat(qgr_ad: Ints, h_ad: Ints, m_ar: Ints, m_ad: Ints) -> Ints:
    """Net heat as received at constant volume in J/g (GB/T 213), half-up, from J/g and 1/100 percent."""
    wet_part = 23 * m_ar * (10_000 - m_ad)
    return half_up_ratio((100 * qgr_ad - 206 * h_ad) * (10_000 - m_ar) - wet_part, 100 * (10_000 - m_ad))


def draw_seams(block: Block) -> Seams:
    """The composition of each pile: its rank's, its own, and a little of each month's."""
    noise = block.noise(block.plant_of_pile, "seams", 6, 13)

    def element(channel: int, of: Callable[[Coal], Range]) -> Floats:
        own, of_month = noise[:, channel, :1], np.clip(noise[:, channel, 1:], -2.5, 2.5)
        mean, spread = block.of_coals(of)
        return mean + spread * (0.8 * np.clip(own, -2.5, 2.5) + 0.4 * of_month)

    carbon, hydrogen = element(0, lambda coal: coal.carbon), element(1, lambda coal: coal.hydrogen)
    sulphur = np.maximum(element(2, lambda coal: coal.sulphur), 0.15)
    nitrogen = element(3, lambda coal: (coal.nitrogen, 0.04))
    heat = heat_of_combustion(carbon, hydrogen, nitrogen, sulphur) * (1 + 0.0015 * noise[:, 5, 1:])
    return Seams(carbon, hydrogen, nitrogen, sulphur, element(4, lambda coal: coal.volatile), heat)


def draw_yards(block: Block) -> Yards:
    """Ash changes with the month's contracts and drifts from day to day; moisture rises in summer's rain."""
    daily = block.noise(block.plant_of_pile, "yards", 2, block.year.length)
    slow = np.clip(block.noise(block.plant_of_pile, "levels", 14), -2, 2)
    of_month = slow[:, 2:][:, block.year.month_of_day]
    ash = _within(block, lambda coal: coal.dry_ash, slow[:, :1]) + 1.4 * of_month + 0.55 * wander(daily[:, 0], 0.7)
    moisture = _within(block, lambda coal: coal.total_moisture, slow[:, 1:2])
    moisture = moisture + _RAIN_PCT * block.year.summer + 0.45 * wander(daily[:, 1], 0.8)
    return Yards(ash, moisture)


def _within(block: Block, of: Callable[[Coal], Range], noise: Floats) -> Floats:
    """A level in the range of the pile's rank, for noise between -2 and 2."""
    low, high = block.of_coals(of)
    return low + (high - low) * (noise + 2) / 4


def daily_assays(block: Block, seams: Seams, yards: Yards) -> tuple[Assay, Floats]:
    """The plant's own test of each stream (rows) and day, and the dry ash that was tested."""
    piles, year = block.pile_of_stream, block.year
    noise = block.noise(block.plant_of_stream, "tests", 8, year.length)
    dry_ash = yards.dry_ash[piles] + 0.2 * noise[:, 5]
    moisture = yards.moisture[piles] + 0.25 * noise[:, 6]
    seam = seams.pick(piles[:, None], year.month_of_day[None, :])
    return assay(seam, dry_ash, moisture, inner_moisture(block, piles, noise[:, 7]), noise.swapaxes(0, 1)), dry_ash


def inner_moisture(block: Block, piles: Ints, noise: Floats) -> Floats:
    """Moisture left after air-drying, percent, for each pile's coal (rows)."""
    low, high = (column[piles] for column in block.of_coals(lambda coal: coal.inner_moisture))
    return np.clip((low + high) / 2 + (high - low) / 6 * noise, low, high)


def assay(seam: Seams, dry_ash: Floats, moisture: Floats, m_ad: Floats, noise: Floats) -> Assay:
    """What a laboratory prints for samples of that ash and moisture (percent), all arrays of one shape.

    `noise` has five channels in front. Errors of a test shrink with what there is to test.
    """
    inner = printed(m_ad, 2)
    to_ad = 1 - inner / 10_000
    clean = (1 - dry_ash / 100) * to_ad
    wet = 10 * printed(np.maximum(moisture, m_ad + _DRIEST_MARGIN_PCT), 1)
    h_ad = printed(clean * (seam.hydrogen + 0.03 * noise[0]), 2)
    qgr_ad = printed(clean * (seam.heat + 45 * noise[1]), 0)
    return Assay(
        m_ar=wet,
        m_ad=inner,
        a_ad=printed(dry_ash * to_ad + 0.05 * noise[2], 2),
        v_ad=printed(clean * (seam.volatile + 0.15 * noise[3]), 2),
        st_ad=printed(clean * np.maximum(seam.sulphur + 0.015 * noise[4], 0.08), 2),
        h_ad=h_ad,
        qgr_ad=qgr_ad,
        qnet_ar=net_heat(qgr_ad, h_ad, wet, inner),
        clean=clean,
    )
