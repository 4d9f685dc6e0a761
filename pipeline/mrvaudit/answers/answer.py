"""One answer to a finding, and answers.json: sorted, every key written, the same bytes for the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import ValidationError

from mrvaudit.errors import UsageError
from mrvaudit.packfile import Entry

FILE = "answers.json"
FORMAT, FORMAT_VERSION = "mrvaudit answers", 1
STEPS = ("open", "answered", "verified", "closed")
"""In this order; back only to `open`, by the verifier who does not accept an answer."""

State = Literal["in_force", "value_changed", "expired", "gone", "not_looked_for"]
StepName = Literal["open", "answered", "verified", "closed"]


class Step(Entry):
    """Who took the answer to which status, and on which day (ISO)."""

    status: StepName
    by: str
    on: str


class Answer(Entry):
    """What was answered to one finding.

    `finding_id` to `said` tell what the finding spoke of when it was answered: `observed` is its figure, `said` the
    digest of its sentence where it has none. `corrected_value` is in the unit of the record's field: a number, an ISO
    date, a code or text. `state` is what the last audit made of it: in force; lapsed, because the value changed or the
    day passed; or without a finding, which is gone or was not looked for.
    """

    finding_id: str
    rule_id: str
    entity_id: str
    unit_id: str | None = None
    month: str | None = None
    table: str | None = None
    row_key: str | None = None
    field: str | None = None
    observed: float | None = None
    said: str | None = None
    status: StepName
    cause: str | None = None
    answer: str | None = None
    corrected_value: float | str | None = None
    evidence: str | None = None
    author: str | None = None
    date: str | None = None
    expires: str | None = None
    opinion: str | None = None
    steps: tuple[Step, ...] = ()
    state: State = "in_force"


def read(path: Path) -> tuple[Answer, ...]:
    """Answers of a file; UsageError where it is not one that `write` wrote, or two speak of one finding."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise _no_answers(path, str(fault)[:120]) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("answers"), list):
        raise _no_answers(path, str(data)[:60])
    found: dict[str, Answer] = {}
    for number, raw in enumerate(data["answers"]):
        answer = _parsed(path, number, raw)
        if answer.finding_id in found:
            raise _no_answers(path, f"answers.{number}.finding_id {answer.finding_id} ×2")
        found[answer.finding_id] = answer
    return tuple(found[name] for name in sorted(found))


def _parsed(path: Path, number: int, raw: Any) -> Answer:
    try:
        return Answer.model_validate(raw)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in ("answers", number, *first["loc"]))
        raise _no_answers(path, f"{place}: {first['msg']}") from None


def _no_answers(path: Path, read_text: str) -> UsageError:
    return UsageError(
        path.name, "不是答复文件", "this is no file of answers", read=read_text,
        todo_zh="请给出 mrvaudit review import 写出的 answers.json",
        todo_en="name the answers.json that mrvaudit review import wrote",
    )  # fmt: skip


def write(path: Path, answers: Iterable[Answer]) -> None:
    """answers.json, sorted by finding."""
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "answers": [one.model_dump() for one in sorted(answers, key=lambda one: one.finding_id)],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def counts(answers: Sequence[Answer], key: str) -> Mapping[str, int]:
    """How many answers of each status or state, in the order of the words."""
    words = STEPS if key == "status" else get_args(State)
    return {word: sum(getattr(one, key) == word for one in answers) for word in words}
