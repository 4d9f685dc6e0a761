"""A module is a plugin: constants and functions of fixed names, found in a subpackage or by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from importlib.metadata import entry_points
from types import ModuleType

from mrvaudit.errors import PackError


def load(package: str, required: Iterable[str], group: str | None = None) -> list[ModuleType]:
    """Modules of `package`, and those registered under the entry point `group`, that carry every name in `required`.

    Sorted by module name, so that the order never depends on the installation.
    """
    names = tuple(required)
    parent = importlib.import_module(package)
    found = [
        importlib.import_module(f"{package}.{info.name}")
        for info in pkgutil.iter_modules(parent.__path__)
        if not info.ispkg
    ]
    plugins = [module for module in found if all(hasattr(module, name) for name in names)]
    if group is not None:
        plugins.extend(_registered(group, names))
    return sorted(plugins, key=lambda module: module.__name__)


def _registered(group: str, names: tuple[str, ...]) -> list[ModuleType]:
    modules = []
    for point in sorted(entry_points(group=group), key=lambda one: (one.name, one.value)):
        module = point.load()
        missing = [name for name in names if not hasattr(module, name)]
        if missing:
            raise PackError(
                f"entry point {group}:{point.name}",
                f"插件缺少 {', '.join(missing)}",
                f"the plugin lacks {', '.join(missing)}",
                read=point.value,
            )
        modules.append(module)
    return modules
