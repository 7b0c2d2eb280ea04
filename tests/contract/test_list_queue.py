"""Lists run a few at a time: others wait their turn, too long a turn and too long a list are refused, and nobody else waits (R-REL-03)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sqlalchemy import TextClause, event, text

from sojourn.errors import Overloaded
from sojourn.ids import InstanceId
from sojourn.store import time_limit
from sojourn.store.interface import Page, Store, UserFilter
from sojourn.store.postgres import PostgresDatabase
from sojourn.store.sql.connections import EngineDatabase
from sojourn.store.sql.database import Row

from .values import NOW, a_user

ROOM = time_limit.LISTS_AT_ONCE
_ENDLESS = {
    "sqlite": text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"),
    "postgresql": text("SELECT pg_sleep(3600)"),
}
_HELD = {"sqlite": text("SELECT held()"), "postgresql": text("SELECT pg_advisory_xact_lock_shared(4711)")}


@dataclass
class Lists:
    """The lists of one real database, with statements that run until the test lets go of them."""

    database: EngineDatabase
    _let_go: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        if self.dialect == "sqlite":
            event.listen(self.database._engine.sync_engine, "connect", self._prepare)

    @property
    def dialect(self) -> str:
        return self.database.dialect.name

    def _prepare(self, connection: Any, _: object) -> None:
        connection.create_function("held", 0, self._let_go.wait)

    async def run(self, statement: TextClause) -> Sequence[Row]:
        return await self.database.listed(statement)

    @asynccontextmanager
    async def full(self) -> AsyncIterator[list["asyncio.Task[Sequence[Row]]"]]:
        """As many run as may; they go on at the end."""
        async with self.database._engine.connect() as holder:
            if self.dialect == "postgresql":
                await holder.execute(text("SELECT pg_advisory_lock(4711)"))
            running = [asyncio.create_task(self.run(_HELD[self.dialect])) for _ in range(ROOM)]
            await self.until(lambda: self.database._lists.locked())
            try:
                yield running
            finally:
                self._let_go.set()
                if self.dialect == "postgresql":
                    await holder.execute(text("SELECT pg_advisory_unlock(4711)"))
        assert len(await asyncio.gather(*running)) == ROOM

    async def until(self, happened: Any) -> None:
        while not happened():
            await asyncio.sleep(0)

    def waiting(self) -> int:
        return len(self.database._lists._waiters or ())

    async def have_room(self) -> bool:
        """Whether as many as ever can run at once, each on a connection in order."""
        found = await asyncio.gather(*[self.run(text("SELECT 7")) for _ in range(ROOM)])
        return [rows[0][0] for rows in found] == [7] * ROOM and self.database._lists._value == ROOM


@pytest.fixture
async def lists(store: Store, monkeypatch: pytest.MonkeyPatch) -> Lists:
    """With patience for a slow machine: a test that is about a wait in vain or a long list shortens it."""
    for name in ("MAX_SECONDS", "LIST_WAITS_SECONDS", "LIST_SECONDS"):
        monkeypatch.setattr(time_limit, name, 60.0)
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    await database._engine.dispose()  # connections of before do not know what is held
    return Lists(database)


async def test_a_list_for_which_there_is_no_room_waits_its_turn(
    lists: Lists, store: Store, instance_id: InstanceId
) -> None:
    await store.users.create(user := a_user(instance_id))
    async with lists.full():
        waits = asyncio.create_task(store.users.list(instance_id, UserFilter(), Page()))
        await lists.until(lists.waiting)
        assert not waits.done()
    assert await waits == [user]
    assert await lists.have_room()


async def test_what_is_no_list_waits_for_none(lists: Lists, store: Store, instance_id: InstanceId) -> None:  # R-REL-03
    async with lists.full() as running:
        user = a_user(instance_id, "ada@example.com")
        await store.users.create(user)
        await store.users.note_sign_in(instance_id, user.id, NOW)
        found = await store.users.find(instance_id, user.id)
        assert found is not None and found.last_sign_in_at == NOW
        assert not any(each.done() for each in running)


async def test_a_turn_that_does_not_come_is_refused(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:  # R-REL-03
    monkeypatch.setattr(time_limit, "LIST_WAITS_SECONDS", 0.05)
    async with lists.full():
        with pytest.raises(Overloaded):
            await lists.run(text("SELECT 7"))
        assert lists.waiting() == 0
    assert await lists.have_room()


async def test_who_gives_up_waiting_leaves_the_line(lists: Lists) -> None:
    async with lists.full():
        waits = [asyncio.create_task(lists.run(text("SELECT 7"))) for _ in range(2)]
        await lists.until(lambda: lists.waiting() == 2)
        waits[0].cancel()
        await asyncio.wait(waits[:1])
    assert await waits[1] == [(7,)]
    assert await lists.have_room()


async def test_a_list_that_takes_too_long_is_ended_by_the_database(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:  # R-REL-03, R-LIM-08
    with monkeypatch.context() as patched:
        patched.setattr(time_limit, "LIST_SECONDS", 0.05)
        for _ in range(ROOM + 1):
            with pytest.raises(Overloaded):
                await lists.run(_ENDLESS[lists.dialect])
    assert await lists.have_room()
    if isinstance(lists.database, PostgresDatabase):
        assert lists.database._breaker.closed.is_set()  # it answers, so it does not hang


async def test_a_list_whose_caller_has_left_is_ended(lists: Lists) -> None:
    running = [asyncio.create_task(lists.run(_ENDLESS[lists.dialect])) for _ in range(ROOM)]
    await lists.until(lists.database._lists.locked)
    for each in running:
        each.cancel()
    await asyncio.wait(running)
    assert await lists.have_room()
