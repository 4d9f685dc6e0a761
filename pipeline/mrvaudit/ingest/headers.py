"""What a header cell means: a field of a table, and the unit that its cells are written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

from mrvaudit import units
from mrvaudit.tables import Code, Field, Table, UnitByState
from mrvaudit.units import Unit

# How alike a header and a known spelling must be, of 1, before the second is proposed.
ALIKE = 0.65
PROPOSED = 3
OPENING, CLOSING = "([{【〔「", ")]}】〕」"
# What forms write in brackets without naming a unit.
REMARKS = frozenset({"必填", "选填", "可选", "required", "optional", "key", "*"})
# How directly a spelling names a field that it may also not mean: after every alias.
UNCLEAR = 3


@dataclass(frozen=True)
class Heading:
    """A header understood: field, unit read (None: the field's own), and how directly it was named (0 best).

    `aside` is what the header says of another field, for every row: `(field, code)`.
    """

    field: str
    unit: str | None
    rank: int
    aside: tuple[str, str] | None = None


@dataclass(frozen=True)
class Doubt:
    """A header that means several fields, one or something else, or carries a unit that does not fit its field."""

    reason: str
    fields: tuple[str, ...]


Reading = Heading | Doubt | None


@dataclass(frozen=True)
class Lexicon:
    """Every spelling of the fields of one table, and of the units they may be written in."""

    fields: Mapping[str, Field]
    words: dict[str, tuple[tuple[str, int], ...]]
    with_unit: dict[str, tuple[str, str]]
    unit_words: dict[str, str]
    units: Mapping[str, Unit]
    seen: dict[str, Reading]
    near: dict[str, tuple[str, ...]]
    asides: Mapping[str, tuple[str, str]]


def fold(text: str) -> str:
    """A header without regard to width, case, space, underscores and required-marks."""
    return units.fold(text).replace("_", "").strip("*")


def lexicon(table: Table, known: Mapping[str, Unit], codes: Mapping[str, Mapping[str, Code]] | None = None) -> Lexicon:
    """The lexicon of one table; build it once per run. `codes` give the words that may stand beside a unit."""
    words: dict[str, list[tuple[str, int]]] = {}
    for name, field in table.fields.items():
        for rank, spellings in enumerate(((name,), (field.title.zh, field.title.en), field.aliases, field.unclear)):
            for spelling in spellings:
                entry = words.setdefault(fold(spelling), [])
                if all(other != name for other, _ in entry):
                    entry.append((name, rank))
    unit_words = units.index(known)
    snakes = {spelling: _snake(spelling) for spelling in unit_words}
    with_unit: dict[str, tuple[str, str]] = {}
    for field in table.fields.values():
        stems = [fold(stem) for stem in _stems(field, known)]
        fits = {unit for unit in set(unit_words.values()) if stems and factors(field, unit, known) is not None}
        for stem in stems:
            for spelling, unit in unit_words.items():
                if unit in fits:
                    with_unit.setdefault(f"{stem}_{snakes[spelling]}", (field.name, unit))
    asides = _beside(table, known, codes or {}, unit_words)
    spelled = {word: tuple(entry) for word, entry in words.items()}
    return Lexicon(table.fields, spelled, with_unit, unit_words, known, {}, {}, asides)


def _beside(
    table: Table, known: Mapping[str, Unit], codes: Mapping[str, Mapping[str, Code]], unit_words: dict[str, str]
) -> dict[str, tuple[str, str]]:
    """Spelling -> (field, code) for the fields of a table whose words may stand in the headers of others.

    Each word alone, and with every unit of the field's dimensions; the latter are entered into `unit_words` too, so
    that they count as that unit wherever one is looked for.
    """
    found: dict[str, tuple[str, str]] = {}
    for field in table.fields.values():
        if not field.in_headers:
            continue
        written = [
            (spelling, unit) for spelling, unit in unit_words.items() if known[unit].dimension in field.in_headers
        ]
        for code, entry in codes.get(field.codes or "", {}).items():
            for word in {units.fold(one) for one in (code, entry.title.zh, entry.title.en, *entry.words)}:
                found[word] = (field.name, code)
                for spelling, unit in written:
                    for text in (
                        f"{spelling}({word})",
                        f"{spelling}({word}",  # what is left of a cell without the brackets at its ends
                        f"{spelling},{word}",
                        f"{spelling}{word}",
                        f"{word},{spelling}",
                    ):
                        found[text] = (field.name, code)
                        unit_words.setdefault(text, unit)
    return found


def factors(field: Field, unit: str | None, known: Mapping[str, Unit]) -> tuple[float | None, float | None] | None:
    """Factors from `unit` to the field's own unit for a solid and a gas row; None where neither can be converted."""
    if unit is None:
        return 1.0, 1.0
    if field.unit is None:
        return None
    own = (field.unit.solid, field.unit.gas) if isinstance(field.unit, UnitByState) else (field.unit, field.unit)
    solid, gas = (units.convert_factor(known, unit, name) for name in own)
    return None if solid is None and gas is None else (solid, gas)


def meaning(text: str, words: Lexicon) -> Reading:
    """What one header cell means; None where it is no field of the table."""
    if text not in words.seen:
        words.seen[text] = _meaning(unicodedata.normalize("NFKC", text).strip(), words)
    return words.seen[text]


def _meaning(text: str, words: Lexicon) -> Reading:
    whole = fold(text)
    if not whole:
        return None
    if whole in words.words:
        return _choose(whole, None, words)
    bracketed = _bracketed(text, words)
    if bracketed is not None:
        return bracketed
    snake = re.sub(r"[\s_]+", "_", text.casefold())
    for split in range(len(snake) - 1, 0, -1):
        if snake[split] == "_" and (key := f"{fold(snake[:split])}_{_snake(snake[split + 1 :])}") in words.with_unit:
            field, unit = words.with_unit[key]
            return Heading(field, unit, 0)
    return _suffixed(whole, words)


def _bracketed(text: str, words: Lexicon) -> Reading:
    """`name(unit)`; the brackets may hold a symbol of the field, a remark, or brackets of their own."""
    # From the right: the name itself may hold brackets.
    for at in range(len(text) - 1, 0, -1):
        if text[at] not in OPENING or fold(text[:at]) not in words.words:
            continue
        base = fold(text[:at])
        unit: str | None = None
        aside: tuple[str, str] | None = None
        for inside in _insides(text[at:]):
            folded = units.fold(inside)
            aside = words.asides.get(folded, aside)
            if folded in words.unit_words:
                unit = words.unit_words[folded]
            elif folded not in words.asides and not _harmless(inside, base, words):
                return Doubt("unit_unknown", tuple(name for name, _ in words.words[base]))
        found = _choose(base, unit, words)
        return replace(found, aside=aside) if isinstance(found, Heading) else found
    return None


def _insides(text: str) -> list[str]:
    """Contents of the outermost brackets, in order, and what stands after them."""
    parts, depth, start = [], 0, 0
    for at, mark in enumerate(text):
        if mark in OPENING:
            depth += 1
            start = at + 1 if depth == 1 else start
        elif mark in CLOSING and depth:
            depth -= 1
            if depth == 0:
                parts.append(text[start:at])
                start = at + 1
    rest = text[start:].strip("*：: ")
    return [part.strip() for part in (*parts, rest) if part.strip()]


def _harmless(inside: str, base: str, words: Lexicon) -> bool:
    """A bracket that names no unit: a remark, a symbol of the same field, or the field's own units side by side."""
    candidates = [words.fields[name] for name, _ in words.words[base]]
    if fold(inside) in REMARKS or all(field.unit is None for field in candidates):
        return True
    if any(name == field.name for name, _ in words.words.get(fold(inside), ()) for field in candidates):
        return True
    parts = [units.fold(part) for part in re.split(r"或|、|,|;|\bor\b", inside) if part.strip()]
    return len(parts) > 1 and all(part in words.unit_words for part in parts)


def _suffixed(whole: str, words: Lexicon) -> Reading:
    """`name unit`, with nothing, a comma, a colon or a stroke between them."""
    for split in range(len(whole) - 1, 0, -1):
        unit, base = words.unit_words.get(whole[split:]), whole[:split].rstrip(",:/、;-·")
        if unit is not None and base in words.words:
            found = _choose(base, unit, words)
            if isinstance(found, Heading) and found.unit is not None:
                return replace(found, aside=words.asides.get(whole[split:]))
    return None


def _choose(base: str, unit: str | None, words: Lexicon) -> Reading:
    """The field among those spelled `base` that the unit fits; a Doubt where none or several are left."""
    candidates = words.words[base]
    if unit is not None:
        fitting = tuple(
            (name, rank)
            for name, rank in candidates
            if words.fields[name].unit is None or factors(words.fields[name], unit, words.units) is not None
        )
        if not fitting:
            return Doubt("unit_does_not_fit", tuple(name for name, _ in candidates))
        candidates = fitting
    best = min(rank for _, rank in candidates)
    names = tuple(name for name, rank in candidates if rank == best)
    if best == UNCLEAR:
        return Doubt("unclear", names)
    if len(names) > 1:
        return Doubt("several_fields", names)
    return Heading(names[0], unit if words.fields[names[0]].unit is not None else None, best)


@lru_cache(maxsize=4096)
def _snake(spelling: str) -> str:
    """A unit as it stands in a column name: `kcal/kg` -> `kcal_per_kg`, `%` -> `pct`."""
    return re.sub(r"[\s_]+", "_", spelling.casefold().replace("/", "_per_").replace("%", "pct")).strip("_")


def _stems(field: Field, known: Mapping[str, Unit]) -> list[str]:
    """The name itself, and the name without the unit it ends in."""
    if field.type != "f64" or field.unit is None:
        return []
    own = (field.unit.solid, field.unit.gas) if isinstance(field.unit, UnitByState) else (field.unit,)
    stems = [field.name]
    for unit in own:
        name = units.find(known, unit)
        for spelling in (unit, *(known[name].aliases if name is not None else ())):
            ending = f"_{_snake(spelling)}"
            if field.name.endswith(ending) and len(field.name) > len(ending):
                stems.append(field.name[: -len(ending)])
    return list(dict.fromkeys(stems))


def nearest(text: str, words: Lexicon) -> tuple[str, ...]:
    """Fields that a header may stand for: those it is spelled like, or those between which it does not choose."""
    if text not in words.near:
        words.near[text] = _nearest(text, words)[:PROPOSED]
    return words.near[text]


def _nearest(text: str, words: Lexicon) -> tuple[str, ...]:
    found = meaning(text, words)
    if isinstance(found, Doubt):
        return found.fields
    whole = fold(text.split("(")[0].split("（")[0])
    close = get_close_matches(whole, list(words.words), n=PROPOSED, cutoff=ALIKE) if len(whole) > 1 else []
    return tuple(dict.fromkeys(name for spelling in close for name, _ in words.words[spelling]))
