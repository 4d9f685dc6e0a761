"""Dated numbers: each value with its months of validity, its basis and its mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, FiniteFloat, model_validator

from mrvaudit.packfile import Entry, Name, Pack, Text, Words

Mark = Literal["law", "draft", "memory", "house"]
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z", re.ASCII)


class Value(Entry):
    """One value of a parameter: months [from, until), its keys as text joined by `|`."""

    since: str = Field(alias="from")
    until: str | None = None
    key: str = ""
    value: FiniteFloat
    mark: Mark
    basis: Text

    @model_validator(mode="after")
    def _months(self) -> Value:
        for month in (self.since, self.until):
            if month is not None and not MONTH.match(month):
                raise ValueError(f"months are written YYYY-MM, not {month}")
        if self.until is not None and self.until <= self.since:
            raise ValueError("until must be later than from")
        return self

    def covers(self, month: str) -> bool:
        """Whether the month YYYY-MM lies in the validity."""
        return self.since <= month and (self.until is None or month < self.until)


class Parameter(Entry):
    """A named number with a unit; `keys` names what its values depend on."""

    name: Name
    title: Words
    kind: Literal["constant", "default", "limit", "tolerance", "window"]
    unit: str
    keys: tuple[str, ...] = ()
    values: tuple[Value, ...]


def parse_parameters(pack: Pack) -> dict[str, Parameter]:
    """Parameters of one pack file; overlapping values of one key are refused."""
    parameters: dict[str, Parameter] = {}
    for name, raw in pack.data.get("parameters", {}).items():
        place = ("parameters", name)
        entry = dict(raw)
        keys, raw_values = entry.get("keys") or [], entry.get("values") or []
        if not isinstance(keys, list) or not isinstance(raw_values, list):
            raise pack.error(place, "keys 与 values 应为列表", "keys and values are lists")
        values = [_value(pack, tuple(keys), value, (*place, "values", index)) for index, value in enumerate(raw_values)]
        parameters[name] = pack.parse(Parameter, {**entry, "name": name, "values": values}, place)
        _refuse_overlaps(pack, parameters[name], place)
    return parameters


def _value(pack: Pack, keys: tuple[str, ...], raw: Any, place: tuple[str | int, ...]) -> Value:
    entry = dict(raw) if isinstance(raw, dict) else {}
    missing = [key for key in keys if key not in entry]
    if missing:
        raise pack.error(place, f"缺少键 {missing[0]}", f"key {missing[0]} is missing")
    text = "|".join(str(entry.pop(key)) for key in keys)
    return pack.parse(Value, {**entry, "key": text}, place)


def _refuse_overlaps(pack: Pack, parameter: Parameter, place: tuple[str | int, ...]) -> None:
    ordered = sorted(enumerate(parameter.values), key=lambda pair: (pair[1].key, pair[1].since))
    for (_, first), (index, second) in pairwise(ordered):
        if first.key == second.key and (first.until is None or second.since < first.until):
            raise pack.error(
                (*place, "values", index),
                f"与从 {first.since} 起的值重叠",
                f"overlaps the value valid from {first.since}",
                todo_zh="请给前一个值写上 until",
                todo_en="give the earlier value an until",
            )


def overlay(shipped: Parameter, own: Parameter) -> Parameter:
    """The shipped parameter with own values in place of its own for their keys and months; the others stay."""
    kept = list(shipped.values)
    for mine in own.values:
        kept = [piece for value in kept for piece in (_outside(value, mine) if value.key == mine.key else [value])]
    return shipped.model_copy(update={"values": (*kept, *own.values)})


def _outside(value: Value, mine: Value) -> list[Value]:
    """What is left of a value's months outside those of another."""
    pieces = []
    if value.since < mine.since:
        until = mine.since if value.until is None else min(value.until, mine.since)
        pieces.append(value.model_copy(update={"until": until}))
    if mine.until is not None and (value.until is None or mine.until < value.until):
        pieces.append(value.model_copy(update={"since": max(value.since, mine.until)}))
    return pieces


def value_at(parameter: Parameter, key: str, month: str) -> Value | None:
    """The value in force in a month (YYYY-MM), or None: a gap is never filled."""
    for value in parameter.values:
        if value.key == key and value.covers(month):
            return value
    return None


def macro_name(name: str) -> str:
    """DuckDB macro of a parameter: `p__name(key, month)`."""
    return f"p__{name}"


def macro_sql(parameter: Parameter) -> list[str]:
    """Statements that make the parameter's two macros: NULL where there is no value, and raising.

    Keys of the same series share a branch: an expression is planned, and asked, once for each branch.
    """
    name = macro_name(parameter.name)
    series: dict[str, list[str]] = {}
    for key in dict.fromkeys(value.key for value in parameter.values):
        of_key = sorted((value for value in parameter.values if value.key == key), key=lambda value: value.since)
        stretches = merged([(value.since, value.until, repr(value.value)) for value in of_key])
        branches = " ".join(
            f"WHEN {in_months('m', since, until)} THEN {text}::DOUBLE" for since, until, text in stretches
        )
        series.setdefault(branches, []).append("'" + key.replace("'", "''") + "'")
    cases = [f"WHEN k IN ({', '.join(keys)}) THEN CASE {branches} END" for branches, keys in series.items()]
    body = f"CASE {' '.join(cases)} END" if cases else "NULL::DOUBLE"
    missing = f"'no value of parameter {parameter.name} for ' || k || ' in ' || coalesce(m::VARCHAR, 'no month')"
    return [
        f"CREATE MACRO {name}(k, m) AS ({body})",
        f"CREATE MACRO {name}__must(k, m) AS (coalesce({name}(k, m), error({missing})::VARCHAR::DOUBLE))",
    ]


def merged(stretches: Sequence[tuple[str, str | None, str]]) -> list[tuple[str, str | None, str]]:
    """Stretches of months (from, until, text) in order, joined where one follows on another with the same text."""
    found: list[tuple[str, str | None, str]] = []
    for since, until, text in stretches:
        if found and found[-1][1] == since and found[-1][2] == text:
            found[-1] = (found[-1][0], until, text)
        else:
            found.append((since, until, text))
    return found


def in_months(month: str, since: str, until: str | None) -> str:
    """SQL condition that a month lies in [since, until)."""
    return f"{month} >= DATE '{since}-01'" + (f" AND {month} < DATE '{until}-01'" if until else "")
