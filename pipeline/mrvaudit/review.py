"""What corrected values make of a run, without a new submission: each answer checked, figures and allowances after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from mrvaudit import allowance
from mrvaudit.answers.again import audit_again, typed
from mrvaudit.answers.answer import Answer
from mrvaudit.answers.folder import Folder
from mrvaudit.answers.records import Records
from mrvaudit.checks.lineage import Lineage
from mrvaudit.effects import tonnes
from mrvaudit.effects.after import Correction, recalculated_after
from mrvaudit.effects.scenarios import Cell, Scenario
from mrvaudit.model import Audit
from mrvaudit.report import before_after, formats
from mrvaudit.report.before_after import Changes
from mrvaudit.report.formats import known

FILE, TABLE = "review.json", "after.parquet"
FORMAT, FORMAT_VERSION = "mrvaudit review", 1
Row = dict[str, Any]
SMALLEST_MOVE_TCO2 = 1e-6
"""A declared result moves by more than the last bits of a difference, or it stands."""
ALLOWANCE = ("emission_tco2", "allowance_t", "duty_t", "gap_t")


@dataclass(frozen=True)
class Reviewed:
    """Result of a review: contents of review.json, the table before and after, the lines after of units touched."""

    content: dict[str, Any]
    table: pl.DataFrame
    after: before_after.Lines


def review(folder: Folder, records: Records, answers: Sequence[Answer], room: Path) -> Reviewed:
    """Check every answer with a corrected value, recalculate with all of them at once; `room` is an empty folder."""
    corrected = {one.finding_id: one for one in answers if _counts(one)}
    findings = {row["finding_id"]: row for row in folder.finding_rows()}
    cells = [cell for one in corrected.values() for cell in _cells(one, records)]
    verdicts = [_verdict(folder, records, one, findings[name]) for name, one in sorted(corrected.items())]
    if not cells:
        return Reviewed(_content(folder, verdicts, [], 0, []), before_after.table({}, {}), {})
    entities = sorted({one.entity_id for one in corrected.values()})
    base = audit_again(folder, records.sector, room / "before", entities=entities)
    after, moved = _after(folder, records, base, cells, entities, room)
    lines_after = before_after.lines(after)
    table = before_after.table(before_after.lines(base), lines_after)
    changed = int(table["changed"].sum())
    content = _content(folder, verdicts, _units(base, moved), changed, _allowances(base, after))
    return Reviewed(content, table, lines_after)


def _content(
    folder: Folder, verdicts: list[Row], units: list[Row], changed: int, allowances: list[Row]
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "as_of": folder.as_of.isoformat(),
        "answers": verdicts,
        "units": units,
        "figures_changed": changed,
        "allowances": allowances,
    }


def write(folder: Path, reviewed: Reviewed) -> None:
    """review.json and after.parquet into the folder of the audit."""
    text = json.dumps(reviewed.content, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / FILE).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    reviewed.table.write_parquet(folder / TABLE, compression="zstd", compression_level=3, row_group_size=100_000)


def _counts(answer: Answer) -> bool:
    """Whether the corrected value of an answer is to be reckoned with."""
    return answer.corrected_value is not None and answer.status != "open" and answer.state == "in_force"


def _cells(answer: Answer, records: Records) -> list[Cell]:
    row = records.row(answer.table, answer.entity_id, answer.row_key)
    if row is None or answer.table is None or answer.field is None:
        return []
    return [Cell(answer.table, answer.field, row["_block"], row["_line"], answer.corrected_value)]


def _verdict(folder: Folder, records: Records, answer: Answer, finding: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the corrected value restores what the rule asks, and how much of the tonnes it explains."""
    kind = records.sector.tables[answer.table or ""].fields[answer.field or ""].type
    value = typed(answer.corrected_value, kind)
    given = value.isoformat() if hasattr(value, "isoformat") else value
    one = Correction(answer.entity_id, answer.table or "", answer.row_key or "", answer.field or "", given)
    asked = folder.findings.filter(pl.col("finding_id") == answer.finding_id)
    after = recalculated_after(records.work, records.sector, [one], as_of=folder.as_of, findings=asked)
    found = "restored" if after.gone else "remains" if after.left else "not_asked"
    moved = after.months["tco2"].drop_nulls()
    explained = round(float(moved.sum()), 8) if len(moved) else None
    whole = finding["impact_tco2"] if known(finding["impact_tco2"]) else None
    return {
        "finding_id": answer.finding_id,
        "rule_id": answer.rule_id,
        "entity_id": answer.entity_id,
        "unit_id": answer.unit_id,
        "month": answer.month,
        "status": answer.status,
        "corrected_value": answer.corrected_value,
        "identity": found,
        "explained_tco2": explained,
        "of_tco2": whole,
        "words": _words(found, explained, whole),
    }


VERDICTS = {
    "restored": {"zh": "更正后该项不再出现", "en": "with the corrected value the finding is gone"},
    "remains": {"zh": "更正后该项仍然存在", "en": "with the corrected value the finding remains"},
    "not_asked": {"zh": "该项检查不能在此重做", "en": "this check cannot be repeated here"},
}
EXPLAINS = {"zh": "；{of} t 中解释 {explained} t", "en": "; explains {explained} of {of} t"}
MOVES = {"zh": "；排放量变化 {explained} t", "en": "; emissions change by {explained} t"}


def _words(found: str, explained: float | None, whole: float | None) -> formats.Pair:
    tail = EXPLAINS if explained is not None and whole else MOVES if explained else None
    said = {"explained": formats.number(explained), "of": formats.number(whole)}
    more = formats.fill(tail, said) if tail else {"zh": "", "en": ""}
    return {lang: f"{VERDICTS[found][lang]}{more[lang]}" for lang in formats.LANGUAGES}


def _after(
    folder: Folder, records: Records, base: Audit, cells: Sequence[Cell], entities: Sequence[str], room: Path
) -> tuple[Audit, pl.DataFrame]:
    """The run with all corrections, declared results moved along with the figures they were computed from."""
    first = audit_again(folder, records.sector, room / "first", cells, entities=entities)
    totals = records.sector.settings.totals
    if totals is None:
        return first, _no_months()
    lineage = Lineage(records.sector)
    rows = pl.concat([_totals(base, 0), _totals(first, 1)])
    scenarios = (Scenario(""), Scenario("", tuple(cells)))
    moved = tonnes.differences(rows, {0: 0, 1: 0}, scenarios, tonnes.reach(lineage, totals))
    declared = sorted(lineage.base_columns(totals.view, totals.declared))
    step = (pl.col("follows") - pl.col("declared")).abs()
    follow = moved.filter((step > SMALLEST_MOVE_TCO2) & pl.col("line").is_not_null())
    follow = follow.with_columns(pl.col("follows").round(8))
    said = {(cell.table, cell.field, cell.block, cell.line) for cell in cells}
    more = [
        Cell(table, field, block, line, value)
        for table, field in declared
        for block, line, value in follow.select("block", "line", "follows").iter_rows()
        if (table, field, block, line) not in said
    ]
    after = audit_again(folder, records.sector, room / "after", (*cells, *more), entities=entities) if more else first
    return after, moved


def _totals(audit: Audit, scenario: int) -> pl.DataFrame:
    """Rows of the totals view as `tonnes.differences` takes them."""
    totals = audit.sector.settings.totals
    assert totals is not None
    grain = next(view for view in audit.sector.views if view.view == totals.view).grain
    frames = [pl.read_parquet(audit.work.part(audit.work.m(totals.view), part)) for part in range(audit.partitions)]
    named = {"restated": totals.restated, "block": totals.block, "line": totals.line}
    return pl.concat(frames).select(
        pl.lit(scenario, dtype=pl.Int64).alias("scenario"),
        *grain,
        pl.col(totals.declared).alias("declared"),
        pl.col(totals.recalculated).alias("recalculated"),
        *(
            (pl.col(name) if name else pl.lit(None)).cast(pl.Float64 if label == "restated" else pl.Int32).alias(label)
            for label, name in named.items()
        ),
    )


def _no_months() -> pl.DataFrame:
    return pl.DataFrame(schema={"unit_key": pl.Int32, "month": pl.Date, "tco2": pl.Float64})


def _units(base: Audit, moved: pl.DataFrame) -> list[dict[str, Any]]:
    """Declared tonnes of every unit touched, and what the corrections add to them."""
    added = moved.filter(pl.col("tco2") != 0).group_by("unit_key").agg(tonnes.exact_sum("tco2"))
    named = base.scores.join(added, on="unit_key").sort("entity_id", "unit_id")
    return [
        {
            "entity_id": row["entity_id"],
            "unit_id": row["unit_id"],
            "declared_tco2": row["declared_tco2"],
            "added_tco2": row["tco2"],
            "after_tco2": round(row["declared_tco2"] + row["tco2"], 8) if known(row["declared_tco2"]) else None,
        }
        for row in named.iter_rows(named=True)
    ]


def _allowances(base: Audit, after: Audit) -> list[dict[str, Any]]:
    """Allowance, duty and gap of each unit and year before and after; empty where the pack has no plan."""
    if not base.sector.sections.get("allowance"):
        return []
    old, new = (allowance.rows(one.work, one.sector, range(one.partitions), one.as_of) for one in (base, after))
    keys = ("entity_id", "unit_id", "year")
    later = {tuple(row[name] for name in keys): row for row in new.iter_rows(named=True)}
    found = []
    for row in old.sort(keys).iter_rows(named=True):
        other = later.get(tuple(row[name] for name in keys), {})
        figures = {name: {"before": row[name], "after": other.get(name)} for name in ALLOWANCE}
        found.append({**{name: row[name] for name in keys}, "mark": row["mark"], **figures})
    return found


def lines(content: Mapping[str, Any]) -> Iterator[str]:
    """What the review found, for the terminal: an answer a line, a unit a line."""
    for one in content["answers"]:
        place = " ".join(part for part in (one["rule_id"], one["unit_id"] or one["entity_id"], one["month"]) if part)
        yield f"{one['finding_id']} {place}: {one['words']['zh']} / {one['words']['en']}"
    for unit in content["units"]:
        figures = {name: formats.number(unit[name]) for name in ("declared_tco2", "after_tco2")}
        declared, after = figures["declared_tco2"], figures["after_tco2"]
        yield f"{unit['unit_id']}: 申报 {declared} t，更正后 {after} t / declared {declared} t, corrected {after} t"


def changes(audit: Audit, out: Path, baseline: Folder | None) -> Changes | None:
    """What the reports of a run show before and after; writes review.json and baseline.* into `out` where they apply.

    Before is the baseline, else what was submitted; after is this run, with the corrected values of answers in force.
    """
    corrected = any(_counts(one) for one in audit.answers)
    if baseline is None and not corrected:
        return None
    now = after = before_after.lines(audit)
    allowances: Sequence[Row] = ()
    if corrected:
        kept = Folder(out, audit.as_of, {}, audit.findings, audit.checks, audit.scores.drop("unit_key"), audit.answers)
        room = audit.work.file("review")
        room.mkdir()
        records = Records(audit.work, audit.sector, range(audit.partitions))
        reviewed = review(kept, records, audit.answers, room)
        write(out, reviewed)
        after, allowances = {**now, **reviewed.after}, reviewed.content["allowances"]
    if baseline is None:
        return Changes("answers", audit.as_of.isoformat(), before_after.table(now, after), allowances=allowances)
    earlier = before_after.lines(audit_again(baseline, audit.sector, audit.work.file("baseline")))
    found = before_after.findings(baseline.findings, audit.findings)
    made = Changes("baseline", baseline.as_of.isoformat(), before_after.table(earlier, after), found, allowances)
    _write_baseline(made, baseline, out)
    return made


def _write_baseline(made: Changes, baseline: Folder, out: Path) -> None:
    """baseline.json, baseline.parquet (figures) and baseline_findings.parquet."""
    assert made.found is not None
    counted = dict(made.found.group_by("became").len().iter_rows())
    manifest = baseline.path / "manifest.json"
    content = {
        "format": "mrvaudit baseline",
        "format_version": FORMAT_VERSION,
        "baseline_as_of": made.since,
        "baseline_sha256": json.loads(manifest.read_text(encoding="utf-8"))["sha256"] if manifest.is_file() else None,
        "findings": {word: int(counted.get(word, 0)) for word in ("new", "persisting", "fixed")},
        "figures": made.table.height,
        "figures_changed": int(made.table["changed"].sum()),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    (out / "baseline.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")
    for name, frame in (("baseline", made.table), ("baseline_findings", made.found)):
        frame.write_parquet(out / f"{name}.parquet", compression="zstd", compression_level=3, row_group_size=100_000)
