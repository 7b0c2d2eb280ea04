"""The Backend API for Python: its clients and objects."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.backend.clients import AsyncBackend, Backend
    from sojourn.backend.transport import BackendRefused
    from sojourn.backend.user import User

__all__ = ["AsyncBackend", "Backend", "BackendRefused", "User"]

_HOMES = {
    "AsyncBackend": "sojourn.backend.clients",
    "Backend": "sojourn.backend.clients",
    "BackendRefused": "sojourn.backend.transport",
    "User": "sojourn.backend.user",
}


def __getattr__(name: str) -> object:
    """Names are imported when they are first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sojourn.backend' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
