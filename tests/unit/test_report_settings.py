"""report.yaml: what the shipped one says holds against the pack, and a wrong key is refused."""

from __future__ import annotations

import pytest
from report_case import power_sector

from mrvaudit import report
from mrvaudit.errors import PackError
from mrvaudit.report import settings


def test_the_shipped_report_fits_its_pack() -> None:
    """Every table, code list, field and parameter that power's report.yaml names exists."""
    report.check(power_sector())


@pytest.mark.parametrize(
    "raw",
    [
        {"data_kodes": []},
        {"data_codes": [{"code": "A"}]},
        {"charts": [{"id": "x", "kind": "pie", "section": "s", "title": {"zh": "甲", "en": "a"}}]},
        {"item": {"column": "fuel"}},
        {"topics": {"QTY": {"zh": "煤量"}}},
    ],
)
def test_a_key_that_does_not_fit_is_refused(raw: dict[str, object]) -> None:
    """Unknown keys, missing keys and words in one language only are errors of the pack."""
    with pytest.raises(PackError, match=r"report\.yaml"):
        settings.parse(raw)


def test_a_sector_without_report_yaml_has_empty_settings() -> None:
    """Nothing is required of a sector."""
    assert settings.Settings() == settings.parse({}) == settings.parse(None)
