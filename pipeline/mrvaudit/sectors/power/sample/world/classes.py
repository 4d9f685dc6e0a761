"""Classes of generating units: size, steam, how well they burn, how often they are built."""

from __future__ import annotations

from dataclasses import dataclass

from mrvaudit.sectors.power.sample.world.coals import Range


@dataclass(frozen=True)
class UnitClass:
    """A class of units.

    Coal rate of supply as designed in g/kWh, station use in percent of generation, boiler efficiency and mean load as
    fractions, heat to towns and to works in GJ a day and MW, `weight` among the units of its kind. Rates and station
    use after the regulation reference, section 8.4; for gas the rate is the standard coal of the gas burnt.
    """

    name: str
    kind: str
    allowance_class: str
    capacities_mw: tuple[int, ...]
    weight: float
    boiler: str
    steam: str | None
    reheat: int | None
    design_rate: Range
    station_use_pct: Range
    efficiency: Range
    load: Range
    cogeneration: float
    town_heat: Range
    works_heat: Range
    commissioned: tuple[int, int]


CLASSES = {
    one.name: one
    for one in (
        UnitClass("ultra_1000", "coal", "coal_gt300", (1000, 1050), 0.09, "pulverised", "ultra_supercritical", 1,
                  (272, 281), (3.9, 4.4), (0.938, 0.945), (0.66, 0.82), 0.20, (2, 8), (1, 4), (2008, 2018)),
        UnitClass("ultra_660", "coal", "coal_gt300", (660,), 0.09, "pulverised", "ultra_supercritical", 1, (279, 287),
                  (4.4, 4.9), (0.936, 0.943), (0.64, 0.80), 0.30, (4, 14), (1, 6), (2009, 2018)),
        UnitClass("super_600", "coal", "coal_gt300", (600, 630, 660), 0.20, "pulverised", "supercritical", 1,
                  (290, 298), (4.6, 5.2), (0.930, 0.938), (0.62, 0.78), 0.35, (5, 18), (1, 6), (2005, 2016)),
        UnitClass("sub_600", "coal", "coal_gt300", (600,), 0.09, "pulverised", "subcritical", 1, (305, 312),
                  (4.8, 5.3), (0.925, 0.935), (0.60, 0.76), 0.35, (5, 18), (1, 6), (1998, 2008)),
        UnitClass("super_350", "coal", "coal_le300", (350,), 0.19, "pulverised", "supercritical", 1, (293, 303),
                  (4.9, 5.6), (0.924, 0.934), (0.62, 0.80), 0.80, (15, 45), (3, 15), (2010, 2019)),
        UnitClass("sub_300", "coal", "coal_le300", (300, 320, 330), 0.22, "pulverised", "subcritical", 1, (312, 320),
                  (5.2, 6.0), (0.918, 0.930), (0.60, 0.78), 0.55, (15, 45), (3, 15), (1995, 2010)),
        UnitClass("high_200", "coal", "coal_le300", (200, 210), 0.05, "pulverised", "ultra_high", 1, (336, 350),
                  (6.0, 7.0), (0.910, 0.922), (0.62, 0.80), 0.85, (30, 70), (8, 30), (1990, 2004)),
        UnitClass("high_135", "coal", "coal_le300", (135, 150), 0.07, "pulverised", "ultra_high", 1, (340, 352),
                  (6.5, 7.5), (0.908, 0.920), (0.62, 0.82), 0.90, (40, 90), (15, 50), (1996, 2006)),
        UnitClass("bed_350", "gangue", "coal_unconventional", (350,), 0.30, "cfb", "supercritical", 1, (306, 316),
                  (6.6, 7.6), (0.902, 0.914), (0.62, 0.80), 0.80, (15, 40), (3, 12), (2013, 2019)),
        UnitClass("bed_300", "gangue", "coal_unconventional", (300, 330), 0.40, "cfb", "subcritical", 1, (326, 336),
                  (7.0, 8.2), (0.900, 0.912), (0.62, 0.80), 0.70, (15, 40), (3, 12), (2006, 2014)),
        UnitClass("bed_135", "gangue", "coal_unconventional", (135, 150), 0.30, "cfb", "ultra_high", 1, (352, 366),
                  (7.4, 8.8), (0.895, 0.908), (0.64, 0.82), 0.80, (30, 80), (10, 40), (2003, 2012)),
        UnitClass("turbine_f", "gas", "gas", (350, 430, 460), 0.60, "hrsg", None, None, (208, 218),
                  (1.9, 2.6), (0.90, 0.90), (0.66, 0.84), 0.50, (5, 20), (2, 10), (2005, 2019)),
        UnitClass("turbine_e", "gas", "gas", (180, 200), 0.40, "hrsg", None, None, (225, 236),
                  (2.0, 2.9), (0.90, 0.90), (0.68, 0.86), 0.80, (8, 30), (5, 25), (2005, 2018)),
    )
}  # fmt: skip

AIR_COOLING_G_PER_KWH = 15.0  # adder of the official baselines, section 8.4
