"""A rule as a page of text: what it rests on, what it asks, its limits, its examples."""

from __future__ import annotations

from collections.abc import Iterator

from mrvaudit import sql
from mrvaudit.packfile import Words
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector


def rule_page(sector: Sector, rule: Rule) -> str:
    """Markdown, Chinese first, for `mrvaudit rules explain`."""
    return "\n".join(_lines(sector, rule))


def _lines(sector: Sector, rule: Rule) -> Iterator[str]:
    yield f"# {rule.id} {rule.title.zh} / {rule.title.en}"
    yield ""
    until = rule.valid.until or "…"
    yield f"- 状态 status: {rule.status} · 范围 scope: {rule.scope} · 数据月 data months: {rule.valid.since} – {until}"
    for basis in rule.basis:
        yield f"- 依据 basis [{basis.mark}]: {_both(basis.words)}"
    yield f"- 对象 subject: {rule.subject.table}.{rule.subject.field}"
    yield f"- 读取 reads: {', '.join(rule.reads) or rule.scanned}"
    if rule.applies:
        yield f"- 适用 applies: `{rule.applies}`"
    yield ""
    yield "## 结果 Results"
    for result in rule.results:
        words = result.message or rule.message
        yield f"- **{result.name}** ({result.severity}): `{result.violates}`"
        yield f"  - {words.zh}"
        yield f"  - {words.en}"
    yield from _limits(sector, rule)
    yield ""
    yield f"## 处理 Remedy\n{rule.remedy.zh}\n{rule.remedy.en}"
    if rule.false_positives:
        yield ""
        yield "## 也可能 Innocent causes"
        yield from (f"- {words.zh} / {words.en}" for words in rule.false_positives)
    yield ""
    yield "## 算例 Examples"
    for example in rule.examples:
        outcome = ", ".join(str(one.get("result", "found")) for one in example.expect) or (
            "unknown" if example.unknown else "passes"
        )
        yield f"- {example.name} → {outcome}"


def _both(words: Words) -> str:
    return words.zh if words.zh == words.en else f"{words.zh} / {words.en}"


def parameters_of(rule: Rule) -> list[str]:
    """Names of the parameters a rule asks for, in order of appearance."""
    texts = [
        rule.rows,
        rule.where,
        rule.observed,
        rule.expected,
        rule.tolerance,
        *(one.violates for one in rule.results),
    ]
    names: dict[str, None] = {}
    for text in texts:
        if text:
            names |= dict.fromkeys(sorted(sql.rewrite(text)[1]))
    return list(names)


def _limits(sector: Sector, rule: Rule) -> Iterator[str]:
    names = parameters_of(rule)
    if not names:
        return
    yield ""
    yield "## 参数 Parameters"
    for name in names:
        parameter = sector.parameters[name]
        for value in parameter.values:
            key = f" [{value.key}]" if value.key else ""
            until = value.until or "…"
            period = f"{value.since} – {until}; {value.mark}; {_both(value.basis)}"
            yield f"- {name}{key} = {value.value:g} {parameter.unit} ({period})"
