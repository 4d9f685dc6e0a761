"""Reports: one model per unit, written in any number of formats, and an index of the fleet.

A format is a module with `FORMAT: str` and `write(report, folder, context)`; the modules here and those of other
packages (entry point group `mrvaudit.reports`) are found alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import polars as pl

from mrvaudit import plugins, processes
from mrvaudit.assess import report_dirs
from mrvaudit.errors import UsageError
from mrvaudit.report import context, data, fleet, settings, settings_forms
from mrvaudit.report.before_after import Changes
from mrvaudit.report.content import leaves, model, profiles, sources
from mrvaudit.report.office import submission
from mrvaudit.report.settings.charts import Source
from mrvaudit.report.writing import Writing

if TYPE_CHECKING:
    from mrvaudit.model import Audit
    from mrvaudit.report.context import Run
    from mrvaudit.sector import Sector

GROUP = "mrvaudit.reports"
# For fewer units the start of a process costs more than it saves.
MANY = 20
Progress = Callable[[int, int], None]
"""Called after each unit with the number done and the number of all."""


def format_modules() -> dict[str, ModuleType]:
    """Every report format there is by its name; UsageError where two modules claim one name."""
    found: dict[str, ModuleType] = {}
    for module in plugins.load("mrvaudit.report", ("FORMAT", "write"), GROUP):
        if module.FORMAT in found:
            raise UsageError(
                module.__name__,
                f"报告格式 {module.FORMAT} 被两个模块占用",
                f"two modules claim the report format {module.FORMAT}",
                read=found[module.FORMAT].__name__,
            )
        found[module.FORMAT] = module
    return found


def check(sector: Sector) -> None:
    """Whether `report:` and `forms:` of a sector can be used; PackError where not. For the start of a run."""
    settings.check(sector)
    settings_forms.check(sector)


def write_reports(
    audit: Audit,
    out: Path,
    formats: Collection[str] = ("html", "docx", "xlsx", "json"),
    lang: str = "zh",
    progress: Progress | None = None,
    profile: str = "verifier",
    changes: Changes | None = None,
    workers: int = 1,
) -> list[Path]:
    """Write the report of every unit below `out/units/` in the formats named; returns the folders, in order of scores.

    UsageError for a format that does not exist. All formats of a unit are written from one model. From MANY units up
    they are written by as many processes as there are workers; each unit's files are the same whoever writes them.
    """
    known = format_modules()
    for name in formats:
        if name not in known:
            raise UsageError("--reports", f"没有报告格式 {name}", f"there is no report format {name}", read=name)
    job = Job(audit, out, tuple(sorted(set(formats))), lang, profile, changes)
    written: dict[int, Path] = {}
    for key, folder in _written(job, workers):
        written[key] = folder
        if progress is not None:
            progress(len(written), audit.scores.height)
    return [written[key] for key in audit.scores["unit_key"] if key in written]


def _written(job: Job, workers: int) -> Iterator[tuple[int, Path]]:
    keys = sorted(job.audit.scores["unit_key"])
    if workers <= 1 or len(keys) < MANY:
        yield from job.write(frozenset(keys))
        return
    size = -(-len(keys) // workers)
    shares = [frozenset(keys[start : start + size]) for start in range(0, len(keys), size)]
    with processes.workers(len(shares)) as pool:
        for done in as_completed([pool.submit(_share, job, share) for share in shares]):
            yield from done.result()


def _share(job: Job, share: frozenset[int]) -> list[tuple[int, Path]]:
    return list(job.write(share))


@dataclass(frozen=True)
class Job:
    """What reports are to be written of a run, for whoever writes a share of them."""

    audit: Audit
    out: Path
    formats: tuple[str, ...]
    lang: str
    profile: str
    changes: Changes | None

    def write(self, share: frozenset[int]) -> Iterator[tuple[int, Path]]:
        """Write the reports of these units; each key with its folder."""
        known = format_modules()
        run = context.gather(self.audit, self.profile)
        writing = Writing(self.lang, run.words, self.profile, submission=submission.of(self.audit))
        for key, report in _models(run, self.changes, share):
            folder = self.out / "units" / report["unit"]["report_dir"]
            folder.mkdir(parents=True, exist_ok=True)
            for name in self.formats:
                known[name].write(report, folder, writing)
            yield key, folder


def models(audit: Audit, profile: str = "verifier") -> Iterator[tuple[int, model.Report]]:
    """The report of every unit with its key, partition by partition: for who makes something else of it than a file."""
    return _models(context.gather(audit, profile))


def _models(
    run: Run, changes: Changes | None = None, share: frozenset[int] | None = None
) -> Iterator[tuple[int, model.Report]]:
    numbers = range(run.audit.partitions)
    shared = model.share_of_run(run, [data.owned(run.audit, number) for number in numbers])
    scores = {row["unit_key"]: row for row in run.audit.scores.iter_rows(named=True)}
    for number in numbers:
        part, presence = _partition(run, number), sources.gather(run, number)
        for unit in part.units.iter_rows(named=True):
            score = scores.get(unit["unit_key"])
            if score is not None and (share is None or unit["unit_key"] in share):
                rows = data.UnitRows(part, unit["unit_key"], score["entity_id"], unit)
                made = model.build(run, rows, score, shared, presence)
                owner = (score["entity_id"], score["unit_id"])
                yield unit["unit_key"], {**made, "before_after": changes.of(*owner) if changes else None}


def _partition(run: Run, number: int) -> data.Partition:
    """What the reports of one partition's units read."""
    totals = run.sector.settings.totals
    # The tree may show any column of the view that the totals come from.
    more = [Source(view=totals.view, column=data.EVERY)] if totals else []
    more += [Source(table=name, column=data.EVERY) for name in sorted(run.forms.tables())]
    view = next((one for one in run.sector.views if totals and one.view == totals.view), None)
    behind = leaves.sources_of(run, view) if view else {}
    more += [Source(table=table, column=column) for table, columns in behind.items() for column in sorted(columns)]
    item = run.settings.item.column if run.settings.item else None
    return data.load(run.audit, number, data.wanted(run.settings, more), item)


def write_index(
    audit: Audit, out: Path, lang: str = "zh", linked: bool = True, profile: str = profiles.VERIFIER
) -> Path:
    """Write `out/index.html`, the fleet at a glance; `linked` false where no unit pages were written.

    Of several enterprises each gets its own `entities/<entity>/index.html` where they are the readers, and the index
    of the run names none of them.
    """
    run = context.gather(audit, profile, texts=False)
    out.mkdir(parents=True, exist_ok=True)
    path, writing = out / "index.html", Writing(lang, run.words, profile)
    entities = list(run.entity_units)
    if profile != profiles.ENTERPRISE or len(entities) < 2:
        path.write_bytes(fleet.render(run, writing, linked))
        return path
    path.write_bytes(fleet.render_apart(run, writing))
    for entity, name in zip(entities, report_dirs([("", entity) for entity in entities]), strict=True):
        scores, found = (frame.filter(pl.col("entity_id") == entity) for frame in (audit.scores, audit.findings))
        folder = out / "entities" / name
        folder.mkdir(parents=True, exist_ok=True)
        page = fleet.render(
            replace(run, audit=replace(audit, scores=scores, findings=found)), writing, linked, "../../"
        )
        (folder / "index.html").write_bytes(page)
    return path
