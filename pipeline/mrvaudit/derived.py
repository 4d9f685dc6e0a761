"""Derived views: the query that computes them and the tree that explains them, from one entry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from mrvaudit import sql
from mrvaudit.formulas import KEY_UNIT, Formula, check_sql
from mrvaudit.packfile import Entry, KeyPart, Name, Pack, Words
from mrvaudit.parameters import Parameter, macro_name, value_at
from mrvaudit.tables import Field, Table
from mrvaudit.units import Unit, convert_factor

WORD = re.compile(r"\w+")


class Join(Entry):
    """Columns taken, and renamed, from another view or table.

    optional: figures are known without it, so that it is never the reason why one is not.
    """

    view: Name
    using: tuple[Name, ...]
    kind: Literal["left", "inner"] = "left"
    optional: bool = False
    take: dict[Name, Name]


class Column(Entry):
    """One computed column: a formula with its arguments, a parameter with its keys, or SQL."""

    formula: str | None = None
    printed: bool = False
    args: dict[Name, KeyPart] = {}
    parameter: str | None = None
    keys: tuple[KeyPart, ...] = ()
    sql: str | None = None
    unit: str | None = None
    title: Words | None = None


class Bound(Entry):
    """What the second opinion expects of a column."""

    min: float | None = None
    max: float | None = None
    not_null: bool = False


class View(Entry):
    """A derived view: `source` is the query under `from:`.

    live: the views above read it from its own sources and not from its rows, which are kept for rules and reports only.
    For one row a day this is the shorter way: most readers want a few of its columns, and some of its rows.
    """

    view: Name
    title: Words | None = None
    grain: tuple[Name, ...]
    source: str
    units: dict[str, str] = {}
    join: tuple[Join, ...] = ()
    columns: dict[Name, Column] = {}
    gate: dict[Name, Bound] = {}
    live: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the tables and views it reads, sorted."""
        return tuple(sorted(sql.tables_read(self.source) | {join.view for join in self.join}))


@dataclass(frozen=True)
class Context:
    """What a view may refer to; `views` are the ones before it, in order."""

    units: Mapping[str, Unit]
    tables: Mapping[str, Table]
    parameters: Mapping[str, Parameter]
    formulas: Mapping[str, Formula]
    views: Sequence[View]
    macros: frozenset[str]


def parse_views(pack: Pack, context: Context) -> list[View]:
    """Views of one pack file, in order; a view reads tables and earlier views only."""
    views = list(context.views)
    fresh: list[View] = []
    for index, raw in enumerate(pack.data.get("views") or []):
        entry = dict(raw) if isinstance(raw, dict) else {}
        if "from" in entry:
            entry["source"] = entry.pop("from")
        place = ("views", index)
        view = pack.parse(View, entry, place)
        known = {*context.tables, "unit_index", *(one.view for one in views)}
        if view.view in known:
            raise pack.error(place, f"名称 {view.view} 已被占用", f"the name {view.view} is taken")
        rewritten = _check_source(pack, view, place, known, context)
        _check_columns(pack, view, place, context)
        fresh.append(view.model_copy(update={"source": rewritten}))
        views.append(fresh[-1])
    return fresh


def _check_source(pack: Pack, view: View, place: tuple[str | int, ...], known: set[str], context: Context) -> str:
    try:
        checked = sql.select(view.source, context.macros)
    except sql.SqlFault as fault:
        raise pack.error((*place, "from"), fault.zh, fault.en) from None
    for name in sorted(checked.tables | {join.view for join in view.join}):
        if name not in known:
            raise pack.error((*place, "from"), f"没有表或视图 {name}", f"there is no table or view {name}")
    for name in sorted(checked.parameters):
        if name not in context.parameters:
            raise pack.error((*place, "from"), f"没有参数 {name}", f"there is no parameter {name}")
    return checked.text


def _check_columns(pack: Pack, view: View, place: tuple[str | int, ...], context: Context) -> None:
    for name, column in view.columns.items():
        spot = (*place, "columns", name)
        if [column.formula, column.parameter, column.sql].count(None) != 2:
            raise pack.error(
                spot, "须且只须给出 formula、parameter、sql 之一", "give exactly one of formula, parameter, sql"
            )
        if column.formula is not None:
            _check_formula(pack, view, column, spot, context)
        elif column.parameter is not None:
            if column.parameter not in context.parameters:
                raise pack.error(spot, f"没有参数 {column.parameter}", f"there is no parameter {column.parameter}")
            if len(column.keys) != len(context.parameters[column.parameter].keys):
                raise pack.error(spot, "keys 的个数与参数不符", "the parameter takes another number of keys")
        elif column.sql is not None:
            check_sql(pack, (*spot, "sql"), column.sql, context.macros)


def _check_formula(pack: Pack, view: View, column: Column, spot: tuple[str | int, ...], context: Context) -> None:
    formula = context.formulas.get(column.formula or "")
    if formula is None:
        raise pack.error(spot, f"没有公式 {column.formula}", f"there is no formula {column.formula}")
    if set(column.args) != set(formula.args):
        difference = ", ".join(sorted(set(column.args) ^ set(formula.args)))
        raise pack.error(
            spot, f"参数名与公式不一致：{difference}", f"arguments differ from the formula's: {difference}"
        )
    for arg, source in column.args.items():
        have, want = column_unit(view, source, context), formula.args[arg]
        if have is None or want == KEY_UNIT:
            continue
        factor = convert_factor(context.units, have, want)
        if factor is None or abs(factor - 1) > 1e-12:
            raise pack.error(
                (*spot, "args", arg),
                f"单位 {have} 与公式的 {want} 不符",
                f"unit {have} does not fit the formula's {want}",
            )


def column_unit(view: View, name: str, context: Context) -> str | None:
    """Unit of a view's column, where known: from its formula, parameter, `units`, or the view it comes from."""
    column = view.columns.get(name)
    if column is not None:
        if column.formula is not None and column.formula in context.formulas:
            return context.formulas[column.formula].unit
        if column.parameter is not None and column.parameter in context.parameters:
            return context.parameters[column.parameter].unit
        return column.unit
    if name in view.units:
        return view.units[name]
    for join in view.join:
        for theirs, ours in join.take.items():
            if ours == name:
                return _foreign_unit(join.view, theirs, context)
    return None


def _foreign_unit(source: str, name: str, context: Context) -> str | None:
    for view in context.views:
        if view.view == source:
            return column_unit(view, name, context)
    field: Field | None = context.tables[source].fields.get(name) if source in context.tables else None
    return field.unit if field is not None and isinstance(field.unit, str) else None


def query(view: View, macros: frozenset[str]) -> str:
    """The view's SELECT: joins first, then one nested SELECT per column, so that later ones may use earlier."""
    text = f"SELECT * FROM (\n{view.source}\n)"
    for join in view.join:
        keys = ", ".join(join.using)
        taken = ", ".join(f"{theirs} AS {ours}" for theirs, ours in join.take.items())
        text = (
            f"SELECT * FROM ({text}) {join.kind.upper()} JOIN (SELECT {keys}, {taken} FROM {join.view}) USING ({keys})"
        )
    for level in _levels({name: _expression(column, macros) for name, column in view.columns.items()}):
        listed = ", ".join(f"{expression} AS {name}" for name, expression in level.items())
        text = f"SELECT *, {listed} FROM ({text})"
    return text


def statement(view: View, macros: frozenset[str], temporary: bool = False) -> str:
    """What makes the view on a connection, for the views above it to read: a table, or a view where it is live."""
    kind = ("TEMP " if temporary else "") + ("VIEW" if view.live else "TABLE")
    return f'CREATE {kind} "{view.view}" AS SELECT * FROM ({query(view, macros)})'


def _levels(expressions: Mapping[str, str]) -> list[dict[str, str]]:
    """Columns in their order, cut wherever one may read another before it: each nested SELECT costs planning time."""
    levels: list[dict[str, str]] = []
    for name, expression in expressions.items():
        if not levels or not set(map(str.casefold, levels[-1])).isdisjoint(WORD.findall(expression.casefold())):
            levels.append({})
        levels[-1][name] = expression
    return levels


def _expression(column: Column, macros: frozenset[str]) -> str:
    if column.formula is not None:
        name = f"{column.formula}_printed" if column.printed else column.formula
        return f"{name}({', '.join([*column.args.values(), 'month'])})"
    if column.parameter is not None:
        return f"{macro_name(column.parameter)}({' || chr(124) || '.join(column.keys) or chr(39) * 2}, month)"
    return sql.expression(column.sql or "", macros).text


def tree(context: Context, view: View, row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """How the value of a column came about: the node, its formula or parameter, and the nodes it was computed from.

    `row` is one row of the materialised view. Units are those of the formula or parameter; `args` is empty at a leaf.
    """
    column = view.columns.get(name)
    node: dict[str, Any] = {"name": name, "value": row.get(name), "unit": column_unit(view, name, context), "args": []}
    month = row.get("month")
    when = f"{month:%Y-%m}" if isinstance(month, date) else ""
    if column is None:
        return node | _leaf(view, name)
    if column.formula is not None:
        formula = context.formulas[column.formula]
        version = formula.version_at(when)
        node |= {"title": formula.title.model_dump(), "formula": formula.name, "args": []}
        if version is not None:
            basis = version.basis.model_dump()
            node |= {"sql": version.sql, "decimals": version.decimals, "basis": basis, "mark": version.mark}
        node["args"] = [
            tree(context, view, row, source) for arg, source in column.args.items() if formula.args[arg] != KEY_UNIT
        ]
    elif column.parameter is not None:
        parameter = context.parameters[column.parameter]
        value = value_at(parameter, "|".join(str(row.get(key)) for key in column.keys), when)
        node |= {"title": parameter.title.model_dump(), "parameter": parameter.name}
        if value is not None:
            node |= {"basis": value.basis.model_dump(), "mark": value.mark}
    else:
        reads = sql.expression(column.sql or "", context.macros).columns
        node["sql"] = column.sql
        node["args"] = [tree(context, view, row, one) for one in sorted(reads) if one in row and one != name]
    if column.title is not None:
        node["title"] = column.title.model_dump()
    return node


def _leaf(view: View, name: str) -> dict[str, Any]:
    for join in view.join:
        for theirs, ours in join.take.items():
            if ours == name:
                return {"from": join.view, "column": theirs}
    return {"from": view.view, "column": name}
