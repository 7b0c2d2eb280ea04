"""A Django session store that keeps `request.session` in Sojourn."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from sojourn.integrations.session_data import Keeping, SessionData
from sojourn.integrations.session_values import JSON_VALUES, check
from sojourn.integrations.sojourn_client import Data, SojournClient

__all__ = ["SessionStore"]


class SessionStore(SessionBase):
    """Values are JSON, as in Django's default serializer. The Sojourn session decides which row is read and written,
    and at sign-in the row moves to it. At Django's own sign-in and sign-out an anonymous visitor gets a new key.
    """

    def __init__(self, sojourn: SojournClient | None = None, keeping: Keeping | None = None) -> None:
        super().__init__()
        self._sojourn = sojourn
        self._keeping = keeping
        self._data = SessionData(self._read)
        self._wants_key = False

    def _read(self) -> Data:
        if self._sojourn is None or self._keeping is None:
            return {}
        return self._keeping.read_now(self._sojourn)

    def _get_session(self, no_load: bool = False) -> dict[str, Any]:
        self.accessed = True
        return self._data.looked_into()

    async def _aget_session(self, no_load: bool = False) -> dict[str, Any]:
        self.accessed = True
        if not self._data.is_read and self._sojourn is not None and self._keeping is not None:
            values = await self._keeping.read(self._sojourn)
            self._data = SessionData.of(values)
        return self._data.looked_into()

    _session = property(_get_session)

    def __setitem__(self, key: str, value: Any) -> None:
        """Raises: TypeError for a value that cannot be restored exactly; raised here instead of when the response is
        sent.
        """
        check(JSON_VALUES, {key: value})
        super().__setitem__(key, value)

    def update(self, dict_: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # Django's own
        check(JSON_VALUES, dict(dict_))
        super().update(dict_)

    async def aset(self, key: str, value: Any) -> None:
        check(JSON_VALUES, {key: value})
        (await self._aget_session())[key] = value
        self.modified = True

    async def aupdate(self, dict_: Any) -> None:
        check(JSON_VALUES, dict(dict_))
        (await self._aget_session()).update(dict_)
        self.modified = True

    @property
    def session_key(self) -> str | None:  # type: ignore[override]
        return (self._keeping.session_id or self._keeping.anonymous) if self._keeping else None

    def clear(self) -> None:
        self._get_session().clear()
        self.modified = True

    def flush(self) -> None:
        self.clear()
        self._wants_key = True

    async def aflush(self) -> None:
        (await self._aget_session()).clear()
        self.modified = self._wants_key = True

    def cycle_key(self) -> None:
        self._get_session()
        self.modified = self._wants_key = True

    async def acycle_key(self) -> None:
        await self._aget_session()
        self.modified = self._wants_key = True

    def is_empty(self) -> bool:
        return not self._get_session()

    def exists(self, session_key: str) -> bool:
        return False

    async def aexists(self, session_key: str) -> bool:
        return False

    def create(self) -> None:
        """Does nothing: the first write creates the row."""

    async def acreate(self) -> None:
        """Does nothing: the first write creates the row."""

    def load(self) -> dict[str, Any]:
        return self._get_session()

    async def aload(self) -> dict[str, Any]:
        return await self._aget_session()

    def save(self, must_create: bool = False) -> None:
        """Does nothing here: data is saved with the response, which also sets the cookie."""

    async def asave(self, must_create: bool = False) -> None:
        """Does nothing here: data is saved with the response, which also sets the cookie."""

    def delete(self, session_key: str | None = None) -> None:
        self.clear()

    async def adelete(self, session_key: str | None = None) -> None:
        await self.aflush()

    @classmethod
    def clear_expired(cls) -> None:
        """Does nothing: the server deletes expired data itself."""

    @classmethod
    async def aclear_expired(cls) -> None:
        """Does nothing: the server deletes expired data itself."""

    def keep(self) -> str | None:
        """Save changes and return a Set-Cookie value if the browser needs one.

        Raises: ServerUnreachable, FieldTooLong.
        """
        writing = self._keeping.writing(self._data, anew=self._wants_key) if self._keeping is not None else None
        if writing is None or self._sojourn is None:
            return None
        writing.write_now(self._sojourn)
        return writing.cookie
