"""A unit's month of production: station use, supply, on-grid power, boiler heat, heat ratio, load factor."""

from dataclasses import dataclass
from decimal import Decimal

from generator.figures import Month, half_up
from generator.operation import DIESEL_GJ_PER_T, MonthSum, boiler_efficiency
from generator.spec import CAPACITY_MW, PlantSpec, random_of


@dataclass(frozen=True)
class Production:
    """Figures as printed."""

    self_use_mwh: Decimal
    heat_self_use_mwh: Decimal
    total_self_use_mwh: Decimal
    on_grid_mwh: Decimal
    supply_mwh: Decimal
    boiler_heat_gj: Decimal
    heat_ratio_pct: Decimal
    load_factor_pct: Decimal


def produce(
    spec: PlantSpec, sums: dict[tuple[str, Month], MonthSum], coal_share: dict[tuple[str, Month], Decimal]
) -> dict[tuple[str, Month], Production]:
    """Production per unit and month; every figure follows from the printed ones before it.

    `coal_share` is the part of the coal that is reported where it is not all; boiler heat follows it.
    """
    rng, efficiency, made = random_of(spec, "production"), boiler_efficiency(spec), {}
    for key, month in sums.items():
        power = month.generation_mwh
        heat_use = half_up(float(month.heat_gj) * 0.0055, 3)
        self_use = half_up(float(power) * (0.0485 + rng.gauss(0, 0.0006)), 3) + heat_use
        # transformer loss and use outside production
        total_use = self_use + half_up(float(power) * (0.0052 + rng.gauss(0, 0.0002)), 3)
        coal_t = month.coal_t * coal_share.get(key, Decimal(1))
        fuel_heat = coal_t * month.ncv_gj_per_t + month.diesel_t * DIESEL_GJ_PER_T
        boiler_heat = half_up(float(fuel_heat) * efficiency[key], 2)
        ratio = half_up(100 * month.heat_gj / boiler_heat, 2)
        made[key] = Production(
            self_use_mwh=self_use,
            heat_self_use_mwh=heat_use,
            total_self_use_mwh=total_use,
            on_grid_mwh=power - total_use,
            supply_mwh=half_up(power - (self_use - heat_use) * (1 - ratio / 100), 3),
            boiler_heat_gj=boiler_heat,
            heat_ratio_pct=ratio,
            load_factor_pct=half_up(100 * power / (CAPACITY_MW * month.hours), 2),
        )
    return made
