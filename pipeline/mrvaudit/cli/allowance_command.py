"""`mrvaudit allowance`: allowances, gaps, what findings are worth, who complied, from the records of an audit."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mrvaudit.errors import NothingError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from mrvaudit.allowance.evaluate import Source

HELP = (
    "按配额方案计算机组与企业的配额、缺口与金额，汇总清缴情况。"
    " / Allowances, gaps and money by the plan in force; who surrendered what was due."
)


class Form(StrEnum):
    """What goes to the terminal."""

    TABLE = "table"
    JSON = "json"


def allowance(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="审核的结果文件夹 / folder of an audit", show_default=False)
    ],
    price: Annotated[float | None, typer.Option(min=0.0, help="碳价，元/吨 / price, yuan per tonne")] = None,
    year: Annotated[int | None, typer.Option(min=1990, max=2100, help="只看这一年 / this data year only")] = None,
    compliance_as_of: Annotated[
        datetime | None,
        typer.Option("--compliance-as-of", formats=["%Y-%m-%d"], help="清缴情况截至日期 / who complied by that day"),
    ] = None,
    published: Annotated[
        list[str] | None,
        typer.Option(help="核对公布的比率，如 99.82=11.52/11.54 / whether a published rate fits its rounded figures"),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table 或 json / table or json")] = Form.TABLE,
    rules: Annotated[Path | None, typer.Option("--rules", help="自备规则包 / own rule packs")] = None,
    parameters: Annotated[
        Path | None, typer.Option("--parameters", help="自备参数（须有依据） / own parameters, with basis")
    ] = None,
) -> int:
    """Write allowance.*, allowance_findings.* and compliance.* into DIR; 0 done, 2 usage, 4 nothing to calculate."""
    if price is not None and not math.isfinite(price):
        raise UsageError(f"--price {price}", "价格须为有限的数", "a price is a finite number")
    rates = [_rate(text) for text in published or ()]
    source = _source(folder, rules, parameters)

    from mrvaudit import manifest
    from mrvaudit.allowance import evaluate as allowances
    from mrvaudit.allowance.findings import priced
    from mrvaudit.allowance.levels import table
    from mrvaudit.cli.allowance_table import show

    frames = allowances.evaluate(source)
    units, entities = allowances.unit_rows(source, frames), allowances.entity_rows(source, frames)
    findings = priced(source, frames, _findings(folder), price)
    if year is not None:
        units, entities, findings = (one.filter(one["year"] == year) for one in (units, entities, findings))
    picture = _picture(source, compliance_as_of, year)
    if units.is_empty() and (picture is None or picture.is_empty()):
        raise NothingError(
            str(folder), "没有可计算配额的机组年份", "there is no unit and year to calculate an allowance for",
            read=f"--year {year}" if year is not None else None,
        )  # fmt: skip
    whole = table(units, entities, price)
    content = _content(source, whole, picture, rates, price)
    _write(folder, whole, findings, picture, content)
    manifest.renew(folder)
    if form is Form.JSON:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        show(source, whole, picture, rates, folder)
    return 0


def _source(folder: Path, rules: Path | None, parameters: Path | None) -> Source:
    """The kept records of the audit, with the day it was as of."""
    from mrvaudit import records
    from mrvaudit.allowance.evaluate import Source
    from mrvaudit.cli.audit_command import check_paths
    from mrvaudit.sector import load_sector

    check_paths([folder], rules, parameters, None)
    work = records.kept(folder)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    sector = load_sector(extra=rules, parameters_file=parameters)
    return Source(work, sector, records.partitions(work), date.fromisoformat(summary["as_of"]))


def _findings(folder: Path) -> pl.DataFrame:
    import polars as pl

    return pl.read_parquet(folder / "findings.parquet")


def _picture(source: Source, as_of: datetime | None, year: int | None) -> pl.DataFrame | None:
    if as_of is None:
        return None
    from mrvaudit.allowance.compliance import picture

    found = picture(source, date(as_of.year, as_of.month, as_of.day))
    return found if year is None else found.filter(found["year"] == year)


def _rate(text: str) -> dict[str, Any]:
    """`99.82=11.52/11.54`: the interval that the rounded figures allow, and whether the rate lies in it."""
    from mrvaudit.allowance.compliance import believable, rate_interval

    rate, _, figures = text.partition("=")
    part, _, whole = figures.partition("/")
    try:
        low, high = rate_interval(part, whole)
        fits = believable(rate, part, whole)
    except ValueError as fault:
        raise UsageError(
            f"--published {text}", "应写作 比率=分子/分母", f"is written rate=part/whole ({fault})",
            todo_zh="例如 99.82=11.52/11.54", todo_en="for example 99.82=11.52/11.54",
        ) from None  # fmt: skip
    return {"published": text, "low_pct": f"{low:.2f}", "high_pct": f"{high:.2f}", "fits": fits}


def _content(
    source: Source, whole: pl.DataFrame, picture: pl.DataFrame | None, rates: list[dict[str, Any]], price: float | None
) -> dict[str, Any]:
    from mrvaudit.allowance import settings

    found = settings(source.sector)
    used = set(whole["plan"].to_list())
    plans = [plan.model_dump(by_alias=True) for plan in found.plans if plan.id in used]
    columns = {one.column: {"unit": one.unit, "title": one.title.model_dump()} for one in found.columns}
    return {
        "as_of": source.as_of.isoformat(),
        "price_yuan_per_t": price,
        "plans": plans,
        "columns": columns,
        "rows": _plain(whole),
        "compliance": _plain(picture) if picture is not None else None,
        "published": rates,
    }


def _plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in frame.iter_rows(named=True)
    ]


def _write(
    folder: Path, whole: pl.DataFrame, findings: pl.DataFrame, picture: pl.DataFrame | None, content: dict[str, Any]
) -> None:
    from mrvaudit.cli.outputs import write_csv

    frames = {"allowance": whole, "allowance_findings": findings}
    if picture is not None:
        frames["compliance"] = picture
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd", compression_level=3, row_group_size=100_000)
        write_csv(frame, folder / f"{name}.csv")
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    (folder / "allowance.json").write_text(text, encoding="utf-8", newline="\n")
