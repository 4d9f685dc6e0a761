"""Words of the interface: both languages, every key in use, no word of a sector."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mrvaudit import report
from mrvaudit.model import SEVERITIES
from mrvaudit.report import formats

FOLDER = Path(report.__file__).parent
PLACEHOLDER = re.compile(r"\{([a-z_]+)")
# Keys that are put together while running: severities, statuses, marks, reasons and the like.
COMPOSED = (
    "stake_",
    "impact_",
    "nc_",
    "mark_",
    "status_",
    "reason_",
    "paper_",
    "source_kind_",
    "state_",
    "signal_",
    "source_sentence_",
    "quarantine_",
    "finding_",
    "opinion_",
    "severity_",
    "standard_",
    "changes_",
    "strip_",
)


def sources() -> str:
    """All code and templates of the reports as one text."""
    paths = sorted([*FOLDER.rglob("*.py"), *FOLDER.glob("templates/*.j2")])
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_every_word_stands_in_both_languages() -> None:
    """A pair has Chinese and English text, and nothing else."""
    for key, pair in formats.book()["words"].items():
        assert isinstance(key, str)
        assert set(pair) == {"zh", "en"}, key
        assert all(isinstance(text, str) and text for text in pair.values()), key


def test_both_languages_have_the_same_placeholders() -> None:
    """A figure is never shown in one language only."""
    differing = [
        key
        for key, pair in formats.book()["words"].items()
        if set(PLACEHOLDER.findall(pair["zh"])) != set(PLACEHOLDER.findall(pair["en"]))
    ]
    assert [] == differing


def test_forms_stand_in_both_languages() -> None:
    """What the languages write differently is known for each."""
    assert all(set(pair) == {"zh", "en"} for pair in formats.book()["forms"].values())


def test_every_key_is_used() -> None:
    """A word that no page shows is taken out."""
    text = sources()
    unused = [
        key
        for key in formats.book()["words"]
        if not key.startswith(COMPOSED) and key not in SEVERITIES and not re.search(rf"[.\"']{key}\b", text)
    ]
    assert [] == unused


def test_every_key_that_templates_name_exists() -> None:
    """`w.key` and `say("key")` never fail while a page is written."""
    words = formats.book()["words"]
    named = set(re.findall(r"\bw\.([a-z_]+)", sources()))
    named |= set(re.findall(r"(?:\bsay|words_of)\(\"([a-z_]+)\"", sources()))
    assert set() == named - set(words)


@pytest.mark.parametrize("word", ["coal", "boiler", "moisture", "calorific", "煤", "锅炉", "水分", "热值", "元素碳"])
def test_no_sector_word_in_the_reports(word: str) -> None:
    """Words of a sector stand in its report.yaml."""
    text = sources() + (FOLDER / "words.yaml").read_text(encoding="utf-8")
    assert not re.search(rf"\b{word}\b" if word.isascii() else word, text.lower())
