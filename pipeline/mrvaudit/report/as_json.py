"""The unit report as JSON: the model itself, both languages in it, one line, keys as documented in model.py."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mrvaudit.report.writing import Writing

FORMAT = "json"
FILE = "report.json"


def write(report: Mapping[str, Any], folder: Path, context: Writing) -> None:
    """Write `report.json`; TypeError where the model holds what JSON cannot, which would be our own fault."""
    del context
    (folder / FILE).write_text(render(report), encoding="utf-8", newline="\n")


def render(report: Mapping[str, Any]) -> str:
    """The text of the file; floats that are no numbers become null, for which the model is gone through only then."""
    try:
        text = _dump(report)
    except ValueError:
        text = _dump(_finite(report))
    return f"{text}\n"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    """The model with floats that are no numbers as null: JSON has no word for them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value
