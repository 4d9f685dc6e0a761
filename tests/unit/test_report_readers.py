"""What is written for an enterprise, table by table and in the index: its own units, and nothing of its peers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from report_case import ENTITY, finding, findings, frame, month, power
from test_report_profiles import RARE, signals

from mrvaudit import report
from mrvaudit.model import FINDING_INTERNAL, FINDINGS, Audit
from mrvaudit.report import readers

RELATED = '[{"source_file": "plant-b/element_carbon.csv"}]'


def audited(folder: Path) -> Audit:
    """The run with a rare figure, and a finding of two enterprises that names the other one."""
    compared = {"message_zh": "与乙厂相同", "message_en": "equals plant B", "related": RELATED}
    rows = [
        *findings(),
        finding(90, RARE, severity="info", month=month(4), integrity_signal="weak"),
        finding(91, "LAB-10", severity="major", integrity_signal="strong", **compared),
    ]
    run = replace(power(folder / "work"), findings=frame(FINDINGS | FINDING_INTERNAL, rows), signals=signals())
    check = {"rule_id": RARE, "entity_id": ENTITY, "unit_id": "1#机组", "status": "found"}
    checks = pl.concat([run.checks, frame({"rule_id": "str"}, []), pl.DataFrame([check])], how="diagonal_relaxed")
    return replace(run, checks=checks)


@cache
def both() -> tuple[Audit, Audit]:
    """The run as it is, and as the enterprise sees it."""
    import tempfile

    run = audited(Path(tempfile.mkdtemp(prefix="report-readers-")))
    return run, readers.seen(run, "enterprise")


def test_verifier_and_province_see_the_run_as_it_is() -> None:
    """Not even a copy."""
    run, _ = both()
    assert [run, run] == [readers.seen(run, one) for one in ("verifier", "province")]


def test_tables_hold_no_signal_no_statistics_and_no_peer() -> None:
    """Every finding but the detectors' is there; the one of two enterprises names none."""
    run, own = both()
    kept = [row["finding_id"] for row in run.findings.iter_rows(named=True) if row["rule_id"] != RARE]
    assert kept == list(own.findings["finding_id"])
    assert own.findings.columns == run.findings.columns
    assert own.findings["integrity_signal"].null_count() == own.findings.height
    (compared,) = own.findings.filter(pl.col("rule_id") == "LAB-10").iter_rows(named=True)
    assert compared["related"] is None
    assert "与其他提交中的记录有关" in compared["message_zh"] and "another submission" in compared["message_en"]
    assert RARE not in set(own.checks["rule_id"])
    assert (own.signals.height, own.signals.schema) == (0, run.signals.schema)
    others = own.findings.filter(pl.col("rule_id") != "LAB-10")
    assert others.select("message_zh", "related").equals(
        run.findings.filter(~pl.col("rule_id").is_in(["LAB-10", RARE])).select("message_zh", "related")
    )


def test_scores_count_what_is_shown_and_rank_own_units() -> None:
    """Ranks begin with one in each enterprise; risk and statistics are not told; tonnes are as they were."""
    run, own = both()
    assert own.scores.schema == run.scores.schema
    ranked = own.scores.sort("entity_id", "rank").select("entity_id", "rank").rows()
    assert [1, 2, 1] == [rank for _, rank in sorted(ranked, key=lambda one: (one[0] != ENTITY, one[1]))]
    assert own.scores.select("risk", "anomaly").null_count().row(0) == (3, 3)
    assert own.scores["at_stake_tco2"].equals(run.scores["at_stake_tco2"])
    shown = own.findings.filter((pl.col("entity_id") == ENTITY) & (pl.col("status") == "open"))
    mine = shown.filter(pl.col("unit_id").is_null() | (pl.col("unit_id") == "1#机组"))
    row = own.scores.filter(pl.col("unit_id") == "1#机组").row(0, named=True)
    for severity in ("critical", "major", "minor", "info"):
        assert mine.filter(pl.col("severity") == severity).height == row[severity], severity


def test_index_of_several_enterprises_names_none_of_them(tmp_path: Path) -> None:
    """Each has a page of its own with links to its units; one enterprise alone has the index itself."""
    _, own = both()
    path = report.write_index(own, tmp_path, profile="enterprise")
    text = path.read_text(encoding="utf-8")
    assert "示例热电有限公司" not in text and "<a href=" not in text.split("<main>")[1]
    pages = {one.parent.name: one.read_text(encoding="utf-8") for one in tmp_path.glob("entities/*/index.html")}
    assert 2 == len(pages)
    assert '<a href="../../units/1%2523' in pages[ENTITY] and "2 台" in pages[ENTITY]
    (other,) = (text for name, text in pages.items() if name != ENTITY)
    assert "示例热电有限公司" not in other
    alone = replace(own, scores=own.scores.filter(pl.col("entity_id") == ENTITY))
    assert "1号机组" in report.write_index(alone, tmp_path / "alone", profile="enterprise").read_text(encoding="utf-8")


@pytest.mark.parametrize("profile", ["verifier", "province"])
def test_index_of_others_lists_all(profile: str, tmp_path: Path) -> None:
    """One page, and no folder of enterprises."""
    run, _ = both()
    assert "3 台" in report.write_index(run, tmp_path, profile=profile).read_text(encoding="utf-8")
    assert not (tmp_path / "entities").exists()
