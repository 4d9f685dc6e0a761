"""SQL text of packs: rewritten for DuckDB, and refused where it could read, write, wait or round in its own way.

The text itself is edited by token position; it is parsed only to be judged, never to be printed again.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache, lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from mrvaudit.sql_words import (
    CALLABLE,
    CALLS_REFUSED,
    KEYWORDS,
    MACROS,
    NODES_REFUSED,
    NUMBERS,
    TABLE_FUNCTIONS,
    WORDS_REFUSED,
)

logging.getLogger("sqlglot").setLevel(logging.ERROR)
LARGEST_RANGE = 100_000
NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Also the three spaces that are a space to one lexer only.
CONTROL = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u1680\u2028\u2029]")
DECIMAL_TEXT = re.compile(r"\s*[-+]?(\d+\.\d*|\.\d+|\d+e)[-+\de]*\s*", re.IGNORECASE)


class SqlFault(ValueError):
    """What is wrong with a piece of SQL, in both languages, with its line in the piece."""

    def __init__(self, zh: str, en: str, line: int = 1) -> None:
        super().__init__(en)
        self.zh, self.en, self.line = zh, en, line


@dataclass(frozen=True)
class Sql:
    """A checked piece of SQL: `text` is what runs."""

    text: str
    parameters: frozenset[str]
    functions: frozenset[str]
    tables: frozenset[str]
    columns: frozenset[str]


@lru_cache(4096)
def select(text: str, macros: frozenset[str]) -> Sql:
    """A query of a pack: one SELECT, allowed functions only; raises SqlFault."""
    edited, parameters = rewrite(text)
    functions = _functions(edited, macros)
    statements = _statements(edited)
    if len(statements) != 1 or statements[0] is None:
        raise SqlFault("只允许一条语句", "one statement only")
    root = statements[0]
    if not isinstance(root, exp.Select | exp.SetOperation):
        raise SqlFault("只允许 SELECT 查询", f"a SELECT only, not {type(root).__name__}")
    _refuse_nodes(root)
    _refuse_limits(root)
    return Sql(edited, parameters, functions, _tables(root), _columns(root))


@lru_cache(4096)
def expression(text: str, macros: frozenset[str]) -> Sql:
    """A single expression of a pack, without a query inside; raises SqlFault."""
    edited, parameters = rewrite(text)
    functions = _functions(edited, macros)
    root = _parse_expression(edited)
    if root.find(exp.Select, exp.SetOperation, exp.Subquery) is not None:
        raise SqlFault("表达式中不允许子查询", "no query inside an expression")
    _refuse_nodes(root)
    _refuse_limits(root)
    return Sql(edited, parameters, functions, frozenset(), _columns(root))


@lru_cache(4096)
def rewrite(text: str) -> tuple[str, frozenset[str]]:
    """`known('x', k, m)` becomes the macro of parameter x, `param` the raising one, `over(` a name that parses.

    Returns the text and the names of the parameters.
    """
    tokens = _tokens(text)
    edits: list[tuple[int, int, str]] = []
    names = set()
    for index, token in enumerate(tokens):
        if not _calls(tokens, index):
            continue
        word = token.text.casefold()
        if word.startswith("p__"):
            raise SqlFault("请用 known() 或 param() 取参数", "ask for a parameter with known() or param()", token.line)
        if word in ("known", "param"):
            name = tokens[index + 2] if index + 3 < len(tokens) else None
            if (
                name is None
                or name.token_type is not TokenType.STRING
                or tokens[index + 3].token_type is not TokenType.COMMA
            ):
                raise SqlFault(
                    f"{word}() 的第一个参数必须是参数名（字符串）",
                    f"the first argument of {word}() is a quoted name",
                    token.line,
                )
            names.add(name.text)
            suffix = "__must" if word == "param" else ""
            edits.append((token.start, tokens[index + 3].end + 1, f"p__{name.text}{suffix}("))
        elif word == "over" and (index == 0 or tokens[index - 1].token_type is not TokenType.R_PAREN):
            edits.append((token.start, token.end + 1, "exceeds"))
    for start, end, replacement in reversed(edits):
        text = text[:start] + replacement + text[end:]
    return text, frozenset(names)


def comparisons(text: str) -> list[tuple[str, str]]:
    """Both sides of every `<`, `>`, `<=`, `>=`, `=` and BETWEEN of a rewritten expression, as text."""
    root = _parse_expression(text)
    pairs = []
    for node in root.walk():
        if isinstance(node, exp.LT | exp.GT | exp.LTE | exp.GTE | exp.EQ | exp.NEQ):
            pairs.append((node.left.sql("duckdb"), node.right.sql("duckdb")))
        elif isinstance(node, exp.Between):
            pairs.append((node.this.sql("duckdb"), node.args["low"].sql("duckdb")))
    return pairs


@lru_cache(4096)
def calls_in(text: str, column: str) -> tuple[str, ...]:
    """Functions that the named column of a rewritten query, or the expression itself, calls."""
    root = sqlglot.parse_one(text, read="duckdb")
    places: list[exp.Expr] = [
        item for query in root.find_all(exp.Select) for item in query.expressions if item.alias_or_name == column
    ] or ([] if isinstance(root, exp.Select | exp.SetOperation) else [root])
    return tuple(dict.fromkeys(node.name for place in places for node in place.find_all(exp.Anonymous)))


def _tokens(text: str) -> list[Token]:
    """Tokens that DuckDB sees too. Where the two lexers part ways — template comments, invisible characters in names,
    other kinds of strings — code could hide from the judge, so it is refused."""
    if "{#" in text or CONTROL.search(text):
        raise SqlFault("不允许 {# 或控制字符", "neither {# nor control characters are allowed")
    try:
        tokens = list(DuckDB().tokenize(text))
    except SqlglotError as fault:
        raise _syntax(fault) from None
    for token in tokens:
        kind = token.token_type
        if kind.name.endswith("STRING"):
            if kind is not TokenType.STRING or not text.startswith("'", token.start):
                raise SqlFault("字符串只能写成 '…'", "a string is written '…'", token.line)
        elif kind in (TokenType.VAR, TokenType.IDENTIFIER):
            if not PLAIN_NAME.fullmatch(token.text):
                raise SqlFault(
                    f"名称只能用字母、数字、下划线：{token.text!a}", f"not a plain name: {token.text!a}", token.line
                )
        elif not token.text.isascii():
            raise SqlFault(f"不允许 {token.text!a}", f"{token.text!a} is not allowed", token.line)
    return tokens


def _calls(tokens: list[Token], index: int) -> bool:
    """Whether the token is a name with an opening bracket behind it."""
    return (
        index + 1 < len(tokens)
        and tokens[index + 1].token_type is TokenType.L_PAREN
        and tokens[index].text.replace("_", "a").isalnum()
        and tokens[index].token_type not in (TokenType.STRING, TokenType.NUMBER)
    )


def _functions(text: str, macros: frozenset[str]) -> frozenset[str]:
    tokens = _tokens(text)
    called = set()
    for index, token in enumerate(tokens):
        word = token.text.casefold()
        if word in WORDS_REFUSED and token.token_type is not TokenType.STRING and not _qualified(tokens, index):
            raise SqlFault(f"不允许使用 {token.text}", f"{token.text} is not allowed", token.line)
        if not _calls(tokens, index) or (word in KEYWORDS and token.token_type is not TokenType.IDENTIFIER):
            continue
        if _names_columns(tokens, index):
            continue
        if _qualified(tokens, index):
            raise SqlFault(f"函数前不允许有点：{token.text}()", f"no dot before a call: {token.text}()", token.line)
        if word in CALLS_REFUSED:
            raise SqlFault(
                f"请用 {CALLS_REFUSED[word]} 代替 {word}()",
                f"use {CALLS_REFUSED[word]} instead of {word}()",
                token.line,
            )
        if word not in CALLABLE and token.text not in macros and not word.startswith("p__"):
            raise SqlFault(f"不允许调用函数 {token.text}()", f"the function {token.text}() is not allowed", token.line)
        called.add(token.text)
    return frozenset(called)


def _qualified(tokens: list[Token], index: int) -> bool:
    """Whether the token is a column behind `alias.` — a column may bear a clock's name."""
    return index > 0 and tokens[index - 1].token_type is TokenType.DOT


def _names_columns(tokens: list[Token], index: int) -> bool:
    """`AS t(a, b)` and `WITH t(a, b) AS` name columns; nothing is called."""
    before = tokens[index - 1].token_type if index else None
    if before is TokenType.ALIAS:
        return True
    depth = 0
    for after in range(index + 1, len(tokens)):
        kind = tokens[after].token_type
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        if depth == 0:
            follows = tokens[after + 1 : after + 3]
            return [one.token_type for one in follows] == [TokenType.ALIAS, TokenType.L_PAREN]
    return False


def _parse_expression(text: str) -> exp.Expr:
    statements = _statements(f"SELECT ({text}\n)")
    if len(statements) != 1 or not isinstance(statements[0], exp.Select) or len(statements[0].expressions) != 1:
        raise SqlFault("应为一个表达式", "one expression is needed")
    root = statements[0]
    if {key for key, value in root.args.items() if value} - {"expressions", "kind"}:
        raise SqlFault("应为一个表达式", "one expression is needed")
    inner = root.expressions[0]
    if not isinstance(inner, exp.Paren) or isinstance(inner.this, exp.Alias) or inner.this.is_star:
        raise SqlFault("应为一个表达式", "one expression is needed")
    return inner


def _refuse_nodes(root: exp.Expr) -> None:
    for node in root.walk():
        if type(node).__name__ in NODES_REFUSED:
            raise SqlFault(f"不允许 {type(node).__name__}", f"{type(node).__name__} is not allowed")
        if isinstance(node, exp.Literal) and not (_pure_number(node) if node.is_number else _pure_text(node)):
            raise SqlFault(
                f"数值 {node.name} 应写成带依据的参数", f"the number {node.name} belongs in a parameter with its basis"
            )


def _pure_number(node: exp.Literal) -> bool:
    """A conversion or a count, the size of a type, or the argument of a text or series function.

    What a macro is given (`differs(a, b, 0.03)`) is a limit or a figure, and a fraction is never a count.
    """
    if not NUMBER.fullmatch(node.name):
        return False
    inside = node.find_ancestor(exp.DataType, exp.Anonymous, exp.Repeat, exp.Table, exp.Interval)
    if float(node.name) in NUMBERS:
        return True
    if isinstance(inside, exp.Anonymous):
        return node.is_int and inside.name.casefold() in CALLABLE - MACROS
    return inside is not None


def _pure_text(node: exp.Literal) -> bool:
    """Text that is no number in disguise: neither `'0.03'` nor `'30'::INT`."""
    cast = node.parent
    number = isinstance(cast, exp.Cast) and cast.to.this in exp.DataType.NUMERIC_TYPES
    return not number and DECIMAL_TEXT.fullmatch(node.name) is None


def _refuse_limits(root: exp.Expr) -> None:
    """A limit is asked with over, under or differs, which leave rounding alone; a bare comparison would not."""
    for node in root.find_all(exp.LT, exp.GT, exp.LTE, exp.GTE, exp.Between):
        for side in node.find_all(exp.Anonymous, exp.Literal, exp.Column):
            limit = isinstance(side, exp.Anonymous) and side.name.startswith("p__")
            fraction = isinstance(side, exp.Literal) and side.is_number and not side.is_int
            tolerance = isinstance(side, exp.Column) and side.name == "tolerance"
            if limit or fraction or tolerance:
                raise SqlFault(
                    "与限值比较请用 over、under 或 differs", "compare with a limit through over, under or differs"
                )


def _tables(root: exp.Expr) -> frozenset[str]:
    names = set()
    for table in root.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier):
            if table.this.quoted and not table.name.replace("_", "a").isalnum():
                raise SqlFault(f"不允许读取 {table.name}", f"reading {table.name} is not allowed")
            if table.db or table.catalog:
                raise SqlFault("表名不得带库名", "a table's name takes no schema")
            if not _names_cte(table):
                names.add(table.name)
        else:
            _table_function(table)
    return frozenset(names)


def _names_cte(table: exp.Table) -> bool:
    """Whether a CTE of that name is in scope: of a WITH around it, earlier in the same WITH, or recursive itself."""
    inside: exp.Expr = table
    while (outer := inside.parent) is not None:
        visible: list[exp.Expr] = []
        if isinstance(outer, exp.With):
            place = next(index for index, cte in enumerate(outer.expressions) if cte is inside)
            visible = outer.expressions[: place + 1 if outer.args.get("recursive") else place]
        elif isinstance(clause := outer.args.get("with_"), exp.With) and clause is not inside:
            visible = clause.expressions
        if any(cte.alias.casefold() == table.name.casefold() for cte in visible):
            return True
        inside = outer
    return False


def _table_function(table: exp.Table) -> None:
    call = table.this
    name = (
        call.name if isinstance(call, exp.Anonymous) else call.sql_name() if isinstance(call, exp.Func) else ""
    ).casefold()
    if name in ("generateseries", "generate_series", "range", "unnest", "explode"):
        for part in call.find_all(exp.Literal, exp.Mul, exp.Pow):
            if not isinstance(part, exp.Literal) or (part.is_number and float(part.name) > LARGEST_RANGE):
                raise SqlFault(
                    f"序列两端须为列或不大于 {LARGEST_RANGE} 的数",
                    f"a series ends at a column or a number up to {LARGEST_RANGE}",
                )
        return
    raise SqlFault(
        f"不允许的表函数 {name}", f"the table function {name} is not allowed; only {', '.join(TABLE_FUNCTIONS)}"
    )


def _columns(root: exp.Expr) -> frozenset[str]:
    return frozenset(column.name for column in root.find_all(exp.Column))


@cache
def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""


def _statements(text: str) -> list[exp.Expr | None]:
    """The parsed statements. The compiled parser raises TypeError where an operator has no left side."""
    try:
        return sqlglot.parse(text, read="duckdb")
    except SqlglotError as fault:
        raise _syntax(fault) from None
    except TypeError:
        raise SqlFault("SQL 语法错误：运算符缺少操作数", "SQL syntax: an operator lacks an operand") from None


def _syntax(fault: SqlglotError) -> SqlFault:
    errors = getattr(fault, "errors", [])
    line = int(errors[0].get("line") or 1) if errors else 1
    detail = str(errors[0].get("description")) if errors else _first_line(str(fault))
    return SqlFault(f"SQL 语法错误：{detail}", f"SQL syntax: {detail}", line)


def replace_names(text: str, replacements: dict[str, str]) -> str:
    """`text` with free names replaced, by token, so that names inside strings stay."""
    tokens = _tokens(text)
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.token_type is TokenType.VAR and token.text in replacements and not _calls(tokens, index):
            text = text[: token.start] + replacements[token.text] + text[token.end + 1 :]
    return text


@cache
def tables_read(text: str) -> frozenset[str]:
    """Names of the tables and views a rewritten query reads, its own CTEs apart."""
    return _tables(sqlglot.parse_one(text, read="duckdb"))
