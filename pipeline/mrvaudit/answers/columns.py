"""Heads and words of the workbook of findings to answer, in both languages; nothing here knows a file format."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from mrvaudit.ingest.words import folded
from mrvaudit.packfile import Entry, Words

IN_BRACKETS = re.compile(r"[(（].*?[)）]")


class Column(Words):
    """A column: its head in both languages, other heads it goes by, its width, and who fills it in."""

    width: float
    who: Literal["enterprise", "verifier"] | None = None
    also: tuple[str, ...] = ()


class Book(Entry):
    """words.yaml of this package."""

    columns: dict[str, Column]
    statuses: dict[str, Words]
    states: dict[str, Words]
    opinions: dict[str, Words]
    closings: dict[str, Words]
    texts: dict[str, Words]


@cache
def book() -> Book:
    """The words, read once."""
    text = (Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")
    return Book.model_validate(yaml.load(text, Loader=_PlainKeys))


class _PlainKeys(yaml.CSafeLoader):
    """`yes:` and `no:` stay words."""


_PlainKeys.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def column_of(head: Any) -> str | None:
    """Which column a head names, in either language, with or without what stands in brackets; None for none.

    A head may say it in both languages, a line each.
    """
    if not isinstance(head, str):
        return None
    head = head.strip().partition("\n")[0]
    return _heads().get(folded(head)) or _heads().get(folded(IN_BRACKETS.sub("", head)))


@cache
def _heads() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, column in book().columns.items():
        for head in (name, column.zh, column.en, *column.also):
            found.setdefault(folded(head), name)
            found.setdefault(folded(IN_BRACKETS.sub("", head)), name)
    return found


def word_of(kind: Literal["statuses", "opinions", "closings"], text: str | None) -> str | None:
    """The code of a word in either language; None where it is none of them."""
    listing: dict[str, Words] = getattr(book(), kind)
    spoken = folded(text or "")
    return next((name for name, words in listing.items() if spoken in (name, folded(words.zh), folded(words.en))), None)
