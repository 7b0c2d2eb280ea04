"""The groups on one runner, and the store on one database."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from sojourn.store.interface import Groups
from sojourn.store.sql.attempts import SqlSignIns, SqlSignUps, SqlVerifications
from sojourn.store.sql.clients import SqlClients
from sojourn.store.sql.database import Runner
from sojourn.store.sql.events import SqlEvents
from sojourn.store.sql.hot import HotReads
from sojourn.store.sql.instances import SqlInstances
from sojourn.store.sql.records import SqlRecords
from sojourn.store.sql.sessions import SqlSessions
from sojourn.store.sql.tickets import SqlTickets
from sojourn.store.sql.users import SqlUsers


class SqlGroups:
    """Every group of `store/interface.py` on one runner."""

    def __init__(self, runner: Runner, hot: HotReads) -> None:
        self.instances = SqlInstances(runner, hot)
        self.users = SqlUsers(runner, hot)
        self.clients = SqlClients(runner, hot)
        self.sessions = SqlSessions(runner, hot)
        self.sign_ins = SqlSignIns(runner)
        self.sign_ups = SqlSignUps(runner)
        self.verifications = SqlVerifications(runner)
        self.tickets = SqlTickets(runner)
        self.records = SqlRecords(runner)
        self.events = SqlEvents(runner)


class Database(Runner, Protocol):
    """A runner that owns its connections."""

    def transaction(self) -> AbstractAsyncContextManager[Runner]: ...
    async def migrate(self) -> None: ...
    async def close(self) -> None: ...


class SqlStore(SqlGroups):
    """The store of `store/interface.py` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hot = HotReads.compiled(database.dialect)
        super().__init__(database, self._hot)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Groups, None]:
        async with self._database.transaction() as runner:
            yield SqlGroups(runner, self._hot)

    async def migrate(self) -> None:
        await self._database.migrate()

    async def close(self) -> None:
        await self._database.close()
