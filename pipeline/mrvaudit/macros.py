"""The SQL macros of a sector: numbers, parameters, formulas and `as_of()`; only those that a connection calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from inspect import signature
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from mrvaudit import formulas, parameters
from mrvaudit.sector import Sector

# The only way to add, average, round and compare: sums do not depend on order, limits have a hair's breadth.
# A figure beyond all measure makes the result unknown: an error would end the run, leaving it out would change the sum.
NUMBER_MACROS = (
    "CREATE MACRO total(x) AS (CASE WHEN count(x) = count(try_cast(x AS DECIMAL(28,8)))"
    " THEN sum(try_cast(x AS DECIMAL(28,8)))::DOUBLE END)",
    "CREATE MACRO weighted_mean(x, w) AS (total(x * w) / nullif(total(CASE WHEN x IS NOT NULL THEN w END), 0))",
    "CREATE MACRO half_up(x, d) AS (round(try_cast(format('{:.15g}', x) AS DECIMAL(28,10)), d)::DOUBLE)",
    "CREATE MACRO larger(a, b) AS (CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN greatest(a, b) END)",
    "CREATE MACRO smaller(a, b) AS (CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN least(a, b) END)",
    "CREATE MACRO larger_known(a, b) AS (greatest(a, b))",
    "CREATE MACRO smaller_known(a, b) AS (least(a, b))",
    "CREATE MACRO half_unit(d) AS (0.5 * pow(10, -d))",
    "CREATE MACRO exceeds(x, l) AS (x - l > 1e-9 * greatest(1, abs(x), abs(l)))",
    "CREATE MACRO under(x, l) AS (l - x > 1e-9 * greatest(1, abs(x), abs(l)))",
    "CREATE MACRO differs(a, b, t) AS (abs(a - b) - t > 1e-9 * greatest(1, abs(a), abs(b), abs(t)))",
)
MACRO = re.compile(r"CREATE MACRO (\w+)\(")
CALL = re.compile(r"(\w+)\s*\(")


def install(con: duckdb.DuckDBPyConnection, sector: Sector, as_of: date, texts: Iterable[str] | None = None) -> None:
    """Make the macros that `texts` call, and those below them; all of them where no texts are given.

    Binding some hundred macros takes as long as a dozen queries.
    """
    for name, function in sector.functions.items():
        arguments: list[Any] = ["DOUBLE"] * len(signature(function).parameters)
        con.create_function(name, function, arguments, "DOUBLE", null_handling=FunctionNullHandling.SPECIAL)
    made = {match[1]: match.string for match in map(MACRO.match, _statements(sector, as_of)) if match}
    wanted = set(made) if texts is None else _called(made, texts)
    for name, text in made.items():
        if name in wanted:
            con.execute(text)


def _statements(sector: Sector, as_of: date) -> Iterator[str]:
    """Every macro, those that others call first."""
    yield from NUMBER_MACROS
    yield f"CREATE MACRO as_of() AS (DATE '{as_of.isoformat()}')"
    for parameter in sector.parameters.values():
        yield from parameters.macro_sql(parameter)
    for formula in sector.formulas.values():
        yield from formulas.macro_sql(formula)


def _called(made: Mapping[str, str], texts: Iterable[str]) -> set[str]:
    """Names of macros in the texts and in what they are made of; a name in a string or comment does no harm."""
    names = {name.casefold(): name for name in made}
    wanted: set[str] = set()
    waiting = list(texts)
    while waiting:
        called = {names[word] for word in map(str.casefold, CALL.findall(waiting.pop())) if word in names}
        waiting += [made[name] for name in called - wanted]
        wanted |= called
    return wanted
