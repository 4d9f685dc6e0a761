"""The sentences of findings: plain names filled in, numbers and dates in the language's form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mrvaudit.rules import PLACEHOLDER

MINUS = "\u2212"


def fill(template: str, row: Mapping[str, Any], lang: str) -> str:
    """`template` with `{name}` and `{name:2}` replaced from the row; an unknown value is said to be so."""

    def put(match: Any) -> str:
        name, _, digits = match.group(1).partition(":")
        return show(row.get(name), int(digits) if digits else None, lang, is_month=name == "month")

    return PLACEHOLDER.sub(put, template)


def show(value: Any, digits: int | None, lang: str, *, is_month: bool = False) -> str:
    """One value as text; floats with thousands separators, at most `digits` decimals (6 where not given)."""
    if value is None:
        return "未知" if lang == "zh" else "unknown"
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, float):
        return number(value, digits)
    if isinstance(value, date):
        return f"{value:%Y-%m}" if is_month else value.isoformat()
    return str(value)


def number(value: float, digits: int | None) -> str:
    """`-1234.5` as `−1,234.5`; without `digits`, no more than six decimals and no trailing zeros."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".") if digits is None else f"{value:,.{digits}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)
