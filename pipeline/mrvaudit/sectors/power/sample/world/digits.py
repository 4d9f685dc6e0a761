"""Printed figures as whole numbers of their last decimal, so that sums and roundings are exact.

A figure with two decimals is kept as hundredths in int64; `half_up_ratio` rounds a quotient of such numbers as the
guides do. Nothing here goes through a binary fraction.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def printed(values: Floats, decimals: int) -> Ints:
    """Half-up to `decimals`, as whole numbers of the last decimal."""
    # the sixth digit behind the last one is where a binary fraction stops being a figure
    return np.floor(np.round(values * 10.0**decimals, 6) + 0.5).astype(np.int64)


def figures(units: Ints, decimals: int) -> Floats:
    """The printed figures themselves: each the double nearest to its decimal print."""
    return units / 10.0**decimals


def half_up_ratio(numerator: Ints, denominator: Ints) -> Ints:
    """numerator / denominator to the nearest whole number, halves up; 0 where the denominator is 0."""
    safe = np.where(denominator == 0, 1, denominator)
    return np.where(denominator == 0, 0, (2 * numerator + safe) // (2 * safe))


def credit_code(region: str, organisation: str) -> str:
    """An 18-character credit code: `91`, region (6 digits), organisation (8 characters), both check characters.

    The first check is GB 11714's, the second GB 32100's. Raises ValueError for parts of another length.
    """
    if len(region) != 6 or len(organisation) != 8:
        raise ValueError(f"need 6 + 8 characters, got {region!r} and {organisation!r}")
    weighted = sum(int(c, 36) * w for c, w in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
    body = "91" + region + organisation + "0123456789X0"[11 - weighted % 11]
    weighted = sum(_CREDIT_CHARACTERS.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + _CREDIT_CHARACTERS[(31 - weighted % 31) % 31]
