"""Where a column comes from: through views and joins down to the record tables."""

from __future__ import annotations

from mrvaudit import sql
from mrvaudit.checks.compile import FIGURES
from mrvaudit.derived import Column, View
from mrvaudit.rules import Rule
from mrvaudit.sector import Sector
from mrvaudit.sql_origins import Query, Source


class Lineage:
    """Look-ups over one sector; answers are remembered."""

    def __init__(self, sector: Sector) -> None:
        self._sector = sector
        self._views: dict[str, View] = {view.view: view for view in sector.views}
        self._queries: dict[str, Query] = {}
        self._known: dict[tuple[Source, bool], tuple[Source, ...]] = {}
        self._of_rule: dict[tuple[str, str], tuple[Source, ...]] = {}
        self._parameters: dict[tuple[str, str], tuple[str, ...]] = {}
        self._tables: dict[str, tuple[str, ...]] = {}
        self._looked_up: dict[str, frozenset[str]] = {}

    def base_columns(self, name: str, column: str, *, needed: bool = False) -> tuple[Source, ...]:
        """Record-table columns behind a column of a table or view; empty where it comes from none.

        needed: those alone without which it cannot be known, not what optional joins bring.
        """
        source = (name, column)
        if (source, needed) in self._known:
            return self._known[source, needed]
        self._known[source, needed] = ()  # a column that reads its own name upstream ends here
        if name in self._sector.tables:
            found: tuple[Source, ...] = (source,) if column in self._sector.tables[name].fields else ()
        elif name == "unit_index":
            found = (("units", column),) if column in self._sector.tables["units"].fields else ()
        elif name in self._views:
            found = self._through(self._views[name], column, needed)
        else:
            found = ()
        self._known[source, needed] = found
        return found

    def base_tables(self, name: str) -> tuple[str, ...]:
        """Record tables that the rows of a table or view come from (not those it only looks up by a join)."""
        if name not in self._tables:
            self._tables[name] = self._find_base_tables(name)
        return self._tables[name]

    def _find_base_tables(self, name: str) -> tuple[str, ...]:
        if name in self._sector.tables:
            return (name,)
        if name not in self._views:
            return ()
        names: dict[str, None] = {}
        for read in sorted(sql.tables_read(self._views[name].source)):
            names |= dict.fromkeys(self.base_tables(read))
        return tuple(names)

    def of_rule(self, rule: Rule, name: str) -> tuple[Source, ...]:
        """The (table or view, column) pairs that a name in a rule's question reads directly."""
        if (rule.id, name) not in self._of_rule:
            self._of_rule[rule.id, name] = self._find_of_rule(rule, name)
        return self._of_rule[rule.id, name]

    def _find_of_rule(self, rule: Rule, name: str) -> tuple[Source, ...]:
        if rule.rows is None:
            text = getattr(rule, name, None) if name in FIGURES else None
            columns = sql.expression(text, self._sector.macros).columns if text else {name}
            return tuple((rule.scanned, column) for column in sorted(columns))
        text = sql.rewrite(rule.rows)[0]
        direct = tuple(one for one in Query(text).origin(name) if self._has(*one))
        if direct:
            return direct
        return tuple((read, name) for read in (*rule.reads, rule.subject.table) if self._has(read, name))

    def parameters_of(self, rule: Rule, name: str) -> tuple[str, ...]:
        """Parameters that a name in a rule's question asks for, through formulas and views too."""
        if (rule.id, name) not in self._parameters:
            self._parameters[rule.id, name] = self._find_parameters(rule, name)
        return self._parameters[rule.id, name]

    def _find_parameters(self, rule: Rule, name: str) -> tuple[str, ...]:
        if rule.rows is not None:
            calls = sql.calls_in(sql.rewrite(rule.rows)[0], name)
        else:
            text = getattr(rule, name, None) if name in FIGURES else None
            calls = sql.calls_in(sql.rewrite(text)[0], name) if text else ()
        found = dict.fromkeys(one for call in calls for one in self._parameters_of_call(call))
        for source in self.of_rule(rule, name):
            found |= dict.fromkeys(self._parameters_behind(source, frozenset()))
        return tuple(found)

    def parameters_asked(self, rule: Rule) -> tuple[str, ...]:
        """Parameters that the rule's questions themselves ask for, by name or through a formula."""
        texts = [*(result.violates for result in rule.results), *([rule.where] if rule.where is not None else [])]
        calls = [call for text in texts for call in sql.calls_in(sql.rewrite(text)[0], "")]
        return tuple(dict.fromkeys(one for call in calls for one in self._parameters_of_call(call)))

    def _parameters_of_call(self, call: str) -> tuple[str, ...]:
        if call.startswith("p__"):
            return (call.removeprefix("p__").removesuffix("__must"),)
        formula = self._sector.formulas.get(call) or self._sector.formulas.get(call.removesuffix("_printed"))
        return tuple(uses.name for uses in formula.parameters.values()) if formula is not None else ()

    def _parameters_behind(self, source: Source, seen: frozenset[Source]) -> tuple[str, ...]:
        view = self._views.get(source[0])
        if view is None or source in seen:
            return ()
        seen = seen | {source}
        column = view.columns.get(source[1])
        if column is None:
            joined = self._joined(view, source[1])
            below = [joined] if joined is not None else self._view_origin(view, source[1])
            return tuple(one for each in below for one in self._parameters_behind(each, seen))
        if column.parameter is not None:
            return (column.parameter,)
        own = self._parameters_of_call(column.formula) if column.formula is not None else ()
        inner = [(view.view, name) for name in self._reads(column)]
        return (*own, *(one for each in inner for one in self._parameters_behind(each, seen)))

    def looked_up(self, rule: Rule) -> frozenset[str]:
        """Tables and views that the rule's rows only look up, by left joins: there are rows without them."""
        if rule.rows is None:
            return frozenset()
        if rule.rows not in self._looked_up:
            self._looked_up[rule.rows] = Query(sql.rewrite(rule.rows)[0]).looked_up()
        return self._looked_up[rule.rows]

    def _has(self, name: str, column: str) -> bool:
        if name == "unit_index":
            return column in self._sector.tables["units"].fields
        if name in self._sector.tables:
            return column in self._sector.tables[name].fields
        view = self._views.get(name)
        return view is not None and (
            column in view.columns or bool(self._view_origin(view, column)) or self._joined(view, column) is not None
        )

    def _through(self, view: View, column: str, needed: bool) -> tuple[Source, ...]:
        computed = view.columns.get(column)
        if computed is not None:
            names = [name for name in self._reads(computed) if name != column]
            inner = [one for name in names for one in self._through(view, name, needed)]
            return tuple(dict.fromkeys(inner))
        joined = self._joined(view, column)
        if joined is not None:
            optional = any(join.optional and column in join.take.values() for join in view.join)
            return () if needed and optional else self.base_columns(*joined, needed=needed)
        origins = self._view_origin(view, column)
        found = [one for source in origins for one in self.base_columns(*source, needed=needed)]
        return tuple(dict.fromkeys(found))

    def _reads(self, column: Column) -> tuple[str, ...]:
        if column.formula is not None:
            return tuple(column.args.values())
        if column.sql is not None:
            return tuple(sorted(sql.expression(column.sql, self._sector.macros).columns))
        return column.keys

    @staticmethod
    def _joined(view: View, column: str) -> Source | None:
        for join in view.join:
            for theirs, ours in join.take.items():
                if ours == column:
                    return (join.view, theirs)
        return None

    def _view_origin(self, view: View, column: str) -> tuple[Source, ...]:
        if view.view not in self._queries:
            self._queries[view.view] = Query(view.source)
        return self._queries[view.view].origin(column)
