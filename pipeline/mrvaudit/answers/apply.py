"""Answers given earlier and the findings of a run: an answer holds for the value it was given to, until it expires."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from mrvaudit.answers.answer import Answer, State

SAME = 1e-9
"""Two figures are the same within this share of the larger, or of one: beyond the last bit, below any printed digit."""


def apply(
    findings: pl.DataFrame, checks: pl.DataFrame, answers: Sequence[Answer], as_of: date
) -> tuple[pl.DataFrame, tuple[Answer, ...]]:
    """Findings with the status that the answers in force give them, and the answers with their state.

    `checks` tell a finding that is gone from one that was not looked for. An answer expires after its last day.

    No finding is removed and no severity changed; findings that are suppressed stay so.
    """
    if not answers:
        return findings, ()
    ids = [one.finding_id for one in answers]
    named = ("finding_id", "observed", "message_zh")
    present = {row[0]: row for row in findings.filter(pl.col("finding_id").is_in(ids)).select(named).iter_rows()}
    looked = _looked(checks)
    judged = tuple(
        one.model_copy(update={"state": _state(one, present.get(one.finding_id), looked, as_of)}) for one in answers
    )
    status = {one.finding_id: one.status for one in judged if one.state == "in_force"}
    given = pl.col("finding_id").replace_strict(
        list(status), list(status.values()), default=None, return_dtype=pl.String
    )
    changed = pl.when((pl.col("status") == "open") & given.is_not_null()).then(given).otherwise(pl.col("status"))
    return findings.with_columns(changed.alias("status")), judged


def _looked(checks: pl.DataFrame) -> set[tuple[Any, ...]]:
    """Rule, entity and unit of the checks that were made."""
    made = checks.filter(pl.col("status").is_in(["passed", "found"]))
    return set(made.select("rule_id", "entity_id", "unit_id").iter_rows())


def _state(answer: Answer, row: tuple[Any, ...] | None, looked: set[tuple[Any, ...]], as_of: date) -> State:
    if row is None:
        return "gone" if (answer.rule_id, answer.entity_id, answer.unit_id) in looked else "not_looked_for"
    if not same(answer, row[1], row[2]):
        return "value_changed"
    return "expired" if answer.expires is not None and answer.expires < as_of.isoformat() else "in_force"


def same(answer: Answer, observed: float | None, message: str | None) -> bool:
    """Whether a finding still says what it said when it was answered: its figure, or without one its sentence."""
    if answer.observed is None or observed is None:
        return answer.observed is None and observed is None and answer.said == digest(message)
    return abs(answer.observed - observed) <= SAME * max(1.0, abs(answer.observed), abs(observed))


def digest(message: str | None) -> str:
    """First 16 hex digits of a sentence's SHA-256."""
    return hashlib.sha256((message or "").encode("utf-8", "surrogatepass")).hexdigest()[:16]


def subject(finding: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer keeps of the finding it was given to; `finding` is a row of findings.parquet."""
    month = finding["month"]
    named = ("finding_id", "rule_id", "entity_id", "unit_id", "table", "row_key", "field", "observed")
    said = digest(finding["message_zh"]) if finding["observed"] is None else None
    return {**{name: finding[name] for name in named}, "month": f"{month:%Y-%m}" if month else None, "said": said}
