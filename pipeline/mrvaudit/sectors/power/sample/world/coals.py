"""Coals as they are mined and burnt: composition without ash and water, and the ash and water they come with.

Ranges after the regulation reference, section 8.1: with the heat of combustion below they give carbon per heat and heat
values inside the windows that the section prints for each rank.
"""

from __future__ import annotations

from dataclasses import dataclass

from mrvaudit.sectors.power.sample.world.digits import Floats

Range = tuple[float, float]


@dataclass(frozen=True)
class Coal:
    """One rank. Elements and volatile matter in percent of dry, ash-free matter (mean, spread); ash in percent of dry.

    `total_moisture` is what the plant finds as received, `inner_moisture` what stays after air-drying, both in percent.
    """

    name: str
    fuel: str
    rank: str | None
    carbon: Range
    hydrogen: Range
    nitrogen: float
    sulphur: Range
    volatile: Range
    dry_ash: Range
    total_moisture: Range
    inner_moisture: Range


COALS = {
    coal.name: coal
    for coal in (
        Coal("lignite", "coal", "lignite", (71.0, 0.5), (4.95, 0.05), 1.1, (0.9, 0.15), (46.0, 0.8),
             (15, 25), (30, 36), (9.5, 13)),
        Coal("low_bituminous", "coal", "bituminous", (79.0, 0.5), (4.85, 0.05), 1.1, (0.7, 0.12), (36.5, 0.7),
             (13, 23), (12, 16.5), (5, 8.5)),
        Coal("mid_bituminous", "coal", "bituminous", (82.3, 0.5), (5.18, 0.05), 1.4, (0.9, 0.15), (34.0, 0.7),
             (19, 31), (6.5, 10), (1.2, 2.6)),
        Coal("meagre", "coal", "meagre", (88.6, 0.35), (4.32, 0.04), 1.4, (1.1, 0.2), (13.5, 0.5),
             (21, 30), (5.5, 8), (0.8, 1.6)),
        Coal("anthracite", "coal", "anthracite", (91.4, 0.3), (3.12, 0.05), 1.0, (1.0, 0.2), (7.4, 0.3),
             (21, 31), (5.5, 9), (1.2, 2.5)),
        Coal("gangue", "gangue", None, (79.3, 0.5), (5.25, 0.05), 1.4, (1.5, 0.25), (42.0, 0.8),
             (58.5, 65), (5.5, 8.5), (1.2, 2.4)),
    )
}  # fmt: skip


def heat_of_combustion(carbon: Floats, hydrogen: Floats, nitrogen: Floats, sulphur: Floats) -> Floats:
    """Gross heat of dry, ash-free matter in J/g, half way between Dulong's and Mendeleev's formula (section 8.2).

    Arguments in percent of dry, ash-free matter. Both formulas are old fits to real coals; lignite lies above the
    first and below the second.
    """
    oxygen = 100 - carbon - hydrogen - nitrogen - sulphur
    dulong = 338.2 * carbon + 1442.8 * (hydrogen - oxygen / 8) + 94.2 * sulphur
    mendeleev = 339.0 * carbon + 1256.0 * hydrogen - 109.0 * (oxygen - sulphur)
    return (dulong + mendeleev) / 2
