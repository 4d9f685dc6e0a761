"""Columns that say one field several times: before and after verification, of the month and of the year so far.

Each of them becomes a block of its own, with the word of the pack's code list in a column beside it; nothing is taken
for something else, and nothing is subtracted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from mrvaudit.ingest import words
from mrvaudit.ingest.block import NOWHERE, Block, cell_columns, filled
from mrvaudit.ingest.headers import Heading, Lexicon, meaning
from mrvaudit.tables import Code, Table

# Fields whose words may stand in a header, and the field that numbers them where one does.
KINDS = ("stage", "period")
NUMBERED = {"stage": "version"}
SHORTEST_WORD = 2
# `1-3月累计`, `1～本月`: the year so far, whatever month it ends in.
_TO_MONTH = r"1月?[-~～—至到](?:\d{1,2}|本|n)月(?:份|底|末)?"
SO_FAR = re.compile(
    r"自?年初(?:至今|以来)(?:累计(?:值|数|量)?)?"
    r"|(?:自?年初(?:至|起|以来)?|[本当全]?年度?|截至|截止)?"
    rf"(?:{_TO_MONTH}|本月止|本月末?|年初至今)?累计(?:值|数|量)?"
    rf"|{_TO_MONTH}|ytd|year[-_]?to[-_]?date"
)
YEAR_TO_DATE = "year_to_date"
_LEFT_OVER = re.compile(r"[(\[{【〔「（]\s*[)\]}】〕」）]|^[\s_\-/:：、,，·]+|[\s_\-/:：、,，·]+$")


@dataclass(frozen=True)
class Lists:
    """Code lists of the fields whose words headers carry: field -> word -> code, longest words first."""

    words: Mapping[str, Mapping[str, str]]
    order: Mapping[str, tuple[str, ...]]


def lists(codes: Mapping[str, Mapping[str, Code]], named: Mapping[str, str]) -> Lists:
    """The words of these lists (field -> list)."""
    found = {}
    for name, listing in named.items():
        spelled = {
            words.folded(word): code
            for code, one in codes.get(listing, {}).items()
            for word in (one.title.zh, *one.words)
            if len(word) >= SHORTEST_WORD
        }
        found[name] = dict(sorted(spelled.items(), key=lambda pair: (-len(pair[0]), pair[0])))
    return Lists(found, {name: tuple(codes.get(listing, {})) for name, listing in named.items()})


def marks(known: Lists) -> frozenset[str]:
    """Every word that may stand below a field's name in a header of two rows."""
    return frozenset(word for spelled in known.words.values() for word in spelled)


def split(block: Block, table: Table, lexicon: Lexicon, known: Lists) -> list[Block]:
    """One block for each stage or period that headers name; the block itself where none does."""
    said = {
        at: found
        for at, header in enumerate(block.headers)
        if header and not isinstance(meaning(header, lexicon), Heading)
        if (found := said_of(header, lexicon, known))
    }
    if not said:
        return [block]
    own = {one.field for one in (meaning(header, lexicon) for header in block.headers) if isinstance(one, Heading)}
    block, kept = _told(block, table, own, said)
    if not kept:
        return [block]
    made = []
    for nth, (kind, code) in enumerate(_codes(kept, known), start=1):
        mine = {at: rest for at, (other, word, rest) in kept.items() if (other, word) == (kind, code)}
        others = set(kept) - set(mine)
        if kind == "period":
            # What stands beside the year so far belongs to the month.
            others |= {at for at, one in enumerate(block.headers) if at not in kept and _is_figure(one, table, lexicon)}
        made.append(_of(block, table, kind, code, nth, mine, others))
    return [*_plain(block, table, lexicon, kept), *made]


def said_of(header: str, lexicon: Lexicon, known: Lists) -> tuple[str, str, str] | None:
    """(field, code, header without the word) where a header is a field's name with a word of such a list."""
    plain = words.folded(header).replace(" ", "")
    so_far = SO_FAR.search(plain)
    if so_far is not None and "period" in known.words:
        rest = _trimmed(SO_FAR.sub("", plain))
        if isinstance(meaning(rest, lexicon), Heading):
            return "period", YEAR_TO_DATE, rest
    for name, spelled in known.words.items():
        for word, code in spelled.items():
            if word in plain:
                rest = _rest(plain, word)
                if isinstance(meaning(rest, lexicon), Heading):
                    return name, code, rest
    return None


def _rest(plain: str, word: str) -> str:
    return _trimmed(plain.replace(word, "", 1))


def _trimmed(left: str) -> str:
    """Without empty brackets and loose signs at the ends."""
    previous = None
    while previous != left:
        previous, left = left, _LEFT_OVER.sub("", left)
    return left


def _told(
    block: Block, table: Table, own: set[str], said: Mapping[int, tuple[str, str, str]]
) -> tuple[Block, dict[int, tuple[str, str, str]]]:
    """The block with headers that say nothing new made plain, and what is left to be kept apart.

    A table that cannot tell stages or periods apart keeps the plain month and leaves the others aside.
    """
    headers, left, kept = list(block.headers), list(block.left), {}
    sure = [*block.monthly]
    drop: list[int] = []
    for at, (kind, code, rest) in said.items():
        can = kind in table.fields and kind not in own and NUMBERED.get(kind) not in own
        if kind == "period" and code != YEAR_TO_DATE:
            headers[at] = rest
            sure.append(block.place(at))
        elif can:
            kept[at] = (kind, code, rest)
        else:
            left.append((block.headers[at], code if kind == "period" else "before_after"))
            drop.append(at)
    plain = replace(block, headers=tuple(headers), left=tuple(left), monthly=tuple(sure))
    return _without(plain, drop), _moved(kept, drop)


def _moved(kept: Mapping[int, tuple[str, str, str]], drop: list[int]) -> dict[int, tuple[str, str, str]]:
    return {at - sum(one < at for one in drop): what for at, what in kept.items()}


def _without(block: Block, drop: list[int]) -> Block:
    """The block without some of its columns."""
    if not drop:
        return block
    columns = cell_columns(block.frame)
    stay = [at for at in range(len(columns)) if at not in set(drop)]
    return replace(
        block,
        headers=tuple(block.headers[at] for at in stay),
        frame=block.frame.select("_line", *(columns[at] for at in stay)),
        places=tuple(block.place(at) for at in stay),
    )


def _codes(kept: Mapping[int, tuple[str, str, str]], known: Lists) -> list[tuple[str, str]]:
    """The (field, code) that occur, in the order of their lists."""
    there = {(kind, code) for kind, code, _ in kept.values()}
    return [(kind, code) for kind in KINDS for code in known.order.get(kind, ()) if (kind, code) in there]


def _plain(block: Block, table: Table, lexicon: Lexicon, kept: Mapping[int, tuple[str, str, str]]) -> list[Block]:
    """The columns that name neither, as a block of their own where figures are among them and no stage repeats them."""
    if any(kind == "stage" for kind, _, _ in kept.values()):
        return []
    plain = _without(block, list(kept))
    figures = any(_is_figure(header, table, lexicon) for header in plain.headers)
    return [plain] if figures else []


def _is_figure(header: str, table: Table, lexicon: Lexicon) -> bool:
    """Whether a header names a quantity."""
    found = meaning(header, lexicon)
    return isinstance(found, Heading) and table.fields[found.field].type == "f64"


def _of(block: Block, table: Table, kind: str, code: str, nth: int, mine: Mapping[int, str], others: set[int]) -> Block:
    """The block of one code: its columns under their plain names, the shared ones, and the code beside them.

    Of the second and further codes only rows in which one of its own columns is filled.
    """
    headers = tuple(mine.get(at, header) for at, header in enumerate(block.headers))
    columns = cell_columns(block.frame)
    own = block.frame.select(columns[at] for at in mine)
    frame = block.frame if nth == 1 and kind == "stage" else block.frame.filter(filled(own))
    part = _without(replace(block, headers=headers, frame=frame, left=block.left if nth == 1 else ()), sorted(others))
    more = {kind: code}
    if kind in NUMBERED and NUMBERED[kind] in table.fields:
        more[NUMBERED[kind]] = str(nth)
    names = [f"c{len(columns) + number}" for number in range(1, len(more) + 1)]
    added = [pl.lit(value, pl.String).alias(name) for name, value in zip(names, more.values(), strict=True)]
    places = (*(part.place(at) for at in range(len(part.headers))), *(NOWHERE for _ in more))
    return replace(part, headers=(*part.headers, *more), frame=part.frame.with_columns(added), places=places)
