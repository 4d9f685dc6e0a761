"""The command line: typer shells without logic; heavy imports happen inside the commands."""

from __future__ import annotations

from mrvaudit.cli.app import run

__all__ = ["run"]
