"""Options and arguments of the commands, each with its words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Lang(StrEnum):
    """Language shown first."""

    ZH = "zh"
    EN = "en"


class Profile(StrEnum):
    """Whom the reports are for."""

    VERIFIER = "verifier"
    ENTERPRISE = "enterprise"
    PROVINCE = "province"


class FailOn(StrEnum):
    """Least severity that makes the exit code 1."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"
    NEVER = "never"


class LogFormat(StrEnum):
    """Form of what goes to stderr while a command works."""

    TEXT = "text"
    JSON = "json"


Inputs = Annotated[list[Path], typer.Argument(help="提交的文件夹或工作簿 / folders or workbooks", show_default=False)]
Out = Annotated[
    Path, typer.Option("--out", help="结果文件夹（新建或由本程序写过） / output folder", show_default=False)
]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按何日所知 / what was known on")]
Language = Annotated[Lang, typer.Option("--lang", help="报告首选语言 / language shown first")]
ProfileOption = Annotated[Profile, typer.Option("--profile", help="报告给谁看 / whom the reports are for")]
Reports = Annotated[str, typer.Option(help="报告格式 / formats: html,docx,xlsx,json | none")]
FailOnOption = Annotated[FailOn, typer.Option("--fail-on", help="达到此级别时退出码为 1 / exit 1 from this severity")]
Workers = Annotated[int, typer.Option(min=1, help="进程数 / processes")]
OwnRules = Annotated[Path | None, typer.Option("--rules", help="自备规则包 / own rule packs")]
OwnParameters = Annotated[
    Path | None, typer.Option("--parameters", help="自备参数（须有依据） / own parameters, with basis")
]
Mapping = Annotated[Path | None, typer.Option("--mapping", help="表头对照文件 / mapping of headers")]
Answers = Annotated[Path | None, typer.Option("--answers", help="答复文件 answers.json / answers of review import")]
Baseline = Annotated[
    Path | None, typer.Option("--baseline", help="与这次更早的审核比较 / compare with this earlier audit")
]
Only = Annotated[list[str] | None, typer.Option("--only", help="只运行这些规则 / these rules only")]
Gate = Annotated[
    bool | None,
    typer.Option(
        "--gate/--no-gate", help="第二套检查 great-expectations（默认 30 台以上） / second opinion (from 30 units)"
    ),
]
DataDocs = Annotated[
    bool, typer.Option("--data-docs", help="写出其说明页 data_docs/ / write its Data Docs, with --gate")
]
KeepWork = Annotated[bool, typer.Option("--keep-work", help="保留 .work / keep .work")]
Memory = Annotated[str, typer.Option(help="每个进程的内存上限 / memory per process")]
Quiet = Annotated[bool, typer.Option("--quiet", help="不显示进度 / no progress")]
Logs = Annotated[
    LogFormat, typer.Option("--log-format", help="stderr 的形式 / form of stderr: text, json (one line per step)")
]
Audited = Annotated[
    Path, typer.Argument(metavar="DIR", help="审核的 --out 文件夹 / --out folder of an audit", show_default=False)
]
