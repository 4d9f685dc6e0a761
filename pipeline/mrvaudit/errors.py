"""Faults that an operator or a developer can mend.

MrvauditError
├── UsageError      exit 2   the command is wrong
├── PackError       exit 2   a pack or parameter file is wrong
├── InputError      exit 3   an input cannot be read at all
├── NothingError    exit 4   nothing could be audited
└── StoreError      exit 5   the store is locked or damaged

A problem in the submitted data is never an exception: it is a finding.
"""

from __future__ import annotations


class MrvauditError(Exception):
    """One fault in one form: where, what is wrong, what was read, what to do; Chinese first, English second."""

    exit_code = 2

    def __init__(
        self,
        where: str,
        zh: str,
        en: str,
        *,
        read: str | None = None,
        todo_zh: str | None = None,
        todo_en: str | None = None,
    ) -> None:
        self.where, self.zh, self.en = where, zh, en
        self.read, self.todo_zh, self.todo_en = read, todo_zh, todo_en
        super().__init__(str(self))

    def __str__(self) -> str:
        chinese = [self.zh, *([f"读到 {self.read}"] if self.read else []), *([self.todo_zh] if self.todo_zh else [])]
        english = [self.en, *([f"read {self.read}"] if self.read else []), *([self.todo_en] if self.todo_en else [])]
        return f"{self.where}: {'；'.join(chinese)} / {'; '.join(english)}".replace("\n", " ")

    def __reduce__(self) -> tuple[object, ...]:
        # Workers are processes: the error must survive pickling with its keyword arguments.
        return (_rebuild, (type(self), self.where, self.zh, self.en, self.read, self.todo_zh, self.todo_en))


def _rebuild(
    kind: type[MrvauditError],
    where: str,
    zh: str,
    en: str,
    read: str | None,
    todo_zh: str | None,
    todo_en: str | None,
) -> MrvauditError:
    return kind(where, zh, en, read=read, todo_zh=todo_zh, todo_en=todo_en)


class UsageError(MrvauditError):
    """The command itself is wrong."""


class PackError(MrvauditError):
    """A pack or parameter file is wrong; nothing was audited."""


class InputError(MrvauditError):
    """An input could not be read at all; the rest goes on."""

    exit_code = 3


class NothingError(MrvauditError):
    """There was nothing to audit."""

    exit_code = 4


class StoreError(MrvauditError):
    """The store is locked or damaged; nothing was changed."""

    exit_code = 5
