"""Filters, orders and positions of lists of sessions for administrators."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, cast

from sojourn.errors import Json
from sojourn.instant import Instant
from sojourn.sessions.session import Session

SessionOrder = Literal["created", "last_active", "ended"]


@dataclass(frozen=True, slots=True)
class SessionSearch:
    """Every condition that is given must hold. Times are milliseconds since 1970: from `after` on, and earlier than `before`.

    `state` is `active`, `ended` or a status in which a session ends, such as `revoked`. Of live sessions those whose time is
    over at `now` are left out. `device` is a device type or a browser's name, in any case; `ip_prefix` the beginning of an
    address, such as `203.0.113.`.
    """

    state: str | None = None
    causes: tuple[str, ...] = ()
    user_ids: tuple[str, ...] | None = None
    client_id: str | None = None
    country: str | None = None
    device: str | None = None
    strategy: str | None = None
    ip_prefix: str | None = None
    batch_id: str | None = None
    created_after: int | None = None
    created_before: int | None = None
    active_after: int | None = None
    active_before: int | None = None
    ended_after: int | None = None
    ended_before: int | None = None
    now: Instant = Instant(0)

    def named(self) -> dict[str, Json]:
        """The given conditions by name, as a batch stores them."""
        given: dict[str, Json] = {}
        for condition in fields(self):
            value = getattr(self, condition.name)
            if condition.name != "now" and value is not None and value != ():
                given[condition.name] = [*value] if isinstance(value, tuple) else value
        return given

    @classmethod
    def of(cls, named: Mapping[str, Json]) -> "SessionSearch":
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in named.items()}
        return cls(**cast("dict[str, str]", given))  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of sessions ends: the time that it is sorted by, in milliseconds, and the session's id."""

    at: int
    id: str


@dataclass(frozen=True, slots=True)
class FoundSession:
    session: Session
    position: Position
