"""Rules by what they rest on."""

from __future__ import annotations

import json

import pytest

from mrvaudit.cli.app import call
from mrvaudit.pages.coverage import coverage, text
from mrvaudit.sector import Sector, load_sector


def test_every_basis_of_every_rule_is_there_once() -> None:
    """Read back from the coverage, the packs are whole."""
    sector = load_sector()
    found = {
        (rule, document["document"]["zh"], clause["mark"])
        for document in coverage(sector)
        for clause in document["clauses"]
        for rule in clause["rules"]
    }
    assert found == {(name, one.document.zh, one.mark) for name, rule in sector.rules.items() for one in rule.basis}


def test_as_text(ferry: Sector) -> None:
    """A document, its clauses, their rules."""
    lines = text([one for one in coverage(ferry) if "FER-01" in one["rules"]], "en").splitlines()
    assert lines == ["toy guide (2)", "  (no clause named) [house]: FER-01, FER-02"]


def test_as_json(capsys: pytest.CaptureFixture[str], ferry: Sector) -> None:
    """The command prints what the function gives."""
    assert call(["rules", "coverage", "--format", "json", "--rules", str(ferry.extra)]) == 0
    assert json.loads(capsys.readouterr().out) == coverage(ferry)
