"""`mrvaudit review`: findings out to be answered, answers back in."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mrvaudit.cli import options
from mrvaudit.cli.audit_command import check_paths
from mrvaudit.cli.options import Lang
from mrvaudit.errors import NothingError, UsageError

if TYPE_CHECKING:
    from mrvaudit.answers.folder import Folder
    from mrvaudit.answers.records import Records
    from mrvaudit.sector import Sector

app = typer.Typer(
    help="答复：导出待答复的发现，读回答复。 / Answers: findings out, answers back in.", rich_markup_mode=None
)

Workbook = Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="工作簿 / workbook")]


@app.command("export", help="写出尚未关闭的发现，供填写。 / Write the findings that are not closed, to fill in.")
def export(
    folder: options.Audited,
    file: Workbook,
    lang: Annotated[Lang, typer.Option(help="语言 / language")] = Lang.ZH,
    rules: options.OwnRules = None,
) -> int:
    """The workbook of findings to answer; earlier answers are in it."""
    check_paths([folder], rules)
    if file.suffix.lower() != ".xlsx" or file.is_dir() or not file.parent.is_dir():
        raise UsageError(str(file), "应为已有文件夹中的 xlsx 文件", "this must be an xlsx file in an existing folder")

    from mrvaudit.report.answer_book import write

    found, _, records = _opened(folder, rules)
    given = {one.finding_id: one for one in found.answers}
    count = write(file, found.finding_rows(), given, records, found.as_of, str(lang))
    typer.echo(f"{file}: {count} 条发现 / {count} findings")
    return 0


@app.command("import", help="读回填好的工作簿，逐条核对并重算。 / Read a filled workbook back, check and recalculate.")
def import_(
    folder: options.Audited,
    file: Workbook,
    author: Annotated[
        str | None, typer.Option("--author", help="表中没有写明时的答复人 / name where none is given")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="核实与关闭日期，表中没有时用 / day of verifying, closing"),
    ] = None,
    rules: options.OwnRules = None,
) -> int:
    """Write answers.json, review.json and after.parquet into the folder; one line for every row not taken."""
    check_paths([folder, file], rules)

    from mrvaudit import manifest, review
    from mrvaudit.answers import answer, filled, judge

    found, _, records = _opened(folder, rules)
    rows = filled.rows(file)
    findings = {one["finding_id"]: one for one in found.finding_rows()}
    judged = judge.judge(rows, found.answers, findings, records, author, f"{on:%Y-%m-%d}" if on else None)
    for problem in judged.problems:
        typer.echo(f"未采用 not taken: {problem}", err=True)
    if not judged.answers and not judged.problems:
        raise NothingError(str(file), "没有填写任何答复", "nothing is filled in")
    answer.write(folder / answer.FILE, judged.answers)
    with tempfile.TemporaryDirectory(prefix="mrvaudit-") as room:
        reviewed = review.review(found, records, judged.answers, Path(room))
    review.write(folder, reviewed)
    manifest.renew(folder)
    for line in (*review.lines(reviewed.content), _closing(judged.answers, judged.taken)):
        typer.echo(line)
    return int(bool(judged.problems))


def _opened(folder: Path, rules: Path | None) -> tuple[Folder, Sector, Records]:
    from mrvaudit import records
    from mrvaudit.answers.folder import opened
    from mrvaudit.answers.records import Records
    from mrvaudit.sector import load_sector

    found = opened(folder)
    work = records.kept(folder)
    sector = load_sector(extra=rules)
    for pack in found.other_packs(sector):
        typer.echo(
            f"注意 note: {folder}: 规则包 {pack} 与审核时不同 / pack {pack} differs from that of the audit", err=True
        )
    return found, sector, Records(work, sector, records.partitions(work))


def _closing(answers: tuple[object, ...], taken: int) -> str:
    from mrvaudit.answers import answer
    from mrvaudit.answers.columns import book

    counted = {name: count for name, count in answer.counts(answers, "status").items() if count}  # type: ignore[arg-type]
    zh = "，".join(f"{book().statuses[name].zh} {count}" for name, count in counted.items())
    en = ", ".join(f"{count} {book().statuses[name].en}" for name, count in counted.items())
    count = len(answers)
    return f"答复 {count} 条，本次新增或改变 {taken} 条：{zh} / {count} answers, {taken} new or changed: {en}"
