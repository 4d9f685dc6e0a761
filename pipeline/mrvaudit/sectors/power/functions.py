"""Properties of water and steam by IAPWS-IF97, for formulas of the pack: `FUNCTIONS` names what SQL may call."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

# The range of the standard without region 5 (which no boiler reaches): MPa absolute and °C.
HIGHEST_MPA, LOWEST_C, HIGHEST_C = 100.0, 0.01, 800.0
CRITICAL_C = 373.9
KELVIN = 273.15


@lru_cache(maxsize=100_000)
def steam_enthalpy(pressure_mpa: float | None, temperature_c: float | None) -> float | None:
    """Specific enthalpy in kJ/kg of water or steam at an absolute pressure (MPa) and a temperature (°C).

    None where either is unknown or outside the range of IAPWS-IF97.
    """
    if pressure_mpa is None or temperature_c is None or not math.isfinite(pressure_mpa * temperature_c):
        return None
    if not 0.0007 <= pressure_mpa <= HIGHEST_MPA or not LOWEST_C <= temperature_c <= HIGHEST_C:
        return None
    from iapws.iapws97 import IAPWS97

    return _known(IAPWS97(P=pressure_mpa, T=temperature_c + KELVIN))


@lru_cache(maxsize=10_000)
def water_enthalpy(temperature_c: float | None) -> float | None:
    """Specific enthalpy in kJ/kg of boiling water at a temperature (°C): that of returned and of make-up water.

    Below 100 °C the pressure of a pipe adds less than 0.1 kJ/kg for each bar. None where unknown or not liquid.
    """
    if temperature_c is None or not LOWEST_C <= temperature_c <= CRITICAL_C:
        return None
    from iapws.iapws97 import IAPWS97

    return _known(IAPWS97(T=temperature_c + KELVIN, x=0))


def _known(state: object) -> float | None:
    """The enthalpy of a state of iapws, None where it could not be found."""
    value = getattr(state, "h", None)
    return float(value) if value is not None and math.isfinite(value) else None


FUNCTIONS: dict[str, Callable[..., float | None]] = {
    "steam_enthalpy": steam_enthalpy,
    "water_enthalpy": water_enthalpy,
}
