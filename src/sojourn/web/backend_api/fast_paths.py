"""The look-up that a server makes for every request it checks online: one read, no router."""

import msgspec

from sojourn.ids import SessionId
from sojourn.resources.sessions import backend_session
from sojourn.web.backend_api.context import KeyContext


async def session(context: KeyContext, session_id: str) -> bytes:
    """A session with its status by the clock. Raises: NotFound."""
    found = await context.engine.sessions.get(context.instance, SessionId(session_id))
    return msgspec.json.encode(backend_session(found, context.now))
