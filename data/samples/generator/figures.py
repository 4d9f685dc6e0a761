"""Printed figures, months and credit codes."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(self.last.day)]

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


# One row of a table: column name -> value. The digits of a Decimal are the digits printed.
Value = Decimal | date | str | int | bool | Month | None
Row = dict[str, Value]
Tables = dict[str, list[Row]]


def month_of(day: date) -> Month:
    """The month a day lies in."""
    return Month(day.year, day.month)


def half_up(value: Decimal | float | int, places: int) -> Decimal:
    """`value` rounded half-up to `places` decimals, trailing zeros kept."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def credit_code(start: str, organisation: str) -> str:
    """18 characters: `start`, the organisation code with its check digit (GB 11714), check (GB 32100).

    Raises ValueError where `start` or `organisation` is not 8 characters long.
    """
    if len(start) != 8 or len(organisation) != 8:
        raise ValueError(f"need 8 + 8 characters, got {start!r} and {organisation!r}")
    weighted = sum(int(c, 36) * w for c, w in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
    body = start + organisation + "0123456789X0"[11 - weighted % 11]
    weighted = sum(_CREDIT_CHARACTERS.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + _CREDIT_CHARACTERS[(31 - weighted % 31) % 31]
