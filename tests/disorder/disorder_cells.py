"""One value, written in the many ways that enterprises write it. Every way means the same."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from mrvaudit.sector import Sector
from mrvaudit.tables import Field

MISSING = ("", "", "—", "/", "-", "无", "N/A", "——", " ")
DATES = ("{y}-{m:02}-{d:02}", "{y}/{m}/{d}", "{y}年{m}月{d}日", "{y}{m:02}{d:02}", "{y}.{m}.{d}", "{y}/{m:02}/{d:02}")
MONTHS = ("{y}-{m:02}", "{y}年{m}月", "{y}{m:02}", "{y}/{m}", "{y}年{m:02}月份", "{y}-{m:02}-01")
# Other units of the same dimension, a power of ten away: what is printed converts without a rest.
OTHER_UNITS = {
    "MWh": (("kWh", 3), ("万kWh", -1), ("万千瓦时", -1), ("兆瓦时", 0)),
    "t": (("kg", 3), ("吨", 0), ("万t", -4), ("千吨", -3)),
    "GJ": (("MJ", 3), ("百万kJ", 0)),
    "MJ/kg": (("kJ/kg", 3), ("J/g", 3), ("GJ/t", 0)),
    "%": (("fraction", -2),),
}
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


@dataclass(frozen=True)
class Style:
    """How one column is written: its unit and the power of ten to it, and one way of dates, of months, of digits."""

    unit: str | None
    power: int
    day: tuple[str, ...]
    month: str
    digits: str


def style(field: Field, chance: random.Random) -> Style:
    """A way to write a field's column; dates may come in several forms in one column."""
    unit, power = None, 0
    if isinstance(field.unit, str) and field.unit in OTHER_UNITS and field.type == "f64" and chance.random() < 0.4:
        unit, power = chance.choice(OTHER_UNITS[field.unit])
    forms = tuple(chance.sample(DATES, chance.choice((1, 1, 3))))
    digits = chance.choice(("plain", "plain", "plain", "thousands", "wide", "spaced"))
    return Style(unit, power, forms, chance.choice(MONTHS), digits)


def written(text: str | None, field: Field, how: Style, sector: Sector, chance: random.Random) -> str:
    """The value as this column writes it; `text` is its plain print, None where there is none."""
    if text is None:
        return chance.choice(MISSING)
    if field.type == "date":
        y, m, d = (int(part) for part in text.split("-"))
        return chance.choice(how.day).format(y=y, m=m, d=d)
    if field.type == "month":
        y, m = (int(part) for part in text.split("-"))
        return how.month.format(y=y, m=m)
    if field.type == "bool":
        return chance.choice(("是", "true", "1", "有") if text == "true" else ("否", "false", "0"))
    if field.type == "f64":
        return _digits(Decimal(text).scaleb(how.power), how.digits)
    if field.codes in sector.codes and text in sector.codes[str(field.codes)]:
        code = sector.codes[str(field.codes)][text]
        plain = [word for word in (text, code.title.zh, *code.words) if not code.set]
        return chance.choice(plain or [text])
    return text


def _digits(value: Decimal, how: str) -> str:
    plain = format(value, "f")
    if how == "thousands":
        return format(value, ",f")
    if how == "wide":
        return plain.translate(FULL_WIDTH)
    return f" {plain} " if how == "spaced" else plain
