"""A formula or a parameter as Markdown: its expression or values in each period, with mark and basis."""

from __future__ import annotations

from collections.abc import Iterator

from mrvaudit.formulas import Example, Formula, Version
from mrvaudit.pages.words import OPEN, both, months, number, one_line
from mrvaudit.parameters import Parameter, Value
from mrvaudit.sector import Sector


def formula_page(sector: Sector, formula: Formula, level: int = 1) -> str:
    """A formula's expression in each period, its arguments, parameters and examples, as Markdown."""
    return "\n".join(_formula(sector, formula, "#" * level))


def _formula(sector: Sector, formula: Formula, mark: str) -> Iterator[str]:
    yield f"{mark} {formula.name} {both(formula.title)}"
    yield ""
    arguments = ", ".join(f"`{name}` [{unit}]" for name, unit in formula.args.items())
    code = f" · 数据代码 data code {formula.data_code}" if formula.data_code else ""
    yield f"- 自变量 arguments: {arguments} → {formula.unit}{code}"
    for name, uses in formula.parameters.items():
        title = both(sector.parameters[uses.name].title)
        key = f" [{'|'.join(part.strip(chr(39)) for part in uses.keys)}]" if uses.keys else ""
        yield f"- 参数 parameter `{name}` = `{uses.name}`{key} ({title})"
    for version in formula.versions:
        yield from _version(version)
    if formula.examples:
        yield ""
        yield "| 月 month | 已知 given | 结果 result | 印出 printed |"
        yield "|---|---|---|---|"
        yield from (_example(example) for example in formula.examples)


def _version(version: Version) -> Iterator[str]:
    head = f"{months(version.since, version.until)} [{version.mark}], {version.decimals} 位小数 decimals"
    yield f"- {head}: {both(version.basis)}"
    yield ""
    yield f"  `{one_line(version.sql)}`"


def _example(example: Example) -> str:
    given = ", ".join(f"{name} {_maybe(value)}" for name, value in example.given.items())
    return f"| {example.month} | {given} | {_maybe(example.expect)} | {_maybe(example.printed)} |"


def _maybe(value: object) -> str:
    return "–" if value is None else number(value) if isinstance(value, float) else str(value)


def parameter_page(parameter: Parameter, used: str = "", level: int = 1) -> str:
    """All values of a parameter with months, mark and basis, as Markdown; `used` says who asks for it."""
    return "\n".join(_parameter(parameter, used, "#" * level))


def _parameter(parameter: Parameter, used: str, mark: str) -> Iterator[str]:
    yield f"{mark} {parameter.name} {both(parameter.title)}"
    yield ""
    keys = f" · 键 keys: {', '.join(parameter.keys)}" if parameter.keys else ""
    yield f"种类 kind: {parameter.kind} · 单位 unit: {parameter.unit}{keys}"
    if used:
        yield f"· 用于 used by: {used}"
    yield ""
    yield "| 键 key | 值 value | 从 from | 至（不含）until | 标记 mark | 依据 | basis |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_value(value) for value in parameter.values)


def _value(value: Value) -> str:
    mark = value.mark if value.mark == "law" else f"**{value.mark}**"
    key = value.key.replace("|", " · ")
    basis = value.basis
    cells = (key, number(value.value), value.since, value.until or OPEN, mark, basis.zh, basis.en)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
