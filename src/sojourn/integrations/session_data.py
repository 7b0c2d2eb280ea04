"""Session data of one visitor, like a framework's session: bound to the Sojourn session, or to a cookie before sign-in."""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import msgspec

from sojourn.errors import NotFound, SessionEnded
from sojourn.integrations.request_head import RequestHead
from sojourn.integrations.session_values import JSON_VALUES, Values, check
from sojourn.integrations.sojourn_client import Data, SojournClient
from sojourn.secret import Secret
from sojourn.tokens.claims import Claims

DATA_COOKIES = ("__Host-sojourn_data", "sojourn_data")
"""The cookie's name, over TLS and on `http://localhost` (R-CKI-01)."""

_ANONYMOUS = "anon_"
_KEPT = 14 * 24 * 3600
_SECRET_LENGTH = 43


class SessionData(MutableMapping[str, Any]):
    """A dictionary that is loaded on first access and saved if it changed, including nested values.

    Assigning a value that cannot be restored exactly raises TypeError.
    """

    def __init__(self, load: Callable[[], Data], *, kinds: Values = JSON_VALUES) -> None:
        self._load = load
        self._kinds = kinds
        self._values: dict[str, Any] | None = None
        self._as_read = b"{}"
        self.accessed = False

    @classmethod
    def of(cls, values: Data) -> Self:
        """A `SessionData` of values that were already read."""
        data = cls(lambda: values)
        data.read()
        return data

    def read(self) -> dict[str, Any]:
        if self._values is None:
            loaded = self._load()
            self._as_read = msgspec.json.encode(loaded, order="sorted")
            self._values = {key: self._kinds.from_json(value) for key, value in loaded.items()}
        return self._values

    def to_keep(self) -> Data:
        """The values as JSON. Raises: TypeError for a nested value that cannot be stored."""
        values = self.read()
        check(self._kinds, values)
        return {key: self._kinds.to_json(value) for key, value in values.items()}

    def looked_into(self) -> dict[str, Any]:
        self.accessed = True
        return self.read()

    @property
    def is_read(self) -> bool:
        return self._values is not None

    @property
    def was_kept(self) -> bool:
        """True if data was stored under the browser's key."""
        return self._as_read != b"{}"

    @property
    def modified(self) -> bool:
        return self._values is not None and msgspec.json.encode(self.to_keep(), order="sorted") != self._as_read

    @modified.setter
    def modified(self, _: bool) -> None:
        """Frameworks' sessions need this flag for nested changes; here they are detected."""

    def copy(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return dict(self.looked_into())

    def __getitem__(self, key: str) -> Any:
        return self.looked_into()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        check(self._kinds, {key: value})
        self.looked_into()[key] = value

    def __delitem__(self, key: str) -> None:
        del self.looked_into()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.looked_into())

    def __len__(self) -> int:
        return len(self.looked_into())

    def __repr__(self) -> str:
        return "SessionData(hidden)"  # values may be confidential and must not be logged


@dataclass(frozen=True, slots=True)
class Keeping:
    """The owner of the data of one request. `anonymous` is the key of a visitor's cookie, None without one.

    After a sign-in the user keeps the data of the anonymous visitor. An attacker cannot choose an anonymous key: a cookie
    with an unknown key is replaced at the first write (session fixation).
    """

    session_id: str | None
    anonymous: str | None
    is_secure: bool

    @classmethod
    def of(cls, asked: RequestHead, claims: Claims | None, *, is_secure: bool) -> "Keeping":
        given = [
            secret
            for secret in asked.cookies.get(cookie_name(is_secure=is_secure), ())
            if len(secret) == _SECRET_LENGTH
        ]
        anonymous = _key(Secret(given[0])) if len(given) == 1 else None
        return cls(claims.session_id if claims else None, anonymous, is_secure)

    async def read(self, sojourn: SojournClient) -> Data:
        """Raises: ServerUnreachable, BadSecretKey."""
        try:
            if self.session_id and self.anonymous:
                return await sojourn.adopt_data(self.anonymous, self.session_id)
            key = self.session_id or self.anonymous
            return (await sojourn.read_data(key) if key else None) or {}
        except (NotFound, SessionEnded):  # its token stays valid for up to a minute
            return {}

    def read_now(self, sojourn: SojournClient) -> Data:
        try:
            if self.session_id and self.anonymous:
                return sojourn.adopt_data_now(self.anonymous, self.session_id)
            key = self.session_id or self.anonymous
            return (sojourn.read_data_now(key) if key else None) or {}
        except (NotFound, SessionEnded):
            return {}

    def writing(self, data: SessionData, *, anew: bool = False) -> "Writing | None":
        """The pending write and its cookie; None if nothing changed. `anew` requests a new key for an anonymous
        visitor, which prevents session fixation.
        """
        if not data.is_read:
            return None
        modified = data.modified
        values = data.to_keep()
        if self.session_id:
            forgotten = self._cookie("", 0) if self.anonymous else None
            return Writing(self.session_id, values if modified else None, forgotten) if modified or forgotten else None
        if not modified and not anew:
            return None
        if not values:
            return Writing(self.anonymous, values, self._cookie("", 0)) if self.anonymous else None
        if self.anonymous and data.was_kept and not anew:
            return Writing(self.anonymous, values, None)
        secret = Secret.random()
        return Writing(
            _key(secret), values, self._cookie(secret.reveal(), _KEPT), self.anonymous if data.was_kept else None
        )

    def _cookie(self, value: str, max_age: int) -> str:
        name = cookie_name(is_secure=self.is_secure)
        return (
            f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{'; Secure' if self.is_secure else ''}"
        )


@dataclass(frozen=True, slots=True)
class Writing:
    """`data` None keeps the stored data; `cookie` is a Set-Cookie value; data under the key `left` is deleted."""

    key: str
    data: Data | None
    cookie: str | None
    left: str | None = None

    async def write(self, sojourn: SojournClient) -> None:
        """Raises: FieldTooLong, ServerUnreachable. Data of an ended session is discarded."""
        if self.data is not None:
            with suppress(NotFound, SessionEnded):
                await sojourn.write_data(self.key, self.data)
        if self.left is not None:
            await sojourn.write_data(self.left, {})

    def write_now(self, sojourn: SojournClient) -> None:
        if self.data is not None:
            with suppress(NotFound, SessionEnded):
                sojourn.write_data_now(self.key, self.data)
        if self.left is not None:
            sojourn.write_data_now(self.left, {})


def cookie_name(*, is_secure: bool) -> str:
    return DATA_COOKIES[0 if is_secure else 1]


def _key(secret: Secret) -> str:
    return _ANONYMOUS + secret.stored_form().hex()[:58]
