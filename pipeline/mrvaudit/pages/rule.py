"""A rule as Markdown: what it rests on, what it asks, its limits, its examples."""

from __future__ import annotations

from collections.abc import Iterator

from mrvaudit.packfile import Words
from mrvaudit.pages.reach import parameters_behind, parameters_of
from mrvaudit.pages.words import both, months, number, one_line
from mrvaudit.parameters import Parameter
from mrvaudit.rules import Result, Rule
from mrvaudit.sector import Sector


def rule_page(sector: Sector, rule: Rule, level: int = 1) -> str:
    """Markdown, Chinese first, for `mrvaudit rules explain`; `level` is that of the heading."""
    return "\n".join(_rule(sector, rule, "#" * level))


def _rule(sector: Sector, rule: Rule, mark: str) -> Iterator[str]:
    yield f"{mark} {rule.id} {both(rule.title)}"
    yield ""
    period = months(rule.valid.since, rule.valid.until)
    yield f"- 问 asks: 有没有“{rule.title.zh}”的情况？ / Is there a case of “{rule.title.en}”?"
    state = f"状态 status: {rule.status} · 版本 version: {rule.version}"
    yield f"- {state} · 范围 scope: {rule.scope} · 数据月 data months: {period}"
    for basis in rule.basis:
        yield f"- 依据 basis [{basis.mark}]: {both(basis.words)}"
    yield f"- 对象 subject: `{rule.subject.table}.{rule.subject.field}` {_subject(sector, rule)}"
    yield f"- 读取 reads: {', '.join(_source(sector, name) for name in rule.reads or (rule.scanned,))}"
    if rule.applies:
        yield f"- 适用 applies: `{rule.applies}`"
    if rule.without_rows == "not_assessable":
        yield "- 没有可看的行 where there is no row to look at: `not_assessable`"
    yield ""
    yield f"{mark}# 结果 Results"
    yield ""
    for result in rule.results:
        yield from _result(rule, result)
    yield from _limits(sector, rule, mark)
    yield ""
    yield f"{mark}# 处理 Remedy"
    yield ""
    if rule.ask is not None:
        yield from _pair("要什么 asks for", rule.ask)
    yield from _pair("更正 correction", rule.remedy)
    if rule.false_positives:
        yield ""
        yield f"{mark}# 也可能 Innocent causes"
        yield ""
        yield from (f"- {words.zh} / {words.en}" for words in rule.false_positives)
    yield ""
    yield f"{mark}# 算例 Examples"
    yield ""
    for example in rule.examples:
        outcome = ", ".join(str(one.get("result", "found")) for one in example.expect) or (
            "unknown" if example.unknown else "passes"
        )
        yield f"- {example.name} → {outcome}"


def _subject(sector: Sector, rule: Rule) -> str:
    table = sector.tables[rule.subject.table]
    field = table.fields[rule.subject.field]
    return f"{table.title.zh}·{field.title.zh} / {table.title.en}: {field.title.en}"


def _source(sector: Sector, name: str) -> str:
    titles = {view.view: view.title for view in sector.views} | {key: one.title for key, one in sector.tables.items()}
    title = titles.get(name)
    return f"`{name}`" if title is None else f"`{name}` ({both(title)})"


def _result(rule: Rule, result: Result) -> Iterator[str]:
    words = result.message or rule.message
    signal = "" if result.integrity_signal == "none" else f", integrity {result.integrity_signal}"
    yield f"- **{result.name}** ({result.severity}{signal}): `{one_line(result.violates)}`"
    yield f"  - {words.zh}"
    yield f"  - {words.en}"
    if result.ask is not None:
        yield f"  - 要什么 asks for: {both(result.ask)}"


def _pair(head: str, words: Words) -> Iterator[str]:
    yield f"- {head}: {words.zh}"
    yield f"  {words.en}"


def _limits(sector: Sector, rule: Rule, mark: str) -> Iterator[str]:
    names, behind = parameters_of(rule), parameters_behind(sector, rule)
    if not names and not behind:
        return
    yield ""
    yield f"{mark}# 参数 Parameters"
    yield ""
    for name in names:
        yield from _values(sector.parameters[name])
    if behind:
        named = ", ".join(f"`{name}`" for name in behind)
        yield f"- 所读视图与公式另用到 the views and formulas it reads also ask for: {named}"


def _values(parameter: Parameter) -> Iterator[str]:
    """One line per value; keys that share value, months and basis share the line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for value in parameter.values:
        figure = f"{number(value.value)} {parameter.unit}"
        period = f"{months(value.since, value.until)}; {value.mark}; {both(value.basis)}"
        lines.setdefault((figure, period), []).append(value.key)
    for (figure, period), keys in lines.items():
        key = f" [{', '.join(keys)}]" if any(keys) else ""
        yield f"- `{parameter.name}`{key} = {figure} ({period})"
