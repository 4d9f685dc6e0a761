"""Scans as attachments: kind, month and day by name, the digest of the bytes; what is in them is not read."""

from __future__ import annotations

import hashlib
from datetime import date

import polars as pl
import pytest
from test_standardise import PLANT, UNITS, Take, power, take  # noqa: F401

from mrvaudit.sector import Sector
from mrvaudit.standardise.attached import day_of, kind_of

SCAN = b"%PDF-1.4 no page"
DIGEST = hashlib.sha256(SCAN).hexdigest()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plant/2025年3月元素碳检测报告.pdf", "carbon_report"),
        ("plant/检测合同.pdf", "contract"),
        ("plant/元素碳报告（1#）.JPG", "carbon_report"),
        ("plant/carbon_report-2025-03.pdf", "carbon_report"),
        ("plant/附件/锅炉效率试验报告/扫描0001.png", "efficiency_test"),
        ("plant/附件/扫描0001.png", None),
        ("检测报告/扫描0001.png", None),
        ("plant/合同与发票.pdf", None),
    ],
)
def test_the_kind_stands_in_the_name(power: Sector, name: str, kind: str | None) -> None:  # noqa: F811
    """The longest word counts, the file before its folders; two as long, or none, are nobody's guess."""
    assert kind == kind_of(name, power)


@pytest.mark.parametrize(
    ("name", "month", "day"),
    [
        ("p/检测报告2025年3月.pdf", (2025, 3, 1), None),
        ("p/检测报告 2025-03-14.pdf", (2025, 3, 1), (2025, 3, 14)),
        ("p/检测报告_20250314.pdf", (2025, 3, 1), (2025, 3, 14)),
        ("p/2025-03/检测报告.pdf", (2025, 3, 1), None),
        ("p/检测报告HN2025-0311.pdf", None, None),
        ("p/检测报告2025-13.pdf", None, None),
        ("2025-03/检测报告.pdf", None, None),
    ],
)
def test_the_day_stands_in_the_name(
    name: str, month: tuple[int, int, int] | None, day: tuple[int, int, int] | None
) -> None:
    """A report number is no date, nor is a thirteenth month; the submission's own folder says nothing."""
    expected = (None if month is None else date(*month), None if day is None else date(*day))
    assert expected == day_of(name)


def test_a_folder_of_scans_becomes_attachments(take: Take) -> None:  # noqa: F811
    """Of the enterprise, one row a file; a picture of nothing known is named, as before."""
    taken = take(
        {
            "units.csv": UNITS,
            "附件/2025-03/元素碳检测报告.pdf": SCAN,
            "附件/2025-03/燃料消耗台账_2025-04-02.jpg": b"x",
            "附件/photo.jpg": b"y",
        }
    )
    columns = ("entity_id", "scope", "scope_id", "unit_id", "kind", "file_name", "month", "received_on", "sha256")
    assert [
        (
            PLANT,
            "entity",
            PLANT,
            None,
            "carbon_report",
            "附件/2025-03/元素碳检测报告.pdf",
            date(2025, 3, 1),
            None,
            DIGEST,
        ),
        (
            *(PLANT, "entity", PLANT, None, "fuel_ledger", "附件/2025-03/燃料消耗台账_2025-04-02.jpg"),
            *(date(2025, 4, 1), date(2025, 4, 2), hashlib.sha256(b"x").hexdigest()),
        ),
    ] == sorted(taken.rows("attachments", *columns))
    assert [("INT-SHEET", "kind_not_read", "plant/附件/photo.jpg")] == taken.notices("row_key")
    blocks = taken.result.blocks.filter(pl.col("table") == "attachments")
    assert [(1, 1, 0), (1, 1, 0)] == blocks.select("rows_in", "rows_used", "rows_quarantined").rows()


def test_a_list_of_attachments_says_more_than_their_names(take: Take) -> None:  # noqa: F811
    """A scan that the submitted table lists is not listed twice."""
    rows = "附件类型,文件名,月份,页数,盖章\n元素碳检测报告,元素碳检测报告.pdf,2025-03,2,是\n"
    taken = take({"units.csv": UNITS, "attachments.csv": rows, "附件/元素碳检测报告.pdf": SCAN})
    assert [("carbon_report", "元素碳检测报告.pdf", 2)] == taken.rows("attachments", "kind", "file_name", "pages")
    assert [] == taken.notices()
    assert ["plant/units.csv", "plant/attachments.csv", "plant/附件/元素碳检测报告.pdf"] == sorted(
        taken.result.sources["path"].to_list(), key=lambda path: ("附件" in path, "attachments" in path)
    )
