"""What report.yaml says about second sources: which records speak of a datum, and who may have handed them over."""

from __future__ import annotations

from pydantic import model_validator

from mrvaudit.packfile import Entry, Words

Columns = str | tuple[str, ...]


class Through(Entry):
    """Where the month of a record stands that has none of its own: in a table that shares a key with it."""

    table: str
    key: str
    month: str = "month"


class Evidence(Entry):
    """One source of a datum: a row of a record table or view in which one of the columns is filled; without a table or
    view a document that is only ever asked for.

    `own` records are kept by the enterprise; of any other, only `provided_by` tells whether it came from outside.
    `prescribed` is no record: the value is laid down. `together` lists items that such a record may state as one.
    """

    id: str
    title: Words
    view: str | None = None
    table: str | None = None
    column: Columns = ()
    month: str = "month"
    spans: bool = False
    through: Through | None = None
    where: dict[str, str] = {}
    equals: str | None = None
    together: tuple[str, ...] = ()
    own: bool = False
    prescribed: bool = False
    issuer: Words | None = None
    ask: Words | None = None

    @model_validator(mode="after")
    def _from_somewhere(self) -> Evidence:
        if self.view and self.table:
            raise ValueError("a source is a view or a table, not both")
        if not self.name and not self.ask:
            raise ValueError("a source that no table holds is there to be asked for")
        if not (self.own or self.prescribed or self.issuer):
            raise ValueError("a source that is not the enterprise's own needs its issuer")
        return self

    @property
    def name(self) -> str:
        """The view or table it is read from."""
        return self.view or self.table or ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of which one must be filled."""
        return (self.column,) if isinstance(self.column, str) else self.column

    def reads(self) -> tuple[str, ...]:
        """Every column that is read, save those that say whose row it is."""
        more = [self.month, *self.where, self.equals, self.through.key if self.through else None]
        return tuple(dict.fromkeys((*self.columns, *(one for one in more if one))))


class Datum(Entry):
    """The sources of one data code, the primary record first; a source that has two tables is listed twice."""

    code: str
    title: Words | None = None
    sources: tuple[Evidence, ...]


class SecondSources(Entry):
    """Which data are held against which sources; `own` are the providers that are the enterprise itself."""

    own: tuple[str, ...]
    providers: str
    note: Words | None = None
    data: tuple[Datum, ...]
