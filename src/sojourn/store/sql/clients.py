"""Clients and development browsers."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from sojourn.ids import ClientId, InstanceId, SessionId, SignInId, SignUpId, UserId
from sojourn.instant import Instant
from sojourn.sessions.client import Client
from sojourn.sessions.session import Session
from sojourn.store.interface import ClientFacts, DevBrowser, Page
from sojourn.store.sql.columns import to_json
from sojourn.store.sql.database import Runner
from sojourn.store.sql.group import Condition, Group, first, paged, reading
from sojourn.store.sql.hot_reads import HotReads, joined_user
from sojourn.store.sql.hot_writes import HotWrites
from sojourn.store.sql.instance_wall import within
from sojourn.store.sql.rows.clients import client_row, clients, dev_browser_row, dev_browsers
from sojourn.store.sql.rows.sessions import session_row
from sojourn.store.sql.rows.users import identifier_row, user_row
from sojourn.users.user import User

_MAX_EARLIER = 16
_SESSION = len(client_row.columns)
"""Where the session's columns begin in a row of client facts; the user's columns follow, repeated for each identifier.
"""

_USER = _SESSION + len(session_row.columns)
_IDENTIFIER = _USER + len(user_row.columns)

_OLDEST_FIRST = itemgetter(
    _SESSION + session_row.position("created_at"),
    _SESSION,
    _IDENTIFIER + identifier_row.position("created_at"),
    _IDENTIFIER,
)
"""There is one row per session and identifier of its user; rows are sorted by these columns."""


class SqlClients(Group):
    def __init__(self, runner: Runner, reads: HotReads, writes: HotWrites) -> None:
        super().__init__(runner)
        self._reads = reads
        self._writes = writes

    async def create(self, client: Client) -> None:
        await self._insert(client_row, client)

    async def find(self, instance_id: InstanceId, id: ClientId) -> Client | None:
        return first(await self._hot(client_row, self._reads.client, {"instance_id": instance_id, "id": id}))

    async def find_by_secret(self, instance_id: InstanceId, secret_hash: bytes) -> Client | None:
        values = {"instance_id": instance_id, "hash": secret_hash}
        return first(await self._hot(client_row, self._reads.client_by_secret, values))

    async def facts(self, instance_id: InstanceId, secret_hash: bytes) -> ClientFacts | None:
        rows = await self._run.hot(self._reads.client_facts, {"instance_id": instance_id, "hash": secret_hash})
        if not rows:
            return None
        if len(rows) > 1:
            rows = sorted(rows, key=_OLDEST_FIRST)
        found: dict[SessionId, Session] = {}
        users: dict[UserId, User] = {}
        for session_id, joined in groupby(rows, key=itemgetter(_SESSION)):
            if session_id is None:
                break
            of_session = list(joined)
            session = found[session_id] = session_row.decode(of_session[0][_SESSION:])
            if session.user_id not in users and (user := joined_user(of_session, _USER)) is not None:
                users[user.id] = user
        return ClientFacts(client_row.decode(rows[0]), tuple(found.values()), users)

    async def rotate_secret(self, client: Client, new_hash: bytes, now: Instant, *, grace: timedelta) -> bool:
        values = {
            "secret_hash": new_hash,
            "previous_secret_hash": client.secret_hash,
            "previous_secret_until": (now + grace).millis,
            "updated_at": now.millis,
            "generation": client.generation + 1,
            "earlier_secrets": _earlier(client, now),
        }
        guard = {"of_id": client.id, "of_instance": client.instance_id, "before": client.secret_hash}
        return bool(await self._run.put(self._writes.rotate_secret, {**values, **guard}))

    async def set_attempts(
        self, client: Client, now: Instant, *, sign_in_id: SignInId | None, sign_up_id: SignUpId | None
    ) -> bool:
        values = {"sign_in_id": sign_in_id, "sign_up_id": sign_up_id, "updated_at": now.millis}
        guard = {"of_id": client.id, "of_instance": client.instance_id, "before": client.secret_hash}
        return bool(await self._run.put(self._writes.set_attempts, {**values, **guard}))

    async def set_last_active_session(self, client: Client, session_id: SessionId | None, now: Instant) -> bool:
        values = {"last_active_session_id": session_id, "updated_at": now.millis}
        return await self._update(client_row, values, *_held(client)) == 1

    async def note_signed_in_change(self, instance_id: InstanceId, id: ClientId, now: Instant) -> None:
        values = {"signed_in_changed_at": now.millis, "updated_at": now.millis}
        await self._update(client_row, values, clients.c.id == id, clients.c.instance_id == instance_id)

    async def begin_session(
        self, instance_id: InstanceId, id: ClientId, session_id: SessionId, now: Instant, *, strategy: str
    ) -> None:
        values = {"last_active_session_id": session_id, "last_authentication_strategy": strategy, "now": now.millis}
        await self._run.put(self._writes.begin_session, {**values, "of_instance": instance_id, "of_id": id})

    async def delete(self, client: Client) -> bool:
        async with self._run.together() as runner:
            if await runner.change(delete(clients).where(*_held(client))) == 0:
                return False
            theirs = (dev_browsers.c.client_id == client.id, within(dev_browsers, client.instance_id))
            await runner.change(delete(dev_browsers).where(*theirs))
            return True

    async def list(self, instance_id: InstanceId, page: Page) -> Sequence[Client]:
        statement = reading(client_row).where(clients.c.instance_id == instance_id)
        ordered = statement.order_by(clients.c.created_at.desc(), clients.c.id)
        return [client_row.decode(row) for row in await self._run.listed(paged(ordered, page))]

    async def count(self, instance_id: InstanceId) -> int:
        return await self._counted(clients, clients.c.instance_id == instance_id)

    async def create_dev_browser(self, browser: DevBrowser) -> bool:
        try:
            async with self._undoing() as runner:
                await SqlClients(runner, self._reads, self._writes)._insert(dev_browser_row, browser)
        except IntegrityError:
            return False
        return True

    async def find_dev_browser(self, instance_id: InstanceId, token_hash: bytes) -> DevBrowser | None:
        values = {"instance_id": instance_id, "hash": token_hash}
        return first(await self._hot(dev_browser_row, self._reads.dev_browser, values))


def _earlier(client: Client, now: Instant) -> str | None:
    """Earlier secrets that are still within their grace period, besides the one being replaced; almost always none."""
    known = dict(client.earlier_secrets)
    if client.previous_secret_hash is not None and client.previous_secret_until is not None:
        known[client.previous_secret_hash.hex()] = client.previous_secret_until.millis
    running = [(secret_hash, until) for secret_hash, until in known.items() if until > now.millis]
    return to_json(dict(running[-_MAX_EARLIER:])) if running else None


def _held(client: Client) -> tuple[Condition, ...]:
    return (
        clients.c.id == client.id,
        clients.c.instance_id == client.instance_id,
        clients.c.secret_hash == client.secret_hash,
    )
