"""`mrvaudit visit`: what to take along when visiting a plant."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from mrvaudit.cli import options
from mrvaudit.cli.audit_command import check_paths
from mrvaudit.cli.options import Lang
from mrvaudit.errors import NothingError, UsageError

HELP = (
    "核查前的资料：文件评审表、现场核查清单、追踪样本、现场重算、资料清单。"
    " / Before a visit: review form, checklist, tracing sample, figures to recompute, documents."
)


def visit(
    folder: options.Audited,
    out: Annotated[Path, typer.Option("--out", help="新建的文件夹 / a new folder", show_default=False)],
    unit: Annotated[list[str] | None, typer.Option("--unit", help="只写这些机组 / these units only")] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="随机抽取的种子 / seed of the random part")] = None,
    lang: options.Language = Lang.ZH,
    rules: options.OwnRules = None,
) -> int:
    """One folder per unit with its forms, from the folder of an audit alone."""
    check_paths([folder], rules)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            str(out), "--out 中已有内容，不覆盖", "--out holds other things and is left alone",
            todo_zh="请换一个空文件夹", todo_en="choose an empty folder",
        )  # fmt: skip

    from mrvaudit import records, visit
    from mrvaudit.answers.again import audit_again
    from mrvaudit.answers.folder import opened
    from mrvaudit.sector import load_sector

    found = opened(folder)
    records.kept(folder)
    sector = load_sector(extra=rules)
    visit.check(sector)
    with tempfile.TemporaryDirectory(prefix="mrvaudit-") as work:
        written = visit.write(audit_again(found, sector, Path(work)), out, str(lang), seed, tuple(unit or ()))
    if not written:
        raise NothingError(
            ", ".join(unit or ()) or str(folder), "没有这样的机组", "there is no such unit",
            todo_zh="机组编号见 scores.parquet", todo_en="ids of units stand in scores.parquet",
        )  # fmt: skip
    typer.echo(f"{out}: {len(written)} 台机组 / {len(written)} units")
    return 0
