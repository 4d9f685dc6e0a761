"""What changed, as the page shows it: figures before and after, findings that are gone, tonnes that are answered."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from report_case import FOLDERS, written

from mrvaudit.report import as_html, formats
from mrvaudit.report.writing import Writing

Figure = dict[str, Any]


def model() -> dict[str, Any]:
    """The first unit's report as written."""
    path = written() / "units" / FOLDERS[0] / "report.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def render(made: dict[str, Any], lang: str) -> str:
    """Its page."""
    return as_html.render(made, Writing(lang, formats.book()["words"])).decode()


def figure(code: str, item: str | None, period: str, before: Any, after: Any) -> Figure:
    """A declared figure that changed; what was recalculated is the same."""
    same = {"before": 5.0, "after": 5.0}
    return {"code": code, "item": item, "period": period, "declared": {"before": before, "after": after}} | {
        "recalculated": same
    }


FIXED = {
    "finding_id": "f" * 16, "rule_id": "EMI-01", "severity": "major", "month": "2025-03",
    "message": {"zh": "原来不一致。", "en": "It did not agree."},
}  # fmt: skip
CHANGES = {
    "kind": "baseline",
    "since": "2026-03-18",
    "figures": [
        figure("A", "coal", "2025-03", 90.0, 100.0),
        figure("A", "coal", "2025-04", 90.001, 90.002),
        figure("A", "coal", "2025", 990.0, 1000.0),
        figure("</td><script>", None, "2025", None, "=1+1"),
    ],
    "findings": {"new": ["n"], "persisting": ["p", "q"], "fixed": [FIXED]},
}


@cache
def section(lang: str = "zh") -> str:
    """The section of the page of a report with these changes."""
    text = render({**model(), "before_after": CHANGES}, lang)
    return text.split('<section id="ba"')[1].split("</section>")[0]


def rows() -> list[str]:
    """Rows of the section's table as text."""
    found = section().split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    return [re.sub(r"<span lang=en>.*?</span>|<[^>]+>", "|", row) for row in found]


def test_years_stand_first_and_what_prints_alike_is_left_out() -> None:
    """Two decimals of A print the same in April; a line that is gone shows its code as text."""
    assert ["990.00", "90.00"] == [re.findall(r"[0-9,.]+\.[0-9]{2}", row)[0] for row in (rows()[0], rows()[2])]
    assert 3 == len(rows())
    assert "&lt;/td&gt;&lt;script&gt;" in rows()[1] and "|=1+1|" in rows()[1]


def test_counts_and_findings_that_are_gone_are_told() -> None:
    """One is new, two persist, one is gone with its sentence."""
    assert ["1", "2", "1"] == re.findall(r"<b>(\d)</b></li>", section())
    assert "原来不一致。" in section()
    assert "2026-03-18" in section()


def test_page_without_a_comparison_has_no_such_section() -> None:
    """Neither the section nor its line in the contents."""
    text = render({**model(), "before_after": None}, "zh")
    assert "#ba" not in text and 'id="ba"' not in text


def test_answered_tonnes_are_no_longer_at_stake() -> None:
    """The lead names the matters that are open, and says that the others are answered."""
    made = model()
    first = next(one for one in made["matters"] if one["impact_kind"] == "recalculated" and one["impact_tco2"])
    done = [
        {**one, "status": "answered"} if one["finding_id"] in first["finding_ids"] else one for one in made["findings"]
    ]
    before, after = (
        re.search(r'<p class="lead">(.*?)</p>', render(one, "zh"))[1]  # type: ignore[index]
        for one in ({**made, "before_after": None}, {**made, "findings": done, "before_after": None})
    )
    assert first["title"]["zh"] in before and "已答复" not in before
    assert first["title"]["zh"] not in after and "1 个事项的发现已答复" in after
