"""What the audit says on the terminal: progress while it works, a few lines at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import typer

from mrvaudit.model import SEVERITIES

if TYPE_CHECKING:
    from mrvaudit.model import Audit

STAGES = {
    "read": "读取 reading",
    "standardise": "标准化 standardising",
    "check": "检查 checking",
    "report": "写报告 writing reports",
}
SEVERITY_WORDS = {"critical": "严重", "major": "重要", "minor": "轻微", "info": "提示"}


def problem(text: str, arguments: Sequence[str]) -> None:
    """A fault on stderr: as it is, or with `--log-format json` among the arguments as a line of JSON."""
    pairs = zip(arguments, (*arguments[1:], ""), strict=True)
    if any(first == "--log-format=json" or (first, second) == ("--log-format", "json") for first, second in pairs):
        text = json.dumps({"event": "problem", "message": text}, ensure_ascii=False)
    typer.echo(text, err=True)


class Console:
    """Progress on stderr where a person looks on, and the closing lines on stdout."""

    def __init__(self, quiet: bool, json_lines: bool = False) -> None:
        self._quiet, self._json = quiet, json_lines
        self._start = time.perf_counter()
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Console:
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        terminal = RichConsole(stderr=True)
        if not self._quiet and not self._json and terminal.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=terminal, transient=True)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def progress(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage is."""
        if self._json:
            self._line({"event": "progress", "stage": stage, "done": done, "total": total})
        if self._bar is None:
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(STAGES.get(stage, stage), total=total)
        self._bar.update(self._tasks[stage], completed=done, total=total)

    def closing(self, audit: Audit, out: Path) -> None:
        """What was found, what could not be looked at, where to look."""
        problems = [f"未能读取 not read: {fault}" for fault in audit.unreadable]
        problems += [f"规则未能完成 rule crashed: {rule} ({reason})" for rule, reason in audit.crashed]
        for text in problems:
            if self._json:
                self._line({"event": "problem", "message": text})
            elif not self._quiet:
                typer.echo(text, err=True)
        if self._json:
            self._line({"event": "done", "units": audit.scores.height, "findings": audit.findings.height})
        if self._quiet:
            return
        counted = dict(audit.findings["severity"].value_counts().iter_rows())
        zh = "，".join(f"{SEVERITY_WORDS[one]} {counted.get(one, 0)}" for one in SEVERITIES)
        en = ", ".join(f"{counted.get(one, 0)} {one}" for one in SEVERITIES)
        unassessed = audit.checks.filter(audit.checks["status"] == "not_assessable").height
        typer.echo(f"机组 {audit.scores.height} 台；发现：{zh}；未能评估的检查 {unassessed} 项")
        typer.echo(f"{audit.scores.height} units; findings: {en}; checks not assessable: {unassessed}")
        self._answers(audit)
        index = out / "index.html"
        typer.echo(f"请看 see: {index if index.exists() else out / 'findings.csv'}")

    def _line(self, event: Mapping[str, Any]) -> None:
        """One event as one line of JSON on stderr, with the seconds since the command began."""
        seconds = round(time.perf_counter() - self._start, 3)
        typer.echo(json.dumps({**event, "seconds": seconds}, ensure_ascii=False), err=True)

    def _answers(self, audit: Audit) -> None:
        """How many of the answers given hold, and why the others do not."""
        from mrvaudit.answers.answer import counts
        from mrvaudit.answers.columns import book

        for state, count in counts(audit.answers, "state").items():
            if count:
                typer.echo(f"答复 answers: {book().states[state].zh} {book().states[state].en} {count}")
