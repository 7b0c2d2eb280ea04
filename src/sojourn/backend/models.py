"""The Backend API's objects except the user, with the fields that apps need. Fields of newer servers are ignored.

Times are milliseconds since 1970.
"""

from typing import Any

import msgspec


class Session(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    client_id: str
    status: str
    last_active_at: int = 0
    expire_at: int = 0
    abandon_at: int = 0
    created_at: int = 0
    updated_at: int = 0
    actor: dict[str, Any] | None = None
    latest_activity: dict[str, Any] | None = None

    @property
    def is_live(self) -> bool:
        return self.status in ("active", "pending")


class Client(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    session_ids: tuple[str, ...] = ()
    sessions: tuple[Session, ...] = ()
    last_active_session_id: str | None = None
    created_at: int = 0
    updated_at: int = 0


class Token(msgspec.Struct, frozen=True, kw_only=True):
    jwt: str

    def __repr__(self) -> str:
        return "Token(hidden)"


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in or actor token; `token` and `url` are set only in the response to its creation."""

    id: str
    status: str
    user_id: str = ""
    token: str | None = None
    url: str | None = None
    created_at: int = 0
    updated_at: int = 0

    def __repr__(self) -> str:
        return f"Ticket({self.id}, {self.status})"


class TestingToken(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    expires_at: int


class JwtTemplate(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    claims: dict[str, Any]
    lifetime: int
    allowed_clock_skew: int
    created_at: int = 0
    updated_at: int = 0


class RedirectUrl(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    url: str
    created_at: int = 0
    updated_at: int = 0


class ListedIdentifier(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the allow- or blocklist."""

    id: str
    identifier: str
    created_at: int = 0
    updated_at: int = 0


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    deleted: bool
    id: str | None = None


class Total(msgspec.Struct, frozen=True, kw_only=True):
    total_count: int


class SessionData(msgspec.Struct, frozen=True, kw_only=True):
    session_id: str
    public: dict[str, Any]
    private: dict[str, Any]
    updated_at: int = 0
