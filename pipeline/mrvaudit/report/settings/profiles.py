"""What report.yaml says about readers: repairs for the enterprise, duties and articles for the province."""

from __future__ import annotations

from mrvaudit.packfile import Entry, Text, Words


class Repair(Entry):
    """A way to mend a finding, by the record that it is about; the first in the list costs least."""

    id: str
    title: Words
    tables: tuple[str, ...]


class Worth(Entry):
    """What a month's evidence is worth: tonnes that change where it is not accepted, and the days to hand it in."""

    view: str
    column: str
    days: str
    filings: str | None = None
    filed: str = "filed_on"
    kind: str | None = None
    note: Words
    repairs: tuple[Repair, ...]


class Article(Entry):
    """The duty that findings of some classes touch, with the article that states it."""

    classes: tuple[str, ...]
    title: Words
    document: Text
    article: Text
    mark: str = "law"
