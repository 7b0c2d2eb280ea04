"""The look-up that a server makes for every request it checks online: one read, no router."""

from collections.abc import Awaitable, Callable

import msgspec

from sojourn.ids import SessionId
from sojourn.web.backend_api.call import Call
from sojourn.web.resources.sessions import backend_session

_SESSIONS = "/v1/sessions/"

Fast = Callable[[Call, str], Awaitable[bytes]]


def find(method: str, path: str) -> tuple[Fast, str] | None:
    """The handler of a hot path and the id in it; None for every other, which the router knows."""
    if method == "GET" and path.startswith(_SESSIONS) and "/" not in (id := path[len(_SESSIONS) :]):
        return session, id
    return None


async def session(call: Call, session_id: str) -> bytes:
    """A session with its status by the clock. Raises: NotFound."""
    found = await call.engine.sessions.get(call.instance, SessionId(session_id))
    return msgspec.json.encode(backend_session(found, call.now))
