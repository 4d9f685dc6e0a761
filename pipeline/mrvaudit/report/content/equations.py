"""A formula's expression with figures in place of names: of several branches the one that gave the value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

NAME = re.compile(r"\b[a-z_][a-z_0-9]*\b")
SIGNS = str.maketrans({"*": "×", "-": "−"})


def _divide(a: float, b: float) -> float | None:
    return a / b if b else None


OPERATIONS: dict[type[exp.Expr], Callable[[float, float], float | None]] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
    exp.Div: _divide,
}


@cache
def branches(sql: str) -> tuple[tuple[exp.Expr, str], ...]:
    """The arithmetic an expression may come down to, parsed and as text: itself, or what its CASE branches hold.

    Empty where it is more than arithmetic on its names.
    """
    try:
        parsed = sqlglot.parse_one(sql, read="duckdb")
    except SqlglotError:
        return ()
    found = [one for one in _ends(parsed) if _is_arithmetic(one)]
    return tuple((one, one.sql(dialect="duckdb").translate(SIGNS)) for one in found)


def _ends(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Paren) and isinstance(node.this, exp.Case):
        return _ends(node.this)
    if not isinstance(node, exp.Case):
        return [node]
    default = node.args.get("default")
    ends = [one.args["true"] for one in node.args["ifs"]] + ([default] if default is not None else [])
    return [end for one in ends for end in _ends(one)]


def _is_arithmetic(node: exp.Expr) -> bool:
    if isinstance(node, exp.Literal):
        return not node.is_string
    if isinstance(node, exp.Column | exp.Paren | exp.Neg):
        return isinstance(node, exp.Column) or _is_arithmetic(node.this)
    if not isinstance(node, exp.Binary) or type(node) not in OPERATIONS:
        return False
    return _is_arithmetic(node.left) and _is_arithmetic(node.right)


def value_of(node: exp.Expr, values: Mapping[str, float | None]) -> float | None:
    """Value of an arithmetic expression; None where a name has none or a divisor is zero."""
    if isinstance(node, exp.Literal):
        return float(node.this)
    if isinstance(node, exp.Column):
        return values.get(node.name)
    if isinstance(node, exp.Paren | exp.Neg):
        inner = value_of(node.this, values)
        return inner if inner is None or isinstance(node, exp.Paren) else -inner
    if not isinstance(node, exp.Binary):
        return None
    left, right = value_of(node.left, values), value_of(node.right, values)
    return None if left is None or right is None else OPERATIONS[type(node)](left, right)


def computed(sql: str, values: Mapping[str, float | None]) -> float | None:
    """Value of the first arithmetic branch that names figures and has a value; None where there is none."""
    found = (value_of(branch, values) for branch, text in branches(sql) if NAME.search(text))
    return next((value for value in found if value is not None), None)


def written(
    sql: str, values: Mapping[str, float | None], figures: Mapping[str, str], result: float | None
) -> str | None:
    """58.73 × (100 − 10.86) / (100 − 3.47) / 100: the branch whose value is the result, or None where there is none."""
    if result is None:
        return None
    for branch, text in branches(sql):
        value = value_of(branch, values) if NAME.search(text) else None
        if value is not None and abs(value - result) <= 1e-9 * max(1.0, abs(result)):
            return NAME.sub(lambda found: figures.get(found[0], found[0]), text)
    return None
