"""`mrvaudit rules`: list, explain and test the packs."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mrvaudit.cli import options
from mrvaudit.errors import UsageError

if TYPE_CHECKING:
    from mrvaudit.rules import Rule

app = typer.Typer(help="规则包：列出、说明、测试。 / Rule packs: list, explain, test.", rich_markup_mode=None)


class Format(StrEnum):
    """Form of the list."""

    TEXT = "text"
    JSON = "json"


OwnRules = Annotated[Path | None, typer.Option("--rules", help="自备规则包 / own rule packs")]


@app.command("list", help="列出规则。 / List the rules.")
def list_rules(
    form: Annotated[Format, typer.Option("--format", help="text 或 json / text or json")] = Format.TEXT,
    rules: OwnRules = None,
) -> int:
    """One line per rule: id, severities, scope, status, titles."""
    from mrvaudit.sector import load_sector

    sector = load_sector(extra=_existing(rules))
    chosen = [sector.rules[name] for name in sorted(sector.rules)]
    if form is Format.JSON:
        typer.echo(json.dumps([_entry(rule) for rule in chosen], ensure_ascii=False, indent=2))
        return 0
    for rule in chosen:
        titles = f"{rule.title.zh} / {rule.title.en}"
        typer.echo(f"{rule.id:8} {'/'.join(_severities(rule)):12} {rule.scope:7} {rule.status:7} {titles}")
    return 0


def _severities(rule: Rule) -> list[str]:
    return list(dict.fromkeys(str(result.severity) for result in rule.results))


def _entry(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "version": rule.version,
        "status": rule.status,
        "topic": rule.topic,
        "scope": rule.scope,
        "title": rule.title.model_dump(),
        "severities": _severities(rule),
        "basis": rule.basis_text,
        "valid_from": rule.valid.since,
        "valid_until": rule.valid.until,
        "reads": list(rule.reads) or [rule.scanned],
        "examples": len(rule.examples),
    }


@app.command(
    "explain", help="说明一条规则：依据、问法、限值、算例。 / Explain one rule: basis, question, limits, examples."
)
def explain(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="规则编号 / rule id")], rules: OwnRules = None
) -> int:
    """The rule's page as text."""
    from mrvaudit.pages import rule_page
    from mrvaudit.sector import load_sector

    sector = load_sector(extra=_existing(rules))
    if rule_id not in sector.rules:
        raise UsageError(
            rule_id,
            "没有这条规则",
            "there is no such rule",
            todo_zh="用 mrvaudit rules list 查看编号",
            todo_en="see mrvaudit rules list",
        )
    typer.echo(rule_page(sector, sector.rules[rule_id]))
    return 0


@app.command("test", help="运行规则包中的全部算例。 / Run every example of the packs.")
def test(
    path: Annotated[Path | None, typer.Argument(help="自备规则包 / own rule packs", show_default=False)] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="只测这些 / these only")] = None,
) -> int:
    """Exit 0 where every example holds, else 1 with a line for each that does not."""
    from mrvaudit.checks.bind import bind
    from mrvaudit.checks.examples import run_examples
    from mrvaudit.sector import load_sector

    sector = load_sector(extra=_existing(path))
    bind(sector)
    verdicts = list(run_examples(sector, tuple(only or ()), os.cpu_count() or 1))
    failed = [one for one in verdicts if one.fault is not None]
    for one in failed:
        typer.echo(f"不符 fails: {one.where} · {one.name}: {one.fault}")
    typer.echo(f"算例 {len(verdicts)} 个，不符 {len(failed)} 个 / {len(verdicts)} examples, {len(failed)} failed")
    return int(bool(failed))


@app.command("coverage", help="每条依据有哪些规则。 / Which clauses have which rules.")
def coverage(
    form: Annotated[Format, typer.Option("--format", help="text 或 json / text or json")] = Format.TEXT,
    lang: options.Language = options.Lang.ZH,
    rules: OwnRules = None,
) -> int:
    """Documents, clauses, rules; a clause without a rule is in no pack and not listed."""
    from mrvaudit.pages import coverage as pages
    from mrvaudit.sector import load_sector

    found = pages.coverage(load_sector(extra=_existing(rules)))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2) if form is Format.JSON else pages.text(found, str(lang)))
    return 0


def _existing(path: Path | None) -> Path | None:
    if path is not None and not path.exists():
        raise UsageError(str(path), "路径不存在", "the path does not exist")
    return path
