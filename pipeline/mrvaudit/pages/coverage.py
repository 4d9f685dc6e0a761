"""Which clause of which document has which rules: the packs read the other way round."""

from __future__ import annotations

from typing import Any

from mrvaudit.packfile import Words
from mrvaudit.sector import Sector

NO_CLAUSE = Words(zh="（未指明条款）", en="(no clause named)")


def coverage(sector: Sector) -> list[dict[str, Any]]:
    """Documents with their clauses and the rules that rest on them, all words in both languages.

    [{document, rules, clauses: [{clause, mark, rules}]}], documents and clauses in the order of their Chinese words.
    """
    documents: dict[tuple[str, str], dict[tuple[str, str, str], list[str]]] = {}
    for name in sorted(sector.rules):
        for basis in sector.rules[name].basis:
            clause = basis.clause if basis.clause.zh else NO_CLAUSE
            clauses = documents.setdefault((basis.document.zh, basis.document.en), {})
            rules = clauses.setdefault((clause.zh, clause.en, basis.mark), [])
            if name not in rules:
                rules.append(name)
    return [
        {
            "document": {"zh": zh, "en": en},
            "rules": sorted({rule for rules in clauses.values() for rule in rules}),
            "clauses": [
                {"clause": {"zh": one, "en": other}, "mark": mark, "rules": rules}
                for (one, other, mark), rules in sorted(clauses.items())
            ],
        }
        for (zh, en), clauses in sorted(documents.items())
    ]


def text(found: list[dict[str, Any]], lang: str) -> str:
    """Coverage as lines: a document, below it its clauses with their mark and rules."""
    lines = []
    for document in found:
        lines.append(f"{document['document'][lang]} ({len(document['rules'])})")
        for clause in document["clauses"]:
            lines.append(f"  {clause['clause'][lang]} [{clause['mark']}]: {', '.join(clause['rules'])}")
    return "\n".join(lines)
