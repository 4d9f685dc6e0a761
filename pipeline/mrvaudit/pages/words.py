"""How pages write words, months and figures."""

from __future__ import annotations

from mrvaudit.packfile import Words

OPEN = "…"


def both(words: Words) -> str:
    """Both languages in one line, once where they are the same."""
    return words.zh if words.zh == words.en else f"{words.zh} / {words.en}"


def one_line(text: str) -> str:
    """An expression without its line breaks."""
    return " ".join(text.split())


def months(since: str, until: str | None) -> str:
    """A half-open period; open at the end where nothing ends it."""
    return f"{since} – {until or OPEN}"


def number(value: float) -> str:
    """A value as it is written by hand: neither rounded nor with an exponent where it can be avoided."""
    text = f"{value:.15g}"
    return f"{value:.12f}".rstrip("0") if "e-" in text else text
