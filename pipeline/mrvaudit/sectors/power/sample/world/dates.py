"""The year's days and months as arrays, and the part of the year in which towns are heated."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mrvaudit.sectors.power.sample.world.digits import Bools, Floats, Ints

Number = TypeVar("Number", np.int64, np.float64)
DayOfYear = tuple[int, int]  # month, day


@dataclass(frozen=True)
class Year:
    """One calendar year; arrays run over its days or its twelve months."""

    number: int

    @cached_property
    def first(self) -> date:
        """1 January."""
        return date(self.number, 1, 1)

    @cached_property
    def length(self) -> int:
        """Days of the year."""
        return 366 if calendar.isleap(self.number) else 365

    @cached_property
    def days(self) -> list[date]:
        """Every day."""
        return [self.first + timedelta(days=n) for n in range(self.length)]

    @cached_property
    def months(self) -> list[date]:
        """The first day of each month."""
        return [date(self.number, n, 1) for n in range(1, 13)]

    @cached_property
    def month_ends(self) -> list[date]:
        """The last day of each month."""
        return [date(self.number, n, calendar.monthrange(self.number, n)[1]) for n in range(1, 13)]

    @cached_property
    def month_of_day(self) -> Ints:
        """0 to 11 for each day."""
        return np.array([day.month - 1 for day in self.days], dtype=np.int64)

    @cached_property
    def is_weekend(self) -> Bools:
        """Saturdays and Sundays."""
        return np.array([day.weekday() >= 5 for day in self.days])

    @cached_property
    def summer(self) -> Floats:
        """1 in the middle of July, -1 in the middle of January, for each day."""
        return -np.cos(2 * np.pi * (np.arange(self.length) - 14) / self.length)

    @cached_property
    def _month_starts(self) -> Ints:
        return np.array([(month - self.first).days for month in self.months], dtype=np.int64)

    def by_month(self, of_days: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Sums of the last axis over each month."""
        return np.add.reduceat(of_days, self._month_starts, axis=-1)

    def season(self, window: tuple[DayOfYear, DayOfYear] | None) -> Floats:
        """1 on the days of a heating season that runs over New Year, else 0."""
        if window is None:
            return np.zeros(self.length)
        begin, end = window
        return np.array([float((day.month, day.day) >= begin or (day.month, day.day) <= end) for day in self.days])
