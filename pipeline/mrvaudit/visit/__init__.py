"""Before the visit: document review form, checklist on site, tracing sample, figures to reproduce, documents.

settings  what the section `visit` of the packs says
draw      rows of its queries, and which of them are drawn
pack      the pack of one unit as a plain mapping
lines     the pack as tables of text, in one language
as_docx   the two forms to print, fill in and sign
as_xlsx   the same lists to work through
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit import report
from mrvaudit.model import Audit
from mrvaudit.report.data import blocks_of
from mrvaudit.sector import Sector
from mrvaudit.visit import as_docx, as_xlsx, draw, pack, settings

FILE = "visit.json"


def check(sector: Sector) -> None:
    """Whether visit.yaml of a sector can be used; PackError where it cannot. For the start of a run."""
    settings.parse(sector)


def write(audit: Audit, out: Path, lang: str = "zh", seed: str | None = None, units: Sequence[str] = ()) -> list[Path]:
    """Write one folder per unit below `out`; returns the folders, in order of the scores.

    `seed` goes before that of the packs; `units` are ids, none means all. PackError where visit.yaml cannot be used.
    """
    found = settings.parse(audit.sector)
    trip = pack.Trip(
        audit=audit,
        settings=found,
        rows=draw.rows(audit, found),
        blocks=blocks_of(audit),
        attachments=_attachments(audit),
        seed=found.seed if seed is None else seed,
    )
    written: dict[int, Path] = {}
    for key, one in report.models(audit):
        if units and one["unit"]["unit_id"] not in units:
            continue
        made = pack.build(trip, one, key)
        folder = out / one["unit"]["report_dir"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(_json(made), encoding="utf-8", newline="\n")
        as_docx.write(made, folder, lang)
        as_xlsx.write(made, folder, lang)
        written[key] = folder
    return [written[key] for key in audit.scores["unit_key"] if key in written]


def _json(made: dict[str, Any]) -> str:
    return json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _attachments(audit: Audit) -> dict[str, dict[str, int]]:
    """How many attachments of each kind an entity handed in."""
    found: dict[str, dict[str, int]] = {}
    for part in range(audit.partitions):
        path = audit.work.part(audit.work.t("attachments"), part)
        if path.is_file():
            counted = pl.read_parquet(path).group_by("entity_id", "kind").len().drop_nulls().sort("entity_id", "kind")
            for entity, kind, count in counted.iter_rows():
                found.setdefault(entity, {})[kind] = int(count)
    return found
