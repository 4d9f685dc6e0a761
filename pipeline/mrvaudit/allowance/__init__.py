"""Allowances of units and entities by the plans of the pack, what findings are worth in money, who complied."""

from mrvaudit.allowance.evaluate import rows
from mrvaudit.allowance.settings import settings

__all__ = ["rows", "settings"]
