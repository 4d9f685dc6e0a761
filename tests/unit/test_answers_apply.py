"""Answers and a later run: in force, lapsed, gone; what becomes of the status and of nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrvaudit.answers import answer
from mrvaudit.answers.answer import Answer
from mrvaudit.answers.apply import apply, digest
from mrvaudit.answers.columns import book
from mrvaudit.errors import UsageError
from mrvaudit.model import CHECKS, FINDINGS

KINDS = {"str": pl.String, "date": pl.Date, "f64": pl.Float64, "i64": pl.Int64}
DAY = date(2026, 3, 31)


def findings(*rows: dict[str, Any]) -> pl.DataFrame:
    """Findings of unit A by rule R-1, with what a test sets."""
    base = dict.fromkeys(FINDINGS) | {"rule_id": "R-1", "entity_id": "E", "unit_id": "A", "status": "open"}
    schema = {name: KINDS[kind] for name, kind in FINDINGS.items()}
    return pl.DataFrame([{**base, "severity": "major", **row} for row in rows], schema=schema, orient="row")


def checks(*rules: str) -> pl.DataFrame:
    """Rules that looked at unit A."""
    schema = {name: KINDS[kind] for name, kind in CHECKS.items()}
    rows = [
        dict.fromkeys(CHECKS) | {"rule_id": one, "entity_id": "E", "unit_id": "A", "status": "passed"} for one in rules
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def given(name: str, **more: Any) -> Answer:
    """An answer to the finding of this id."""
    base: dict[str, Any] = {
        "finding_id": name,
        "rule_id": "R-1",
        "entity_id": "E",
        "unit_id": "A",
        "status": "answered",
    }
    return Answer(**(base | more))


@pytest.mark.parametrize(
    ("found", "said", "state", "status"),
    [
        ({"observed": 50.0}, {"observed": 50.0}, "in_force", "answered"),
        ({"observed": 50.0}, {"observed": 50.0, "status": "closed"}, "in_force", "closed"),
        ({"observed": 50.0 * (1 + 4e-16)}, {"observed": 50.0}, "in_force", "answered"),
        ({"observed": 50.01}, {"observed": 50.0}, "value_changed", "open"),
        ({"observed": None, "message_zh": "两处不同"}, {"said": digest("两处不同")}, "in_force", "answered"),
        ({"observed": None, "message_zh": "三处不同"}, {"said": digest("两处不同")}, "value_changed", "open"),
        ({"observed": 50.0}, {"said": digest("")}, "value_changed", "open"),
        ({"observed": 50.0}, {"observed": 50.0, "expires": "2026-03-31"}, "in_force", "answered"),
        ({"observed": 50.0}, {"observed": 50.0, "expires": "2026-03-30"}, "expired", "open"),
        ({"observed": 50.0, "status": "suppressed"}, {"observed": 50.0}, "in_force", "suppressed"),
    ],
)  # fmt: skip
def test_an_answer_holds_for_its_value_until_its_day(
    found: dict[str, Any], said: dict[str, Any], state: str, status: str
) -> None:
    """The status follows, the severity stays, nothing is removed."""
    told, judged = apply(findings({"finding_id": "f", **found}), checks("R-1"), [given("f", **said)], DAY)
    assert [(one.state, one.status) for one in judged] == [(state, said.get("status", "answered"))]
    assert told.select("finding_id", "severity", "status").rows() == [("f", "major", status)]


def test_a_finding_that_is_gone_and_one_that_was_not_looked_for() -> None:
    """Only a check that was made can say that a finding is gone."""
    answers = [given("a"), given("b", rule_id="R-2")]
    assert [one.state for one in apply(findings(), checks("R-1"), answers, DAY)[1]] == ["gone", "not_looked_for"]


def test_the_file_is_sorted_and_comes_back_the_same(tmp_path: Path) -> None:
    """Two orders, one text; what was written is read."""
    answers = [given("b", cause="甲\n<script>"), given("a", corrected_value=75380.49)]
    texts = []
    for order in (answers, answers[::-1]):
        answer.write(tmp_path / "answers.json", order)
        texts.append((tmp_path / "answers.json").read_bytes())
    assert texts[0] == texts[1]
    assert answer.read(tmp_path / "answers.json") == (answers[1], answers[0])


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": "mrvaudit answers", "answers": [{"finding_id": "a"}]}',
     '{"format": "mrvaudit answers", "answers": [{"finding_id": "a", "rule_id": "R", "entity_id": "", "status": ""}]}',
     '{"format": "mrvaudit answers", "answers": [1]}'],
)  # fmt: skip
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    """In one line, before anything is audited."""
    (tmp_path / "answers.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"answers\.json: 不是答复文件"):
        answer.read(tmp_path / "answers.json")


def test_words_for_every_status_and_state() -> None:
    """The workbook can say each of them."""
    assert tuple(book().statuses) == answer.STEPS
    assert tuple(book().states) == tuple(answer.counts((), "state"))
