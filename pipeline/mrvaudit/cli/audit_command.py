"""`mrvaudit audit`: submissions in, a folder of findings and reports out."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mrvaudit.errors import UsageError
from mrvaudit.model import SEVERITIES, Severity

if TYPE_CHECKING:
    from mrvaudit.audit import Options
    from mrvaudit.model import Audit
    from mrvaudit.sector import Sector

HELP = "审核一份或多份提交，写出发现与每台机组的报告。 / Audit submissions; write findings and a report for every unit."


class Lang(StrEnum):
    """Language shown first."""

    ZH = "zh"
    EN = "en"


class FailOn(StrEnum):
    """Least severity that makes the exit code 1."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"
    NEVER = "never"


def audit(
    inputs: Annotated[
        list[Path], typer.Argument(help="提交的文件夹或工作簿 / folders or workbooks", show_default=False)
    ],
    out: Annotated[
        Path, typer.Option("--out", help="结果文件夹（新建或由本程序写过） / output folder", show_default=False)
    ],
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按何日所知 / what was known on")
    ] = None,
    lang: Annotated[Lang, typer.Option(help="报告首选语言 / language shown first")] = Lang.ZH,
    reports: Annotated[str, typer.Option(help="报告格式 / formats: html,json | none")] = "html,json",
    fail_on: Annotated[
        FailOn, typer.Option(help="达到此级别时退出码为 1 / exit 1 from this severity")
    ] = FailOn.CRITICAL,
    workers: Annotated[int, typer.Option(min=1, help="进程数 / processes")] = 1,
    rules: Annotated[Path | None, typer.Option("--rules", help="自备规则包 / own rule packs")] = None,
    parameters: Annotated[
        Path | None, typer.Option("--parameters", help="自备参数（须有依据） / own parameters, with basis")
    ] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="表头对照文件 / mapping of headers")] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="答复文件 answers.json / answers of review import")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="只运行这些规则 / these rules only")] = None,
    gate: Annotated[
        bool | None,
        typer.Option(
            "--gate/--no-gate", help="第二套检查 great-expectations（默认 30 台以上） / second opinion (from 30 units)"
        ),
    ] = None,
    data_docs: Annotated[
        bool, typer.Option("--data-docs", help="写出其说明页 data_docs/ / write its Data Docs, with --gate")
    ] = False,
    keep_work: Annotated[bool, typer.Option("--keep-work", help="保留 .work / keep .work")] = False,
    memory: Annotated[str, typer.Option(help="每个进程的内存上限 / memory per process")] = "2GB",
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度 / no progress")] = False,
) -> int:
    """Run the road and leave with the exit code of the contract."""
    formats = chosen_formats(reports)
    check_paths(inputs, rules, parameters, mapping, answers)
    check_memory(memory)
    keep_answers(out, answers)

    from mrvaudit.answers.answer import read as read_answers
    from mrvaudit.audit import Options
    from mrvaudit.report import check as check_report
    from mrvaudit.sector import load_sector

    sector = load_sector(extra=rules, parameters_file=parameters)
    check_report(sector)
    options = Options(
        as_of=date(as_of.year, as_of.month, as_of.day) if as_of else None,
        mapping=mapping,
        workers=workers,
        memory=memory,
        only=tuple(only or ()),
        gate=True if data_docs and gate is None else gate,
        data_docs=data_docs,
        answers=read_answers(answers) if answers else (),
    )
    result = conduct(sector, inputs, out, options, formats, str(lang), quiet, keep_work)
    return exit_code(result, fail_on)


def conduct(
    sector: Sector,
    inputs: list[Path],
    out: Path,
    options: Options,
    formats: tuple[str, ...],
    lang: str,
    quiet: bool,
    keep_work: bool,
) -> Audit:
    """Audit into `out`: work folder, progress, outputs, closing lines."""
    from mrvaudit.audit import audit as run_audit
    from mrvaudit.cli.console import Console
    from mrvaudit.cli.outputs import write_outputs
    from mrvaudit.model import Work

    start = datetime.now(UTC)
    console = Console(quiet)
    prepare(out)
    work = Work(out / ".work")
    work.root.mkdir()
    try:
        with console:
            result = run_audit(sector, inputs, work, options, console.progress)
            write_outputs(result, out, formats, lang, start, console.progress)
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
    "summary.json", "findings.parquet", "findings.csv", "checks.parquet", "scores.parquet", "quarantine.parquet",
    "manifest.json", "run.json", "index.html", "units", "records", "data_docs", ".work",
    "answers.json", "review.json", "after.parquet",
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
