"""What the loader and the binder refuse in rules, each at its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mrvaudit.checks.bind import bind
from mrvaudit.errors import PackError
from mrvaudit.sector import Sector

Refused = Callable[[Mapping[str, str]], PackError]
NewRule = Callable[..., dict[str, Any]]
MoreRules = Callable[..., Sector]
RulesFile = Callable[..., str]

ROWS = "SELECT d.*, 1.0 AS observed FROM ferry_declared d"


def result(violates: str, **changes: Any) -> list[dict[str, Any]]:
    """One result with this question."""
    return [{"name": "differs", "violates": violates, "severity": "minor", **changes}]


@pytest.mark.parametrize(
    ("changes", "place", "english"),
    [
        ({"colour": "red"}, "colour", "Extra inputs are not permitted"),
        ({"remedy": None}, "", "key remedy is missing"),
        ({"title": {"zh": "示例"}}, "title", "key en is missing"),
        ({"status": "final"}, "status", "Input should be 'draft', 'shadow'"),
        ({"scope": "plant"}, "scope", "Input should be 'unit', 'entity' or 'global'"),
        ({"results": result("a = b", severity="grave")}, "results.0.severity", "Input should be 'critical'"),
        ({"basis": [{"document": "x", "mark": "rumour"}]}, "basis.0.mark", "Input should be 'law'"),
        ({"valid": {"from": "2019"}}, "valid", "the period is written YYYY-MM"),
        ({"valid": {"from": "2019-01", "until": "9' OR 1=1 OR '"}}, "valid", "the period is written YYYY-MM"),
        ({"subject": {"table": "nothing", "field": "x"}}, "subject", "there is no nothing.x"),
        ({"subject": {"table": "trips", "field": "x"}}, "subject", "there is no trips.x"),
        ({"subject": {"table": "trips", "field": "date", "view": "nothing"}}, "reads", "no table or view nothing"),
        ({"reads": ["trips", "nothing"]}, "reads", "there is no table or view nothing"),
        ({"rows": ROWS, "reads": []}, "rows", "ferry_declared is not listed under reads"),
        ({"rows": "SELECT * FROM trips, pg_tables", "reads": ["trips"]}, "rows", "pg_tables is not listed under reads"),
        ({"rows": "SELECT * FROM 'a.csv'"}, "rows", "reading a.csv is not allowed"),
        ({"rows": "SELECT * FROM read_csv('a.csv')"}, "rows", "the function read_csv() is not allowed"),
        ({"rows": "SELECT known('nothing', '', month) AS x"}, "rows", "there is no parameter nothing"),
        ({"rows": "SELECT a FROM"}, "rows", "SQL syntax"),
        ({"rows": "SELECT 1; SELECT 2"}, "rows", "one statement only"),
        (
            {"rows": ROWS, "reads": ["ferry_declared"], "observed": "1"},
            "observed",
            "with rows, this belongs in the query",
        ),
        ({"applies": "over(known('nothing', '', as_of()), 1)"}, "applies", "there is no parameter nothing"),
        ({"applies": "route IN (SELECT route FROM units)"}, "applies", "no query inside an expression"),
        ({"where": "now() > month"}, "where", "the function now() is not allowed"),
        ({"expected": "param('nothing', '', month)"}, "expected", "there is no parameter nothing"),
        ({"tolerance": "0.03"}, "tolerance", "the number 0.03 belongs in a parameter"),
        ({"results": result("differs(diesel_kg, emission_t, 0.03)")}, "results.0.violates", "the number 0.03"),
        (
            {"results": result("diesel_kg > known('day_sum_tolerance_kg', '', month)")},
            "results.0.violates",
            "through over",
        ),
        ({"results": result("diesel_kg > tolerance")}, "results.0.violates", "compare with a limit through over"),
        ({"needs": ["a IS NULL) --"]}, "needs.0", "should match pattern"),
        ({"message": {"zh": "{month!r}", "en": "x"}}, "message", "a placeholder is a plain name, not {month!r}"),
        ({"message": {"zh": "x", "en": "{a.b}"}}, "message", "a placeholder is a plain name, not {a.b}"),
        ({"message": {"zh": "{}", "en": "x"}}, "message", "a placeholder is a plain name, not {}"),
        ({"message": {"zh": "{month:>99999}", "en": "x"}}, "message", "a placeholder is a plain name"),
        (
            {"results": result("a = b", ask={"zh": "{0}", "en": "x"})},
            "message",
            "a placeholder is a plain name, not {0}",
        ),
        ({"examples": []}, "examples", "a rule has examples"),
        ({"examples": None}, "", "key examples is missing"),
    ],
)
def test_refused_at_load(
    refused: Refused,
    rules_file: RulesFile,
    new_rule: NewRule,
    changes: dict[str, Any],
    place: str,
    english: str,
) -> None:
    """Keys, names, SQL, words and examples of a rule are checked at load."""
    said = refused({"checks/more.yaml": rules_file(new_rule(**changes))}).en
    assert (said.startswith(f"rules.0.{place}".rstrip(".")), english in said) == (True, True), said


def test_the_message_has_line_and_column(refused: Refused) -> None:
    """A fault in one rule of a file is shown where it stands."""
    text = (
        "topic: more\nrules:\n  - id: NEW-01\n    version: 1\n    status: stable\n    title: {zh: 示例, en: Example}\n"
        "    basis: [{document: toy}]\n    valid: {from: 2019-01}\n    subject: {table: trips, field: diesel_kg}\n"
        "    results:\n      - {name: much, violates: diesel_kg > now(), severity: minor}\n"
        "    message: {zh: x, en: x}\n    remedy: {zh: x, en: x}\n    examples: [{name: a, given: {}, expect: []}]\n"
    )
    expected = (
        "ferry/checks/more.yaml:11:32: rules.0.results.0.violates：不允许调用函数 now()；读到"
        " «- {name: much, violates: diesel_kg > now(), severity: minor}»"
        " / rules.0.results.0.violates: the function now()"
        " is not allowed; read «- {name: much, violates: diesel_kg > now(), severity: minor}»"
    )
    assert expected == str(refused({"checks/more.yaml": text}))


def test_an_id_used_twice(refused: Refused, rules_file: RulesFile, new_rule: NewRule) -> None:
    """Twice in a file, or in two files: one id is one rule."""
    same = refused({"checks/more.yaml": rules_file(new_rule(), new_rule())})
    other = refused({"checks/more.yaml": rules_file(new_rule(id="FER-01"))})
    assert [
        same.en,
        other.en,
    ] == ["rules.1.id: the rule id NEW-01 is used twice", "rules.0.id: the rule id FER-01 is used twice"]


@pytest.mark.parametrize(
    ("changes", "english"),
    [
        (
            {"rows": "SELECT unit_key, month, diesel_kg, emission_t FROM ferry_declared", "reads": ["ferry_declared"]},
            "rules.0.rows: the query lacks the columns unit_id, _block, _line",
        ),
        (
            {
                "rows": "SELECT * EXCLUDE (month) FROM ferry_declared",
                "reads": ["ferry_declared"],
                "results": result("over(diesel_kg, emission_t)"),
            },
            'rules.0.rows: the query does not bind: Binder Error: Referenced column "month"',
        ),
        (
            {
                "rows": "SELECT * EXCLUDE (entity_id) FROM ferry_declared",
                "reads": ["ferry_declared"],
                "scope": "entity",
            },
            "rules.0.rows: the query lacks the columns entity_id",
        ),
        ({"needs": ["nothing"]}, "rules.0.results: the query lacks the columns nothing"),
        (
            {"also": [{"table": "trips", "field": "date", "block": "b", "line": "l", "row_key": "k"}]},
            "rules.0.results: the query lacks the columns b, l, k",
        ),
        ({"results": result("diesel_kg > emission_t")}, "rules.0.results: compare figures through over"),
        ({"results": result("diesel_kg = emission_t")}, "rules.0.results: compare figures through over"),
        ({"results": result("emission_t BETWEEN diesel_kg AND diesel_kg")}, "rules.0.results: compare figures"),
        ({"observed": "emission_t", "results": result("observed < diesel_kg")}, "rules.0.results: compare figures"),
        ({"results": result("nothing = 'x'")}, "rules.0.results: the query does not bind: Binder Error"),
        ({"results": result("over(unit_id, diesel_kg)")}, "rules.0.results: the query does not bind"),
        ({"applies": "nothing = 'x'"}, "rules.0.applies: the query does not bind: Binder Error"),
        ({"message": {"zh": "{nothing}", "en": "x"}}, "rules.0.message: the query has no column nothing"),
    ],
)
def test_refused_at_bind(more_rules: MoreRules, new_rule: NewRule, changes: dict[str, Any], english: str) -> None:
    """Before any input is read DuckDB binds every query; columns, types and placeholders must fit."""
    sector = more_rules(new_rule(**changes))
    with pytest.raises(PackError) as caught:
        bind(sector)
    assert english == caught.value.en[: len(english)]
    assert "ferry/checks/more.yaml:" in caught.value.where


@pytest.mark.parametrize(
    "violates",
    [
        "over(diesel_kg, emission_t)",
        "unit_id = 'x' AND month IS NOT NULL",
        "_line > 3",
        "known('day_sum_tolerance_kg', '', month) IS NULL",
        "len(unit_id) > 10",
        "month < as_of()",
    ],
)
def test_accepted_questions(more_rules: MoreRules, new_rule: NewRule, violates: str) -> None:
    """Texts, dates and counts are compared as they are; figures through the macros."""
    bind(more_rules(new_rule(results=result(violates))))


def test_a_param_without_a_value_is_a_pack_error(more_rules: MoreRules, new_rule: NewRule) -> None:
    """Checking a question on NULLs must not end in a raw database error."""
    sector = more_rules(new_rule(results=result("param('day_sum_tolerance_kg', '', month) = emission_t")))
    with pytest.raises(PackError):
        bind(sector)


def test_columns_with_words_of_sql_as_names(more_rules: MoreRules, new_rule: NewRule) -> None:
    """A quoted name such as "from" is allowed; anything that is no plain name is not."""
    rows = 'SELECT *, unit_id AS "from" FROM ferry_declared'
    sector = more_rules(new_rule(rows=rows, reads=["ferry_declared"], results=result("\"from\" = 'x'")))
    bind(sector)
    with pytest.raises(PackError, match="not a plain name"):
        more_rules(new_rule(rows='SELECT *, 1 AS "x) OR (y" FROM ferry_declared', reads=["ferry_declared"]))


def test_shared_columns_of_every_rule(ferry: Sector) -> None:
    """Basis in one line; the scanned table is the subject's unless a view is named."""
    rule = ferry.rules["FER-02"]
    assert (rule.basis_text, rule.scanned, rule.topic) == ("toy guide", "ferry_declared", "fuel")
