"""What report.yaml says about charts: the kinds there are, what each draws, and the sentences that state its result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from mrvaudit.packfile import Entry, Words


class Source(Entry):
    """A column of a derived view, or of a record table."""

    view: str | None = None
    table: str | None = None
    column: str

    @property
    def name(self) -> str:
        """The view or table it is read from."""
        return self.view or self.table or ""


class Tolerance(Entry):
    """Differences that are rounding: only beyond them does a month carry the sign."""

    absolute: float = 0.0
    relative_pct: float = 0.0


class Limit(Entry):
    """Where the edge of a band comes from: a column of the chart's view, or a parameter keyed by columns of the row or,
    where `key` is given, by that text."""

    column: str | None = None
    parameter: str | None = None
    key: str | None = None
    factor: float = 1.0


class Band(Entry):
    """A tolerance or an expected range; `low` left out means the negative of `high`."""

    title: Words
    high: Limit
    low: Limit | None = None


class Drawing(Entry):
    """What charts of every kind have."""

    id: str
    section: str
    title: Words
    axis: Words
    decimals: int = 2
    caption: Words
    caption_outside: Words | None = None
    missing: Words
    key: dict[str, Words] = {}

    def sources(self) -> Iterator[Source]:
        """Every column that the chart reads."""
        yield from ()

    def limits(self) -> Iterator[Limit]:
        """Every limit that the chart draws."""
        yield from ()


class Chart(Drawing):
    """A chart of months or days of one column of a view.

    `where` names a column: rows in which it is false are left out. Values are divided by `scale`; where they are small
    and `axis_small` is given, they are drawn as they are.
    """

    kind: Literal["paired_bars", "dots_month", "dots_day_step", "deviation_dots"]
    view: str
    column: str = ""
    declared: str | None = None
    against: str | None = None
    step: Source | None = None
    by_item: bool = False
    rank_by: str | None = None
    of: Literal["unit", "entity"] = "unit"
    split: tuple[str, ...] = ()
    where: str | None = None
    scale: float = 1.0
    axis_small: Words | None = None
    band: Band | None = None
    tolerance: Tolerance = Tolerance()
    gap: Words | None = None

    def sources(self) -> Iterator[Source]:
        """Columns of the view, and of the step."""
        columns = [self.column, self.declared, self.against, self.rank_by, self.where, *self.split]
        columns += [limit.column for limit in self.limits()]
        yield from (Source(view=self.view, column=column) for column in columns if column)
        if self.step:
            yield self.step

    def limits(self) -> Iterator[Limit]:
        """Limits of the band."""
        yield from (one for one in (self.band.high, self.band.low) if one) if self.band else ()


class Scatter(Drawing):
    """Months as diamonds over a straight fit with two standard deviations; `y` is the product of its columns."""

    kind: Literal["scatter_fit"]
    view: str
    x: str
    y: tuple[str, ...]
    axis_x: Words
    scale_x: float = 1.0
    scale_y: float = 1.0

    def sources(self) -> Iterator[Source]:
        """Both axes."""
        yield from (Source(view=self.view, column=column) for column in (self.x, *self.y))


class DateMark(Entry):
    """One date of a chain: its column, in the table or in what is joined to it, and the sign it is drawn with."""

    column: str
    title: Words
    sign: Literal["from", "to", "prepared", "sent", "received", "tested", "tested_to", "issued"]
    joined: bool = False


class DateChain(Drawing):
    """Dates of each record in their order, in days from the end of sampling (`zero`, else the month's end)."""

    kind: Literal["date_chain"]
    table: str
    join: str | None = None
    using: str = ""
    label: str
    dates: tuple[DateMark, ...]
    zero: str
    limit: Limit

    def sources(self) -> Iterator[Source]:
        """Dates and labels of both tables."""
        for column in (self.label, self.using, *(one.column for one in self.dates if not one.joined)):
            yield from (Source(table=self.table, column=column),) if column else ()
        for column in (self.using, *(one.column for one in self.dates if one.joined)):
            yield from (Source(table=self.join, column=column),) if self.join and column else ()

    def limits(self) -> Iterator[Limit]:
        """Days to the last date."""
        yield self.limit


class StripItem(Entry):
    """A row of the strip of the year: a daily figure, and the data code whose months it is held against."""

    title: Words
    view: str | None = None
    table: str | None = None
    column: str
    code: str | None = None

    @property
    def name(self) -> str:
        """The view or table it is read from."""
        return self.view or self.table or ""


class Outages(Entry):
    """Where it is recorded that the unit stood still."""

    table: str
    first: str
    last: str


class DayStrip(Drawing):
    """State of the record, day by item: there, missing, equal on successive days, at odds with the month, standing."""

    kind: Literal["day_strip"]
    items: tuple[StripItem, ...]
    outages: Outages | None = None
    equal_days: Limit

    def sources(self) -> Iterator[Source]:
        """Figures and outages."""
        yield from (Source(view=one.view, table=one.table, column=one.column) for one in self.items)
        if self.outages:
            for column in (self.outages.first, self.outages.last):
                yield Source(table=self.outages.table, column=column)

    def limits(self) -> Iterator[Limit]:
        """Equal days that say nothing."""
        yield self.equal_days


class Digits(Drawing):
    """How often each last digit occurs among the printed values of a column, beside the range that chance allows."""

    kind: Literal["digits"]
    table: str
    column: str

    def sources(self) -> Iterator[Source]:
        """The values, and how many decimals were printed."""
        yield from (Source(table=self.table, column=column) for column in (self.column, f"{self.column}_decimals"))


class Flow(Entry):
    """A step of a waterfall: a column that adds (+1) or takes away (-1)."""

    column: str
    title: Words
    sign: Literal[1, -1]


class Waterfall(Drawing):
    """From the first opening stock over the flows of the year to what should lie there, beside what is said to."""

    kind: Literal["waterfall"]
    view: str
    opening: Flow
    flows: tuple[Flow, ...]
    closing: Flow
    share_of: str

    def sources(self) -> Iterator[Source]:
        """Stocks and flows."""
        for flow in (self.opening, *self.flows, self.closing):
            yield Source(view=self.view, column=flow.column)


AnyChart = Annotated[
    Chart | Scatter | DateChain | DayStrip | Digits | Waterfall,
    Field(discriminator="kind"),
]
