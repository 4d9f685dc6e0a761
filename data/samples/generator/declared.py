"""The monthly report: fuel rows, output rows, the year's total, each from the printed figures before."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from generator.figures import Month, Row, Tables, half_up
from generator.laboratory import Report
from generator.operation import DIESEL_GJ_PER_T, MonthSum
from generator.production import Production
from generator.spec import MONTHS, UNITS, PlantSpec

CARBON_TO_CO2 = Decimal(44) / Decimal(12)
TCE_GJ = Decimal("29.307")
_DIESEL_TC_PER_GJ = Decimal("0.02020")
Key = tuple[str, Month]


@dataclass
class Slips:
    """What somebody reports otherwise than it is; empty for an honest plant."""

    coal_share: dict[Key, Decimal] = field(default_factory=dict)
    diesel_t: dict[Key, Decimal] = field(default_factory=dict)
    moisture_added_pct: dict[Key, Decimal] = field(default_factory=dict)
    plain_mean_heat: set[Key] = field(default_factory=set)
    mistyped_emission: set[Key] = field(default_factory=set)
    mistyped_load: set[Key] = field(default_factory=set)


def mistype(figure: Decimal, places: tuple[int, ...]) -> Decimal:
    """`figure` made smaller by swapping two digits: the first of `places` whose digit exceeds the next.

    Raises ValueError where no place does.
    """
    text = str(figure)
    for at in places:
        after = at + 2 if text[at + 1] == "." else at + 1
        if text[at] > text[after]:
            digits = list(text)
            digits[at], digits[after] = digits[after], digits[at]
            return Decimal("".join(digits))
    raise ValueError(f"no digits of {text} can be swapped at {places}")


def emission(fuel_t: Decimal, carbon: Decimal, oxidation_pct: int) -> Decimal:
    """t CO2 of one fuel from the printed quantity (t), carbon (tC/t) and oxidation (percent), 2 decimals."""
    return half_up(fuel_t * carbon * oxidation_pct / 100 * CARBON_TO_CO2, 2)


def _row(spec: PlantSpec, key: Key, fuel: str, **figures: Decimal | str | None) -> Row:
    unit, month = key
    row: Row = {
        "entity_id": spec.entity_id,
        "unit_id": unit,
        "month": month,
        "fuel": fuel,
        "version": 1,
        "stage": "initial",
        "fuel_consumption": None,
        "consumption_source": "furnace",
        "carbon_content_tc_per_t": None,
        "ncv_gj_per_t": None,
        "carbon_per_heat_tc_per_gj": None,
        "c_ad_pct": None,
        "m_ad_pct": None,
        "m_ar_pct": None,
        "carbon_source": None,
        "carbon_mode": None,
        "report_no": None,
        "lab_id": None,
        "coal_rank": None,
        "oxidation_pct": None,
        "combustion_tco2": None,
        "purchased_mwh": None,
        "electricity_tco2": None,
    }
    unknown = set(figures) - set(row)
    if unknown:
        raise KeyError(f"no such columns: {sorted(unknown)}")
    row.update(figures)
    return row


def _coal_row(spec: PlantSpec, key: Key, month: MonthSum, report: Report, slips: Slips) -> Row:
    fuel_t = half_up(month.coal_t * slips.coal_share.get(key, Decimal(1)), 2)
    ncv = half_up(month.ncv_plain_mean if key in slips.plain_mean_heat else month.ncv_gj_per_t, 3)
    m_ar = half_up(month.m_ar_pct, 2)
    used_m_ar = m_ar + slips.moisture_added_pct.get(key, Decimal(0))
    carbon = half_up(report.c_ad_pct * (100 - used_m_ar) / (100 - report.m_ad_pct) / 100, 4)
    tco2 = emission(fuel_t, carbon, 99)
    return _row(
        spec,
        key,
        "coal",
        fuel_consumption=fuel_t,
        carbon_content_tc_per_t=carbon,
        ncv_gj_per_t=ncv,
        carbon_per_heat_tc_per_gj=half_up(carbon / ncv, 5),
        c_ad_pct=report.c_ad_pct,
        m_ad_pct=report.m_ad_pct,
        m_ar_pct=m_ar,
        carbon_source="measured",
        carbon_mode="monthly_composite",
        report_no=report.report_no,
        lab_id=spec.lab_id,
        coal_rank="bituminous",
        oxidation_pct=Decimal(99),
        combustion_tco2=mistype(tco2, (2, 3)) if key in slips.mistyped_emission else tco2,
        purchased_mwh=Decimal("0.000"),
        electricity_tco2=Decimal("0.00"),
    )


def _diesel_row(spec: PlantSpec, key: Key, month: MonthSum, slips: Slips) -> Row:
    fuel_t = slips.diesel_t.get(key, month.diesel_t)
    carbon = half_up(DIESEL_GJ_PER_T * _DIESEL_TC_PER_GJ, 4)
    return _row(
        spec,
        key,
        "diesel",
        fuel_consumption=fuel_t,
        carbon_content_tc_per_t=carbon,
        ncv_gj_per_t=DIESEL_GJ_PER_T,
        carbon_per_heat_tc_per_gj=_DIESEL_TC_PER_GJ,
        carbon_source="default",
        oxidation_pct=Decimal(98),
        combustion_tco2=emission(fuel_t, carbon, 98),
    )


def _figure(row: Row, column: str) -> Decimal:
    found = row[column]
    if not isinstance(found, Decimal):
        raise TypeError(f"{column} holds {found!r}, not a figure")
    return found


def _output_row(spec: PlantSpec, key: Key, fuels: list[Row], month: MonthSum, made: Production, slips: Slips) -> Row:
    tce = sum((_figure(r, "fuel_consumption") * _figure(r, "ncv_gj_per_t") for r in fuels), Decimal(0)) / TCE_GJ
    tco2 = sum((_figure(r, "combustion_tco2") for r in fuels), Decimal(0))
    heat_share = made.heat_ratio_pct / 100
    load = mistype(made.load_factor_pct, (1, 0, 3)) if key in slips.mistyped_load else made.load_factor_pct
    return {
        "entity_id": spec.entity_id,
        "unit_id": key[0],
        "month": key[1],
        "version": 1,
        "generation_mwh": month.generation_mwh,
        "supply_mwh": made.supply_mwh,
        "heat_gj": month.heat_gj,
        "operating_hours": month.hours,
        "load_factor_pct": load,
        "combustion_tco2": tco2,
        "unit_tco2": half_up(tco2, 0),
        "heat_ratio_pct": made.heat_ratio_pct,
        "gross_coal_rate_tce_per_mwh": half_up((1 - heat_share) * tce / month.generation_mwh, 4),
        "heat_coal_rate_tce_per_gj": half_up(heat_share * tce / month.heat_gj, 4),
        "power_intensity_tco2_per_mwh": half_up((1 - heat_share) * tco2 / month.generation_mwh, 4),
        "heat_intensity_tco2_per_gj": half_up(heat_share * tco2 / month.heat_gj, 4),
        "on_grid_mwh": made.on_grid_mwh,
        "purchased_mwh": Decimal("0.000"),
        "boiler_heat_gj": made.boiler_heat_gj,
    }


def declared_tables(
    spec: PlantSpec,
    sums: dict[Key, MonthSum],
    reports: dict[Month, Report],
    made: dict[Key, Production],
    slips: Slips,
) -> Tables:
    """declarations, declared_output and declared_totals of one plant."""
    fuels: list[Row] = []
    outputs: list[Row] = []
    for unit in UNITS:
        for month in MONTHS:
            key = (unit, month)
            rows = [
                _coal_row(spec, key, sums[key], reports[month], slips),
                _diesel_row(spec, key, sums[key], slips),
            ]
            fuels += rows
            outputs.append(_output_row(spec, key, rows, sums[key], made[key], slips))
    total = sum((_figure(r, "unit_tco2") for r in outputs), Decimal(0))
    totals: list[Row] = [
        {
            "entity_id": spec.entity_id,
            "year": 2025,
            "version": 1,
            "stage": "initial",
            "total_tco2": total,
            "report_no": f"{spec.sample_prefix}-NB-2025",
            "submitted_on": date(2026, 3, 18),
        }
    ]
    return {"declarations": fuels, "declared_output": outputs, "declared_totals": totals}
