"""Sessions as administrators list, count and filter them."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, ip_network

from sojourn.errors import FieldError, Overloaded
from sojourn.ids import UserId
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.sessions.activity import Activity
from sojourn.sessions.session import Session, by_the_clock
from sojourn.store.interface import Page, Position, SessionOrder, SessionSearch, Store, UserFilter
from sojourn.users.user import User

_WRITTEN_AT_ONCE = 500
_MOST_PEOPLE = 200
_ADDRESS = re.compile(r"[0-9a-f:.]{1,45}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FoundSessions:
    """`users` are those of the sessions, by id; `next_cursor` is None on the last page."""

    sessions: Sequence[Session]
    users: dict[UserId, User]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SessionDirectory:
    store: Store
    clock: Clock
    activity: Activity

    async def page(
        self, instance: Instance, where: SessionSearch, order: SessionOrder, cursor: str | None, limit: int
    ) -> FoundSessions:
        """One page, newest first by `order`. Raises: FieldError for a cursor of another kind, Overloaded."""
        after = None if cursor is None else _position(cursor)
        where = await self._settled(where)
        found = await self.store.sessions.search(instance.id, where, order, after, limit=limit + 1)
        shown = found[:limit]
        sessions = [by_the_clock(self.activity.seen(each.session), where.now) for each in shown]
        owners = await self.store.users.find_many(instance.id, sorted({session.user_id for session in sessions}))
        following = _cursor(shown[-1].position) if len(found) > limit else None
        return FoundSessions(sessions, {user.id: user for user in owners}, following)

    async def count(self, instance: Instance, where: SessionSearch) -> int:
        """The exact number. Raises: Overloaded."""
        return await self.store.sessions.search_count(instance.id, await self._settled(where))

    async def of_person(self, instance: Instance, where: SessionSearch, person: str) -> SessionSearch:
        """Narrowed to the users whose names, identifiers or id hold `person`. Raises: FieldError for too many of them."""
        found = await self.store.users.list(
            instance.id, UserFilter(query=person, now=self.clock.now()), Page(_MOST_PEOPLE + 1)
        )
        if len(found) > _MOST_PEOPLE:
            raise FieldError(
                f"More than {_MOST_PEOPLE} people match. Type more of the name or address.", param="person"
            )
        ids = tuple(user.id for user in found)
        return replace(where, user_ids=tuple(id for id in ids if where.user_ids is None or id in where.user_ids))

    async def _settled(self, where: SessionSearch) -> SessionSearch:
        """The filter at the current time, once what the clock has ended is written down, up to a bound (the worker does the rest)."""
        now = self.clock.now()
        with suppress(Overloaded):  # reads go on while nothing can be written
            await self.activity.flush()
            await self.store.sessions.finish_timed_out(now, max_rows=_WRITTEN_AT_ONCE)
        return replace(where, now=now)


def address_prefix(text: str) -> str:
    """The beginning of addresses that `text` means: itself, or that of an IPv4 network of whole bytes, such as 203.0.113.0/24.

    Raises: FieldError.
    """
    text = text.strip().lower()
    if _ADDRESS.fullmatch(text):
        return text
    try:
        network = ip_network(text, strict=False)
    except ValueError as error:
        raise FieldError("Give the beginning of an address, such as 203.0.113.", param="ip_prefix") from error
    if not isinstance(network, IPv4Network) or network.prefixlen not in (8, 16, 24, 32):
        raise FieldError("Networks are IPv4 with /8, /16, /24 or /32; or give the beginning.", param="ip_prefix")
    if network.prefixlen == 32:
        return str(network.network_address)
    return ".".join(str(network.network_address).split(".")[: network.prefixlen // 8]) + "."


def _cursor(position: Position) -> str:
    return urlsafe_b64encode(f"{position.at}.{position.id}".encode()).rstrip(b"=").decode()


def _position(cursor: str) -> Position:
    try:
        at, _, id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(".")
    except (Error, ValueError):
        at = id = ""
    if not (at.isdecimal() and len(at) < 16 and 0 < len(id) <= 64 and "\0" not in id):
        raise FieldError("cursor must be the next_cursor of the page before.", param="cursor")
    return Position(int(at), id)
