"""All or nothing, durable before it is acknowledged, and refused within a second when the database is away."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sojourn.errors import ConfigError, Overloaded
from sojourn.ids import InstanceId, UserId
from sojourn.store.interface import Page, Store, UserFilter
from sojourn.store.opening import open_store
from sojourn.testing.databases import PostgresServer, running_postgres
from sojourn.users.user import User

from .values import LATER, NOW, a_client, a_user, an_end, digest, signed_in

WRITER = Path(__file__).with_name("writer.py")


async def test_an_exception_undoes_everything(store: Store, instance_id: InstanceId) -> None:  # R-REL-01
    user, client = a_user(instance_id, "ada@example.com"), a_client(instance_id)
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as tx:
            await tx.users.create(user)
            await tx.clients.create(client)
            assert await tx.users.find(instance_id, user.id) == user
            raise ZeroDivisionError
    assert await store.users.find(instance_id, user.id) is None
    assert await store.clients.find(instance_id, client.id) is None


async def test_nobody_sees_a_transaction_before_its_end(nodes: list[Store], instance_id: InstanceId) -> None:
    user, client, session = await signed_in(nodes[0], instance_id, "ada@example.com")  # R-SES-06
    async with nodes[0].transaction() as tx:
        await tx.sessions.finish_of_client(client.instance_id, client.id, an_end(session.status.REVOKED, LATER))
        assert await tx.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None
        for node in nodes:
            assert await node.sessions.find(instance_id, session.id) == session
            assert await node.users.find(instance_id, user.id) == user
    for node in nodes:
        assert await node.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None


async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(store: Store, instance_id: InstanceId) -> None:
    user, begun = a_user(instance_id), asyncio.Event()

    async def write_and_wait() -> None:
        async with store.transaction() as tx:
            await tx.users.create(user)
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await store.users.find(instance_id, user.id) is None
    await store.users.create(user)


async def test_a_writer_that_is_cancelled_anywhere_leaves_all_or_nothing_and_holds_nobody_up(  # R-REL-01
    store: Store, instance_id: InstanceId
) -> None:
    async def two(first: User, second: User) -> None:
        async with store.transaction() as tx:
            await tx.users.create(first)
            await tx.users.save(replace(first, locale="en"), expected=first.updated_at)  # not a prepared statement
            await tx.users.create(second)

    for steps in range(40):
        users = a_user(instance_id), a_user(instance_id)
        writing = asyncio.create_task(two(*users))
        for _ in range(steps):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        there = [await store.users.find(instance_id, user.id) is not None for user in users]
        assert there[0] == there[1]
        async with asyncio.timeout(10):
            await store.users.create(a_user(instance_id))


async def test_many_transactions_at_once_all_end(nodes: list[Store], instance_id: InstanceId) -> None:
    async def write(node: Store, n: int) -> None:
        async with node.transaction() as tx:
            assert await tx.users.find_many(instance_id, []) == []
            await tx.users.create(a_user(instance_id, f"{n}@example.com"))

    await asyncio.gather(*[write(nodes[n % 2], n) for n in range(40)])
    assert await nodes[0].users.count(instance_id, UserFilter()) == 40


async def test_what_was_acknowledged_survives_a_kill(
    store: Store, instance_id: InstanceId, database_url: str
) -> None:  # R-REL-01, R-SES-10
    writer = await asyncio.create_subprocess_exec(
        sys.executable, WRITER, database_url, instance_id, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    acknowledged = [(await writer.stdout.readline()).decode().strip() for _ in range(30)]
    writer.kill()
    acknowledged += (await writer.stdout.read()).decode().split("\n")[:-1]
    await writer.wait()
    for id in filter(None, acknowledged):
        user = await store.users.find(instance_id, UserId(id))
        assert user is not None
        assert len(user.identifiers) == 2
    for user in await store.users.list(instance_id, UserFilter(), Page(500)):
        assert len(user.identifiers) == 2  # nothing is half done either


async def test_a_database_that_comes_back_is_used_again(instance_id: InstanceId) -> None:  # R-REL-03, R-SES-10
    with running_postgres() as server:
        store = open_store(server.url())
        await store.migrate()
        user, client, session = await signed_in(store, instance_id, "ada@example.com")
        ended = await store.sessions.finish(instance_id, session.id, an_end(session.status.REVOKED, LATER))
        await _refuses_while_away(store, server, instance_id)
        server.start()
        assert await store.users.find(instance_id, user.id) == user
        assert await store.sessions.find(instance_id, session.id) == ended
        assert await store.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None
        await store.users.create(a_user(instance_id, "bob@example.com"))
        await store.close()


async def _refuses_while_away(store: Store, server: PostgresServer, instance_id: InstanceId) -> None:
    server.kill()
    calls = [
        lambda: store.clients.find_by_secret(instance_id, digest()),
        lambda: store.users.count(instance_id, UserFilter()),
        lambda: store.users.create(a_user(instance_id)),
        lambda: store.sessions.touch_many({}),
    ]
    for _ in range(2):  # with the connections of before, and with none
        for call in calls:
            with pytest.raises(Overloaded):
                await call()


async def test_a_server_that_is_away_at_the_start_is_named_in_one_line() -> None:
    store = open_store("postgresql://sojourn:hidden@127.0.0.1:1/sojourn")
    with pytest.raises(ConfigError) as refused:
        await store.migrate()
    await store.close()
    assert "SOJOURN_DATABASE_URL" in refused.value.long_message
    assert "hidden" not in refused.value.long_message  # R-LOG-02
    assert "\n" not in refused.value.long_message


@pytest.mark.parametrize("name", ["file.txt/sojourn.db", "file.txt", "folder"])
async def test_a_path_that_cannot_hold_a_database_is_named_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("not a database, and long enough to be told from an empty file" * 20)
    (tmp_path / "folder").mkdir()
    store = open_store(f"sqlite:///{tmp_path}/{name}")
    with pytest.raises(ConfigError) as refused:
        await store.migrate()
    await store.close()
    assert str(tmp_path) in refused.value.long_message
    assert "\n" not in refused.value.long_message


async def test_a_path_may_hold_any_character(tmp_path: Path, instance_id: InstanceId) -> None:
    folder = tmp_path / "50% off? #1 ü"
    store = open_store(f"sqlite:///{folder}/sojourn.db")
    await store.migrate()
    user = a_user(instance_id)
    await store.users.create(user)
    assert await store.users.find(instance_id, user.id) == user
    await store.close()
    assert (folder / "sojourn.db").exists()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///", "sqlite:///:memory:", "", "sojourn.db"])
def test_other_database_urls_are_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="SOJOURN_DATABASE_URL"):
        open_store(url)


async def test_sqlite_is_as_durable_as_promised(tmp_path: Path) -> None:  # R-REL-01
    from sqlalchemy import text

    from sojourn.store.sqlite import SqliteDatabase

    database = SqliteDatabase(tmp_path / "sojourn.db")
    await database.migrate()
    async with database.transaction() as transaction:
        found = [(await transaction.rows(text(f"PRAGMA {name}")))[0][0] for name in
                 ("journal_mode", "synchronous", "foreign_keys")]  # fmt: skip
    await database.close()
    assert found == ["wal", 2, 1]


async def test_values_given_back_do_not_change_what_is_stored(store: Store, instance_id: InstanceId) -> None:
    user = replace(a_user(instance_id), public_metadata={"a": 1})
    await store.users.create(user)
    first = await store.users.find(instance_id, user.id)
    assert first is not None
    first.public_metadata["a"] = 2  # type: ignore[index]
    assert await store.users.find(instance_id, user.id) == user
