"""Renamed public names keep working for one minor release, with a DeprecationWarning."""

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module


def moved(module: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """A module's `__getattr__` (PEP 562) that resolves each old name to its current `module:name`."""

    def find(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        new_module, _, new_name = home.partition(":")
        told = f"{module}.{name} is {new_module}.{new_name} now; the old name goes in 0.3."
        warnings.warn(told, DeprecationWarning, stacklevel=2)
        return getattr(import_module(new_module), new_name)

    return find
