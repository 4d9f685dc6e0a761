"""What a report format is given beside the report: the language to open in, the words, and room for what it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mrvaudit.report.formats import Pair

if TYPE_CHECKING:
    from mrvaudit.report.office.submission import Submission


@dataclass(frozen=True)
class Writing:
    """How a run's reports are written.

    `kept` is where a format keeps what it makes once, such as its templates; `submission` holds the files as sent.
    """

    lang: str
    words: Mapping[str, Pair]
    profile: str = "verifier"
    kept: dict[str, Any] = field(default_factory=dict)
    submission: Submission | None = None
