"""Whether a filled row is an answer: steps in their order, each with a name and a date, and a value that can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mrvaudit.answers import apply, columns
from mrvaudit.answers.answer import STEPS, Answer, Step
from mrvaudit.answers.filled import Row
from mrvaudit.answers.records import Records
from mrvaudit.answers.values import ValueFault, corrected
from mrvaudit.errors import InputError
from mrvaudit.ingest import words

TEXTS = ("cause", "answer", "evidence", "opinion")
NAMES = ("author", "signature")
LONGEST_TEXT, LONGEST_NAME = 4000, 400
DATES = ("date", "expires", "verified_on", "closed_on")


class Refused(Exception):
    """A row that is not taken, and why."""

    def __init__(self, column: str, zh: str, en: str, read: str | None = None) -> None:
        self.column, self.zh, self.en, self.read = column, zh, en, read
        super().__init__(en)


@dataclass(frozen=True)
class Judged:
    """Answers after an import, how many rows were new or changed, and one line for each row not taken."""

    answers: tuple[Answer, ...]
    taken: int
    problems: tuple[InputError, ...]


def judge(
    rows: Sequence[Row],
    before: Sequence[Answer],
    findings: Mapping[str, Mapping[str, Any]],
    records: Records,
    author: str | None = None,
    on: str | None = None,
) -> Judged:
    """Rows against the answers given before; `findings` are rows of findings.parquet by id.

    `author` stands for an empty name in the rows, `on` (ISO) for the days of verifying and closing. A row
    that cannot be taken leaves the earlier answer as it was.
    """
    known = {one.finding_id: one for one in before}
    problems: list[InputError] = []
    seen: set[str] = set()
    taken = 0
    for row in rows:
        name = row["finding_id"] or ""
        try:
            if name not in findings:
                raise Refused("finding_id", "这次审核没有这条发现", "this audit has no such finding", name)
            if name in seen:
                raise Refused("finding_id", "同一发现出现两次", "the finding stands here twice", name)
            made = _answer(row, known.get(name), findings[name], records, (author, on))
        except Refused as fault:
            problems.append(InputError(row.place(fault.column), fault.zh, fault.en, read=fault.read))
            continue
        finally:
            seen.add(name)
        if made is not None and made != known.get(name):
            known[name] = made
            taken += 1
    return Judged(tuple(known[name] for name in sorted(known)), taken, tuple(problems))


def _answer(
    row: Row,
    before: Answer | None,
    finding: Mapping[str, Any],
    records: Records,
    defaults: tuple[str | None, str | None],
) -> Answer | None:
    """The answer of a row; None where nothing was filled in. Raises Refused."""
    texts = {name: _text(row, name, LONGEST_TEXT) for name in TEXTS}
    names = {name: _text(row, name, LONGEST_NAME) for name in NAMES}
    dates = {name: _day(row, name) for name in DATES}
    given = any((*texts.values(), names["signature"], *dates.values(), row["corrected"], row["author"]))
    author, on = defaults
    names["author"] = names["author"] or author
    dates |= {name: dates[name] or on for name in ("verified_on", "closed_on")}
    target = _target(row, texts, names, before)
    if not given and target in (None, before.status if before else "open"):
        return before
    if before is not None and before.state != "in_force":
        before = None  # it was given to another value, or its time is over: this is a first answer again
    target = target or (before.status if before else "open")
    value = _value(row, finding, records)
    author_day = (names["author"], dates["date"])
    said = {
        "cause": texts["cause"], "answer": texts["answer"], "evidence": texts["evidence"], "corrected_value": value,
        "author": author_day[0], "date": author_day[1], "expires": dates["expires"],
    }  # fmt: skip
    _may_change(before, said)
    steps = _steps(before, target, said, names["signature"], dates, texts["opinion"])
    subject = apply.subject(finding)
    return Answer(**subject, **said, status=target, opinion=texts["opinion"], steps=steps)  # type: ignore[arg-type]


def _text(row: Row, name: str, longest: int) -> str | None:
    text = row[name]
    if text is not None and len(text) > longest:
        raise Refused(name, f"超过 {longest} 个字符", f"more than {longest} characters", f"{text[:40]}…")
    return text


def _day(row: Row, name: str) -> str | None:
    text = row[name]
    if text is None or words.is_missing(text):
        return None
    try:
        return words.day(text).isoformat()
    except ValueError:
        raise Refused(name, "不是日期，应写成 2025-03-31", "no date; write 2025-03-31", text[:60]) from None


def _target(
    row: Row, texts: Mapping[str, str | None], names: Mapping[str, str | None], before: Answer | None
) -> str | None:
    """The status a row asks for: the one written, else what follows from the other columns."""
    if row["status"] is not None:
        found = columns.word_of("statuses", row["status"])
        if found is None:
            raise Refused("status", "没有这种状态", "there is no such status", row["status"][:60])
        return found
    if row["closed"] is not None:
        closing = columns.word_of("closings", row["closed"])
        if closing is None:
            raise Refused("closed", "应为“已关闭”或“未关闭”", "either 'closed' or 'not closed'", row["closed"][:60])
        if closing == "yes":
            return "closed"
    opinion = columns.word_of("opinions", texts["opinion"])
    if opinion == "accepted" and names["signature"]:
        return "verified"
    if opinion in ("refused", "partly") and names["signature"]:
        return "open"
    if texts["cause"] or texts["answer"] or row["corrected"]:
        return before.status if before and before.status != "open" else "answered"
    return None


def _value(row: Row, finding: Mapping[str, Any], records: Records) -> float | str | None:
    if row["corrected"] is None or words.is_missing(row["corrected"]):
        return None
    try:
        return corrected(row["corrected"], finding, records)
    except ValueFault as fault:
        raise Refused("corrected", fault.zh, fault.en, row["corrected"][:60]) from None


def _may_change(before: Answer | None, said: Mapping[str, Any]) -> None:
    """What was verified stands; to change it, the verifier first hands it back."""
    if before is None or before.status not in ("verified", "closed"):
        return
    for name, column in (("cause",) * 2, ("answer",) * 2, ("corrected_value", "corrected"), ("evidence",) * 2):
        if said[name] != getattr(before, name):
            raise Refused(
                column, "已核实的答复不能改动；请核查人员先退回为“待答复”",
                "a verified answer cannot be changed; the verifier hands it back to 'open' first", str(said[name])[:60],
            )  # fmt: skip


def _steps(
    before: Answer | None,
    target: str,
    said: Mapping[str, Any],
    signature: str | None,
    dates: Mapping[str, str | None],
    opinion: str | None,
) -> tuple[Step, ...]:
    """The steps so far and those that this row takes; each with its name and date."""
    start = before.status if before else "open"
    done = list(before.steps) if before else []
    if target == "open" and start != "open":
        if opinion is None:
            raise Refused("opinion", "退回须写明意见", "an answer that is handed back needs an opinion")
        return (*done, _step("open", signature, dates["verified_on"], "signature", "verified_on", done))
    if STEPS.index(target) < STEPS.index(start):
        raise Refused(
            "status", f"不能从“{_word(start)}”回到“{_word(target)}”", f"cannot go back from {start} to {target}"
        )
    if target == "open" and before is not None:
        return before.steps
    if target == "open":
        raise Refused("status", "填写了内容，状态却是“待答复”", "there is an answer, but the status is 'open'")
    if start == "answered" and done and (done[-1].by, done[-1].on) != (said["author"], said["date"]):
        done.pop()  # amended before anybody verified it
        start = "open"
    for name in STEPS[STEPS.index(start) + 1 : STEPS.index(target) + 1]:
        done.append(_next(name, said, signature, dates, done))
    if said["expires"] is not None and said["date"] is not None and said["expires"] < said["date"]:
        raise Refused("expires", "有效期早于答复日期", "it expires before it was given", said["expires"])
    return tuple(done)


def _next(
    name: str,
    said: Mapping[str, Any],
    signature: str | None,
    dates: Mapping[str, str | None],
    done: list[Step],
) -> Step:
    if name == "answered":
        if not (said["cause"] or said["answer"]):
            raise Refused("answer", "没有写明原因或整改措施", "neither a cause nor a correction is given")
        return _step(name, said["author"], said["date"], "author", "date", done)
    if signature is not None and words.folded(signature) == words.folded(said["author"] or ""):
        raise Refused("signature", "核实者不得是答复人", "the one who answered cannot verify", signature[:60])
    on = "verified_on" if name == "verified" else "closed_on"
    return _step(name, signature, dates[on], "signature", on, done)


def _step(name: str, by: str | None, on: str | None, by_column: str, on_column: str, done: Sequence[Step]) -> Step:
    zh = _word(name)
    if by is None:
        raise Refused(by_column, f"“{zh}”这一步没有姓名", f"the step '{name}' has no name")
    if on is None:
        raise Refused(on_column, f"“{zh}”这一步没有日期", f"the step '{name}' has no date")
    if done and on < done[-1].on:
        raise Refused(on_column, f"早于上一步的日期 {done[-1].on}", f"before the step before it, {done[-1].on}", on)
    return Step(status=name, by=by, on=on)  # type: ignore[arg-type]


def _word(status: str) -> str:
    return columns.book().statuses[status].zh
