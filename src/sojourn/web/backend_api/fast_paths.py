"""The session look-up that servers make for each request they check online: one read, no router."""

import msgspec

from sojourn.ids import SessionId
from sojourn.resources.sessions import backend_session
from sojourn.web.backend_api.context import KeyContext


async def session(context: KeyContext, session_id: str) -> bytes:
    """A session with its status at the current time. Raises: NotFound."""
    found = await context.engine.sessions.get(context.instance, SessionId(session_id))
    return msgspec.json.encode(backend_session(found, context.now))
