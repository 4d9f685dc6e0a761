"""Columns of text into columns of values: whole columns at once, single cells only where their form is unusual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from mrvaudit.ingest import words
from mrvaudit.tables import Code

MOST_DECIMALS = 9


@dataclass(frozen=True)
class Column:
    """A column read: its values (null where missing or not understood), where it was not, and the cells' text.

    `odd` marks cells whose text is not what `plain` prints of the value, so that the text must be kept.
    """

    values: pl.Series
    bad: pl.Series
    odd: pl.Series
    text: pl.Series


def as_text(cells: pl.Series) -> pl.Series:
    """The cells as a reader would type them; empty ones are null."""
    kind = cells.dtype
    if kind == pl.String:
        return cells
    if kind.is_float():
        return _prints(cells.fill_nan(None))
    if isinstance(kind, pl.Datetime):
        return cells.dt.strftime("%Y-%m-%d %H:%M:%S").str.replace(" 00:00:00$", "")
    return cells.cast(pl.String)


def read_numbers(cells: pl.Series, percent: float | None = None) -> Column:
    """Numbers of any notation; `percent` is the worth of a percent sign in the column's unit, None for no worth."""
    if cells.dtype.is_numeric() and not cells.dtype.is_decimal():
        values = cells.cast(pl.Float64).fill_nan(None)
        bad = values.is_infinite().fill_null(False)
        return Column(values.set(bad, None), bad, nothing(cells.len()), as_text(cells))
    text = as_text(cells)
    fast = text.cast(pl.Float64, strict=False)
    fits = fast.is_finite().fill_null(False)
    rest = text.filter(~fits).drop_nulls().unique()
    values, bad = fast.set(~fits, None), nothing(text.len())
    if rest.len():
        slow, bad = _by_word(text, rest, lambda word: words.number(word, percent), pl.Float64())
        values = pl.select(pl.when(fits).then(values).otherwise(slow)).to_series()
    return Column(values, bad, _odd(text != _prints(values), text, values), text)


def read_whole(cells: pl.Series) -> Column:
    """Whole numbers; `3.0` is one, `3.5` is not."""
    if cells.dtype.is_integer():
        return Column(cells.cast(pl.Int64), nothing(cells.len()), nothing(cells.len()), as_text(cells))
    return _words_only(as_text(cells), words.whole, pl.Int64(), str)


def read_days(cells: pl.Series) -> Column:
    """Days, whatever form each cell has."""
    if cells.dtype == pl.Date:
        return Column(cells, nothing(cells.len()), nothing(cells.len()), as_text(cells))
    return _words_only(as_text(cells), words.day, pl.Date(), lambda value: str(value.isoformat()))


def read_months(cells: pl.Series) -> Column:
    """Months as their first day."""
    return _words_only(as_text(cells), words.month, pl.Date(), lambda value: f"{value:%Y-%m}")


def read_truths(cells: pl.Series) -> Column:
    """Yes and no."""
    if cells.dtype == pl.Boolean:
        return Column(cells, nothing(cells.len()), nothing(cells.len()), as_text(cells))
    return _words_only(as_text(cells), words.truth, pl.Boolean(), lambda value: "true" if value else "false")


def read_texts(cells: pl.Series) -> Column:
    """Free text and ids: exactly as written, without blanks at the ends."""
    text = as_text(cells)
    bare = text.str.strip_chars()
    candidates = bare.filter(bare.str.len_chars() <= 6).drop_nulls().unique().to_list()
    missing = [word for word in candidates if words.is_missing(word)]
    values = (
        bare.set(bare.is_in(pl.Series(missing, dtype=pl.String).implode()).fill_null(False), None) if missing else bare
    )
    return Column(values, nothing(text.len()), _odd(text != values, text, values), text)


def read_codes(cells: pl.Series, codes: Mapping[str, Code], also: Mapping[str, str]) -> Column:
    """Words of a code list, as codes; `also` are further spellings."""
    known = {words.folded(spelling): code for spelling, code in also.items()}
    for name, code in codes.items():
        for spelling in (name, code.title.zh, code.title.en, *code.words):
            known.setdefault(words.folded(spelling), name)
    for name in codes:
        known[words.folded(name)] = name

    def read(word: str) -> str:
        return _known(known, words.folded(word), word)

    return _words_only(as_text(cells), read, pl.String(), str)


def _known(known: Mapping[str, str], plain: str, word: str) -> str:
    if plain not in known:
        raise ValueError(word)
    return known[plain]


def decimals_of(column: Column) -> pl.Series:
    """Decimals printed in each cell that was understood; null elsewhere."""
    text = column.text
    point = text.str.find(".", literal=True).cast(pl.Int16)
    printed = (text.str.len_bytes().cast(pl.Int16) - point - 1).fill_null(0)
    simple = text.str.contains("^[+-]?[0-9]*[.]?[0-9]*$").fill_null(False)
    rest = text.filter(~simple & column.values.is_not_null()).drop_nulls().unique()
    if rest.len():
        slow, _ = _by_word(text, rest, words.decimals, pl.Int16())
        printed = pl.select(pl.when(simple).then(printed).otherwise(slow)).to_series()
    # Nobody prints ten decimals: such digits are what a computation left, and end where twelve digits are enough.
    noisy = printed > MOST_DECIMALS
    if noisy.any():
        short = column.values.filter(noisy).round_sig_figs(12)
        again = _by_word(_prints(short), _prints(short).drop_nulls().unique(), words.decimals, pl.Int16())[0]
        printed = printed.scatter(noisy.fill_null(False).arg_true(), again)
    known = column.values.is_not_null()
    return pl.select(pl.when(known).then(printed.clip(0, 18))).to_series().cast(pl.Int8)


def plain_number(value: float, factor: float = 1.0) -> str:
    """What a cell holds where no raw text was kept: the value in the unit it was read in, shortest print."""
    read = value if factor == 1.0 else float(f"{value / factor:.12g}")
    return str(_prints(pl.Series([read], dtype=pl.Float64))[0])


def _prints(values: pl.Series) -> pl.Series:
    return values.cast(pl.String).str.replace(r"\.0$", "")


def _words_only(text: pl.Series, read: Callable[[str], Any], kind: pl.DataType, plain: Callable[[Any], str]) -> Column:
    """A column whose texts repeat: each distinct text is read once."""
    distinct = text.drop_nulls().unique()
    values, bad = _by_word(text, distinct, read, kind)
    prints = {word: plain(read(word)) for word in distinct.to_list() if _reads(read, word)}
    odd = text != text.replace_strict(list(prints), list(prints.values()), default=None, return_dtype=pl.String)
    return Column(values, bad, _odd(odd, text, values), text)


def _reads(read: Callable[[str], Any], word: str) -> bool:
    try:
        read(word)
    except ValueError:
        return False
    return True


def _by_word(
    text: pl.Series, distinct: pl.Series, read: Callable[[str], Any], kind: pl.DataType
) -> tuple[pl.Series, pl.Series]:
    """Values of the distinct texts put back in their places, and where a text is neither a value nor missing."""
    values: dict[str, Any] = {}
    bad: list[str] = []
    for word in distinct.to_list():
        try:
            values[word] = read(word)
        except ValueError:
            if not words.is_missing(word):
                bad.append(word)
    placed = text.replace_strict(list(values), list(values.values()), default=None, return_dtype=kind)
    if not bad:
        return placed, nothing(text.len())
    return placed, text.is_in(pl.Series(bad, dtype=pl.String).implode()).fill_null(False)


def _odd(differs: pl.Series, text: pl.Series, values: pl.Series) -> pl.Series:
    """Where a text stands that its value would not print: another spelling, or no value at all."""
    return text.is_not_null() & (differs.fill_null(True) | values.is_null())


def nothing(height: int) -> pl.Series:
    """No cell of so many."""
    return pl.Series([False]).new_from_index(0, height)
