"""One language of a run's words, for formats that show one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mrvaudit.report import formats
from mrvaudit.report.formats import Pair
from mrvaudit.report.writing import Writing


class Speech:
    """Words of one language."""

    def __init__(self, writing: Writing) -> None:
        """Words of the language that a run's reports open in."""
        self.lang, self.words = writing.lang, writing.words

    def say(self, key: str, **values: Any) -> str:
        """Words of a key, filled."""
        return formats.fill(self.words[key], values)[self.lang]

    def of(self, pair: Pair | None) -> str:
        """One language of a pair; nothing for None."""
        return "" if pair is None else pair[self.lang]

    def listed(self, texts: Sequence[str]) -> str:
        """Texts in a row."""
        return str(formats.form("list", self.lang)).join(texts)
