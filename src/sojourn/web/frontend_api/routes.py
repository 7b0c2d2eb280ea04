"""Every handler of the Frontend API, in one list."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from sojourn.web.frontend_api import (
    client,
    email_addresses,
    environment,
    fast_paths,
    handshake,
    me,
    public,
    sessions,
    sign_ins,
    sign_ups,
)

HANDLERS: Sequence[ControllerRouterHandler] = [
    *public.HANDLERS,
    *environment.HANDLERS,
    *fast_paths.HANDLERS,
    *client.HANDLERS,
    *handshake.HANDLERS,
    *sessions.HANDLERS,
    *sign_ins.HANDLERS,
    *sign_ups.HANDLERS,
    *me.HANDLERS,
    *email_addresses.HANDLERS,
]
