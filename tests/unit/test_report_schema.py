"""report.json against its published schema: three readers, a hostile unit, another sector, the committed example."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schema_cases import small

from mrvaudit.report.content import model
from mrvaudit.report.page.reading import DRAWERS

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "schema" / "report.schema.json"


@cache
def validator() -> Draft202012Validator:
    """The schema, itself valid."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(report: Any) -> list[str]:
    """Where a report differs from the schema."""
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in validator().iter_errors(report)]


def test_reports_of_every_reader_and_sector_fit_the_schema(tmp_path: Path) -> None:
    """No key too many, none missing, no type that is not told."""
    found = {f"{at} {one['profile']} {one['unit']['unit_id']}": faults(one) for at, one in enumerate(small(tmp_path))}
    assert 12 == len(found)
    assert {name: [] for name in found} == found


def test_the_example_fits_the_schema() -> None:
    """The committed report of the sample plant."""
    text = (ROOT / "reports" / "examples" / "faulty-plant" / "report.json").read_text(encoding="utf-8")
    assert [] == faults(json.loads(text))


def test_schema_tells_every_key_of_the_model_and_its_version() -> None:
    """A further key of the model is a further property, and the version is the model's."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert {"const": model.FORMAT_VERSION} == schema["properties"]["format_version"]
    assert not [key for key in schema["properties"] if key not in (model.__doc__ or "")]


@pytest.mark.parametrize(
    "change",
    [{"format_version": 2}, {"profile": None}, {"extra": 1}, {"totals": {}}, {"months": [{"month": 1}]}],
)
def test_schema_refuses_what_is_no_report(change: dict[str, Any]) -> None:
    """It is not so wide that anything fits."""
    text = (ROOT / "reports" / "examples" / "faulty-plant" / "report.json").read_text(encoding="utf-8")
    assert faults(json.loads(text) | change)


def open_places(node: Any, path: str = "") -> list[str]:
    """Places whose mappings may hold anything."""
    if isinstance(node, list):
        return [one for at, inner in enumerate(node) for one in open_places(inner, f"{path}/{at}")]
    if not isinstance(node, dict):
        return []
    kinds = node.get("type", ())
    mapping = "object" in ([kinds] if isinstance(kinds, str) else kinds)
    here = [path] if mapping and "additionalProperties" not in node else []
    return here + [one for key, inner in node.items() for one in open_places(inner, f"{path}/{key}")]


def test_no_mapping_is_open() -> None:
    """What changed, the verification report's part, nodes of the tree and figures of charts are closed as well."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert [] == open_places(schema)
    for name in ("before_after", "verification", "trees", "charts"):
        assert name in schema["properties"]
    assert set(DRAWERS) == drawn_kinds()


def drawn_kinds() -> set[str]:
    """Kinds of charts in the committed report: the schema is read off all of them."""
    text = (ROOT / "reports" / "examples" / "faulty-plant" / "report.json").read_text(encoding="utf-8")
    return {one["kind"] for one in json.loads(text)["charts"]}
