"""Second sources: what counts as one, who handed it over, and what is to be asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_case import ENTITY, month, power, power_sector, write

from mrvaudit.errors import PackError
from mrvaudit.report import context, data, settings
from mrvaudit.report.content import sources

Tables = dict[str, list[dict[str, Any]]]
MARCH = {"unit_key": 0, "entity_id": ENTITY, "month": month(3)}
LEDGER = {**MARCH, "generation_mwh": 200_000.0}
GRID = {"entity_id": ENTITY, "unit_key": None, "scope": "entity", "scope_id": ENTITY, "month": month(3)}
STATED = {**GRID, "on_grid_mwh": 185_000.0}
LOG = {"unit_key": 0, "entity_id": ENTITY, "fuel": "coal", "date": month(3), "consumption": 3_000.0, "_block": 1}
STATISTICS = {**GRID, "fuel": "gangue", "source": "statistics", "consumed": 93_000.0}
REPORT = {**MARCH, "fuel": "coal", "sample_id": "S-3", "c_ad_pct": 60.0}
RETEST = {"entity_id": ENTITY, "unit_key": None, "sample_id": "S-3", "tested_on": month(9), "c_ad_pct": 60.2}


def matrix(folder: Path, tables: Tables) -> dict[str, Any]:
    """Second sources of the first unit with these tables, and with declared figures of all codes in March."""
    audit = power(folder)
    for name, rows in tables.items():
        write(audit.work.t(name), rows)
    run = context.gather(audit, texts=False)
    unit = audit.scores.row(0, named=True)
    rows = data.UnitRows(data.load(audit, 0, {}, None), 0, ENTITY, unit)
    table = [
        {
            "code": one.code,
            "title": one.title.model_dump(),
            "item": "coal" if one.by_item else None,
            "item_title": None,
            "months": [{"month": "2025-03", "declared": 1.0}],
        }
        for one in run.settings.data_codes
    ]
    found = sources.matrix(run, sources.gather(run, 0), rows, table)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "tables", "expected"),
    [
        ("M", {}, (0, "none", [], [])),
        ("M", {"power_output": [LEDGER]}, (1, "single", ["ledger"], ["entity"])),
        ("M", {"power_output": [LEDGER], "electricity": [STATED]}, (1, "own", ["ledger", "grid"], ["entity"])),
        (
            "M",
            {"power_output": [LEDGER], "electricity": [{**STATED, "provided_by": "entity"}]},
            (1, "own", ["ledger", "grid"], ["entity"]),
        ),
        (
            "M",
            {"power_output": [LEDGER], "electricity": [{**STATED, "provided_by": "grid"}]},
            (2, "independent", ["ledger", "grid"], ["entity", "grid"]),
        ),
        (
            "M",
            {"power_output": [LEDGER], "electricity": [{**STATED, "scope": "unit", "scope_id": "9#"}]},
            (1, "single", ["ledger"], ["entity"]),
        ),
        (
            "A",
            {"fuel_use": [LOG], "energy_use": [{**STATISTICS, "provided_by": "statistics_bureau"}]},
            (2, "independent", ["log", "statistics"], ["entity", "statistics_bureau"]),
        ),
        ("A", {"fuel_use": [LOG], "energy_use": [{**STATISTICS, "fuel": "lpg"}]}, (1, "single", ["log"], ["entity"])),
        (
            "B",
            {"element_carbon": [REPORT], "retests": [{**RETEST, "provided_by": "department"}]},
            (2, "independent", ["report", "retest"], ["department"]),
        ),
        ("E", {}, (1, "prescribed", ["prescribed"], [])),
    ],
)  # fmt: skip
def test_count_kind_and_provider(code: str, tables: Tables, expected: tuple[Any, ...], tmp_path: Path) -> None:
    """A copy from the enterprise is no independent source; a statement on another unit is none."""
    found = matrix(tmp_path, {"fuel_use": [], "element_carbon": []} | tables)
    line = next(one for one in found["lines"] if one["code"] == code)
    (cell,) = [one for one in line["cells"] if one["month"] == "2025-03"]
    assert expected == tuple(cell[name] for name in ("count", "kind", "sources", "providers"))
    assert bool(line["sentences"]) == (cell["kind"] in sources.WANTING)


def test_sentence_names_months_and_source_and_the_paper_is_asked_for_once(tmp_path: Path) -> None:
    """What the verification report has to say of a datum on one leg, and what would be the second one."""
    found = matrix(tmp_path, {"power_output": [LEDGER]})
    line = next(one for one in found["lines"] if one["code"] == "M")
    assert [
        {
            "kind": "single",
            "months": ["2025-03"],
            "words": {
                "zh": "3\u00a0月只有一个来源（生产月报），没有不同来源可供交叉核对。",
                "en": "Mar: one source only (monthly production report); "
                "there is no different source to check it against.",
            },
        }
    ] == line["sentences"]
    asked = [one for one in found["documents"] if one["codes"] == ["M"]]
    assert ["生产日报与电能表表码", "上网电量结算单（直接取自电网公司）"] == [one["words"]["zh"] for one in asked]
    papers = [one["words"]["zh"] for one in found["documents"]]
    assert len(papers) == len(set(papers))


def test_a_paper_of_the_enterprise_that_is_there_is_not_asked_for_again(tmp_path: Path) -> None:
    """But a copy of an outside paper is: it has to come from its issuer."""
    ledger = {**GRID, "fuel": "coal", "source": "stock_ledger", "stock_end": 1.0}
    copy = {**STATISTICS, "fuel": "coal", "provided_by": "entity"}
    found = matrix(tmp_path, {"fuel_use": [LOG], "energy_use": [ledger, copy]})
    asked = [one["words"]["zh"] for one in found["documents"] if "A" in one["codes"]]
    assert ["统计报表 205-1（直接取自统计部门）", "能耗在线监测数据（直接取自能耗在线监测平台）"] == asked


def test_a_sector_without_second_sources_has_none(tmp_path: Path) -> None:
    """Nothing is required of a sector."""
    audit = power(tmp_path)
    run = context.gather(audit, texts=False)
    bare = replace(run, settings=settings.Settings())
    rows = data.UnitRows(data.load(audit, 0, {}, None), 0, ENTITY, {})
    assert sources.matrix(bare, sources.gather(bare, 0), rows, []) is None


@pytest.mark.parametrize(
    "change",
    [
        {"table": "fuel_use", "column": "no_such_column"},
        {"view": "no_such_view", "column": "x"},
        {"table": "fuel_use", "column": "consumption", "where": {"no_such_column": "x"}},
    ],
)
def test_a_source_that_does_not_exist_is_refused(change: dict[str, Any]) -> None:
    """report.yaml is held against the tables and views of its sector."""
    source = {"id": "log", "title": {"zh": "台账", "en": "log"}, "own": True, "month": "date", **change}
    given = {"own": ["entity"], "providers": "providers", "data": [{"code": "A", "sources": [source]}]}
    sector = power_sector()
    with pytest.raises(PackError, match=r"no_such"):
        report = {**sector.sections["report"], "second_sources": given}
        settings.check(replace(sector, sections={**sector.sections, "report": report}))
