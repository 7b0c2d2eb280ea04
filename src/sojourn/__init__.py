"""Self-hosted session and user management. The names here are public; everything else may change."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.config import Config
    from sojourn.errors import SojournError
    from sojourn.integrations.asgi import SojournMiddleware
    from sojourn.integrations.local import Sojourn
    from sojourn.integrations.wsgi import SojournWsgiMiddleware
    from sojourn.tokens.session_token import Verifier

__all__ = ["Config", "Sojourn", "SojournError", "SojournMiddleware", "SojournWsgiMiddleware", "Verifier"]

_HOMES = {
    "Config": "sojourn.config",
    "Sojourn": "sojourn.integrations.local",
    "SojournError": "sojourn.errors",
    "SojournMiddleware": "sojourn.integrations.asgi",
    "SojournWsgiMiddleware": "sojourn.integrations.wsgi",
    "Verifier": "sojourn.tokens.session_token",
}


def __getattr__(name: str) -> object:
    """Names are imported when they are first used, so that importing the package costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sojourn' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
