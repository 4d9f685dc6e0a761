"""Which parameters a rule asks for: itself, and through the views and formulas it reads."""

from __future__ import annotations

import re

from mrvaudit import sql
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector

MACRO = re.compile(r"\bp__(\w+?)(?:__must)?\(")


def parameters_of(rule: Rule) -> list[str]:
    """Names of the parameters a rule asks for, in order of appearance."""
    violates = (one.violates for one in rule.results)
    return _asked(rule.rows, rule.where, rule.observed, rule.expected, rule.tolerance, rule.impact_tco2, *violates)


def parameters_behind(sector: Sector, rule: Rule) -> list[str]:
    """Names of further parameters that its views and formulas ask for, directly or through what these read; sorted."""
    views = {view.view: view for view in sector.views}
    queue, seen, names = [*rule.reads, rule.scanned], set[str](), set[str]()
    texts = [rule.rows, rule.expected, rule.tolerance, rule.impact_tco2, *(one.violates for one in rule.results)]
    calls = [text for text in texts if text]
    while queue:
        view = views.get(queue.pop())
        if view is None or view.view in seen:
            continue
        seen.add(view.view)
        queue += view.reads
        calls += [view.source, *(f"{one.formula}(" for one in view.columns.values() if one.formula)]
        calls += [one.sql for one in view.columns.values() if one.sql]
        names |= {one.parameter for one in view.columns.values() if one.parameter}
    names |= set(_asked(*calls))
    for name, formula in sector.formulas.items():
        if any(re.search(rf"\b{name}(?:_printed)?\(", text) for text in calls):
            names |= {uses.name for uses in formula.parameters.values()}
    return sorted(names - set(parameters_of(rule)))


def _asked(*texts: str | None) -> list[str]:
    names: dict[str, None] = {}
    for text in texts:
        if text:
            asked = MACRO.findall(text) or sql.rewrite(text)[1]  # a loaded view's query has its macros already
            names |= dict.fromkeys(sorted(asked))
    return list(names)
