"""What the columns of a table written across say: a month, a total of months, a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from mrvaudit.ingest import words

FEWEST_MONTHS = 3
_CHINESE = {name: number for number, name in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), start=1)}
_BARE = re.compile(r"^(?:(\d{1,2})|([一二三四五六七八九十]{1,2}))月(?:份)?(?:值|数据)?$")
_ENGLISH = re.compile(r"^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$")
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# A month, or its first day as a workbook types it; another day is a date of a record.
_DATED = re.compile(r"^(19|20)\d\d(?:[-/.年]\d{1,2}月?(?:份)?|\d{2}|-\d{2}-01)$")
_TOTAL = re.compile(
    r"^(?:(?:19|20)\d\d年?)?(?:全年|年度|本年|年)?(?:合计|总计|小计|累计|汇总|总量|值)?(?:或平均|/平均|\(或平均\))?$"
)
_QUARTER = re.compile(r"^(?:第?[一二三四1-4]季度?|季度?|[上下]半年|q[1-4]|h[12])(?:合计|小计|累计|值)?$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年(?!\s*\d{1,2}\s*月)")
_YEAR_ALONE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d|\s*[-/.年]\s*\d)")


def month(text: str) -> tuple[int | None, int] | None:
    """(year where it is said, month) of a column's header; None where it is none."""
    plain = words.folded(text).replace(" ", "")
    bare = _BARE.match(plain)
    if bare:
        number = int(bare[1]) if bare[1] else _CHINESE.get(bare[2], 0)
        return (None, number) if 1 <= number <= 12 else None
    english = _ENGLISH.match(plain)
    if english:
        return None, _NAMES.index(english[1]) + 1
    if not _DATED.match(plain):
        return None
    try:
        day = words.month(plain)
    except ValueError:
        return None
    return day.year, day.month


def months(cells: Iterable[str]) -> dict[int, tuple[int | None, int]]:
    """Position -> month of the cells of a row, where it heads a table written across; else nothing.

    Months follow one another from left to right, and no figure stands among them.
    """
    texts = list(cells)
    found = {at: said for at, cell in enumerate(texts) if cell and (said := month(cell)) is not None}
    order = [(year or 0, number) for year, number in found.values()]
    if len(found) < FEWEST_MONTHS or any(later <= sooner for sooner, later in pairwise(order)):
        return {}
    return {} if any(is_figure(cell) for at, cell in enumerate(texts) if cell and at not in found) else found


def is_figure(text: str) -> bool:
    """Whether a cell holds a number."""
    try:
        words.number(text, 1.0)
    except ValueError:
        return False
    return True


def is_total(text: str) -> bool:
    """Whether a column's header names a quarter or a year, whose cells add up or average months."""
    plain = words.folded(text).replace(" ", "")
    return bool(plain) and (_TOTAL.match(plain) is not None or _QUARTER.match(plain) is not None)


def year(texts: Iterable[str]) -> int | None:
    """The one year that the first text with any names; None where none or several are named."""
    listed = list(texts)
    for pattern in (_YEAR, _YEAR_ALONE):
        for text in listed:
            found = set(pattern.findall(words.folded(text)))
            if found:
                return int(found.pop()) if len(found) == 1 else None
    return None
