"""Parameters that the recalculation and the checks of a unit asked for, with dates, basis and mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mrvaudit.parameters import Parameter, Value
from mrvaudit.report.context import literal_key
from mrvaudit.report.data import Row, UnitRows
from mrvaudit.report.formats import Pair

if TYPE_CHECKING:
    from mrvaudit.report.context import Run


def parameters(run: Run, rows: UnitRows, checks: Sequence[Row], months: Sequence[str]) -> list[dict[str, Any]]:
    """Values in force in the report's months, for the keys that the unit has; those that are not law first."""
    asked = set(run.parameters_always) | _of_totals(run, rows)
    for row in checks:
        if row["status"] in ("passed", "found"):
            asked |= run.parameters_of.get(row["rule_id"], frozenset())
    exact: dict[str, set[str]] = {}
    for name, key in asked:
        exact.setdefault(name, set()).update([] if key is None else [key])
    by_row = {name for name, key in asked if key is None}
    keys = _keys(run, rows)
    listed = [
        _value(run, parameter, value)
        for parameter in (run.sector.parameters[name] for name in sorted(exact))
        for value in parameter.values
        if any(value.covers(month) for month in months)
        and (value.key in exact[parameter.name] or (parameter.name in by_row and _fits(parameter, value, keys)))
    ]
    return sorted(listed, key=lambda one: (one["mark"] == "law", one["name"], one["key"], one["from"]))


def _of_totals(run: Run, rows: UnitRows) -> set[tuple[str, str | None]]:
    """Parameters behind the rows of the unit's totals, with the very keys of the rows."""
    totals = run.sector.settings.totals
    view = next((one for one in run.sector.views if totals and one.view == totals.view), None)
    if view is None:
        return set()
    wanted = [(one.parameter, one.keys) for one in view.columns.values() if one.parameter]
    for column in view.columns.values():
        if column.formula in run.sector.formulas:
            uses = run.sector.formulas[column.formula].parameters.values()
            wanted += [(one.name, tuple(column.args.get(key, key) for key in one.keys)) for one in uses]
    return {
        (name, "|".join(str(row.get(key)) if literal_key([key]) is None else key.strip("'") for key in columns))
        for name, columns in wanted
        for row in rows.of_unit(view.view)
    }


def _keys(run: Run, rows: UnitRows) -> Mapping[str, set[str]]:
    """Values of the unit for the columns that parameters may be keyed by: its fields and its items."""
    keys = {name: {str(value)} for name, value in rows.unit.items() if value is not None}
    item, totals = run.settings.item, run.sector.settings.totals
    if item and totals:
        keys[item.column] = {str(row.get(item.column)) for row in rows.of_unit(totals.view)}
    return keys


def _fits(parameter: Parameter, value: Value, keys: Mapping[str, set[str]]) -> bool:
    """Whether a value's keys are ones of the unit; a key column that it has not is held against all of its values."""
    parts = value.key.split("|") if parameter.keys else []
    anything = {one for found in keys.values() for one in found}
    return all(part in keys.get(name, anything) for name, part in zip(parameter.keys, parts, strict=False))


def _value(run: Run, parameter: Parameter, value: Value) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "title": parameter.title.model_dump(),
        "kind": parameter.kind,
        "key": value.key,
        "key_title": _key_title(run, parameter, value),
        "value": value.value,
        "unit": parameter.unit,
        "from": value.since,
        "until": value.until,
        "mark": value.mark,
        "basis": value.basis.model_dump(),
    }


def _key_title(run: Run, parameter: Parameter, value: Value) -> Pair | None:
    if not value.key:
        return None
    parts = [_word(run, name, part) for name, part in zip(parameter.keys, value.key.split("|"), strict=False)]
    return {"zh": "、".join(one["zh"] for one in parts), "en": ", ".join(one["en"] for one in parts)}


def _word(run: Run, column: str, value: str) -> Pair:
    item = run.settings.item
    if item and column == item.column:
        return run.code_title(item.codes, value)
    units = run.sector.tables.get("units")
    listing = units.fields[column].codes if units and column in units.fields else column
    if column == "severity" and value in run.words:
        return run.words[value]
    if value in run.settings.key_words:
        return run.settings.key_words[value].model_dump()
    named = item is not None and value in run.sector.codes.get(item.codes, {}) and listing not in run.sector.codes
    return run.code_title(item.codes if item and named else listing, value)


def marks(listed: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many of the values carry each mark."""
    found: dict[str, int] = {}
    for one in listed:
        found[one["mark"]] = found.get(one["mark"], 0) + 1
    return dict(sorted(found.items()))
