"""What stays of the work folder after an audit: OUT/records/, so that later commands need no input again."""

from __future__ import annotations

import shutil
from pathlib import Path

from mrvaudit.errors import UsageError
from mrvaudit.model import BESIDE_TABLES, RECORDS, Audit, Work


def keep(audit: Audit, out: Path) -> None:
    """Copy the standard tables, the views that the sector keeps, and where every row came from."""
    work, kept = audit.work, Work(out / RECORDS)
    kept.root.mkdir(exist_ok=True)
    for name in BESIDE_TABLES:
        if work.file(name).is_file():
            shutil.copyfile(work.file(name), kept.file(name))
    for folder in sorted(work.file("t").iterdir()):
        _copy(folder, kept.t(folder.name))
    for view in audit.sector.settings.keep:
        _copy(work.m(view), kept.m(view))


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("p=*.parquet")):
        shutil.copyfile(path, target / path.name)


def kept(out: Path) -> Work:
    """The records that an audit left in `out`; UsageError where it left none."""
    work = Work(out / RECORDS)
    if not work.t("unit_index").is_dir():
        raise UsageError(
            str(out), "这里没有审核留下的 records 文件夹", "no audit left its records here",
            todo_zh="请给出 mrvaudit audit 的 --out 文件夹", todo_en="name the --out folder of mrvaudit audit",
        )  # fmt: skip
    return work


def partitions(work: Work) -> range:
    """Numbers of the partitions that the records are in."""
    return range(len(list(work.t("unit_index").glob("p=*.parquet"))))
