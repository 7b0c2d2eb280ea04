"""PostgreSQL that is suspended: nobody waits long, nobody is let in, and it is used again as soon as it answers (R-REL-03)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from sojourn.errors import Overloaded
from sojourn.ids import InstanceId
from sojourn.store import time_limit
from sojourn.store.circuit_breaker import HANGS
from sojourn.store.interface import Store
from sojourn.store.opening import open_store
from sojourn.store.postgres import PostgresDatabase
from sojourn.store.sql.store import SqlStore
from sojourn.testing.databases import PostgresServer
from sojourn.users.user import User

from ..hanging import hanging
from .values import a_user


@pytest.fixture
async def store(postgres: PostgresServer) -> AsyncIterator[SqlStore]:
    await postgres.empty("postgres")
    opened = open_store(postgres.url("postgres"))
    await opened.migrate()
    assert isinstance(opened, SqlStore)
    yield opened
    await opened.close()


@pytest.fixture
async def user(store: Store, instance_id: InstanceId) -> User:
    made = a_user(instance_id, "ada@example.com")
    await store.users.create(made)
    assert await store.users.find(instance_id, made.id) == made
    return made


Asking = Callable[[Store, User], Awaitable[object]]

ASKING: dict[str, Asking] = {
    "a hot read": lambda store, user: store.users.find(user.instance_id, user.id),
    "a list": lambda store, user: store.instances.all(),
    "a write": lambda store, user: store.users.create(a_user(user.instance_id, "ben@example.com")),
}


def _database(store: SqlStore) -> PostgresDatabase:
    database = store._database  # pyright: ignore[reportPrivateUsage]
    assert isinstance(database, PostgresDatabase)
    return database


@pytest.mark.parametrize("asking", ASKING.values(), ids=ASKING)
async def test_after_three_hangs_nobody_waits_until_it_answers(
    store: SqlStore, postgres: PostgresServer, user: User, asking: Asking
) -> None:  # R-REL-03
    breaker = _database(store)._breaker  # pyright: ignore[reportPrivateUsage]
    with hanging(postgres):
        for _ in range(HANGS):
            with pytest.raises(Overloaded):
                await asking(store, user)
        assert not breaker.closed.is_set()
        for each in ASKING.values():
            refused = each(store, user).__await__()
            with pytest.raises(Overloaded):
                next(refused)  # at the first step already: nothing was waited for
    await breaker.closed.wait()
    assert await store.users.find(user.instance_id, user.id) == user  # without a restart
    await ASKING["a write"](store, user)


async def test_one_request_waits_no_longer_for_several_statements_than_for_one(
    store: SqlStore, postgres: PostgresServer, user: User
) -> None:  # R-REL-03
    with hanging(postgres), time_limit.of_one_request():
        with pytest.raises(Overloaded):
            await ASKING["a hot read"](store, user)
        for each in ASKING.values():
            with pytest.raises(Overloaded):
                await each(store, user)
            with pytest.raises(Overloaded):
                time_limit.left()


async def test_a_commit_that_was_sent_is_waited_for(
    store: SqlStore, postgres: PostgresServer, user: User
) -> None:  # R-REL-03
    written, may_end = asyncio.Event(), asyncio.Event()
    late = a_user(user.instance_id, "late@example.com")

    async def write() -> None:
        async with store.transaction() as tx:
            await tx.users.create(late)
            written.set()
            await may_end.wait()

    writing = asyncio.create_task(write())
    await written.wait()
    with hanging(postgres):
        may_end.set()
        with suppress(Overloaded):
            await ASKING["a list"](store, user)  # asked later, given up earlier
        assert not writing.done()
    await writing
    assert await store.users.find(user.instance_id, late.id) == late
