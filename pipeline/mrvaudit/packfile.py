"""Read a pack file: YAML with positions, strict about keys, and errors that name file, line, column and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from mrvaudit.errors import PackError

Place = tuple[str | int, ...]
# What becomes part of a query or of a path: no quote, no bracket, no slash.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
KeyPart = Annotated[str, StringConstraints(pattern=r"^([A-Za-z_][A-Za-z0-9_]*|'[^']*')$")]  # a name, or 'text'


class Entry(BaseModel):
    """An entry of a pack file: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Words(Entry):
    """The same words in Chinese and English."""

    zh: str
    en: str


def _both(value: Any) -> Any:
    """Text given once is the same in both languages."""
    return {"zh": value, "en": value} if isinstance(value, str) else value


# A document's number or a formula needs no translation: such text may be given once.
Text = Annotated[Words, BeforeValidator(_both)]

DEEPEST = 50

Model = TypeVar("Model", bound=Entry)


@dataclass(frozen=True)
class Pack:
    """One parsed file: its data, the text, and where each value stands."""

    path: Path
    label: str
    data: dict[str, Any]
    lines: tuple[str, ...]
    positions: dict[Place, tuple[int, int]]

    def error(
        self, place: Place, zh: str, en: str, *, todo_zh: str | None = None, todo_en: str | None = None
    ) -> PackError:
        """An error at the value of `place` (or its nearest known parent), with the line it stands on."""
        line, column = 1, 1
        for length in range(len(place), -1, -1):
            if place[:length] in self.positions:
                line, column = self.positions[place[:length]]
                break
        excerpt = self.lines[line - 1].strip() if line <= len(self.lines) else ""
        path = ".".join(str(part) for part in place)
        return PackError(
            f"{self.label}:{line}:{column}",
            f"{path}：{zh}",
            f"{path}: {en}",
            read=f"«{excerpt[:120]}»",
            todo_zh=todo_zh,
            todo_en=todo_en,
        )

    def parse(self, model: type[Model], value: object, place: Place) -> Model:
        """`value` as a `model`; raises PackError at the exact key that does not fit."""
        try:
            return model.model_validate(value)
        except ValidationError as fault:
            first = fault.errors()[0]
            where = (*place, *(part for part in first["loc"] if part in _parts(value, first["loc"])))
            missing = first["type"] == "missing"
            key = first["loc"][-1] if first["loc"] else ""
            raise self.error(
                where,
                f"缺少键 {key}" if missing else _problem_zh(first["type"], str(key)),
                f"key {key} is missing" if missing else str(first["msg"]),
                todo_zh="请对照 docs/packs.md 修改",
                todo_en="see docs/packs.md for the keys of this entry",
            ) from None


def _parts(value: object, loc: tuple[str | int, ...]) -> set[str | int]:
    """The parts of a pydantic location that are keys of the data (it also names union branches)."""
    parts: set[str | int] = set()
    for part in loc:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            parts.add(part)
            value = value[part]  # type: ignore[index]
    return parts


def _problem_zh(kind: str, key: str) -> str:
    if kind == "extra_forbidden":
        return f"没有这个键：{key}"
    return f"{key} 的值不符合要求"


def load(path: Path, label: str | None = None) -> Pack:
    """Parse one YAML file; PackError for bad syntax, duplicate keys, anchors, or a top level that is no mapping."""
    shown = label or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PackError(shown, "无法读取（应为 UTF-8 文本）", f"cannot be read as UTF-8 text ({fault})") from None
    reading = _Reading(shown, text)
    try:
        data = reading.document()
    except yaml.reader.ReaderError as fault:
        raise PackError(
            shown, "含有不允许的字符", f"holds a character that YAML does not allow ({fault.reason})"
        ) from None
    except yaml.MarkedYAMLError as fault:
        detail = str(fault.problem or fault)
        raise _syntax(shown, fault.problem_mark, f"YAML 语法错误：{detail}", f"YAML syntax: {detail}", text) from None
    if not isinstance(data, dict):
        raise PackError(
            f"{shown}:1:1", "最外层应为键值映射", "the top level must be a mapping", read=type(data).__name__
        )
    return Pack(path, shown, data, tuple(text.splitlines()), reading.positions)


def _syntax(label: str, mark: Any, zh: str, en: str, text: str) -> PackError:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = text.splitlines()
    excerpt = lines[line - 1].strip() if line <= len(lines) else ""
    return PackError(
        f"{label}:{line}:{column}",
        zh,
        en,
        read=f"«{excerpt[:120]}»",
        todo_zh="请改正后重试",
        todo_en="mend the file and try again",
    )


_RESOLVER = yaml.resolver.Resolver()
_SCALARS = yaml.constructor.SafeConstructor()


@cache
def _plain(text: str) -> Any:
    """What an unquoted word means; ValueError for a date that there is none, ConstructorError for what has no value."""
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    node = yaml.ScalarNode(tag, text)
    return _SCALARS.construct_object(node)


class _Reading:
    """One text on its way through the parser's events, straight to data and places.

    Nodes between the two, as YAML's composer makes them, take as long again as everything else.
    """

    def __init__(self, label: str, text: str) -> None:
        self.positions: dict[Place, tuple[int, int]] = {}
        self._label, self._text, self._depth = label, text, 0
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))

    def document(self) -> Any:
        """The data of the only document; an empty mapping where there is none."""
        next(self._events)  # the stream starts
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return {}
        data = self._value(next(self._events), ())
        next(self._events)  # the document ends
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._error(event, "只允许一个文档", "only one document is allowed")
        return data

    def _value(self, event: Any, place: Place) -> Any:
        if event.anchor is not None:
            raise self._error(event, "不允许使用锚点与引用", "anchors and aliases are not allowed")
        self.positions[place] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(event, "嵌套过深", f"nested more than {DEEPEST} deep")
        if event.tag not in (None, "!"):
            raise self._error(event, f"不允许的标签：{event.tag}", f"the tag {event.tag} is not allowed")
        value = self._mapping(place) if isinstance(event, yaml.MappingStartEvent) else self._list(place)
        self._depth -= 1
        return value

    def _mapping(self, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None:
                raise self._error(event, "键应为文字", "a key must be a word")
            key = event.value  # `no:` and `on:` stay words, not booleans
            if key in mapping:
                raise self._error(event, f"键重复：{key}", f"duplicate key {key}")
            mapping[key] = self._value(next(self._events), (*place, key))
        return mapping

    def _list(self, place: Place) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*place, len(items))))
        return items

    def _scalar(self, event: Any) -> Any:
        if event.tag not in (None, "!"):
            raise self._error(event, f"不允许的标签：{event.tag}", f"the tag {event.tag} is not allowed")
        if not event.implicit[0]:
            return event.value
        try:
            return _plain(event.value)
        except (ValueError, IndexError, yaml.constructor.ConstructorError):  # 2025-02-30 looks like a date and is none
            raise self._error(event, f"无效的值：{event.value}", f"no valid value: {event.value}") from None

    def _error(self, event: Any, zh: str, en: str) -> PackError:
        return _syntax(self._label, event.start_mark, zh, en, self._text)
