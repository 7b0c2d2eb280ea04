"""The look-up that a server makes for every request it checks online: one read, no router."""

import msgspec

from sojourn.ids import SessionId
from sojourn.resources.sessions import backend_session
from sojourn.web.backend_api.call import Call


async def session(call: Call, session_id: str) -> bytes:
    """A session with its status by the clock. Raises: NotFound."""
    found = await call.engine.sessions.get(call.instance, SessionId(session_id))
    return msgspec.json.encode(backend_session(found, call.now))
