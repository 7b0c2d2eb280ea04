"""SQLite whose lock another process holds for long: reads go on, nobody waits long to write, and writing begins again by itself (R-REL-03)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sojourn.errors import Overloaded
from sojourn.ids import InstanceId
from sojourn.store import sqlite_writer, time_limit
from sojourn.store.circuit_breaker import HANGS, Breaker
from sojourn.store.interface import Page, UserFilter
from sojourn.store.opening import open_store
from sojourn.store.sql.store import SqlStore
from sojourn.store.sqlite import SqliteDatabase

from ..hanging import SHORT
from .values import NOW, a_user


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path}/sojourn.db")
    await opened.migrate()
    assert isinstance(opened, SqlStore)
    yield opened
    await opened.close()


def breaker(store: SqlStore) -> Breaker:
    database = store._database
    assert isinstance(database, SqliteDatabase)
    return database._writer._breaker


@contextmanager
def held(folder: Path) -> Iterator[sqlite3.Connection]:
    """Somebody left a transaction open in a shell."""
    with closing(sqlite3.connect(folder / "sojourn.db", isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        yield shell


@contextmanager
def impatience() -> Iterator[None]:
    """Who waits is short of patience: for writers that wait in vain only, or a slow machine fails the others too."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time_limit, "MAX_SECONDS", SHORT)
        patched.setattr(sqlite_writer, "_HANG_SECONDS", SHORT / 2)
        yield


async def test_after_three_waits_in_vain_nobody_waits_to_write_until_the_file_is_free(
    store: SqlStore, tmp_path: Path, instance_id: InstanceId
) -> None:  # R-REL-03
    await store.users.create(user := a_user(instance_id))
    with held(tmp_path) as shell:
        for _ in range(HANGS):
            with impatience(), pytest.raises(Overloaded):
                await store.users.create(a_user(instance_id))
        assert not breaker(store).closed.is_set()
        for writing in (
            store.users.create(a_user(instance_id)),
            store.users.spend_password_try(instance_id, user.id, limit=3),
        ):
            with pytest.raises(Overloaded):
                writing.__await__().send(None)  # at the first step already: nothing was waited for
        assert await store.users.find(instance_id, user.id) == user
        assert await store.users.list(instance_id, UserFilter(), Page()) == [user]
        shell.execute("COMMIT")
    await breaker(store).closed.wait()
    await store.users.note_sign_in(instance_id, user.id, NOW)
    assert await store.users.count(instance_id, UserFilter()) == 1


async def test_many_who_wait_in_one_line_find_out_together(
    store: SqlStore, tmp_path: Path, instance_id: InstanceId
) -> None:  # R-REL-03
    with held(tmp_path), impatience():
        writes = [store.users.create(a_user(instance_id)) for _ in range(50)]
        refused = await asyncio.gather(*writes, return_exceptions=True)
        assert {type(each) for each in refused} == {Overloaded}
        assert not breaker(store).closed.is_set()
    await breaker(store).closed.wait()
    await store.users.create(a_user(instance_id))


async def test_a_file_that_is_held_shortly_is_waited_for(
    store: SqlStore, tmp_path: Path, instance_id: InstanceId
) -> None:
    with closing(sqlite3.connect(tmp_path / "sojourn.db", isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(store.users.create(user := a_user(instance_id)))
        while not store._database._writer._turn.locked():  # type: ignore[attr-defined]
            await asyncio.sleep(0)
        shell.execute("COMMIT")
        await writing
    assert await store.users.find(instance_id, user.id) == user
    assert breaker(store).closed.is_set()
