"""What the detectors say of a unit: its score by month beside the group's, what moved it, and what it does not mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from mrvaudit.report import formats
from mrvaudit.report.content.profiles import ENTERPRISE
from mrvaudit.report.data import Slices, slices

if TYPE_CHECKING:
    from mrvaudit.report.context import Run

FEATURES = 12
Gathered = tuple[Slices, Mapping[tuple[str, str], tuple[float, float]]]
"""Signals by unit, and the usual range of each detector and group."""
NEEDED = {"unit_key", "month", "detector", "group", "n", "score", "flagged", "reasons"}


def gather(run: Run) -> Gathered:
    """Signals cut by unit, and the range from the fifth to the ninety-fifth percentile of each detector and group."""
    frame: pl.DataFrame | None = getattr(run.audit, "signals", None)
    if frame is None or frame.is_empty() or not set(frame.columns) >= NEEDED or run.profile == ENTERPRISE:
        return Slices(pl.DataFrame(), {}), {}
    ranges = frame.group_by("detector", "group", maintain_order=True).agg(
        pl.col("score").quantile(0.05, "linear").alias("low"), pl.col("score").quantile(0.95, "linear").alias("high")
    )
    return slices(frame.sort("detector", "month"), ["unit_key"]), {
        (one, group): (low, high) for one, group, low, high in ranges.iter_rows()
    }


def signals(run: Run, gathered: Gathered, key: int) -> list[Any]:
    """Detectors that looked at the unit, empty where none did.

    A detector: {detector, title, caveats[], group, n, points[{month, score, flagged, low, high}], n_flagged, months,
    features[{feature, title, unit, low, high, values[{month, value, low, high}]}]}.
    """
    by_unit, ranges = gathered
    told: dict[str, list[dict[str, Any]]] = {}
    for row in by_unit.rows(key):
        told.setdefault(row["detector"], []).append(row)
    return [_detector(run, name, rows, ranges) for name, rows in told.items()]


def _detector(run: Run, name: str, rows: list[dict[str, Any]], ranges: Mapping[Any, tuple[float, float]]) -> Any:
    title, caveats = _about(run, name)
    points = []
    for row in rows:
        low, high = ranges[(name, row["group"])]
        month = str(row["month"])[:7]
        points.append(
            {"month": month, "score": row["score"], "flagged": bool(row["flagged"]), "low": low, "high": high}
        )
    flagged = [one["month"] for one in points if one["flagged"]]
    last = rows[-1]
    return {
        "detector": name,
        "title": title,
        "caveats": caveats,
        "group": {"zh": last.get("group_zh") or last["group"], "en": last.get("group_en") or last["group"]},
        "n": last["n"],
        "points": points,
        "n_flagged": len(flagged),
        "months": formats.months(flagged),
        "features": _features(run, rows),
    }


def _features(run: Run, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Features that moved the score in flagged months, the most frequent first."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        for reason in json.loads(row["reasons"] or "[]") if row["flagged"] else ():
            name = str(reason["feature"])
            one = found.setdefault(
                name, {"feature": name, "title": _feature(run, name), "unit": reason.get("unit"), "values": []}
            )
            value = {key: reason.get(key) for key in ("value", "low", "high")}
            one["values"].append({"month": str(row["month"])[:7], **value})
    ordered = sorted(found.values(), key=lambda one: (-len(one["values"]), one["feature"]))
    return ordered[:FEATURES]


def _feature(run: Run, name: str) -> dict[str, str]:
    entry = run.sector.sections.get("features", {}).get(name)
    words = entry.get("title") if isinstance(entry, dict) else None
    return dict(words) if isinstance(words, dict) else dict.fromkeys(formats.LANGUAGES, name)


def _about(run: Run, name: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Title of a detector and the honest cases that it marks, as its module states them."""
    module = run.detectors.get(name)
    if module is None:
        return run.title(name), []
    return module.TITLE.model_dump(), [one.model_dump() for one in getattr(module, "FALSE_FLAGS", ())]
