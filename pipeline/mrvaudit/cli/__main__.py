"""`python -m mrvaudit.cli`."""

from mrvaudit.cli.app import run

run()
