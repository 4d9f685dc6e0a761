"""The files of an entity: what was read from them, what could not be used and why, and the packs of the run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mrvaudit
from mrvaudit.report.data import Row, Slices, slices

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

SHOWN = 200
COUNTS = ("rows_in", "rows_used", "rows_quarantined")


@dataclass(frozen=True)
class Files:
    """Files of a run: which entities have rows in them, their blocks, and what was set aside."""

    of_entity: Mapping[str, tuple[str, ...]]
    sharers: Mapping[str, int]
    sources: Mapping[str, Row]
    blocks: Mapping[str, Sequence[Row]]
    quarantine: Slices


def gather(run: Run, owned: Sequence[Mapping[str, Sequence[int]]]) -> Files:
    """Files with their owners (`owned`: entity -> blocks, by partition).

    A file of which no row was used belongs to a run's only entity, if there is one.
    """
    owners: dict[str, set[str]] = {}
    for part in owned:
        for entity, numbers in part.items():
            for number in numbers:
                if number in run.blocks.by_number:
                    owners.setdefault(run.blocks.by_number[number]["path"], set()).add(entity)
    sources = {row["path"]: row for row in run.audit.sources.iter_rows(named=True)}
    if len(run.entity_units) == 1:
        for path in sources:
            owners.setdefault(path, set(run.entity_units))
    of_entity: dict[str, list[str]] = {}
    for path in sorted(owners):
        for entity in owners[path]:
            of_entity.setdefault(entity, []).append(path)
    blocks: dict[str, list[Row]] = {}
    for row in run.blocks.by_number.values():
        blocks.setdefault(row["path"], []).append(row)
    return Files(
        {entity: tuple(paths) for entity, paths in of_entity.items()},
        {path: len(found) for path, found in owners.items()},
        sources,
        blocks,
        slices(run.audit.quarantine, ["file"]),
    )


def packs(run: Run) -> list[dict[str, Any]]:
    """Rule packs of the run with version and digest."""
    return [{"id": one.id, "version": one.version, "sha256": one.sha256} for one in run.sector.packs]


def inputs(files: Files, entity_id: str) -> list[dict[str, Any]]:
    """Files that hold rows of the entity: digest, sheets, and rows in, used and quarantined of the whole file."""
    return [
        {
            "path": path,
            "sha256": files.sources.get(path, {}).get("sha256"),
            "bytes": files.sources.get(path, {}).get("bytes"),
            "sheets": len({row["sheet"] for row in files.blocks.get(path, ())}),
            **{name: sum(row[name] or 0 for row in files.blocks.get(path, ())) for name in COUNTS},
            "shared": files.sharers.get(path, 0) > 1,
        }
        for path in files.of_entity.get(entity_id, ())
    ]


def quarantine(files: Files, of: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Rows and cells of the entity's own files that could not be used; of shared files only their number."""
    rows = [row for one in of if not one["shared"] for row in files.quarantine.rows(one["path"])]
    reasons: dict[str, int] = {}
    for row in rows:
        reasons[row["reason"]] = reasons.get(row["reason"], 0) + 1
    return {
        "count": len(rows),
        "shared_rows": sum(one["rows_quarantined"] for one in of if one["shared"]),
        "reasons": [
            {"reason": reason, "count": count}
            for reason, count in sorted(reasons.items(), key=lambda pair: (-pair[1], str(pair[0])))
        ],
        "rows": rows[:SHOWN],
    }


def run_digest(run: Run, of: Sequence[Mapping[str, Any]]) -> str:
    """One digest over what a report rests on: program, packs, date and the digests of its inputs."""
    basis = [
        mrvaudit.__version__,
        run.audit.as_of.isoformat(),
        packs(run),
        [[one["path"], one["sha256"]] for one in of],
    ]
    return hashlib.sha256(json.dumps(basis, ensure_ascii=False).encode()).hexdigest()
