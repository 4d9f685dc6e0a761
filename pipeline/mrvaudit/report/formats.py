"""Numbers, months and dates as the reports print them, in Chinese and English.

What differs between the languages stands in one dictionary, `forms:` of words.yaml; what does not is here:
half-up rounding, thousands commas, U+2212 for minus, an en dash for "none".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeGuard

import yaml

Pair = dict[str, str]
"""The same words in both languages: {"zh": …, "en": …}."""

LANGUAGES = ("zh", "en")
NONE = "–"
MOST_RUNS = 6
MINUS = "−"
PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)(?::([+%]*)(\d*))?\}")


@cache
def book() -> dict[str, dict[str, Any]]:
    """The words files as read: `words` (key -> pair), `forms` (what the languages write differently), `units`."""
    data: dict[str, dict[str, Any]] = {}
    for path in sorted(Path(__file__).parent.glob("words*.yaml")):
        for part, entries in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items():
            data.setdefault(part, {}).update(entries)
    return data


def form(name: str, lang: str) -> Any:
    """One form of one language, such as the pattern of a percent figure."""
    return book()["forms"][name][lang]


def known(value: Any) -> TypeGuard[Any]:
    """Whether there is a value to print: neither missing nor a float that is no number."""
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


@cache
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def half_up(value: float, decimals: int) -> Decimal:
    """`value` rounded half up after ten decimals, like the macro of the packs: 0.285 gives 0.29."""
    return Decimal(repr(round(float(value), 10))).quantize(_step(decimals), ROUND_HALF_UP)


@cache
def _form(decimals: int) -> tuple[int, str]:
    """What scales a figure of so many decimals to whole numbers, and how it is printed."""
    return 10**decimals, f",.{decimals}f"


def number(value: Any, decimals: int = 0) -> str:
    """35,247 or −16,171.50; an en dash where there is no number."""
    if value is None:
        return NONE
    ten, form_of = _form(decimals)
    if _is_plain(value, ten):
        text = format(value, form_of)
    elif not known(value):
        return NONE
    else:
        text = f"{half_up(value, decimals):,}"
    if text[0] != "-":
        return text
    return text.replace("-", MINUS) if text.strip("-0.,") else text[1:]


def _is_plain(value: Any, ten: int) -> bool:
    """Far from a tie the binary rounding of the language says the same as half up, and is three times as fast."""
    scaled = abs(value) * ten
    return bool(scaled < 1e12 and abs(scaled % 1 - 0.5) > 1e-3)


def numbers(values: Sequence[Any], decimals: int) -> list[str]:
    """Each as `number` prints it, in half the time."""
    ten, form_of = _form(decimals)
    return [
        format(value, form_of)
        if value is not None and value > 0 and (scaled := value * ten) < 1e12 and abs(scaled % 1 - 0.5) > 1e-3
        else number(value, decimals)
        for value in values
    ]


def signed(value: Any, decimals: int = 0) -> str:
    """+26,435, −16,171 or 0: the sign is always written, save for zero."""
    text = number(value, decimals)
    return text if text[0] in (MINUS, NONE) or not text.strip("0.,") else f"+{text}"


def plain(value: Any, most: int = 6) -> str:
    """A number with as many decimals as it has, at most `most`: 0.03085, 99, 29.3076."""
    if not known(value):
        return NONE
    ten, form_of = _form(most)
    if most and value > 0 and _is_plain(value, ten):
        return format(value, form_of).rstrip("0").rstrip(".")
    return number(value, decimals_of([value], most))


def decimals_of(values: Sequence[Any], most: int = 6) -> int:
    """The decimals that show every value in full, at most `most`."""
    texts = (
        [f"{value:.{most}f}".rstrip("0") for value in values if known(value) and type(value) is not int] if most else []
    )
    return max((len(text) - text.index(".") - 1 for text in texts), default=0)


def percent(value: Any, decimals: int = 2, sign: bool = False) -> Pair:
    """1.90% and 1.90 %."""
    figure = signed(value, decimals) if sign else number(value, decimals)
    return {lang: form("percent", lang).format(figure) if known(value) else NONE for lang in LANGUAGES}


def ten_thousand(value: Any) -> Pair:
    """Tonnes in units of 10⁴ t with one decimal, for totals of a fleet."""
    figure = number(value / 10_000, 1) if known(value) else NONE
    return {lang: form("ten_thousand", lang).format(figure) if known(value) else NONE for lang in LANGUAGES}


def month(value: str | date | None, *, year: bool = False) -> Pair:
    """3月 and Mar, or with the year 2025年3月 and Mar 2025; `value` is 2025-03 or any day of the month."""
    if value is None:
        return dict.fromkeys(LANGUAGES, NONE)
    text = str(value)
    index = int(text[5:7]) - 1
    pattern = "month_of_year" if year else "month"
    return {
        lang: form(pattern, lang).format(month=form("month_names", lang)[index], year=text[:4]) for lang in LANGUAGES
    }


def months(values: Sequence[str]) -> Pair:
    """Runs of months in one line: 3–6 月、9 月 and Mar–Jun, Sep; with the year where there are several.

    More than MOST_RUNS runs are only counted, with the first and the last month.
    """
    ordered = sorted({value[:7] for value in values})
    if not ordered:
        return dict.fromkeys(LANGUAGES, NONE)
    several = len({value[:4] for value in ordered}) > 1
    runs = _runs(ordered)
    if len(runs) > MOST_RUNS:
        first, last = month(ordered[0], year=several), month(ordered[-1], year=several)
        return fill(book()["forms"]["many_months"], {"first": first, "last": last, "n": len(ordered)})
    return {lang: form("list", lang).join(_run(run, lang, several) for run in runs) for lang in LANGUAGES}


def _runs(ordered: Sequence[str]) -> list[list[str]]:
    runs: list[list[str]] = []
    for value in ordered:
        if runs and runs[-1][-1][:4] == value[:4] and int(runs[-1][-1][5:7]) + 1 == int(value[5:7]):
            runs[-1].append(value)
        else:
            runs.append([value])
    return runs


def _run(run: Sequence[str], lang: str, with_year: bool) -> str:
    names = form("month_names", lang)
    shown = [names[int(value[5:7]) - 1] for value in ((run[0], run[-1]) if len(run) > 1 else run)]
    text = form("run", lang).format(form("to", lang).join(shown))
    return str(form("run_of_year", lang).format(run=text, year=run[0][:4]) if with_year else text)


def years(values: Sequence[str]) -> str:
    """2025, or 2024–2025 for several."""
    found = sorted({value[:4] for value in values})
    return NONE if not found else "–".join(dict.fromkeys((found[0], found[-1])))


@cache
def unit_name(name: str | None) -> Pair:
    """A unit as it is printed: tCO2/MWh gives t CO₂/MWh; words such as days in both languages."""
    units = book()["units"]
    if name in units["words"]:
        return dict(units["words"][name])
    text = name or ""
    for plain_form, printed in units["signs"].items():
        text = text.replace(plain_form, printed)
    return dict.fromkeys(LANGUAGES, text)


def fill(template: Mapping[str, str], values: Mapping[str, Any]) -> Pair:
    """A template in both languages with its placeholders filled.

    `{name}` prints a value plainly, `{name:2}` with two decimals, `{name:+0}` signed, `{name:%1}` as a percent
    figure; a pair prints its own language. A name that is not given prints as an en dash: a sentence in a report
    never fails for want of a figure.
    """
    return {lang: "".join([_filled(piece, values, lang) for piece in _pieces(template[lang])]) for lang in LANGUAGES}


@lru_cache(maxsize=4_096)
def _pieces(text: str) -> tuple[str | tuple[str, str, str], ...]:
    """A template cut at its placeholders, each as name, style and digits."""
    found: list[str | tuple[str, str, str]] = []
    end = 0
    for one in PLACEHOLDER.finditer(text):
        found += [text[end : one.start()], (one[1], one[2] or "", one[3] or "")]
        end = one.end()
    return tuple(piece for piece in (*found, text[end:]) if piece)


def _filled(piece: str | tuple[str, str, str], values: Mapping[str, Any], lang: str) -> str:
    if isinstance(piece, str):
        return piece
    name, style, digits = piece
    value = values.get(name)
    if isinstance(value, dict):
        return str(value[lang])
    if isinstance(value, str):
        return value
    if not known(value):
        return NONE
    if "%" in style:
        return percent(value, int(digits or 2), "+" in style)[lang]
    if not digits and "+" not in style:
        return plain(value, 4)
    decimals = int(digits) if digits else decimals_of([value], 4)
    return signed(value, decimals) if "+" in style else number(value, decimals)
