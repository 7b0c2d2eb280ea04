"""Names actors in words: who or what ended a session or changed a setting."""

from collections.abc import Awaitable, Callable

from sojourn.engine import Engine
from sojourn.errors import NotFound
from sojourn.events.kinds import actor_name
from sojourn.ids import SessionId
from sojourn.inspector.inspection import SubjectLink
from sojourn.sessions.session import Session

NameAdministrator = Callable[[str], Awaitable[str | None]]
"""The e-mail address of an administrator of the console, by user ID; None if unknown."""

THE_USER = "the user"

ADMINISTRATOR = "admin:"
"""Before the ID of an administrator in the audit log and on an ended session."""


class Actors:
    def __init__(self, engine: Engine, name_administrator: NameAdministrator | None = None) -> None:
        self._engine = engine
        self._name_administrator = name_administrator

    async def name(self, actor: str | None, user_id: str | None = None) -> str:
        """The actor in a sentence; `user_id` is the user that the sentence is about."""
        if actor is None:
            return actor_name(None)
        if actor == user_id:
            return THE_USER
        if actor.startswith(ADMINISTRATOR):
            return await self._administrator(actor.removeprefix(ADMINISTRATOR))
        if actor.startswith("sk_"):
            return f"secret key {actor}"
        if actor.startswith("sess_"):
            return await self._session(actor)
        if actor.startswith("user_"):
            return f"user {actor}"
        return actor_name(actor)

    async def _administrator(self, id: str) -> str:
        known = await self._name_administrator(id) if self._name_administrator is not None else None
        return f"administrator {known} ({id})" if known else f"administrator {id}"

    async def _session(self, id: str) -> str:
        try:
            session = await self._engine.sessions.get(self._engine.instance, SessionId(id))
        except NotFound:
            return f"session {id}"
        return f"session {id} ({device_text(session)})"


def device_text(session: Session) -> str:
    """The device of a session in words, such as `Chrome 139.0 on Linux`."""
    device = session.device
    browser = " ".join(part for part in (device.browser_name, device.browser_version) if part) or "an unknown browser"
    return f"{browser} on {device.device_type}" if device.device_type else browser


def link_of(actor: str | None) -> list[SubjectLink]:
    """Where the actor is shown; empty for one without a page."""
    if actor is None:
        return []
    if actor.startswith("sk_"):
        return [SubjectLink(kind="secret_key", id=actor)]
    if actor.startswith("sess_"):
        return [SubjectLink(kind="session", id=actor)]
    if actor.startswith("user_"):
        return [SubjectLink(kind="user", id=actor)]
    return []
