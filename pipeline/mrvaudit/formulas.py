"""Named calculations: one SQL expression per period of validity, with units, decimals and basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from mrvaudit import sql
from mrvaudit.packfile import Entry, KeyPart, Name, Pack, Text, Words
from mrvaudit.parameters import MONTH, Mark, Parameter, in_months, macro_name, merged
from mrvaudit.sql_words import CALLABLE
from mrvaudit.units import Unit, find

KEY_UNIT = "key"


class Uses(Entry):
    """A parameter that a formula asks for by month, and the arguments that form its key."""

    name: Name
    keys: tuple[KeyPart, ...] = ()


class Version(Entry):
    """The expression in force for the months [since, until)."""

    since: str = Field(alias="from")
    until: str | None = None
    sql: str
    decimals: int
    basis: Text
    mark: Mark = "law"


class Example(Entry):
    """Arguments and what the formula makes of them, unrounded and printed."""

    given: dict[str, Any]
    month: str = "2025-01"
    expect: float | None
    printed: float | None = None


class Formula(Entry):
    """A named calculation; `args` maps each argument to its unit (`key` for text that only selects parameters)."""

    name: Name
    title: Words
    args: dict[Name, str]
    unit: str
    data_code: str | None = None
    parameters: dict[Name, Uses] = {}
    versions: tuple[Version, ...]
    examples: tuple[Example, ...] = ()

    def version_at(self, month: str) -> Version | None:
        """The version in force in a month (YYYY-MM), or None."""
        for version in self.versions:
            if version.since <= month and (version.until is None or month < version.until):
                return version
        return None


@dataclass(frozen=True)
class Context:
    """What a formula may refer to."""

    units: Mapping[str, Unit]
    parameters: Mapping[str, Parameter]
    functions: frozenset[str] = frozenset()


def parse_formulas(pack: Pack, context: Context) -> dict[str, Formula]:
    """Formulas of one pack file; names, units and periods are checked."""
    formulas: dict[str, Formula] = {}
    for name, raw in pack.data.get("formulas", {}).items():
        place = ("formulas", name)
        if name in CALLABLE:
            raise pack.error(place, f"名称 {name} 已被占用", f"the name {name} is taken")
        entry = dict(raw) if isinstance(raw, dict) else {}
        formulas[name] = pack.parse(Formula, {**entry, "name": name}, place)
        _check_units(pack, formulas[name], context)
        _check_versions(pack, formulas[name], context.functions)
    return formulas


def _check_units(pack: Pack, formula: Formula, context: Context) -> None:
    place = ("formulas", formula.name)
    for arg, unit in formula.args.items():
        if unit != KEY_UNIT and find(context.units, unit) is None:
            raise pack.error((*place, "args", arg), f"未知单位 {unit}", f"unknown unit {unit}")
    if find(context.units, formula.unit) is None:
        raise pack.error((*place, "unit"), f"未知单位 {formula.unit}", f"unknown unit {formula.unit}")
    for uses in formula.parameters.values():
        if uses.name not in context.parameters:
            raise pack.error((*place, "parameters"), f"没有参数 {uses.name}", f"there is no parameter {uses.name}")


def _check_versions(pack: Pack, formula: Formula, functions: frozenset[str]) -> None:
    texts = {arg for arg, unit in formula.args.items() if unit == KEY_UNIT}
    names = (set(formula.args) - texts) | set(formula.parameters)
    previous: Version | None = None
    for index, version in enumerate(formula.versions):
        place = ("formulas", formula.name, "versions", index)
        until = version.until
        if not MONTH.match(version.since) or (until and (not MONTH.match(until) or until <= version.since)):
            raise pack.error(place, "有效期应写成 YYYY-MM", "the period is written YYYY-MM, from before until")
        if previous is not None and (previous.until is None or version.since < previous.until):
            raise pack.error(place, "有效期重叠", "the periods overlap")
        previous = version
        checked = check_sql(pack, (*place, "sql"), version.sql, functions)
        if set(checked.columns) - texts != names or checked.parameters:
            difference = sorted((set(checked.columns) ^ names) - texts) or sorted(checked.parameters)
            raise pack.error(
                (*place, "sql"),
                f"表达式中的名称与 args、parameters 不一致：{', '.join(difference)}",
                f"names of the expression and of args and parameters differ: {', '.join(difference)}",
            )


def check_sql(pack: Pack, place: tuple[str | int, ...], text: str, macros: frozenset[str]) -> sql.Sql:
    """An expression of a pack as checked SQL; PackError where it is refused."""
    try:
        return sql.expression(text, macros)
    except sql.SqlFault as fault:
        raise pack.error(place, fault.zh, fault.en) from None


def macro_sql(formula: Formula) -> list[str]:
    """Statements for `f(args…, month)`, unrounded, and `f_printed`, rounded half up to the version's decimals."""
    arguments = ", ".join((*formula.args, "month"))
    exact, printed = [], []
    for version in formula.versions:
        body = f"({_with_parameters(formula, version.sql)})::DOUBLE"
        exact.append((version.since, version.until, body))
        printed.append((version.since, version.until, f"half_up({body}, {version.decimals})"))
    return [
        f"CREATE MACRO {formula.name}({arguments}) AS ({_dated(exact)})",
        f"CREATE MACRO {formula.name}_printed({arguments}) AS ({_dated(printed)})",
    ]


def _dated(bodies: list[tuple[str, str | None, str]]) -> str:
    cases = [f"WHEN {in_months('month', since, until)} THEN {body}" for since, until, body in merged(bodies)]
    return f"CASE {' '.join(cases)} END"


def _with_parameters(formula: Formula, text: str) -> str:
    replacements = {}
    for name, uses in formula.parameters.items():
        key = " || '|' || ".join(uses.keys) or "''"
        replacements[name] = f"{macro_name(uses.name)}({key}, month)"
    return sql.replace_names(sql.rewrite(text)[0], replacements)
