"""Rules, formulas and parameters as pages of text, Chinese first."""

from mrvaudit.pages.features import features_page
from mrvaudit.pages.reach import parameters_behind, parameters_of
from mrvaudit.pages.rule import rule_page
from mrvaudit.pages.values import formula_page, parameter_page
from mrvaudit.pages.words import both, number

__all__ = [
    "both",
    "features_page",
    "formula_page",
    "number",
    "parameter_page",
    "parameters_behind",
    "parameters_of",
    "rule_page",
]
