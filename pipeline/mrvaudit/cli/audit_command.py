"""`mrvaudit audit`: submissions in, a folder of findings and reports out."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mrvaudit.cli import options
from mrvaudit.cli.console import Console
from mrvaudit.cli.options import FailOn, Lang, LogFormat, Profile
from mrvaudit.errors import UsageError
from mrvaudit.model import SEVERITIES, Severity

if TYPE_CHECKING:
    from mrvaudit.answers.folder import Folder
    from mrvaudit.audit import Options
    from mrvaudit.model import Audit
    from mrvaudit.sector import Sector

HELP = "审核一份或多份提交，写出发现与每台机组的报告。 / Audit submissions; write findings and a report for every unit."


def audit(
    inputs: options.Inputs,
    out: options.Out,
    as_of: options.AsOf = None,
    lang: options.Language = Lang.ZH,
    profile: options.ProfileOption = Profile.VERIFIER,
    reports: options.Reports = "html,docx,xlsx,json",
    fail_on: options.FailOnOption = FailOn.CRITICAL,
    workers: options.Workers = 1,
    rules: options.OwnRules = None,
    parameters: options.OwnParameters = None,
    mapping: options.Mapping = None,
    answers: options.Answers = None,
    baseline: options.Baseline = None,
    only: options.Only = None,
    gate: options.Gate = None,
    data_docs: options.DataDocs = False,
    keep_work: options.KeepWork = False,
    memory: options.Memory = "2GB",
    quiet: options.Quiet = False,
    log_format: options.Logs = LogFormat.TEXT,
) -> int:
    """Run the road and leave with the exit code of the contract."""
    check_paths(inputs, rules, parameters, mapping, answers, baseline)
    check_memory(memory)
    keep_answers(out, answers)
    start = time.perf_counter()

    from mrvaudit.answers.answer import read as read_answers
    from mrvaudit.audit import Options, chosen_rules
    from mrvaudit.report import check as check_report
    from mrvaudit.sector import load_sector

    formats = chosen_formats(reports)
    spent = {"import libraries": time.perf_counter() - start}
    sector = load_sector(extra=rules, parameters_file=parameters)
    check_report(sector)
    spent["load packs"] = time.perf_counter() - start - spent["import libraries"]
    chosen = Options(
        as_of=date(as_of.year, as_of.month, as_of.day) if as_of else None,
        mapping=mapping,
        workers=workers,
        memory=memory,
        only=tuple(only or ()),
        gate=True if data_docs and gate is None else gate,
        data_docs=data_docs,
        answers=read_answers(answers) if answers else (),
    )
    chosen_rules(sector, chosen.only)  # a wrong name costs no earlier run
    console = Console(quiet, log_format is LogFormat.JSON)
    before = earlier(baseline, out)
    result = conduct(sector, inputs, out, chosen, formats, str(lang), console, keep_work, str(profile), before, spent)
    return exit_code(result, fail_on)


def conduct(
    sector: Sector,
    inputs: list[Path],
    out: Path,
    chosen: Options,
    formats: tuple[str, ...],
    lang: str,
    console: Console,
    keep_work: bool,
    profile: str = "verifier",
    baseline: Folder | None = None,
    spent: Mapping[str, float] | None = None,
) -> Audit:
    """Audit into `out`: work folder, progress, outputs, closing lines; what is said and returned is for `profile`.

    `spent` are seconds before this, for run.json.
    """
    from mrvaudit.audit import audit as run_audit
    from mrvaudit.cli.outputs import write_outputs
    from mrvaudit.model import Work
    from mrvaudit.report.readers import seen

    start = datetime.now(UTC)
    prepare(out)
    work = Work(out / ".work")
    work.root.mkdir()
    try:
        with console:
            result = seen(run_audit(sector, inputs, work, chosen, console.progress), profile)
            result.seconds.update(spent or {})
            write_outputs(result, out, formats, lang, start, console.progress, profile, baseline, chosen.workers)
    finally:
        if not keep_work:
            shutil.rmtree(work.root, ignore_errors=True)
    console.closing(result, out)
    return result


def chosen_formats(text: str) -> tuple[str, ...]:
    """Report formats by name; `none` for none."""
    from mrvaudit.report import format_modules

    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if names == ("none",):
        return ()
    known = format_modules()
    for name in names:
        if name not in known:
            raise UsageError(
                f"--reports {name}", "没有这种报告格式", "there is no such report format",
                todo_zh=f"可用：{', '.join(known)}、none", todo_en=f"use {', '.join(known)} or none",
            )  # fmt: skip
    return names


def check_paths(inputs: list[Path], *others: Path | None) -> None:
    """A path that does not exist is wrong usage."""
    for path in (*inputs, *(other for other in others if other is not None)):
        if not path.exists():
            raise UsageError(
                str(path), "路径不存在", "the path does not exist", todo_zh="请检查路径", todo_en="check the path"
            )


def check_memory(text: str) -> None:
    """A memory limit is a number with MB or GB."""
    digits = text.upper().removesuffix("B").removesuffix("M").removesuffix("G").strip()
    if not text.upper().endswith(("MB", "GB")) or not digits.replace(".", "", 1).isdigit():
        raise UsageError("--memory", "应写成 512MB 或 2GB", "write 512MB or 2GB", read=text)


def earlier(baseline: Path | None, out: Path) -> Folder | None:
    """The earlier audit to compare with; it must have left its records, and must not be the one written over."""
    if baseline is None:
        return None
    from mrvaudit import records
    from mrvaudit.answers.folder import opened

    if out.exists() and baseline.resolve() == out.resolve():
        raise UsageError(
            str(baseline), "--baseline 与 --out 是同一文件夹", "--baseline and --out are the same folder",
            todo_zh="请换一个 --out", todo_en="choose another --out",
        )  # fmt: skip
    records.kept(baseline)
    return opened(baseline)


def keep_answers(out: Path, answers: Path | None) -> None:
    """Answers of people are not written over: a run into their folder must be told to take them along."""
    if answers is None and (out / "answers.json").is_file():
        raise UsageError(
            str(out / "answers.json"), "这里有答复，重新审核会丢失", "a new audit would lose the answers here",
            todo_zh=f"请加 --answers {out / 'answers.json'}，或换一个 --out",
            todo_en=f"add --answers {out / 'answers.json'}, or choose another --out",
        )  # fmt: skip


def prepare(out: Path) -> None:
    """Make the output folder; what an earlier run left is removed, anything else is refused."""
    if out.exists() and not out.is_dir():
        raise UsageError(str(out), "--out 不是文件夹", "--out is no folder")
    if out.is_dir() and any(out.iterdir()):
        # An earlier run that broke off left no manifest, but nothing that is not ours either.
        ours = (out / "manifest.json").is_file() or {path.name for path in out.iterdir()} <= set(WRITTEN)
        if not ours:
            raise UsageError(
                str(out), "--out 中已有其他内容，不覆盖", "--out holds other things and is left alone",
                todo_zh="请换一个空文件夹", todo_en="choose an empty folder",
            )  # fmt: skip
        for name in WRITTEN:
            target = out / name
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)


WRITTEN = (
    "summary.json", "findings.parquet", "findings.csv", "checks.parquet", "scores.parquet", "signals.parquet",
    "quarantine.parquet", "manifest.json", "run.json", "index.html", "units", "records", "data_docs", ".work",
    "answers.json", "review.json", "after.parquet", "baseline.json", "baseline.parquet", "baseline_findings.parquet",
)  # fmt: skip


def exit_code(result: Audit, fail_on: FailOn) -> int:
    """3 before 6 before 1 before 0 (2, 4 and 5 are exceptions)."""
    if result.unreadable:
        return 3
    if result.crashed:
        return 6
    if fail_on is FailOn.NEVER:
        return 0
    grave = set(SEVERITIES[: SEVERITIES.index(Severity(fail_on.value)) + 1])
    open_ones = result.findings.filter(result.findings["status"] == "open")["severity"]
    return int(any(severity in grave for severity in open_ones))
