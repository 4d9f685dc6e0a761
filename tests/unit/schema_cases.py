"""Reports that between them hold every kind of key: three readers, a rich plant, a hostile unit, another sector."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from report_case import ENTITY, finding, frame, month, power, toy, write

from mrvaudit import report
from mrvaudit.cli.app import call
from mrvaudit.model import FINDINGS, Audit
from mrvaudit.report import before_after

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "samples" / "faulty-plant"
PROFILES = ("verifier", "enterprise", "province")


def signals() -> pl.DataFrame:
    """One detector over a year of the first unit: April is rare."""
    reason = {"feature": "m_ar_pct", "value": 14.2, "low": 8.0, "high": 12.0, "unit": "%"}
    rows = [
        {"unit_key": 0, "month": month(number), "detector": "DET-TAILS", "group": "g", "n": 240, "score": number / 20}
        | {"flagged": number == 4, "reasons": json.dumps([reason] if number == 4 else [])}
        for number in range(1, 13)
    ]
    return pl.DataFrame(rows).with_columns(pl.col("unit_key").cast(pl.Int32))


def case(folder: Path) -> Audit:
    """The run of report_case, with signals, a second opinion and what a month's evidence is worth."""
    opinion = {"ran": False, "reason": "units<30", "suites": []}
    audit = replace(power(folder), gate=opinion)
    object.__setattr__(audit, "signals", signals())
    effect = {"unit_key": 0, "entity_id": ENTITY, "fuel": "coal", "month": month(12), "if_default_tco2": 1.0}
    write(audit.work.m("default_effect"), [effect])
    return audit


def changed() -> Iterator[dict[str, Any]]:
    """What changed by answers and since a baseline: figures, text and nothing on either side, findings, allowances."""
    figures = pl.DataFrame(
        [
            {"entity_id": ENTITY, "unit_id": "1#机组", "data_code": code, "item": item, "period": period}
            | {"declared_before": 90.0, "declared_after": 100.0, "recalculated_after_text": text, "changed": True}
            for code, item, period, text in (("A", "coal", "2025-03", None), ("H", None, "2025", "x"))
        ],
        schema=before_after.SCHEMA,
    )
    gone = frame(FINDINGS, [finding(1, "EMI-01", month=month(3)), finding(2, "EMI-01")])
    found = before_after.findings(gone, frame(FINDINGS, [finding(2, "EMI-01"), finding(3, "EMI-01")]))
    pair = {name: {"before": 1.0, "after": 2.0} for name in ("emission_tco2", "allowance_t", "duty_t", "gap_t")}
    allowances = [{"entity_id": ENTITY, "unit_id": "1#机组", "year": 2025, "mark": "draft", **pair}]
    for kind, told in (("answers", None), ("baseline", found)):
        yield before_after.Changes(kind, "2026-03-18", figures, told, allowances).of(ENTITY, "1#机组")


def small(folder: Path) -> Iterator[dict[str, Any]]:
    """Reports of the runs made by hand."""
    for profile in PROFILES:
        yield from (_read(one) for _, one in report.models(case(folder / profile), profile))
    yield from (_read(one) for _, one in report.models(toy(folder / "toy")))
    ((_, first), *_) = report.models(case(folder / "changed"))
    yield from (_read({**first, "profile": "verifier", "before_after": one}) for one in changed())


def sampled(folder: Path, *options: str) -> Iterator[dict[str, Any]]:
    """Reports of the sample plant as the command writes them."""
    call(["audit", str(SAMPLE), "--out", str(folder), "--quiet", "--reports", "json", *options])
    for path in sorted(folder.glob("units/*/report.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def reports() -> Iterator[dict[str, Any]]:
    """All of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from small(folder / "small")
        yield from sampled(folder / "sample", "--gate")


def _read(model: dict[str, Any]) -> dict[str, Any]:
    """A model as a reader of the file gets it."""
    from mrvaudit.report import as_json

    found: dict[str, Any] = json.loads(as_json.render(model))
    return found
