"""The recalculation of each month to unfold: total, items, factors with their formulas, and the daily records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mrvaudit import derived
from mrvaudit.parameters import value_at
from mrvaudit.report.content import leaves
from mrvaudit.report.content.equations import computed, written
from mrvaudit.report.content.missing import field_title
from mrvaudit.report.content.months import differs, month_of
from mrvaudit.report.data import Row, UnitRows
from mrvaudit.report.formats import decimals_of, known, number

if TYPE_CHECKING:
    from mrvaudit.derived import View
    from mrvaudit.packfile import Words
    from mrvaudit.report.context import Run
    from mrvaudit.report.settings import DataCode

Node = dict[str, Any]


def trees(run: Run, rows: UnitRows, months: Sequence[Mapping[str, Any]], found: Mapping[str, int]) -> list[Node]:
    """One tree a month; `found` counts the critical and major findings of each month."""
    totals, item = run.sector.settings.totals, run.settings.item
    if totals is None:
        return []
    view = next((one for one in run.sector.views if one.view == totals.view), None)
    by_month: dict[str, list[Row]] = {}
    for row in rows.of_unit(totals.view):
        by_month.setdefault(month_of(row) or "", []).append(row)
    days = _days(run, rows)
    return [
        {
            "month": month["month"],
            "declared_tco2": month["declared_tco2"],
            "recalculated_tco2": month["recalculated_tco2"],
            "differs": month["outside"],
            "findings": found.get(month["month"], 0),
            "items": [
                _item(run, rows, view, row, days.get((month["month"], row.get(item.column) if item else None)))
                for row in by_month.get(month["month"], [])
            ],
        }
        for month in months
    ]


def _item(run: Run, rows: UnitRows, view: View | None, row: Row, days: Node | None) -> Node:
    totals, item = run.sector.settings.totals, run.settings.item
    assert totals is not None
    declared, recalculated = row.get(totals.declared), row.get(totals.recalculated)
    code = row.get(item.column) if item else None
    return {
        "item": code,
        "item_title": run.item_title(code),
        "declared_tco2": declared,
        "recalculated_tco2": recalculated,
        "differs": differs(declared, recalculated, run.settings.tolerance),
        "node": _node(run, rows, view, row, totals.recalculated) if view else None,
        "days": days,
    }


def _node(run: Run, rows: UnitRows, view: View, row: Row, name: str) -> Node:
    key = (view.view, name, month_of(row) or "")
    if key not in run.skeletons:
        # What depends on the month alone is asked for once: reading the formulas takes far longer than filling in.
        run.skeletons[key] = derived.tree(run.context, view, row, name)
    node = _shown(run, rows, view, row, _filled(run, view, row, run.skeletons[key]))
    _weigh(run, view, row, node)
    return node


def _weigh(run: Run, view: View, row: Row, node: Node) -> None:
    """Tonnes of each figure that was declared otherwise: what the declared result would be more with it.

    Of the result itself, recalculated minus declared; of a factor, the declared factors multiplied with this one as
    recalculated, minus them as declared. None deeper down: there nothing was declared that the result was made of.
    """
    totals = run.sector.settings.totals
    column, restated = view.columns.get(node["name"]), view.columns.get((totals and totals.restated) or "")
    if node["differs"] and _is_number(node["declared"]):
        node["tonnes"] = round(node["value"] - node["declared"], 8)
    if column is None or restated is None or column.formula is None or column.formula != restated.formula:
        return
    version = run.sector.formulas[column.formula].version_at(month_of(row) or "")
    declared = {name: row.get(source) for name, source in restated.args.items()}
    known_ones = {name: value if _is_number(value) else None for name, value in declared.items()}
    before = computed(version.sql, known_ones) if version else None
    for argument, source in column.args.items():
        child = next((one for one in node["args"] if one["name"] == source), None)
        if child is None or not child["differs"] or version is None:
            continue
        after = computed(version.sql, {**known_ones, argument: child["value"]})
        child["tonnes"] = round(after - before, 8) if after is not None and before is not None else None


def _filled(run: Run, view: View, row: Row, skeleton: Node) -> Node:
    """A tree of one row with the values of another, and the basis of the parameter values that hold for it."""
    node = {**skeleton, "value": row.get(skeleton["name"])}
    if node["args"]:
        node["args"] = [_filled(run, view, row, one) for one in node["args"]]
    if "parameter" in node:
        keys = view.columns[node["name"]].keys
        parameter = run.sector.parameters[node["parameter"]]
        found = value_at(parameter, "|".join(str(row.get(key)) for key in keys), month_of(row) or "")
        node |= {"basis": _pair(found.basis) if found else None, "mark": found.mark if found else None}
    return node


@lru_cache(maxsize=4_096)
def _pair(words: Words) -> Node:
    return words.model_dump()


def _shown(run: Run, rows: UnitRows, view: View, row: Row, raw: Node) -> Node:
    """A node as the report shows it: its data code, the declared value, the sum written out, and cells at a leaf."""
    code = run.codes_by_column.get((view.view, raw["name"]))
    beside = code.declared if code else None
    declared = row.get(beside.column) if beside else None
    # Only what stands in the very row is looked up: another view has rows of its own.
    own = beside is not None and beside.name == view.view and declared is not None
    value = raw["value"]
    source = _source(raw)
    args = [_shown(run, rows, view, row, one) for one in _kept(source)]
    return {
        "name": raw["name"],
        "code": code.code if code else None,
        "title": _title(run, raw, code),
        "value": value if _is_number(value) or isinstance(value, str) else None,
        "unit": raw.get("unit") or source.get("unit"),
        "decimals": _decimals(raw, code),
        "declared": declared,
        "differs": differs(declared, value, code.tolerance) if code and _is_number(value) else False,
        "tonnes": None,
        "equation": _equation(run, view, row, source) if source.get("formula") else None,
        "basis": source.get("basis"),
        "mark": source.get("mark"),
        "cells": _cells(run, rows, view, row, source) if not args else [],
        "declared_cells": leaves.cells(run, rows, row, (view.view, beside.column), declared) if own and beside else [],
        "args": args,
    }


def _cells(run: Run, rows: UnitRows, view: View, row: Row, leaf: Node) -> list[leaves.Cell]:
    """Where a leaf was read; nowhere where it is a value of the packs."""
    if leaf.get("parameter") or leaf["value"] is None:
        return []
    source = (leaf.get("from") or view.view, leaf.get("column") or leaf["name"])
    return leaves.cells(run, rows, row, source, leaf["value"])


def _source(raw: Node) -> Node:
    """The node that a choice came down to: of a column that only selects, the one it selected; else the node itself."""
    while not raw.get("formula") and not raw.get("parameter") and raw["args"]:
        same = [one for one in raw["args"] if _is_number(one["value"]) and one["value"] == raw["value"]]
        if not same:
            break
        raw = max(same, key=lambda one: len(one["args"]))
    return raw


def _kept(raw: Node) -> list[Node]:
    """Arguments worth showing: those with a value, each name once; truth values only steer a choice."""
    found = {one["name"]: one for one in raw["args"] if _is_number(one["value"]) or isinstance(one["value"], str)}
    return list(found.values())


def _decimals(raw: Node, code: DataCode | None) -> int:
    """Decimals as the form or formula prints them, else six significant digits at most."""
    if code and code.decimals is not None:
        return code.decimals
    if raw.get("decimals") is not None:
        return int(raw["decimals"])
    if not _is_number(raw["value"]):
        return 0
    return _significant(raw["value"], 6)


def _significant(value: float, digits: int) -> int:
    """Decimals that show a value with so many significant digits, no more than it has."""
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return decimals_of([value], max(0, digits - whole))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and known(value)


def _title(run: Run, raw: Node, code: DataCode | None) -> dict[str, str]:
    if raw.get("title"):
        return dict(raw["title"])
    if code:
        return code.title.model_dump()
    return field_title(run, raw.get("from") or "", raw.get("column") or raw["name"])


def _equation(run: Run, view: View, row: Row, raw: Node) -> str | None:
    """The formula with figures in place of names, None where it does more than arithmetic.

    Eight significant digits, so that whoever multiplies again comes to the printed result.
    """
    formula = run.sector.formulas[raw["formula"]]
    columns = view.columns[raw["name"]].args
    values: dict[str, Any] = {name: row.get(columns[name]) for name in formula.args}
    figures = {name: number(value, _significant(value, 8)) for name, value in values.items() if _is_number(value)}
    month = month_of(row) or ""
    for name, uses in formula.parameters.items():
        parameter = run.sector.parameters.get(uses.name)
        key = "|".join(str(values.get(one, "")) for one in uses.keys)
        value = value_at(parameter, key, month) if parameter else None
        if value is not None:
            values[name], figures[name] = value.value, number(value.value, decimals_of([value.value]))
    usable = {name: value if _is_number(value) else None for name, value in values.items()}
    return written(str(raw.get("sql") or ""), usable, figures, raw["value"])


def _days(run: Run, rows: UnitRows) -> dict[tuple[str, Any], Node]:
    """Daily records by month and item: column words and rows of date, values and the cells they stand in."""
    days, item = run.settings.day_rows, run.settings.item
    if days is None:
        return {}
    columns = [
        {"column": one.column, "title": one.title.model_dump(), "decimals": one.decimals} for one in days.columns
    ]
    fields = tuple(one.source or one.column for one in days.columns)
    found: dict[tuple[str, Any], Node] = {}
    for month, row in rows.by_month(days.view):
        if not month or row.get("date") is None:
            continue
        key = (month, row.get(item.column) if item else None)
        node = found.setdefault(key, {"title": days.title.model_dump(), "columns": columns, "rows": [], "file": None})
        values = [row.get(one.column) for one in days.columns]
        node["rows"].append([str(row["date"]), *values, run.blocks.cells(row.get("_block"), row.get("_line"), fields)])
        node["file"] = node["file"] or _file(run, row)
    return found


def _file(run: Run, row: Row) -> str | None:
    block = run.blocks.by_number.get(row["_block"]) if row.get("_block") is not None else None
    return None if block is None else " › ".join(part for part in (block["path"], block["sheet"]) if part)
