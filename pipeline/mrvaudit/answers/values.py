"""A corrected value as text, read as its field: a figure within physics, a date, a word of a code list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mrvaudit.answers.records import Records
from mrvaudit.ingest import words
from mrvaudit.tables import Code, Field

FORMULA = ("=", "+", "-", "@")
LONGEST = 400


class ValueFault(Exception):
    """Why a text cannot be the corrected value."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def corrected(text: str, finding: Mapping[str, Any], records: Records) -> float | str:
    """The value that `text` gives the finding's field; ValueFault where it can be none, or there is no such field."""
    table, name = finding["table"], finding["field"]
    described = records.sector.tables[table].fields.get(name or "") if table in records.sector.tables else None
    if described is None:
        raise ValueFault(
            "这条发现不指向一个字段，不能填更正值", "the finding points to no field; no value can be corrected"
        )
    if records.row(table, finding["entity_id"], finding["row_key"]) is None:
        raise ValueFault(
            "标准表中没有这条记录，请在数据中更正后重新提交",
            "no such record was kept; correct the data and submit them again",
        )
    if text.startswith("=") or (text.startswith(FORMULA[1:]) and not _is_number(text)):
        raise ValueFault("是公式而不是值，请写出结果", "a formula is no value; write its result")
    return _read(text, described, records.sector.codes.get(described.codes or "", {}))


def _is_number(text: str) -> bool:
    try:
        words.number(text)
    except ValueError:
        return False
    return True


def _read(text: str, described: Field, codes: Mapping[str, Code]) -> float | str:
    try:
        if described.type in ("f64", "i64"):
            return _figure(text, described)
        if described.type == "date":
            return words.day(text).isoformat()
        if described.type == "month":
            return words.month(text).isoformat()
        if described.type == "bool":
            return "true" if words.truth(text) else "false"
    except ValueError:
        kind = {"f64": ("数字", "number"), "i64": ("整数", "whole number"), "bool": ("是或否", "yes or no")}
        zh, en = kind.get(described.type, ("日期", "date"))
        raise ValueFault(f"应为{zh}", f"this must be a {en}") from None
    if codes:
        return _code(text, codes)
    if len(text) > LONGEST:
        raise ValueFault(f"超过 {LONGEST} 个字符", f"more than {LONGEST} characters")
    return text


def _figure(text: str, described: Field) -> float:
    value = words.number(text) if described.type == "f64" else float(words.whole(text))
    for bound, beyond in ((described.min, "min"), (described.max, "max")):
        if bound is not None and (value < bound if beyond == "min" else value > bound):
            zh, en = ("小于", "below") if beyond == "min" else ("大于", "above")
            raise ValueFault(f"{zh}物理上可能的 {bound:g}", f"{en} what is physically possible, {bound:g}")
    return value


def _code(text: str, codes: Mapping[str, Code]) -> str:
    spoken = words.folded(text)
    for name, code in codes.items():
        if spoken in {words.folded(word) for word in (name, code.title.zh, code.title.en, *code.words)}:
            return name
    raise ValueFault(f"应为 {'、'.join(codes)} 之一", f"this must be one of {', '.join(codes)}")
