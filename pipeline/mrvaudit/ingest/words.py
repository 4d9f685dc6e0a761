"""One cell at a time: texts that are no plain number, date or word, read by their form.

Every function takes the text of a cell and gives its value, or raises ValueError where the text does not say one.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

# Spellings of "there is no value here".
MISSING = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "无",
        "無",
        "空",
        "空白",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "nan",
        "nil",
        "…",
    }
)
_TOTALS = re.compile(r"^.{0,12}(合计|小计|总计|累计|共计|汇总|total|subtotal|sum)[:：]?$")
_NOTES = re.compile(r"^(注|备注|说明|附注|填表|制表|审核|填报人|单位负责人|note|remark)")
TRUE = frozenset({"是", "true", "1", "yes", "y", "t", "有", "√", "✓", "对", "1.0"})
FALSE = frozenset({"否", "false", "0", "no", "n", "f", "×", "✗", "错", "0.0"})

_NUMBER = re.compile(r"^[+-]?(?:\d+|\d{1,3}(?:[, ']\d{3})+)?(?:\.\d*)?(?:e[+-]?\d{1,3})?$")
_SPACE = re.compile(r"[\s\u200b-\u200d\ufeff]+")
_MINUS = str.maketrans({"−": "-", "﹣": "-", "‐": "-", "‑": "-", "，": ",", "＇": "'", "’": "'"})
_DATE = re.compile(r"^(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?(?:[ t]+\d{1,2}[:时]\d{1,2}\S*)?$")
_DIGITS = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_MONTH = re.compile(r"^(\d{4})[-/.年](\d{1,2})(?:月份?)?$")
_MONTH_DIGITS = re.compile(r"^(\d{4})(\d{2})$")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_YEAR = re.compile(r"^(\d{4})年度?$")
# Days as Excel counts them (1900 system), between 1954 and 2119: nothing else that is a date has five digits.
YEARS = range(1900, 2200)
_SERIAL_ZERO, _SERIALS = date(1899, 12, 30), range(20_000, 80_000)


def folded(text: str) -> str:
    """The text half-width, in lower case, with single spaces and without any at its ends."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text.translate(_MINUS))).strip().casefold()


def is_missing(text: str) -> bool:
    """Whether the text says that there is no value."""
    return folded(text) in MISSING


def is_total(text: str) -> bool:
    """Whether a key cell says that its row is a total."""
    return _TOTALS.match(folded(text)) is not None


def is_note(text: str) -> bool:
    """Whether the only cell of a row is a note or a signature line."""
    return _NOTES.match(folded(text)) is not None


def number(text: str, percent: float | None = None) -> float:
    """A number: thousands separators, full-width digits, an exponent; `percent` is what a percent sign is worth."""
    plain = folded(text)
    scale = 1.0
    if plain.endswith("%") and percent is not None:
        plain, scale = plain[:-1].rstrip(), percent
    if not _NUMBER.match(plain) or not any(mark.isdigit() for mark in plain.partition("e")[0]):
        raise ValueError(text)
    value = float(re.sub(r"[, ']", "", plain))
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value if scale == 1.0 else float(f"{value * scale:.12g}")


def whole(text: str) -> int:
    """A whole number; `2025年` is 2025."""
    year = _YEAR.match(folded(text))
    if year:
        return int(year.group(1))
    value = number(text)
    if not value.is_integer() or abs(value) > 1e15:
        raise ValueError(text)
    return int(value)


def decimals(text: str) -> int:
    """Decimals printed in a number: 2 in `12.30`, 0 in `1e5`; ValueError where it is none."""
    number(text, 1.0)
    plain = re.sub(r"[, '%]", "", folded(text))
    try:
        exponent = Decimal(plain).as_tuple().exponent
    except InvalidOperation:
        raise ValueError(text) from None
    return max(0, -exponent) if isinstance(exponent, int) else 0


def day(text: str) -> date:
    """A calendar day: ISO, 2025/3/1, 2025年3月1日, 20250301, or a day as Excel counts it."""
    plain = folded(text)
    found = _DATE.match(plain)
    if found and (found.group(2), found.group(4)) in (("-", "-"), ("/", "/"), (".", "."), ("年", "月")):
        return _date(found.group(1), found.group(3), found.group(5))
    digits = _DIGITS.match(plain)
    if digits:
        return _date(*digits.groups())
    serial = _SERIAL.match(plain)
    if serial and int(serial.group(1)) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(serial.group(1)))
    raise ValueError(text)


def _date(year: str, month_: str, day_: str) -> date:
    """The date, unless no record can have it."""
    if int(year) not in YEARS:
        raise ValueError(year)
    return date(int(year), int(month_), int(day_))


def month(text: str) -> date:
    """The first day of a month: 2025-03, 2025年3月, 202503, or any day of it."""
    plain = folded(text)
    found = _MONTH.match(plain) or _MONTH_DIGITS.match(plain)
    if found:
        return _date(found.group(1), found.group(2), "1")
    return day(text).replace(day=1)


def truth(text: str) -> bool:
    """Yes or no."""
    plain = folded(text)
    if plain in TRUE:
        return True
    if plain in FALSE:
        return False
    raise ValueError(text)
