"""`mrvaudit sample`: a made-up fleet to try things on, with planted faults if wanted."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mrvaudit.errors import UsageError

HELP = "生成虚构的发电机组数据，可植入差错（真值写在旁边）。 / A made-up fleet; planted faults, the truth beside it."


class Form(StrEnum):
    """How the tables are written."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


def sample(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="新建的文件夹 / folder to make", show_default=False)],
    units: Annotated[int, typer.Option(min=1, max=30_000, help="机组数 / number of units")] = 20,
    year: Annotated[int, typer.Option(min=2019, max=2100, help="数据年份 / data year")] = 2025,
    seed: Annotated[int, typer.Option(min=0, help="种子：相同则结果相同 / same seed, same fleet")] = 1,
    faults: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="有差错的机组所占份额 / share of units with a fault")
    ] = 0.0,
    form: Annotated[Form, typer.Option("--format", help="csv、parquet，或每个企业一个 xlsx / form")] = Form.CSV,
) -> int:
    """Write the fleet to OUT and the truth of the faults to OUT.truth.csv, beside OUT and never inside."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            str(out), "已有内容，不覆盖", "holds other things and is left alone",
            todo_zh="请换一个新文件夹", todo_en="choose a new folder",
        )  # fmt: skip
    from mrvaudit.sector import load_sector
    from mrvaudit.sectors.power.sample.fleet import sample_with_faults
    from mrvaudit.sectors.power.sample.writing.files import write_fleet, write_truth

    sector = load_sector("power")
    tables, truth = sample_with_faults(units, year, seed, faults, sector)
    beside = out.absolute().with_name(f"{out.absolute().name}.truth.csv")
    count = write_fleet(tables, out, form.value, sector, year)
    write_truth(truth, beside)
    rows = sum(table.height for table in tables.values())
    typer.echo(f"{out}: 机组 {units} 台，文件 {count} 个，{rows:,} 行 / {units} units, {count} files, {rows:,} rows")
    typer.echo(f"{beside}: 植入差错 {truth.height} 处 / {truth.height} planted faults")
    return 0
