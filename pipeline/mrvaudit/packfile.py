"""Read a pack file: YAML with positions, strict about keys, and errors that name file, line, column and remedy."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
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
    positions: dict[Place, tuple[int, int]] = {}
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if getattr(event, "anchor", None):
                mark = event.start_mark
                raise _syntax(shown, mark, "不允许使用锚点与引用", "anchors and aliases are not allowed", text)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise _syntax(shown, event.start_mark, "嵌套过深", f"nested more than {DEEPEST} deep", text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = _construct(root, (), positions, shown, text) if root is not None else {}
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
    return Pack(path, shown, data, tuple(text.splitlines()), positions)


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


_SCALARS = yaml.constructor.SafeConstructor()


def _construct(node: yaml.Node, place: Place, positions: dict[Place, tuple[int, int]], label: str, text: str) -> Any:
    positions[place] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)  # `no:` and `on:` stay words, not booleans
            if key in mapping:
                raise _syntax(label, key_node.start_mark, f"键重复：{key}", f"duplicate key {key}", text)
            mapping[key] = _construct(value_node, (*place, key), positions, label, text)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, (*place, index), positions, label, text) for index, child in enumerate(node.value)]
    try:
        return _SCALARS.construct_object(node, deep=True)
    except (ValueError, IndexError):  # 2025-02-30 looks like a date and is none
        raise _syntax(
            label, node.start_mark, f"无效的值：{node.value}", f"no valid value: {node.value}", text
        ) from None
