"""How templates look into what they are given."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment


class Lookup(Environment):
    """Templates that look into dictionaries first: the model is made of them, and a miss of an attribute is slow."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` of a template."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)
