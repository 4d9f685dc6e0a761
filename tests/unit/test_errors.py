"""Errors are one line, bilingual, and survive the way between processes."""

from __future__ import annotations

import pickle

import pytest

from mrvaudit.errors import InputError, MrvauditError, NothingError, PackError, StoreError, UsageError

FULL = PackError("a.yaml:3:5", "没有这个键", "no such key", read="«x: 1»", todo_zh="请删除", todo_en="remove it")


def test_one_line_in_both_languages() -> None:
    """where: what is wrong; what was read; what to do — Chinese first, English second."""
    expected = "a.yaml:3:5: 没有这个键；读到 «x: 1»；请删除 / no such key; read «x: 1»; remove it"
    assert expected == str(FULL)


def test_parts_that_are_missing_leave_no_trace() -> None:
    """Without `read` and `todo` only the fault itself is said."""
    assert str(UsageError("x", "错", "wrong")) == "x: 错 / wrong"


def test_line_breaks_become_spaces() -> None:
    """An error is one line even where what it quotes is not."""
    assert str(UsageError("x", "错", "wrong", read="a\nb")) == "x: 错；读到 a b / wrong; read a b"


@pytest.mark.parametrize(
    ("kind", "code"), [(UsageError, 2), (PackError, 2), (InputError, 3), (NothingError, 4), (StoreError, 5)]
)
def test_exit_codes(kind: type[MrvauditError], code: int) -> None:
    """Each kind of fault has the exit code of the contract."""
    assert code == kind("x", "错", "wrong").exit_code


def test_pickling_keeps_everything() -> None:
    """Workers are processes: type and all parts come back."""
    back = pickle.loads(pickle.dumps(FULL))
    assert (PackError, str(FULL), "«x: 1»", "remove it") == (type(back), str(back), back.read, back.todo_en)
