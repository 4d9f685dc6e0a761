"""Write docs/schema/report.schema.json: the shapes that reports of all readers and sectors have, read off real ones.

    python docs/make_schema.py

Reports are made of the sample plant with the second opinion, and for each reader of the cases made by hand in tests.
A key that only some reports have is optional. Legends and counts are mappings of any names to one kind of value.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "unit"))

from schema_cases import reports  # noqa: E402

from mrvaudit.report.content.model import FORMAT_VERSION  # noqa: E402

WORDS = {"$ref": "#/$defs/words"}
NAMED = {"key": WORDS, "signs": WORDS, "counts": {"type": "integer"}, "by_status": {"type": "integer"}}
"""Keys whose mappings have names of their own, and what each name leads to: legends and counts."""
WHOLE = {
    "number", "row", "sheets", "rows", "rows_in", "rows_used", "rows_quarantined", "count", "format_version", "rank",
}  # fmt: skip
SURE = {
    "format", "format_version", "tool_version", "as_of", "profile", "digest", "finding_id", "rule_id", "severity",
    "status", "plant_level", "id", "kind", "entity_id", "unit_id", "report_dir", "direction", "differs",
    "outside", "incomplete", "number", "name", "mark", "detector", "flagged",
}  # fmt: skip
"""Keys that always have a value; any other figure or text may be missing, whether or not it is in the samples."""
TYPES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (type(None), "null"))
PAIR = {"zh", "en"}
DEFINITIONS: dict[str, Any] = {
    "words": {
        "description": "The same words in Chinese and English.",
        "type": "object",
        "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        "required": ["en", "zh"],
        "additionalProperties": False,
    },
    "node": {"description": "A node of the recalculation tree, with its arguments."},
}


def schema(values: list[Any], name: str = "") -> dict[str, Any]:
    """The schema that all values fulfil; mappings of one place are described together."""
    if name == "node":
        kinds = {"null"} if any(value is None for value in values) else set()
        node: dict[str, Any] = {"$ref": "#/$defs/node"}
        return {"anyOf": [node, {"type": "null"}]} if kinds else node
    mappings = [value for value in values if isinstance(value, dict)]
    lists = [value for value in values if isinstance(value, list | tuple)]
    plain = {kind for value in values for type_, kind in TYPES if type(value) is type_}
    if "number" in plain or ("integer" in plain and name not in WHOLE):
        plain = (plain - {"integer"}) | ({"number"} if "integer" in plain or "number" in plain else set())
    if name not in SURE and plain:
        plain.add("null")
    found: list[dict[str, Any]] = []
    if mappings:
        found.append(_mapping(mappings, name))
    if found and "$ref" in found[0] and name != "title":
        plain.add("null")
    if lists:
        inner = [one for value in lists for one in value]
        found.append({"type": "array", "items": schema(inner, name) if inner else {}})
    if plain:
        found.append({"type": sorted(plain) if len(plain) > 1 else next(iter(plain))})
    if len(found) == 2 and found[1] == {"type": "null"} and "type" in found[0]:
        return {**found[0], "type": [found[0]["type"], "null"]}
    return found[0] if len(found) == 1 else {"anyOf": found} if found else {}


def _mapping(mappings: list[dict[str, Any]], name: str) -> dict[str, Any]:
    if all(set(one) == PAIR for one in mappings):
        return {"$ref": "#/$defs/words"}
    if name in NAMED:
        return {"type": "object", "additionalProperties": NAMED[name]}
    keys = sorted({key for one in mappings for key in one})
    required = [key for key in keys if all(key in one for one in mappings)]
    properties = {key: schema([one[key] for one in mappings if key in one], key) for key in keys}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _node(models: list[dict[str, Any]]) -> dict[str, Any]:
    """The schema of all nodes of all trees; their arguments are nodes again."""
    queue = [item["node"] for one in models for month in one["trees"] for item in month["items"] if item["node"]]
    found = []
    while queue:
        node = queue.pop()
        queue += node["args"]
        found.append({key: value for key, value in node.items() if key != "args"})
    made = _mapping(found, "node")
    made["properties"]["args"] = {"type": "array", "items": {"$ref": "#/$defs/node"}}
    return made | {"required": sorted([*made["required"], "args"])}


def build(models: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """The whole document."""
    listed = list(models)
    made = schema(listed)
    made["properties"]["format"] = {"const": "mrvaudit unit report"}
    made["properties"]["format_version"] = {"const": FORMAT_VERSION}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"mrvaudit-report-{FORMAT_VERSION}.schema.json",
        "title": "mrvaudit unit report (report.json)",
        "description": (
            "The keys are told in pipeline/mrvaudit/report/content/model.py; months are 2025-03, days 2025-03-31."
        ),
        **made,
        "$defs": {**DEFINITIONS, "node": {**DEFINITIONS["node"], **_node(listed)}},
    }


def text() -> str:
    """The file as it is written."""
    return json.dumps(build(reports()), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    path = ROOT / "docs" / "schema" / "report.schema.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text(), encoding="utf-8", newline="\n")
