"""Declared beside recalculated: the unit's totals by month, and the data table by code, item and month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mrvaudit.report.data import Row, UnitRows
from mrvaudit.report.formats import Pair, known
from mrvaudit.report.settings import DataCode, MeanBy, Ratio
from mrvaudit.report.settings.charts import Source, Tolerance

if TYPE_CHECKING:
    from mrvaudit.report.context import Run


def differs(declared: Any, recalculated: Any, tolerance: Tolerance) -> bool:
    """Whether two figures differ by more than rounding; False where one of them is missing or is text."""
    if not (known(declared) and known(recalculated)) or isinstance(declared, str) or isinstance(recalculated, str):
        return False
    gap, size = abs(recalculated - declared), max(abs(recalculated), abs(declared))
    allowed = tolerance.absolute + tolerance.relative_pct / 100 * size
    return bool(gap > allowed + 1e-9 * max(1.0, size))


def added(values: Iterable[Any]) -> float | None:
    """Sum of the known values in their order; None where there is none."""
    found = [value for value in values if known(value)]
    return round(sum(found), 8) if found else None


def month_of(row: Row) -> str | None:
    """The month of a row as 2025-03, or None."""
    value = row.get("month")
    return str(value)[:7] if value is not None else None


def by_month(run: Run, rows: Sequence[Row], codes: dict[str, list[Pair]]) -> list[dict[str, Any]]:
    """Totals of every month: declared, recalculated, their difference, and what the findings of the month are about."""
    totals = run.sector.settings.totals
    if totals is None:
        return []
    out = []
    for month in sorted({found for row in rows if (found := month_of(row))}):
        of_month = [row for row in rows if month_of(row) == month]
        declared = added(row.get(totals.declared) for row in of_month)
        recalculated = added(row.get(totals.recalculated) for row in of_month)
        both = declared is not None and recalculated is not None
        one_sided = [row for row in of_month if known(row.get(totals.declared))]
        missing = [row for row in one_sided if not known(row.get(totals.recalculated))]
        out.append(
            {
                "month": month,
                "declared_tco2": declared,
                "recalculated_tco2": recalculated,
                "difference_tco2": round(recalculated - declared, 8) if both else None,  # type: ignore[operator]
                "difference_pct": _share(declared, recalculated),
                "outside": differs(declared, recalculated, run.settings.tolerance),
                "incomplete": [title for row in missing if (title := _item(run, row))],
                "about": codes.get(month, []),
            }
        )
    return out


def _item(run: Run, row: Row) -> Pair | None:
    return run.item_title(row.get(run.settings.item.column)) if run.settings.item else None


def _share(declared: float | None, recalculated: float | None) -> float | None:
    if declared is None or recalculated is None or declared == 0:
        return None
    return round((recalculated - declared) / declared * 100, 8)


def data_table(run: Run, rows: UnitRows) -> list[dict[str, Any]]:
    """Lines of the data table: one per code, or per code and item, those that hold any figure."""
    lines: list[dict[str, Any]] = []
    items = items_of(run, rows)
    for code in run.settings.data_codes:
        for item in items if code.by_item else [None]:
            line = _line(run, rows, code, item)
            if line["months"] or line["years"]:
                lines.append(line)
    for line, code in [(line, code) for line in lines for code in run.settings.data_codes if code.code == line["code"]]:
        if isinstance(code.aggregate, Ratio):
            line["years"] = _ratios(lines, line, code)
    return lines


def items_of(run: Run, rows: UnitRows) -> list[str]:
    """Items of the unit, the one with the largest recalculated total first."""
    totals, item = run.sector.settings.totals, run.settings.item
    if totals is None or item is None:
        return []
    sizes: dict[str, float] = {}
    for row in rows.of_unit(totals.view):
        if row.get(item.column) is not None:
            size = added([row.get(totals.recalculated)]) or added([row.get(totals.declared)]) or 0.0
            sizes[row[item.column]] = sizes.get(row[item.column], 0.0) + size
    return sorted(sizes, key=lambda name: (-sizes[name], name))


def _line(run: Run, rows: UnitRows, code: DataCode, item: str | None) -> dict[str, Any]:
    declared = _values(run, rows, code, code.declared, item)
    recalculated = _values(run, rows, code, code.recalculated, item)
    cells = {
        key: {"declared": declared.get(key), "recalculated": recalculated.get(key)}
        for key in sorted({*declared, *recalculated})
    }
    for cell in cells.values():
        cell["differs"] = differs(cell["declared"], cell["recalculated"], code.tolerance)
    yearly = code.per == "year"
    line: dict[str, Any] = {
        "code": code.code,
        "title": code.title.model_dump(),
        "item": item,
        "item_title": run.item_title(item),
        "unit": _unit(run, code, item),
        "decimals": code.decimals,
        "of": code.of,
        "months": [] if yearly else [{"month": key, **cell} for key, cell in cells.items()],
        "years": [{"year": key, **cell} for key, cell in cells.items()] if yearly else [],
    }
    if not yearly and not isinstance(code.aggregate, Ratio):
        line["years"] = _years(run, rows, code, item, line["months"])
    return line


def _unit(run: Run, code: DataCode, item: str | None) -> str:
    if isinstance(code.unit, str):
        return code.unit
    listing = run.sector.codes.get(run.settings.item.codes, {}) if run.settings.item else {}
    state = listing[item].state if item in listing else None
    return code.unit.get(state or "solid", next(iter(code.unit.values()), ""))


def _values(run: Run, rows: UnitRows, code: DataCode, source: Source | None, item: str | None) -> dict[str, Any]:
    """Values by month (or year) of one column; of several versions the highest, of several rows the last."""
    if source is None:
        return {}
    column = run.settings.item.column if run.settings.item else ""
    found: dict[str, Any] = {}
    for month, row in rows.by_month(source.name, code.of == "entity"):
        key = str(row["year"]) if code.per == "year" and row.get("year") is not None else month
        value = row.get(source.column)
        if key and (item is None or row.get(column) == item) and (isinstance(value, str) or known(value)):
            found[key] = value
    return found


def _years(
    run: Run, rows: UnitRows, code: DataCode, item: str | None, months: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    out = []
    for year in sorted({one["month"][:4] for one in months}):
        of_year = [one for one in months if one["month"][:4] == year]
        cell = {side: _aggregate(run, rows, code, item, of_year, side) for side in ("declared", "recalculated")}
        # A year of fewer declared than recalculated months is no difference, it is a gap.
        same = {one["month"] for one in of_year if one["declared"] is not None} == {
            one["month"] for one in of_year if one["recalculated"] is not None
        }
        beyond = differs(cell["declared"], cell["recalculated"], code.tolerance)
        out.append({"year": year, **cell, "differs": same and beyond})
    return [one for one in out if one["declared"] is not None or one["recalculated"] is not None]


def _aggregate(
    run: Run, rows: UnitRows, code: DataCode, item: str | None, months: Sequence[dict[str, Any]], side: str
) -> Any:
    values = [(one["month"], one[side]) for one in months if one[side] is not None]
    if not values or code.aggregate == "none":
        return None
    if code.aggregate == "same":
        return values[0][1] if len({value for _, value in values}) == 1 else None
    if any(isinstance(value, str) for _, value in values):
        return None
    if isinstance(code.aggregate, MeanBy):
        return _mean(run, rows, code, item, values, side)
    return added(value for _, value in values)


def _mean(
    run: Run, rows: UnitRows, code: DataCode, item: str | None, values: Sequence[tuple[str, float]], side: str
) -> float | None:
    assert isinstance(code.aggregate, MeanBy)
    source = code.declared if side == "declared" else code.recalculated
    name = (code.aggregate.declared_by if side == "declared" else None) or code.aggregate.mean_by
    if source is None:
        return None
    by = source.model_copy(update={"column": name})
    weights = _values(run, rows, code, by, item)
    known_both = [(value, weights[month]) for month, value in values if known(weights.get(month))]
    weight = sum(one for _, one in known_both)
    if len(known_both) < len(values) or weight <= 0:
        return None
    return round(float(sum(value * one for value, one in known_both) / weight), 10)


def _ratios(lines: Sequence[dict[str, Any]], line: dict[str, Any], code: DataCode) -> list[dict[str, Any]]:
    assert isinstance(code.aggregate, Ratio)
    of_item = {other["code"]: other["years"] for other in lines if other["item"] == line["item"]}
    top, bottom = ({one["year"]: one for one in of_item.get(name, ())} for name in code.aggregate.ratio)
    out = []
    for year in sorted({one["month"][:4] for one in line["months"]}):
        cell = {side: _quotient(top.get(year), bottom.get(year), side) for side in ("declared", "recalculated")}
        if any(value is not None for value in cell.values()):
            beyond = differs(cell["declared"], cell["recalculated"], code.tolerance)
            out.append({"year": year, **cell, "differs": beyond})
    return out


def _quotient(top: dict[str, Any] | None, bottom: dict[str, Any] | None, side: str) -> float | None:
    if top is None or bottom is None or not known(top[side]) or not bottom[side]:
        return None
    return round(float(top[side] / bottom[side]), 12)
