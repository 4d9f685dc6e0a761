"""Rows of a filled workbook: which are answers, which are not and why."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from mrvaudit.answers.answer import Answer, Step
from mrvaudit.answers.filled import Row, text_of
from mrvaudit.answers.judge import LONGEST_TEXT, judge
from mrvaudit.answers.records import Records
from mrvaudit.model import Work
from mrvaudit.sector import Sector

FINDING: dict[str, Any] = {
    "finding_id": "f1", "rule_id": "FER-01", "entity_id": "E", "unit_id": "A", "month": None, "table": "trips",
    "row_key": "A|2025-03-01", "field": "diesel_kg", "observed": 50.0, "message_zh": "", "status": "open",
}  # fmt: skip
ANSWERED = {"cause": "漏记一班", "answer": "补记", "author": "张三", "date": "2026-04-01"}
VERIFIED = {**ANSWERED, "opinion": "接受", "signature": "李四", "verified_on": "2026年4月3日"}
CLOSED = {**VERIFIED, "closed": "已关闭", "closed_on": "2026-04-04"}


@pytest.fixture(scope="module")
def records(ferry: Sector, tmp_path_factory: pytest.TempPathFactory) -> Records:
    """One trip of one ferry."""
    work = Work(tmp_path_factory.mktemp("records"))
    work.t("trips").mkdir(parents=True)
    row = {"entity_id": "E", "unit_id": "A", "date": "2025-03-01", "diesel_kg": 50.0, "_block": 1, "_line": 2}
    frame = pl.DataFrame([row]).with_columns(pl.col("date").str.to_date())
    frame.write_parquet(work.part(work.t("trips"), 0))
    return Records(work, ferry, [0])


def row(line: int = 5, **texts: str) -> Row:
    """A row of the list; every column has a letter."""
    return Row("答复.xlsx", "清单", line, {"finding_id": "f1", **texts}, {"corrected": "O", "date": "R"})


def import_(records: Records, *rows: Row, before: tuple[Answer, ...] = ()) -> tuple[list[Answer], list[str]]:
    """Answers and the lines of what was not taken."""
    judged = judge(rows, before, {"f1": FINDING}, records)
    return list(judged.answers), [str(one) for one in judged.problems]


def answered(**more: Any) -> Answer:
    """What ANSWERED becomes."""
    subject = {
        name: FINDING[name] for name in ("finding_id", "rule_id", "entity_id", "unit_id", "table", "row_key", "field")
    }
    steps = (Step(status="answered", by="张三", on="2026-04-01"),)
    return Answer(**{**subject, "observed": 50.0, "status": "answered", **ANSWERED, "steps": steps, **more})


def test_answered_verified_closed_in_one_go(records: Records) -> None:
    """Each step with its own name and date."""
    made, problems = import_(records, row(**CLOSED))
    assert problems == []
    assert [(one.status, one.by, one.on) for one in made[0].steps] == [
        ("answered", "张三", "2026-04-01"), ("verified", "李四", "2026-04-03"), ("closed", "李四", "2026-04-04"),
    ]  # fmt: skip
    assert made[0].status == "closed"


def test_step_by_step_and_the_same_again(records: Records) -> None:
    """Every import takes the answer one step further; a second reading of a workbook changes nothing."""
    first, _ = import_(records, row(**ANSWERED))
    assert first == [answered()]
    second, _ = import_(records, row(**VERIFIED), before=tuple(first))
    assert (second[0].status, len(second[0].steps)) == ("verified", 2)
    third, _ = import_(records, row(**CLOSED), before=tuple(second))
    assert (third[0].status, len(third[0].steps)) == ("closed", 3)
    assert import_(records, row(**CLOSED), before=tuple(third)) == (third, [])


def test_an_answer_may_be_amended_until_it_is_verified(records: Records) -> None:
    """The later author and day take the place of the first; a verified answer stands."""
    later = {**ANSWERED, "answer": "补记并附单据", "author": "王五", "date": "2026-04-02"}
    made, _ = import_(records, row(**later), before=(answered(),))
    assert [(one.by, one.on) for one in made[0].steps] == [("王五", "2026-04-02")]
    verified, _ = import_(records, row(**VERIFIED))
    kept, problems = import_(records, row(**{**VERIFIED, "answer": "改口"}), before=tuple(verified))
    assert kept == verified
    assert problems == [
        "答复.xlsx:清单!5: 已核实的答复不能改动；请核查人员先退回为“待答复”；读到 改口 / "
        "a verified answer cannot be changed; the verifier hands it back to 'open' first; read 改口"
    ]


def test_the_verifier_hands_an_answer_back(records: Records) -> None:
    """It is open again, with the opinion, and all steps are kept."""
    back = {**ANSWERED, "status": "待答复", "opinion": "单据不足", "signature": "李四", "verified_on": "2026-04-05"}
    made, problems = import_(records, row(**back), before=(answered(),))
    assert problems == []
    assert (made[0].status, made[0].opinion, [one.status for one in made[0].steps]) == (
        "open", "单据不足", ["answered", "open"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"cause": "漏记"}, "没有姓名"),
        ({"cause": "漏记", "author": "张三"}, "没有日期"),
        ({**ANSWERED, "date": "2026-02-30"}, "不是日期，应写成 2025-03-31；读到 2026-02-30"),
        ({**VERIFIED, "signature": " 张三 "}, "核实者不得是答复人"),
        ({**VERIFIED, "verified_on": "2026-03-31"}, "早于上一步的日期 2026-04-01"),
        ({**CLOSED, "closed_on": "2026-04-02"}, "早于上一步的日期 2026-04-03"),
        ({**ANSWERED, "status": "已核实"}, "没有姓名"),
        ({**ANSWERED, "status": "作废"}, "没有这种状态；读到 作废"),
        ({**ANSWERED, "closed": "也许"}, "应为“已关闭”或“未关闭”"),
        ({**ANSWERED, "expires": "2026-03-01"}, "有效期早于答复日期"),
        ({"evidence": "附件 1", "author": "张三", "date": "2026-04-01", "status": "已答复"}, "没有写明原因或整改措施"),
        ({**ANSWERED, "corrected": "=1+1"}, "是公式而不是值"),
        ({**ANSWERED, "corrected": "=HYPERLINK(\"http://x\",\"y\")"}, "是公式而不是值"),
        ({**ANSWERED, "corrected": "约六十"}, "应为数字；读到 约六十"),
        ({**ANSWERED, "corrected": "-0.1"}, "小于物理上可能的 0；读到 -0.1"),
        ({**ANSWERED, "cause": "x" * (LONGEST_TEXT + 1)}, "超过 4000 个字符"),
        ({**ANSWERED, "finding_id": "f2"}, "这次审核没有这条发现；读到 f2"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_said_and_not_taken(records: Records, texts: dict[str, str], said: str) -> None:
    """One line that names the place and what was read."""
    kept, problems = import_(records, row(**texts))
    assert kept == []
    assert len(problems) == 1
    assert problems[0].startswith("答复.xlsx:清单!")
    assert said in problems[0]


def test_an_empty_row_and_a_second_row(records: Records) -> None:
    """Nothing filled in is no answer; the second row of one finding is refused with its line."""
    assert import_(records, row(status="待答复")) == ([], [])
    made, problems = import_(records, row(**ANSWERED), row(9, **ANSWERED))
    assert made == [answered()]
    assert [one.split(": ")[0] for one in problems] == ["答复.xlsx:清单!9"]


@pytest.mark.parametrize(("text", "value"), [("60", 60.0), ("６０．５", 60.5), ("1,060.5", 1060.5), ("0", 0.0)])
def test_a_corrected_value_is_a_figure(records: Records, text: str, value: float) -> None:
    """As figures are written in submissions; the bound itself is possible."""
    made, _ = import_(records, row(**ANSWERED, corrected=text))
    assert made[0].corrected_value == value


def test_hostile_text_stays_text(records: Records) -> None:
    """Formulas, markup and long names are kept as text; signs that nobody sees become visible."""
    name = "名" * 300
    texts = {
        "cause": '=HYPERLINK("http://x")',
        "answer": "</td><script>alert(1)</script>",
        "author": name,
        "date": "2026-04-01",
    }
    made, problems = import_(records, row(**texts))
    assert problems == []
    assert (made[0].cause, made[0].answer, made[0].author) == (texts["cause"], texts["answer"], name)
    assert text_of("a\u202eb\x07c\n d ") == "a⟨U+202E⟩b⟨U+0007⟩c\n d"
