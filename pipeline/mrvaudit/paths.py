"""Where the shipped packs are: inside the wheel, or beside `pipeline/` in a checkout."""

from __future__ import annotations

from pathlib import Path

from mrvaudit.errors import PackError


def rules_dir() -> Path:
    """Folder of the shipped packs (`common/`, `power/`)."""
    packaged = Path(__file__).resolve().parent / "rules"
    if packaged.is_dir():
        return packaged
    root = Path(__file__).resolve().parents[2]
    if (root / "rules").is_dir() and (root / "pyproject.toml").is_file():
        return root / "rules"
    raise PackError(
        "rules/",
        "找不到随程序提供的规则包",
        "the shipped rule packs are missing",
        todo_zh="请重新安装 mrvaudit",
        todo_en="install mrvaudit again",
    )
