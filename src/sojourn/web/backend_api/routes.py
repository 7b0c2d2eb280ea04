"""Every handler of the Backend API, in one list, and which addresses are therefore its own."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from sojourn.web.backend_api import (
    addresses,
    app_data,
    clients,
    instance,
    keys,
    own,
    records,
    sessions,
    sign_ups,
    tickets,
    users,
)

HANDLERS: Sequence[HTTPRouteHandler] = [
    *keys.HANDLERS,
    *users.HANDLERS,
    *addresses.HANDLERS,
    *sessions.HANDLERS,
    *clients.HANDLERS,
    *sign_ups.HANDLERS,
    *tickets.HANDLERS,
    *records.HANDLERS,
    *instance.HANDLERS,
    *own.HANDLERS,
    *app_data.HANDLERS,
]

_SEGMENTS = frozenset(path.split("/")[2] for handler in HANDLERS for path in handler.paths)

PREFIXES = tuple(sorted(f"/v1/{segment}" for segment in _SEGMENTS))


def owns(path: str) -> bool:
    """Whether an address is this API's: nothing answers there without a secret key, also where there is nothing."""
    return path.startswith("/v1/") and path[4:].partition("/")[0] in _SEGMENTS
