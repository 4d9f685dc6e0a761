"""The short tables that `mrvaudit allowance` prints, Chinese first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console
    from rich.table import Table

    from mrvaudit.allowance.evaluate import Source
    from mrvaudit.allowance.settings import Settings

MARKS = {"law": "", "draft": "草案 draft", "memory": "来自记忆 from memory", "house": "本工具拟定 house"}
MOST_UNITS = 40
WIDTH = 150


def show(
    source: Source, whole: pl.DataFrame, picture: pl.DataFrame | None, rates: list[dict[str, Any]], folder: Path
) -> None:
    """Units (where there are few), entities, provinces; then who complied; then where the rest stands."""
    from rich.console import Console

    from mrvaudit.allowance import settings

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(width=WIDTH, highlight=False)
    found = settings(source.sector)
    levels = (
        ("unit", "entity") if whole.filter(whole["level"] == "unit").height <= MOST_UNITS else ("entity", "province")
    )
    for level in levels:
        rows = whole.filter(whole["level"] == level)
        if not rows.is_empty():
            console.print(_allowances(source, found, level, rows))
    _notes(console, found, whole)
    if picture is not None:
        if picture.is_empty():
            console.print("没有清缴与名录记录 / no records of compliance and no roster", markup=False)
        else:
            console.print(_compliance(source, picture))
    for one in rates:
        fits = "可能 fits" if one["fits"] else "不可能 does not fit"
        console.print(f"{one['published']}：{one['low_pct']}–{one['high_pct']} %，{fits}", markup=False)
    console.print(f"请看 see: {folder / 'allowance.csv'}", markup=False, soft_wrap=True)


TITLES = {"unit": "机组配额 Units", "entity": "企业配额 Entities", "province": "各省配额 Provinces"}


def _table(title: str, texts: tuple[str, ...], numbers: tuple[str, ...], last: tuple[str, ...] = ()) -> Table:
    from rich.table import Table

    made = Table(title=title, title_justify="left")
    for name in texts:
        made.add_column(name, overflow="fold")
    for name in numbers:
        made.add_column(name, justify="right", no_wrap=True)
    for name in last:
        made.add_column(name, overflow="fold")
    return made


def _allowances(source: Source, found: Settings, level: str, rows: pl.DataFrame) -> Table:
    has_money = rows["price_yuan_per_t"].is_not_null().any()
    who = {"unit": ("企业\nEntity", "机组\nUnit"), "entity": ("企业\nEntity",), "province": ("省份\nProvince",)}[level]
    shown = [one for one in found.columns if one.shown] if level == "unit" else []
    texts = (*who, "年\nYear", "方案\nPlan")
    gap = "缺口 t\nGap" if level == "unit" else "须购买 t\nTo buy"
    money = ("金额 元\nYuan",) if has_money else ()
    numbers = ("排放 t\nEmissions", "配额 t\nAllowance", gap, "缺口率 %\nRate", *money)
    made = _table(
        TITLES[level], (*texts, *(f"{one.title.zh}\n{one.title.en}" for one in shown)), numbers, ("说明\nNote",)
    )
    for row in rows.iter_rows(named=True):
        names = {
            "unit": (row["entity_name"] or row["entity_id"], row["unit_id"]),
            "entity": (row["entity_name"] or row["entity_id"],),
            "province": (row["province"] or "未知 unknown",),
        }[level]
        codes = [_coded(source, one.codes, row[one.column], one.decimals) for one in shown]
        plan = f"{row['plan'] or '—'}{chr(10) + MARKS[row['mark']] if row['mark'] and MARKS[row['mark']] else ''}"
        figures = (
            "emission_tco2",
            "allowance_t" if level == "unit" else "approved_t",
            "gap_t" if level == "unit" else "short_t",
        )
        cells = [*names, str(row["year"]), plan, *codes, *(_number(row[name], 0) for name in figures)]
        cells += [
            _number(row["gap_rate_pct"], 2),
            *([_number(row["money_yuan"], 2)] if has_money else []),
            _note(found, row),
        ]
        made.add_row(*(_plain(cell) for cell in cells))
    return made


def _plain(text: str) -> Any:
    """Text of a submission is shown as it is, never read as markup."""
    from rich.text import Text

    return Text(text)


def _note(found: Settings, row: dict[str, Any]) -> str:
    """Why there is no figure; else the case that a unit is."""
    if row["level"] == "province":
        return f"{row['entities_assessed']}/{row['entities']} 家可计算 of them assessed"
    if row["reason"]:
        words = "未能计算 not assessable: " if row["status"] == "not_assessable" else ""
        return f"{words}{row['reason_zh']} / {row['reason_en']}"
    case = str(row[found.note]) if found.note and row[found.note] not in (None, "none") else ""
    named = found.words.get(case)
    return f"{named.zh} / {named.en}" if named else case


def _coded(source: Source, codes: str | None, value: Any, decimals: int | None) -> str:
    if isinstance(value, float):
        return _number(value, decimals or 0)
    code = source.sector.codes.get(codes or "", {}).get(str(value))
    return f"{code.title.zh}\n{code.title.en}" if code is not None else ("—" if value is None else str(value))


def _number(value: float | None, decimals: int) -> str:
    return "—" if value is None else f"{value:,.{decimals}f}"


def _notes(console: Console, found: Settings, whole: pl.DataFrame) -> None:
    """What a plan's mark means, and which cases the tables cannot tell."""
    used = set(whole["plan"].to_list())
    for plan in found.plans:
        if plan.id not in used:
            continue
        mark = f"【{MARKS[plan.mark]}】" if MARKS[plan.mark] else ""
        unseen = f"：{plan.unseen.zh}\n  {plan.title.en}: {plan.unseen.en}" if plan.unseen else f" / {plan.title.en}"
        console.print(f"{mark}{plan.title.zh}{unseen}", markup=False)


def _compliance(source: Source, picture: pl.DataFrame) -> Table:
    reasons = [name for name in picture.columns if name.startswith("failed_")]
    made = _table(
        "清缴情况 Compliance",
        ("年\nYear", "地区\nPlace"),
        (
            "单位\nEntities",
            "应清缴\nDue",
            "足额\nMet",
            "应清缴 t\nDue t",
            "已计入 t\nCounted t",
            "缺口 t\nGap t",
            "比率 %\nRate",
        ),
        ("未足额原因\nReasons of failing",),
    )
    for row in picture.filter(picture["level"] != "city").iter_rows(named=True):
        place = "合计 total" if row["level"] == "total" else row["province"] or "未知 unknown"
        why = "；".join(f"{_reason(source, name)} {row[name]}" for name in reasons if row[name])
        counts = (str(row[name]) for name in ("entities", "due_entities", "met"))
        tonnes = (_number(row[name], 0) for name in ("due_t", "counted_t", "gap_t"))
        cells = (str(row["year"]), place, *counts, *tonnes, _number(row["rate_pct"], 2), why)
        made.add_row(*(_plain(cell) for cell in cells))
    return made


def _reason(source: Source, column: str) -> str:
    name = column.removeprefix("failed_")
    codes = source.sector.codes.get(source.sector.tables["compliance"].fields["reason"].codes or "", {})
    return f"{codes[name].title.zh} {codes[name].title.en}" if name in codes else "未写原因 no reason stated"
