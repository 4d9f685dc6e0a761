"""A submission whose names try to break out of pages, cells, links and folders; figures are invented."""

from __future__ import annotations

import csv
from pathlib import Path

SCRIPT = "</td><script>alert(1)</script>"
LINK = '=HYPERLINK("http://x.invalid/","open")'
RIGHT_TO_LEFT = "\u202egnp.exe\u2066机组"
ENTITIES = {"91110000100000000X": SCRIPT, "=1+1": LINK, "@SUM(A1)": "甲" * 300}
UNITS = {
    "91110000100000000X": ["../../x", "..", "CON", "1#机组", "2号炉/3号机", "＃1", "机组😀"],
    "=1+1": [LINK, SCRIPT, RIGHT_TO_LEFT, "\u202a-1"],
    "@SUM(A1)": ["n" * 300, "n" * 299 + "m", "con", "C:\\x", "1#机组"],
}
SHOWN = {"\u202e": "⟨U+202E⟩", "\u2066": "⟨U+2066⟩", "\u202a": "⟨U+202A⟩"}
"""Marks of direction, which would turn what follows around, and how reports show them."""
OWNERS = [(entity, unit) for entity, units in UNITS.items() for unit in units]
"""Every unit with its entity, in the order they were written."""


def submission(folder: Path) -> Path:
    """Units and their declarations: in March each unit's product of factors is 10 t off."""
    folder.mkdir(parents=True)
    units = [
        {"entity_id": entity, "entity_name": ENTITIES[entity], "unit_id": unit, "unit_name": unit, "city": LINK}
        | {"fuel_category": "燃煤", "unit_class": "300MW等级及以下常规燃煤机组", "capacity_mw": 300}
        for entity, unit in OWNERS
    ]
    declared = [
        {"entity_id": entity, "unit_id": unit, "month": f"2025-{month:02d}", "fuel": "燃煤", "version": 1}
        | {"fuel_consumption": "1000.00", "carbon_content_tc_per_t": "0.5000", "oxidation_pct": 99, "report_no": LINK}
        | {"combustion_tco2": "1825.00" if month == 3 else "1815.00"}
        for entity, unit in OWNERS
        for month in (1, 2, 3)
    ]
    for name, rows in (("units", units), ("declarations", declared)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def shown(name: str) -> str:
    """A name as reports print it."""
    return "".join(SHOWN.get(sign, sign) for sign in name)
