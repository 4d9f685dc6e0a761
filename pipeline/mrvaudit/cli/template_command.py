"""`mrvaudit template`: an empty workbook to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mrvaudit.errors import UsageError

HELP = "写一份空白工作簿供填报：中文表头、单位、下拉框、说明、示例行。 / An empty workbook to fill in."
EXAMPLE_YEAR, EXAMPLE_SEED = 2025, 1


def template(
    out: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="要写的文件 / file to write", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 / write over an existing file")] = False,
) -> int:
    """Write OUT.xlsx; exit 2 where it is no .xlsx, or exists and --force was not given."""
    if out.suffix.lower() != ".xlsx":
        raise UsageError(
            str(out),
            "文件名应以 .xlsx 结尾",
            "the name must end in .xlsx",
            todo_zh="例：空表.xlsx",
            todo_en="e.g. empty.xlsx",
        )
    if out.exists() and not force:
        raise UsageError(
            str(out), "文件已存在，不覆盖", "the file exists and is left alone",
            todo_zh="换一个名称，或用 --force", todo_en="choose another name or use --force",
        )  # fmt: skip
    if not out.absolute().parent.is_dir():
        raise UsageError(str(out.parent), "文件夹不存在", "there is no such folder")
    from mrvaudit.sector import load_sector
    from mrvaudit.sectors.power.sample.fleet import sample
    from mrvaudit.template import write

    sector = load_sector("power")
    made = sample(1, EXAMPLE_YEAR, EXAMPLE_SEED)
    examples = {name: rows.row(0, named=True) for name, rows in made.items() if rows.height}
    count = write(out, sector, examples)
    typer.echo(f"{out}: {count} 张表 / {count} tables")
    return 0
