"""The command `mrvaudit` and how it ends: every fault is one line, every ending one exit code."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer

from mrvaudit import __version__, processes
from mrvaudit.cli import (
    allowance_command,
    audit_command,
    review_command,
    rules_command,
    sample_command,
    template_command,
    visit_command,
)
from mrvaudit.cli.console import problem
from mrvaudit.errors import MrvauditError

app = typer.Typer(
    name="mrvaudit",
    help="碳排放数据质量审核：重算、互证、写核查报告。 / Data-quality audit for emissions MRV.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("audit", help=audit_command.HELP)(audit_command.audit)
app.add_typer(rules_command.app, name="rules")
app.add_typer(review_command.app, name="review")
app.command("visit", help=visit_command.HELP)(visit_command.visit)
app.command("sample", help=sample_command.HELP)(sample_command.sample)
app.command("template", help=template_command.HELP)(template_command.template)
app.command("allowance", help=allowance_command.HELP)(allowance_command.allowance)


# typer carries its own copy of click, under a private name.
CLICK_FAULT: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mrvaudit {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本号 / the version")
    ] = False,
) -> None:
    """Options before the command; without a command, the help."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def call(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; a fault that somebody can mend is one line on stderr."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(arguments, standalone_mode=False)
    except MrvauditError as fault:
        problem(f"错误 error: {fault}", given)
        return fault.exit_code
    except typer.Abort:
        typer.echo("已中止 / aborted", err=True)
        return 130
    except CLICK_FAULT as fault:
        detail = " ".join(fault.format_message().split())
        problem(f"错误 error: mrvaudit: 命令有误 / wrong usage: {detail}；见 see mrvaudit --help", given)
        return 2
    return code if isinstance(code, int) else 0


def run() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    gc.set_threshold(*processes.RINGS)
    leave(call())


def leave(code: int) -> NoReturn:
    """End the process at once: taking the libraries apart object by object would take another half second."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
