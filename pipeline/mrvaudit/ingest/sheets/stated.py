"""What lines above or between rows say of all of them: `机组编号：1#机组`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from mrvaudit.ingest.headers import Heading, Lexicon, meaning

_PAIR = re.compile(r"^\s*([^:：]{1,24})[:：]\s*(\S.{0,60}?)\s*$")
_PIECES = re.compile(r"[\s　]{2,}|[;；]")


def of(texts: Iterable[str], lexicon: Lexicon, wanted: Collection[str]) -> dict[str, str]:
    """Field -> value of every `label：value` whose label names one of the `wanted` fields; the first one holds."""
    found: dict[str, str] = {}
    for text in texts:
        for piece in _PIECES.split(text):
            pair = _PAIR.match(piece)
            if pair is None:
                continue
            said = meaning(pair[1], lexicon)
            if isinstance(said, Heading) and said.field in wanted:
                found.setdefault(said.field, pair[2])
    return found
