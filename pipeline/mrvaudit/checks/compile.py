"""A rule as SQL: every row looked at, with one state.

States: 0, 1, … the first result that is true; UNKNOWN none true and one unknown; CLEAN all false; ASIDE not looked at;
OUTSIDE the row's month lies outside the rule's validity.
"""

from __future__ import annotations

from collections.abc import Sequence

from mrvaudit import sql
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector

UNKNOWN, CLEAN, ASIDE, OUTSIDE = -1, -2, -3, -4
FIGURES = ("observed", "expected", "tolerance", "impact_tco2")


def rows_query(rule: Rule) -> str:
    """The annotated query of a rule with `rows`; column `_state_0`."""
    assert rule.rows is not None
    rows = sql.rewrite(rule.rows)[0].rstrip().rstrip(";")
    where = sql.rewrite(rule.where)[0] if rule.where is not None else None
    state = _state(rule, [sql.rewrite(result.violates)[0] for result in rule.results], where)
    return f"SELECT *, {state} AS _state_0 FROM (\n{rows}\n)"


def scan_query(sector: Sector, group: Sequence[Rule]) -> str:
    """One scan for rules on the same table or view; columns `_state_i`, `_observed_i`, … of the i-th rule."""
    scanned = group[0].scanned
    columns = []
    for index, rule in enumerate(group):
        figures = {
            name: f"({sql.rewrite(getattr(rule, name))[0]})" for name in FIGURES if getattr(rule, name) is not None
        }
        columns += [f"{text} AS _{name}_{index}" for name, text in figures.items()]
        tests = [sql.replace_names(sql.rewrite(result.violates)[0], figures) for result in rule.results]
        where = sql.rewrite(rule.where)[0] if rule.where is not None else None
        columns.append(f"{_state(rule, tests, where)} AS _state_{index}")
    return f"SELECT *, {', '.join(columns)} FROM ({_with_month(sector, scanned)})"


def _with_month(sector: Sector, name: str) -> str:
    table = sector.tables.get(name)
    if table is None or "month" in table.fields:
        return f'SELECT * FROM "{name}"'
    return f'SELECT *, {table.month or "NULL::DATE"} AS month FROM "{name}"'


def _state(rule: Rule, tests: Sequence[str], where: str | None) -> str:
    branches = [f"WHEN NOT ({validity(rule)}) THEN {OUTSIDE}"]
    if where is not None:
        branches.append(f"WHEN NOT ({where}) THEN {ASIDE}")
    branches += [f"WHEN ({test}) THEN {index}" for index, test in enumerate(tests)]
    unknown = " OR ".join(f"({test}) IS NULL" for test in (*tests, *([where] if where is not None else [])))
    branches.append(f"WHEN {unknown} THEN {UNKNOWN}")
    return f"(CASE {' '.join(branches)} ELSE {CLEAN} END)::TINYINT"


def validity(rule: Rule) -> str:
    """Whether a row's month lies in the rule's validity; a row without a month always does."""
    until = f" AND month < DATE '{rule.valid.until}-01'" if rule.valid.until else ""
    return f"month IS NULL OR (month >= DATE '{rule.valid.since}-01'{until})"


def needed(rule: Rule) -> tuple[str, ...]:
    """Columns whose absence makes a row unknown: `needs`, else the names in the results' questions."""
    if rule.needs:
        return rule.needs
    names: dict[str, None] = {}
    for result in rule.results:
        names |= dict.fromkeys(sorted(sql.expression(result.violates, _ANY).columns))
    if rule.where is not None:
        names |= dict.fromkeys(sorted(sql.expression(rule.where, _ANY).columns))
    return tuple(names)


def asked(rule: Rule, index: int, fused: bool) -> list[str]:
    """The columns of the query that hold what the rule needs."""
    own = [fused and name in FIGURES and getattr(rule, name) is not None for name in needed(rule)]
    return [f"_{name}_{index}" if mine else name for name, mine in zip(needed(rule), own, strict=True)]


def counted(rule: Rule, index: int, fused: bool) -> list[str]:
    """The columns of the query that say how many rows of whom are in which state, and for want of what."""
    entity = ["entity_id"] if rule.scope == "entity" else []
    return [*entity, "unit_key", "month", f"_state_{index}", *asked(rule, index, fused)]


class _Anything(frozenset[str]):
    """Names were checked when the pack was loaded."""

    def __contains__(self, name: object) -> bool:
        return True


_ANY = _Anything()


def query(sector: Sector, group: Sequence[Rule]) -> str:
    """The query that looks at the rows of a group."""
    return scan_query(sector, group) if group[0].rows is None else rows_query(group[0])


def groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that share one scan together; every rule with `rows` alone. Order: by id of the first."""
    fused: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        fused.setdefault(("rows", rule.id) if rule.rows is not None else ("scan", rule.scanned), []).append(rule)
    return list(fused.values())
