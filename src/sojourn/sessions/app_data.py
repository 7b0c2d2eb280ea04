"""App data of one visitor: bound to the session after sign-in, to a secret in a cookie before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sojourn.errors import FieldFormat, Json, SessionEnded
from sojourn.ids import SessionId
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.sessions.lifecycle import Sessions
from sojourn.sessions.session import Session
from sojourn.store.interface import Store
from sojourn.users.metadata import checked_metadata

LIMIT = 32 * 1024
"""Bytes of one visitor's data as JSON."""

ANONYMOUS = "anon_"
"""Key prefix of an anonymous visitor; the stored form of their secret follows (R-ID-02)."""

_ANONYMOUS_KEPT = timedelta(days=14)
_MAX_KEY_LENGTH = 64


@dataclass(frozen=True, slots=True)
class AppData:
    """Keys are session IDs, or `anon_` and the digest of a secret, so that the database contains no secret."""

    store: Store
    clock: Clock
    sessions: Sessions

    async def read(self, instance: Instance, key: str) -> dict[str, Json] | None:
        """Raises: FieldFormat."""
        _check(key)
        return await self.store.app_data.find(instance.id, key, self.clock.now())

    async def write(self, instance: Instance, key: str, data: Mapping[str, Json]) -> None:
        """Replace the stored data with `data`; empty data deletes the row. Raises: FieldFormat, FieldTooLong, NotFound, SessionEnded."""
        _check(key)
        if not data:
            await self.store.app_data.delete(instance.id, key)
            return
        kept, now = checked_metadata(data, "data", limit=LIMIT), self.clock.now()
        if key.startswith(ANONYMOUS):
            await self.store.app_data.put(instance.id, key, kept, now, expire_at=now + _ANONYMOUS_KEPT)
            return
        session = await self._live(instance, key)
        await self.store.app_data.put(instance.id, key, kept, now, expire_at=session.expire_at, user_id=session.user_id)

    async def adopt(self, instance: Instance, anonymous: str, session_id: str) -> dict[str, Json]:
        """Move an anonymous visitor's data to their new session, and return the session's data.

        Existing data of the session stays. The anonymous key is deleted, so a planted key reveals nothing (session
        fixation). Raises: FieldFormat, NotFound, SessionEnded.
        """
        if not anonymous.startswith(ANONYMOUS):
            raise FieldFormat("Only the data of an anonymous visitor can be adopted.", param="anonymous")
        _check(anonymous)
        session, now = await self._live(instance, session_id), self.clock.now()
        await self.store.app_data.move(
            instance.id, anonymous, session_id, now, expire_at=session.expire_at, user_id=session.user_id
        )
        await self.store.app_data.delete(instance.id, anonymous)
        return await self.store.app_data.find(instance.id, session_id, now) or {}

    async def _live(self, instance: Instance, session_id: str) -> Session:
        session = await self.sessions.get(instance, SessionId(session_id))
        if not session.is_live(self.clock.now()):
            raise SessionEnded()
        return session


def _check(key: str) -> None:
    if not key.startswith((ANONYMOUS, "sess_")) or len(key) > _MAX_KEY_LENGTH or not key.isascii():
        raise FieldFormat("The key must be a session ID, or anon_ followed by a digest.", param="key")
