"""The model of a unit's report: what it holds, in which order, and that it says no more than the data."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from report_case import ENTITY, FOLDERS, finding, frame, page, power, toy, written

from mrvaudit import report
from mrvaudit.model import FINDING_INTERNAL, FINDINGS

Report = dict[str, Any]


@cache
def model(place: int = 0) -> Report:
    """A unit's report as read from report.json."""
    text = (written() / "units" / FOLDERS[place] / "report.json").read_text(encoding="utf-8")
    found: Report = json.loads(text)
    return found


def test_keys_are_the_documented_ones() -> None:
    """Other programs rely on the keys; the docstring of the model names each."""
    for key in model():
        assert key in (report.model.__doc__ or ""), key


def test_totals_state_direction_and_keep_conditional_tonnes_apart() -> None:
    """At stake is what the scores say; tonnes that hold only under a condition are another figure."""
    totals = model()["totals"]
    names = ("direction", "at_stake_tco2", "at_stake_pct", "conditional_tco2", "material", "materiality_tco2")
    assert ("low", 22_997.9, 0.97, 32_000.0, True, 22_900.0) == tuple(totals[name] for name in names)
    assert ("none", None, False) == tuple(
        model(1)["totals"][name] for name in ("direction", "conditional_tco2", "material")
    )
    assert "house" == totals["materiality_mark"]
    assert "涉及吨数达到重大性界限 22,900 t。" in page()
    assert "stay below the limit of materiality, 22,900 t." in page(1)
    assert {"findings": 1, "follow": 1} == totals["findings"]["info"]


def test_months_carry_a_sign_only_beyond_rounding() -> None:
    """March and September were declared six percent too low; the undeclared litres of diesel are rounding."""
    outside = [one["month"] for one in model()["months"] if one["outside"]]
    assert ["2025-03", "2025-09"] == outside
    march = model()["months"][2]
    assert [{"zh": "燃料量", "en": "fuel quantity"}] == march["about"]
    assert [] == model(1)["months"][2]["about"]


def line(code: str, item: str | None = "coal") -> Report:
    """A line of the data table."""
    return next(one for one in model()["data_codes"] if (one["code"], one["item"]) == (code, item))


def test_data_code_of_an_item_is_added_up_over_the_year() -> None:
    """Tonnes are summed, contents weighted, and carbon per heat is the quotient of the year's B and C."""
    tonnes = line("A")["years"][0]
    assert (1_158_000.0, True) == (tonnes["recalculated"], tonnes["differs"])
    content, heat, ratio = (line(code)["years"][0]["recalculated"] for code in "BCD")
    assert 0.55 == content
    assert ratio == pytest.approx(content / heat)
    assert 99.0 == line("E")["years"][0]["recalculated"]
    assert {"year": "2025", "declared": 4_500_000.0, "recalculated": None, "differs": False} == line("T", None)[
        "years"
    ][0]


def test_units_of_an_item_follow_its_state() -> None:
    """Solid fuels in tonnes; the heaviest item stands first."""
    lines = [one for one in model()["data_codes"] if one["code"] == "A"]
    assert [("coal", "t"), ("diesel", "t")] == [(one["item"], one["unit"]) for one in lines]


def test_records_of_a_rule_form_one_matter_and_what_follows_folds_under_it() -> None:
    """Three matters from five records; the consequence has no tonnes of its own in any sum."""
    first, second, third = model()["matters"]
    assert ("QTY-01", ["2025-03", "2025-09"], 22_997.9) == (first["rule_id"], first["months"], first["impact_tco2"])
    assert ["NCV-01"] == [one["rule_id"] for one in first["follows"]]
    assert ("LAB-04", "if_default_applies") == (second["rule_id"], second["impact_kind"])
    assert ("PRC-01", True) == (third["rule_id"], third["plant_level"])


def test_finding_shows_the_text_of_its_cell() -> None:
    """As submitted where it differs from the value, else the value's plain print."""
    texts = [one["cell"]["text"] for one in model()["findings"][:2]]
    assert ["87420", "９３，０６０ t "] == texts


def test_findings_of_the_plant_stand_in_each_of_its_units() -> None:
    """A finding without a unit is marked as of plant level."""
    assert [("PRC-01", True)] == [(one["rule_id"], one["plant_level"]) for one in model(1)["findings"]]


def test_missing_papers_are_named_in_words() -> None:
    """Checks are grouped by what is missing; a crash is among them."""
    reasons = {one["reason"]: one for one in model()["not_assessable"]}
    assert ["QTY-04", "QTY-05"] == reasons["no_table:energy_use"]["rules"]
    assert "用能互证" in reasons["no_table:energy_use"]["words"]["zh"]
    assert "tested" in reasons["null:element_carbon.tested_on"]["words"]["en"].lower()
    assert {"crashed", "no_table:energy_use", "null:element_carbon.tested_on"} == set(reasons)


def test_coverage_counts_checks_of_unit_and_plant() -> None:
    """Made are those that passed or found; a crashed check applies and was not made."""
    checks = model()["checks"]
    assert (7, 6, 2) == (checks["all"], checks["apply"], checks["made"])


def test_chart_without_data_is_left_out_and_named() -> None:
    """The plant without a grid statement has no chart of it, and the report says what would make one."""
    assert ["emissions", "heat_value", "carbon_per_heat", "strip"] == [one["id"] for one in model(2)["charts"]]
    expected = "grid statistics statistics_tce stock_use stock load_fit dates digits_fuel digits_heat"
    assert expected.split() == [one["id"] for one in model(2)["charts_left_out"]]


def test_deviation_is_shown_at_the_level_of_the_statement() -> None:
    """One panel for the plant's statement; July lies beyond the tolerance of the parameter."""
    chart = next(one for one in model()["charts"] if one["id"] == "grid")
    (panel,) = chart["panels"]
    outside = [(point["month"], point["value"]) for point in panel["points"] if point["outside"]]
    assert [("2025-07", -2.0)] == outside
    assert "7" in chart["caption"]["zh"]


def test_daily_chart_counts_its_values() -> None:
    """346 running days; the caption states their number and range."""
    chart = next(one for one in model()["charts"] if one["id"] == "heat_value")
    assert 346 == len(chart["days"])
    assert "346" in chart["caption"]["en"]


def test_tree_writes_the_formula_out_and_ends_in_daily_records() -> None:
    """Month, item, formula with figures, factors, and the cells of the days."""
    march = model()["trees"][2]
    coal = march["items"][0]
    assert march["differs"]
    assert "93,000" in coal["node"]["equation"]
    assert {"A", "B", "E"} <= {one["code"] for one in coal["node"]["args"]}
    assert ["2025-03-01", 3001.0, 20.85, 10.5, "D61:F61"] == [
        value if not isinstance(value, float) else round(value, 6) for value in coal["days"]["rows"][0]
    ]


def leaves(node: Report) -> dict[str, Report]:
    """The figures at the ends of a tree by their names."""
    return (
        {name: leaf for one in node["args"] for name, leaf in leaves(one).items()}
        if node["args"]
        else {node["name"]: node}
    )


def test_leaves_of_the_tree_name_the_cells_they_were_read_in() -> None:
    """One cell of the laboratory, a stretch of days, the declared figure's own cell; none for a value of the packs."""
    august = leaves(model()["trees"][7]["items"][0]["node"])
    assert [{"file": "s/lab.xlsx", "sheet": "元素碳", "row": 4, "cell": "G4", "cells": 1}] == august["c_ad_pct"][
        "cells"
    ]
    assert {"file": "s/fuel_use.csv", "sheet": None, "row": 3, "cell": "F3:F5", "cells": 3} in august["m_ar_pct"][
        "cells"
    ]
    diesel = leaves(model()["trees"][7]["items"][1]["node"])
    assert [] == august["oxidation_pct"]["cells"] == diesel["oxidation_pct"]["cells"]
    march = leaves(model()["trees"][2]["items"][0]["node"])["accounted_t"]
    assert [("s/declarations.csv", "E4")] == [(one["file"], one["cell"]) for one in march["declared_cells"]]
    assert 11_140.47 == march["tonnes"] == model()["trees"][2]["items"][0]["node"]["tonnes"]
    assert "<code>s/lab.xlsx</code> › 元素碳 › <code>G4</code>" in page()


def test_parameters_are_those_of_the_unit_with_their_marks() -> None:
    """Values of the items that the unit burns, in force in its months; those that are not law stand first."""
    listed = model()["parameters"]
    oxidation = {one["key"]: one["value"] for one in listed if one["name"] == "oxidation_pct"}
    assert {"coal": 99.0, "diesel": 98.0} == oxidation
    marks = [one["mark"] == "law" for one in listed]
    assert marks == sorted(marks)


def test_quarantine_and_inputs_are_those_of_the_entity() -> None:
    """Rows set aside are shown with the reason, files with their digest."""
    assert (1, "total_row") == (model()["quarantine"]["count"], model()["quarantine"]["rows"][0]["reason"])
    assert ["s/declarations.csv", "s/fuel_use.csv", "s/lab.xlsx"] == [one["path"] for one in model()["inputs"]]
    assert [] == model(2)["inputs"]


def test_toy_sector_without_report_yaml_has_a_report(tmp_path: Path) -> None:
    """Totals, months, findings, checks and manifest need no words of a sector."""
    report.write_reports(toy(tmp_path), tmp_path / "out", ("json",))
    found = json.loads((tmp_path / "out/units/oven/report.json").read_text(encoding="utf-8"))
    assert [("2025-01", 1.0), ("2025-02", 2.0)] == [(one["month"], one["difference_tco2"]) for one in found["months"]]
    assert ["totals"] == [one["id"] for one in found["charts"]]
    assert [1, 1] == [len(found["matters"]), len(found["checks"]["rows"])]
    assert "toy" == found["packs"][0]["id"]


def test_order_of_findings_does_not_change_the_report(tmp_path: Path) -> None:
    """Shuffled findings, checks and scores give the same bytes."""
    first, second = power(tmp_path / "work"), power(tmp_path / "work")
    shuffled = {name: getattr(second, name).reverse() for name in ("checks", "scores")}
    report.write_reports(first, tmp_path / "a")
    report.write_reports(replace(second, **shuffled), tmp_path / "b")
    for path in sorted((tmp_path / "a").rglob("report.*")):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_chain_of_causes_folds_under_its_head(tmp_path: Path) -> None:
    """C follows from B, B from A: both stand under A; a loop of causes does not hang."""
    audit = power(tmp_path / "work")
    chain = [
        finding(1, "QTY-01"),
        finding(2, "NCV-01", cause_id=f"{1:016x}"),
        finding(3, "EMI-01", cause_id=f"{2:016x}"),
        finding(4, "LAB-07", cause_id=f"{5:016x}"),
        finding(5, "LAB-07", cause_id=f"{4:016x}"),
    ]
    changed = replace(audit, findings=frame(FINDINGS | FINDING_INTERNAL, chain))
    report.write_reports(changed, tmp_path / "out", ("json",))
    found = json.loads((tmp_path / "out/units" / FOLDERS[0] / "report.json").read_text(encoding="utf-8"))
    assert ["EMI-01", "NCV-01"] == [one["rule_id"] for one in found["matters"][-1]["follows"]]
    assert {"LAB-07", "QTY-01"} == {one["rule_id"] for one in found["matters"]}
    assert ENTITY == found["unit"]["entity_id"]
