"""The fleet at a glance: ranks, links, filters, and nothing from a submission that could run."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest
from report_case import BREAKOUT, power, toy, written

from mrvaudit import report
from mrvaudit.report import fleet


def index(lang: str = "zh") -> str:
    """The page of the run."""
    return (written(lang) / "index.html").read_text(encoding="utf-8")


def test_units_stand_in_order_of_rank_with_a_link_to_their_page() -> None:
    """A link leads to the folder that the score names, percent signs and all."""
    links = re.findall(r'<th scope=row><a href="([^"]+)">', index())
    assert 3 == len(links)
    for link in links:
        assert (written() / unquote(link)).is_file()


def test_links_are_left_out_where_no_pages_were_written(tmp_path: Path) -> None:
    """An index of a run without page reports names its units all the same."""
    path = report.write_index(power(tmp_path / "work"), tmp_path, linked=False)
    text = path.read_text(encoding="utf-8")
    assert "<a href=" not in text.split("<tbody>")[1]
    assert "1号机组" in text


def test_script_is_the_one_the_policy_names() -> None:
    """Hostile names stand in cells, not in a script."""
    text = index()
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in text
    assert BREAKOUT not in text
    assert "&lt;/td&gt;&lt;script&gt;" in text
    assert not re.search(r"https?://|<img|url\(", text)


def test_directions_are_added_up_apart() -> None:
    """Tonnes declared too low and too high never cancel."""
    totals = fleet.totals(
        [
            {"stake": stake, "declared": 100.0, "conditional": None, "severities": [0, 1, 0, 2]}
            for stake in (30.0, -10.0, None, 5.0)
        ],
        {"major": 4, "info": 8},
    )
    assert (400.0, 35.0, -10.0, 0.0) == tuple(totals[key] for key in ("declared", "low", "high", "conditional"))
    assert {"critical": 0, "major": 4, "minor": 0, "info": 8} == totals["findings"]


@pytest.mark.parametrize(
    ("gaps", "label", "bars"),
    [
        ({}, "0", None),
        ({"2025-01": 0.0}, "0", None),
        ({"2025-03": 50.0, "2025-09": -100.0}, "3,9", "M13.5 9v-4.0M43.5 9v8.0"),
        ({"2024-05": 10.0, "2025-02": 10.0}, "2", "M8.5 9v-8.0"),
    ],
)
def test_small_bars_show_months_of_the_last_year(gaps: dict[str, float], label: str, bars: str | None) -> None:
    """Up where declared was too low; months without a difference draw nothing."""
    text = str(fleet.spark(gaps))
    assert f'aria-label="{label}"' in text
    assert (f'd="{bars}"' in text) == (bars is not None)


def test_matter_of_a_whole_plant_is_the_matter_of_its_units() -> None:
    """The gravest counts, be it the unit's own or its plant's; a unit without either has none."""
    word = {"zh": "甲", "en": "a"}
    matters = {("P", "1#"): (2, -5.0, "R-2", word), ("P", None): (1, 0.0, "R-1", {"zh": "乙", "en": "b"})}
    told = [fleet._topic_of({"entity_id": "P", "unit_id": one}, matters) for one in ("1#", "2#")]
    assert [{"zh": "乙", "en": "b"}] * 2 == told
    assert word == fleet._topic_of({"entity_id": "P", "unit_id": "1#"}, {("P", "1#"): matters["P", "1#"]})
    assert fleet._topic_of({"entity_id": "Q", "unit_id": "1#"}, matters) is None


def test_files_that_could_not_be_read_are_named(tmp_path: Path) -> None:
    """The overview says what it does not rest on."""
    audit = replace(power(tmp_path / "work"), unreadable=("s/broken.xlsx: 无法读取 / cannot be read",))
    text = report.write_index(replace(audit, crashed=(("LAB-10", "time limit"),)), tmp_path).read_text(encoding="utf-8")
    assert "s/broken.xlsx" in text
    assert "time limit" in text


def test_index_of_many_units_stays_small(tmp_path: Path) -> None:
    """Three thousand units, each with a matter, well below three megabytes."""
    audit = power(tmp_path / "work")
    rows = [{**audit.scores.row(0, named=True), "rank": at + 1, "unit_id": f"{at}#"} for at in range(3_000)]
    many = replace(audit, scores=pl.DataFrame(rows, schema=audit.scores.schema))
    assert report.write_index(many, tmp_path).stat().st_size < 2_400_000


def test_toy_sector_has_an_index(tmp_path: Path) -> None:
    """No column of a sector is needed."""
    text = report.write_index(toy(tmp_path), tmp_path, "en").read_text(encoding="utf-8")
    assert "Fleet index 2025 | " in text
    assert ">oven</a>" in text
