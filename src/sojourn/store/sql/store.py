"""The store's groups on one runner, and the store on one database."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from sqlalchemy import Column, ColumnElement, Dialect, Select, delete, exists, func, select

from sojourn.instant import Instant
from sojourn.store.interface import Groups
from sojourn.store.sql import event_chain
from sojourn.store.sql.administrators import SqlAdministrators
from sojourn.store.sql.app_data import SqlAppData
from sojourn.store.sql.budgets import SqlBudgets
from sojourn.store.sql.clients import SqlClients
from sojourn.store.sql.credentials import SqlCredentials
from sojourn.store.sql.database import Runner
from sojourn.store.sql.events import SqlEvents
from sojourn.store.sql.hot_reads import HotReads
from sojourn.store.sql.hot_writes import HotWrites
from sojourn.store.sql.images import SqlImages
from sojourn.store.sql.instance_wall import spanning
from sojourn.store.sql.instances import SqlInstances
from sojourn.store.sql.late_indexes import STRANGERS, Built
from sojourn.store.sql.outbox import SqlOutbox
from sojourn.store.sql.records import SqlRecords
from sojourn.store.sql.rows.app_data import app_data
from sojourn.store.sql.rows.budgets import budgets
from sojourn.store.sql.rows.clients import clients, dev_browsers
from sojourn.store.sql.rows.credentials import credentials
from sojourn.store.sql.rows.session_uses import refusals, session_uses
from sojourn.store.sql.rows.sessions import IS_LIVE, sessions
from sojourn.store.sql.rows.sign_ins import sign_ins
from sojourn.store.sql.rows.sign_ups import sign_ups
from sojourn.store.sql.rows.tickets import nonces
from sojourn.store.sql.rows.users import users
from sojourn.store.sql.rows.verifications import verifications
from sojourn.store.sql.session_batches import SqlSessionBatches
from sojourn.store.sql.session_uses import SqlRefusals, SqlSessionUses
from sojourn.store.sql.sessions import SqlSessions
from sojourn.store.sql.settings_changes import SqlSettingsChanges
from sojourn.store.sql.shared_counts import SqlSharedCounts
from sojourn.store.sql.sign_ins import SqlSignIns
from sojourn.store.sql.sign_ups import SqlSignUps
from sojourn.store.sql.tickets import SqlTickets
from sojourn.store.sql.users import SqlUsers
from sojourn.store.sql.verifications import SqlVerifications

_OVER: Sequence[tuple[Column[Any], Column[int]]] = (
    (nonces.c.nonce_hash, nonces.c.expire_at),
    (verifications.c.id, verifications.c.expire_at),
    (sign_ins.c.id, sign_ins.c.abandon_at),
    (sign_ups.c.id, sign_ups.c.abandon_at),
    (app_data.c.key, app_data.c.expire_at),
    (budgets.c.key, budgets.c.expire_at),
    (credentials.c.id, credentials.c.expire_at),
    (session_uses.c.id, session_uses.c.expire_at),
    (refusals.c.reason, refusals.c.expire_at),
)
"""Expirable tables: (key, expiry column)."""

_HAS_NONE = ~exists().where(sessions.c.client_id == clients.c.id)
_HAS_NONE_LIVE = ~exists().where(sessions.c.client_id == clients.c.id, IS_LIVE)


class SqlGroups:
    """Every group of `store/interface/` on one runner."""

    def __init__(self, runner: Runner, reads: HotReads, writes: HotWrites, built: Built) -> None:
        self.instances = SqlInstances(runner, reads)
        self.settings_changes = SqlSettingsChanges(runner)
        self.users = SqlUsers(runner, reads, writes, built)
        self.images = SqlImages(runner)
        self.clients = SqlClients(runner, reads, writes)
        self.sessions = SqlSessions(runner, reads, built)
        self.session_batches = SqlSessionBatches(runner)
        self.session_uses = SqlSessionUses(runner)
        self.refusals = SqlRefusals(runner)
        self.sign_ins = SqlSignIns(runner, writes)
        self.sign_ups = SqlSignUps(runner)
        self.verifications = SqlVerifications(runner)
        self.credentials = SqlCredentials(runner)
        self.tickets = SqlTickets(runner)
        self.records = SqlRecords(runner)
        self.administrators = SqlAdministrators(runner)
        self.app_data = SqlAppData(runner)
        self.budgets = SqlBudgets(runner)
        self.events = SqlEvents(runner, built)
        self.outbox = SqlOutbox(runner)


class Database(Runner, Protocol):
    """A runner that owns its connections."""

    @property
    def built(self) -> Built:
        """The late indexes that this process knows to be built."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Runner]: ...
    async def build(self) -> float | None: ...
    async def migrate(self) -> None: ...
    async def close(self) -> None: ...


_BY_KIND: dict[type[Dialect], tuple[HotReads, HotWrites]] = {}


def _compiled(dialect: Dialect) -> tuple[HotReads, HotWrites]:
    """The hot statements for one dialect, compiled once per process."""
    kind = type(dialect)
    if kind not in _BY_KIND:
        _BY_KIND[kind] = (HotReads.compiled(dialect), HotWrites.compiled(dialect))
    return _BY_KIND[kind]


class SqlStore(SqlGroups):
    """`store.interface.Store` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reads, self._writes = _compiled(database.dialect)
        super().__init__(database, self._reads, self._writes, database.built)
        self.shared_counts = SqlSharedCounts(database) if database.dialect.name == "postgresql" else None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Groups, None]:
        async with self._database.transaction() as runner:
            yield SqlGroups(runner, self._reads, self._writes, self._database.built)

    async def migrate(self) -> None:
        await self._database.migrate()

    async def build(self) -> float | None:
        return await self._database.build()

    def unbuilt(self) -> Sequence[str]:
        return self._database.built.missing()

    async def peppers_in_use(self) -> Sequence[str]:
        found: set[str] = set()
        for pepper in (users.c.password_pepper, sign_ups.c.password_pepper):
            last = ""
            # steps from one distinct value to the next by the index, however many users share it
            next_one = spanning("peppers in use", select(func.min(pepper)))
            while rows := await self._database.rows(next_one.where(pepper > last)):
                if rows[0][0] is None:
                    break
                last = str(rows[0][0])
                found.add(last)
        return sorted(found)

    async def chain_events(self, *, max_rows: int) -> int:
        return await event_chain.extend(self._database, max_rows=max_rows)

    async def purge(self, before: Instant, *, max_rows: int) -> int:
        forgotten = 0
        for key, over in _OVER:
            ids = select(key).where(over <= before.millis).order_by(over).limit(max_rows)
            # checked again: app data may just have been renewed
            theirs = delete(key.table).where(key.in_(ids), over <= before.millis)
            forgotten += await self._database.change(spanning("rows that are over", theirs))
        return forgotten

    async def purge_unused_clients(self, before: Instant, *, max_rows: int) -> int:
        if not self._database.built.has(STRANGERS):
            return 0  # without the index every client would be read; it is still being built
        never = (clients.c.last_authentication_strategy.is_(None), clients.c.updated_at <= before.millis)
        over = (*never, _HAS_NONE)
        unused = spanning("unused clients", select(clients.c.id))
        return await self._delete_clients(unused.where(*over).limit(max_rows), *over)

    async def purge_expired_clients(self, before: Instant, *, max_rows: int) -> int:
        over = (clients.c.expire_at <= before.millis, _HAS_NONE_LIVE)
        expired = spanning("unused clients", select(clients.c.id))
        return await self._delete_clients(expired.where(*over).limit(max_rows), *over)

    async def _delete_clients(self, found: Select[Any], *still: ColumnElement[bool]) -> int:
        """Delete clients if the conditions `still` hold; a user may have signed in since the read."""
        ids = [row[0] for row in await self._database.rows(found)]
        if not ids:
            return 0
        async with self._database.transaction() as runner:
            known = spanning("unused clients", delete(dev_browsers)).where(dev_browsers.c.client_id.in_(ids))
            await runner.change(known)
            unused = spanning("unused clients", delete(clients)).where(clients.c.id.in_(ids), *still)
            return await runner.change(unused)

    async def close(self) -> None:
        await self._database.close()
