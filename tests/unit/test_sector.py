"""A sector is its folder and the one it extends; everything is cross-checked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from mrvaudit.errors import PackError
from mrvaudit.sector import Sector, load_sector

Refused = Callable[[Mapping[str, str]], PackError]
Variant = Callable[[Mapping[str, str]], Path]


def test_the_toy_sector_is_common_and_ferry(ferry: Sector) -> None:
    """Tables of both packs, the extended table with the fields of both, settings of the last."""
    own = {name for name in ferry.tables if name in ("trips", "ferry_declared")}
    assert ("ferry", {"trips", "ferry_declared"}, True, True, ["common", "ferry"]) == (
        ferry.id,
        own,
        "province" in ferry.tables["units"].fields,
        "route" in ferry.tables["units"].fields,
        [pack.id for pack in ferry.packs],
    )


def test_columns_of_a_table(ferry: Sector) -> None:
    """Fields in order, printed decimals of those that keep them, then the keys."""
    assert ferry.tables["ferry_declared"].columns() == {
        "entity_id": "str", "unit_id": "str", "month": "month", "diesel_kg": "f64", "emission_t": "f64",
        "diesel_kg_decimals": "i8", "unit_key": "i32", "_block": "i32", "_line": "i32",
    }  # fmt: skip


def test_macros_of_a_sector(ferry: Sector) -> None:
    """A pack's SQL may call its formulas, printed and not."""
    assert {"ferry_emission", "ferry_emission_printed", "total", "differs"} <= ferry.macros


def test_only_active_rules_run(ferry_folder: Path, variant: Variant) -> None:
    """draft, shadow and retired rules are loaded but do not run."""
    text = (ferry_folder / "checks" / "fuel.yaml").read_text(encoding="utf-8")
    found = {}
    for status in ("draft", "shadow", "info", "stable", "retired"):
        sector = load_sector(
            extra=variant({"checks/fuel.yaml": text.replace("status: stable", f"status: {status}", 1)})
        )
        found[status] = [rule.id for rule in sector.active_rules if rule.id.startswith("FER")]
    both, one = ["FER-01", "FER-02"], ["FER-02"]
    assert {"draft": one, "shadow": one, "info": both, "stable": both, "retired": one} == found


def test_digest_of_a_pack(ferry_folder: Path, variant: Variant) -> None:
    """The digest follows names and bytes of the pack's files, and nothing else."""
    first = load_sector(extra=variant({})).packs[-1].sha256
    assert first == load_sector(extra=variant({"notes.txt": "x"})).packs[-1].sha256
    changed = [
        {"notes.yaml": ""},
        {"checks/notes.yaml": ""},
        {"tables.yaml": (ferry_folder / "tables.yaml").read_text() + "\n"},
    ]
    digests = {load_sector(extra=variant(files)).packs[-1].sha256 for files in changed}
    assert (len(digests), first in digests) == (3, False)


@pytest.mark.parametrize(
    ("files", "where", "english"),
    [
        ({"more.yaml": "unit:\n  x: 1\n"}, "ferry/more.yaml:2:3", "unit is not known here"),
        ({"more.yaml": "units:\n  x: {dimension: mass}\n"}, "ferry/more.yaml:2:6", "key to is missing"),
        ({"more.yaml": "tables:\n  x: []\n"}, "ferry/more.yaml:2:6", "a mapping belongs here"),
        (
            {"more.yaml": "tables:\n  x: {extends: true, fields: {}}\n"},
            "ferry/more.yaml:2:6",
            "no such table to extend",
        ),
        (
            {"more.yaml": "tables:\n  x: {title: {zh: a, en: a}, key: [k], owner: unit, fields: {}}\n"},
            "ferry/more.yaml:2:6",
            "key column k is no field of the table",
        ),
        (
            {"more.yaml": "tables:\n  x: {title: {zh: a, en: a}, key: [], owner: unit, fields: {}}\n"},
            "ferry/more.yaml:2:6",
            "key column entity_id is no field of the table",
        ),
        (
            {"more.yaml": "tables:\n  x: {title: {zh: a, en: a}, key: [], owner: plant, fields: {}}\n"},
            "ferry/more.yaml:2:46",
            "Input should be 'unit'",
        ),
        (
            {"x.yaml": "tables:\n  trips: {extends: true, fields: {x: {type: number, title: {zh: a, en: a}}}}\n"},
            "ferry/x.yaml:2:45",
            "Input should be 'str'",
        ),
        (
            {"x.yaml": "tables:\n  trips: {extends: true, fields: {'x\" INT': {title: {zh: a, en: a}}}}\n"},
            "ferry/x.yaml:2:45",
            "should match pattern",
        ),
        (
            {
                "more.yaml": "tables:\n  x: {title: {zh: a, en: a}, key: [], owner: entity, month: EXISTS (FROM t),"
                " fields: {entity_id: {title: {zh: a, en: a}}}}\n"
            },
            "ferry/more.yaml:2:61",
            "no query inside an expression",
        ),
        (
            {"more.yaml": "codes:\n  x: {y: {title: {zh: a, en: a}, state: plasma}}\n"},
            "ferry/more.yaml:2:41",
            "'solid' or 'gas'",
        ),
        ({"more.yaml": "also:\n  x: {y: {code: z}}\n"}, "ferry/more.yaml:2:10", "key set is missing"),
        ({"more.yaml": "notices:\n  X-1: {title: {zh: a, en: a}}\n"}, "ferry/more.yaml:2:8", "key severity is missing"),
        ({"sector.yaml": "id: ferry\nversion: '1'\n"}, "ferry/sector.yaml:1:1", "key title is missing"),
        (
            {"sector.yaml": "id: f\nversion: '1'\ntitle: {zh: a, en: a}\nextends: nothing\n"},
            "rules/nothing",
            "no such sector pack",
        ),
        ({"checks/bad.yaml": "rules: [\n"}, "ferry/checks/bad.yaml:2:1", "YAML syntax"),
        # A pack cannot pass for a shipped one by naming its own path.
        (
            {"sector.yaml": "id: f\nversion: '1'\ntitle: {zh: a, en: a}\nextends: /tmp/own\n"},
            "ferry/sector.yaml:4:10",
            "should match pattern",
        ),
    ],
)
def test_refused(refused: Refused, files: dict[str, str], where: str, english: str) -> None:
    """Unknown kinds, missing keys and wrong names are refused with file, line and column."""
    fault = refused(files)
    assert (where, True) == (fault.where, english in fault.en), str(fault)


@pytest.mark.parametrize(
    "text",
    [
        "units: [1]\n",
        "tables: 3\n",
        "rules: {a: 1}\n",
        "views: x\n",
        "parameters: []\n",
        "codes: {x: [1]}\n",
        "formulas: x\n",
        "report: x\n",
        "notices: {X: 1}\n",
        "tables: {x: {fields: 3}}\n",
        "rules: [1]\n",
        "also: {x: 1}\n",
        "units:\n",
        "parameters: {x: {keys: 3}}\n",
        "parameters: {x: {values: 3}}\n",
        "tables: {x: {fields: {y: 1}}}\n",
    ],
)
def test_wrong_shapes_are_pack_errors(refused: Refused, text: str) -> None:
    """Whatever stands where a mapping or list belongs: a message for the author, never a traceback."""
    assert "more.yaml" in refused({"more.yaml": text}).where


def test_own_rules_are_marked(variant: Variant) -> None:
    """Rules from `--rules` run in a process of their own: their origin says so."""
    sector = load_sector(extra=variant({}))
    own = {name for name, origin in sector.origins.items() if origin.own}
    assert {"FER-01", "FER-02"} == own


def test_parameters_file(ferry_folder: Path, tmp_path: Path) -> None:
    """A parameters file replaces what it names, is named in the manifest, and may name nothing new."""
    value = "values: [{from: 2019-01, value: 9, mark: house, basis: own}]"
    head = "{title: {zh: a, en: a}, kind: tolerance, unit: kg, "
    path = tmp_path / "own.yaml"
    path.write_text(f"parameters:\n  day_sum_tolerance_kg: {head}{value}}}\n", encoding="utf-8")
    sector = load_sector(extra=ferry_folder, parameters_file=path)
    assert (
        sector.parameters["day_sum_tolerance_kg"].values[0].value,
        sector.packs[-1].id,
        sector.packs[-1].version,
    ) == (9.0, "parameters", "own.yaml")
    path.write_text("parameters: 3\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"own\.yaml:1:13: .*a mapping belongs here"):
        load_sector(extra=ferry_folder, parameters_file=path)
    path.write_text(f"parameters:\n  nothing: {head}{value}}}\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"own\.yaml:2:12: .*there is no such parameter to replace"):
        load_sector(extra=ferry_folder, parameters_file=path)


def test_totals_name_a_view_and_its_columns(ferry_folder: Path, variant: Variant) -> None:
    """A typing error in `totals` is found before the audit runs, not at its end."""
    from mrvaudit.checks.bind import bind

    text = (ferry_folder / "sector.yaml").read_text(encoding="utf-8")
    for wrong in (text.replace("view: ferry_month", "view: nothing"), text.replace("declared_tco2", "nothing")):
        with pytest.raises(PackError, match="nothing"):
            bind(load_sector(extra=variant({"sector.yaml": wrong})))


@pytest.mark.parametrize("kind", ["parameters", "formulas", "tables", "units"])
def test_a_name_defined_twice(ferry_folder: Path, refused: Refused, kind: str) -> None:
    """A parameter, formula, table or unit that two files define is an error, not the later of the two."""
    own = yaml.safe_load((ferry_folder / "derived.yaml").read_text(encoding="utf-8"))
    own |= yaml.safe_load((ferry_folder / "tables.yaml").read_text(encoding="utf-8"))
    own["tables"] = {"trips": own["tables"]["trips"]}
    own["units"] = {"kg": {"dimension": "mass", "to": "g", "factor": 1}}
    fault = refused({"more.yaml": yaml.safe_dump({kind: own[kind]}, allow_unicode=True)})
    name = {"parameters": "day_sum_tolerance_kg", "formulas": "ferry_emission", "tables": "trips", "units": "kg"}[kind]
    assert f"{kind}.{name}: the name {name} is used twice" == fault.en


@pytest.mark.parametrize("name", ["total", "abs", "differs", "coalesce"])
def test_a_formula_does_not_take_the_name_of_a_function(refused: Refused, name: str) -> None:
    """A macro of that name would change what every other expression means."""
    entry = {"title": {"zh": "a", "en": "a"}, "args": {"a": "kg"}, "unit": "kg"}
    versions = [{"from": "2019-01", "sql": "a * 1", "decimals": 1, "basis": "x"}]
    text = yaml.safe_dump({"formulas": {name: {**entry, "versions": versions}}}, allow_unicode=True)
    assert f"formulas.{name}: the name {name} is taken" == refused({"more.yaml": text}).en


def test_further_rules_without_a_sector(ferry_folder: Path, tmp_path: Path) -> None:
    """A folder without sector.yaml adds rules to the sector asked for."""
    folder = tmp_path / "own"
    (folder / "checks").mkdir(parents=True)
    shutil.copy(ferry_folder / "checks" / "fuel.yaml", folder / "checks" / "fuel.yaml")
    with pytest.raises(PackError, match=r"own/checks/fuel\.yaml:\d+:\d+: .*there is no ferry_declared"):
        load_sector("common", extra=folder)
