"""The chain of the audit log: entries are recorded without it, and chained in the order of their commits."""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy import Executable, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sojourn.errors import Conflict
from sojourn.events.event import Event
from sojourn.ids import InstanceId, new_id
from sojourn.store.interface import Page, Store, UnchainedEvents
from sojourn.store.migrating import run_files
from sojourn.store.opening import open_store
from sojourn.store.sql import event_chain
from sojourn.store.sql.connections import EngineDatabase
from sojourn.store.sql.database import Row
from sojourn.store.sql.rows.events import event_row, unchained_event_row, unchained_events

from .values import NOW, race

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""On SQLite one transaction writes at a time, so no number is given out before an earlier one is committed."""


def _event(instance_id: InstanceId, target: str) -> Event:
    return Event(instance_id, "session.created", NOW, "anonymous", target=target)


def _database(store: Store) -> EngineDatabase:
    return cast("EngineDatabase", store._database)  # type: ignore[attr-defined]


async def _chain(store: Store) -> None:
    while await store.chain_events(max_rows=7):
        pass


async def _targets(store: Store, instance_id: InstanceId) -> list[str | None]:
    """Of the entries in the order of the log."""
    return [each.target for each in reversed(await store.events.list(instance_id, Page(500)))]


@asynccontextmanager
async def _recorded_not_committed(store: Store, event: Event) -> AsyncGenerator[AsyncConnection, None]:
    """What a transaction has done in the moment before its commit."""
    async with _database(store)._engine.connect() as connection:
        await connection.execute(insert(unchained_events), unchained_event_row.encode(event))
        yield connection


@ON_POSTGRESQL
async def test_an_entry_that_is_committed_late_is_chained_late_and_not_passed_over(
    nodes: list[Store], instance_id: InstanceId
) -> None:
    await nodes[0].events.record(_event(instance_id, "first"))  # R-LOG-01
    async with _recorded_not_committed(nodes[0], _event(instance_id, "late")) as late:
        async with _recorded_not_committed(nodes[0], _event(instance_id, "never")):
            await nodes[1].events.record(_event(instance_id, "meanwhile"))  # waits for neither
            await _chain(nodes[1])
            assert await _targets(nodes[1], instance_id) == ["first", "meanwhile"]
            assert await nodes[1].events.unchained(instance_id) == UnchainedEvents(0, None)
        await late.commit()
    await nodes[1].events.record(_event(instance_id, "last"))
    await _chain(nodes[0])
    assert await _targets(nodes[0], instance_id) == ["first", "meanwhile", "late", "last"]
    assert await nodes[0].events.unchained(instance_id) == UnchainedEvents(0, None)
    assert await nodes[0].events.is_whole(instance_id)


async def test_what_was_committed_before_stands_before_however_many_are_chained_at_once(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-LOG-01
    async def write(node: Store) -> None:
        person = new_id("sess_")
        for n in range(5):
            await node.events.record(_event(instance_id, f"{person}/{n}"))
            if n % 2:
                await node.chain_events(max_rows=3)

    await race(nodes, write, 12)
    await _chain(nodes[0])
    of_person: dict[str, list[int]] = {}
    for target in await _targets(nodes[0], instance_id):
        person, _, n = str(target).partition("/")
        of_person.setdefault(person, []).append(int(n))
    assert len(of_person) == 12
    assert all(each == [0, 1, 2, 3, 4] for each in of_person.values())
    assert await nodes[0].events.is_whole(instance_id)


async def test_chains_of_several_instances_are_extended_in_one_round(store: Store, instance_id: InstanceId) -> None:
    others = [InstanceId(new_id("ins_")) for _ in range(3)]  # R-AUZ-02
    for id in (instance_id, *others):
        for n in range(2):
            await store.events.record(_event(id, f"{n}"))
    assert await store.chain_events(max_rows=100) == 8
    for id in (instance_id, *others):
        assert await store.events.unchained(id) == UnchainedEvents(0, None)
        assert await store.events.is_whole(id)
    assert await store.chain_events(max_rows=100) == 0


# -- entries that others wrote


async def release_0_1_records(connection: AsyncConnection, event: Event) -> None:
    """What the release before did for each entry, in the transaction of its change."""
    of = {"instance_id": event.instance_id}
    if connection.dialect.name == "postgresql":
        line = {"line": f"events of {event.instance_id}"}
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:line, 0))"), line)
    head = "SELECT sequence, chain_hash FROM event_heads WHERE instance_id = :instance_id"
    found = (await connection.execute(text(head), of)).first()
    sequence, before = (found[0] + 1, bytes(found[1])) if found else (1, bytes(32))
    values = event_row.encode(event)
    said = json.dumps([sequence, values], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    moved = {"sequence": sequence, "chain_hash": hashlib.sha256(before + said.encode()).digest()}
    columns = [*values, *moved]
    row = f"INSERT INTO events ({', '.join(columns)}) VALUES ({', '.join(f':{each}' for each in columns)})"
    await connection.execute(text(row), {**values, **moved})
    change = "UPDATE event_heads SET sequence = :sequence, chain_hash = :chain_hash WHERE instance_id = :instance_id"
    begin = "INSERT INTO event_heads (instance_id, sequence, chain_hash) VALUES (:instance_id, :sequence, :chain_hash)"
    await connection.execute(text(change if found else begin), {**of, **moved})


async def test_the_release_before_appends_to_the_same_chain_at_the_same_time(
    nodes: list[Store], instance_id: InstanceId
) -> None:
    old = asyncio.Lock()  # R-LOG-01; SQLite: its writer is one of a process, and this is another process's

    async def write(node: Store) -> None:
        async with old, _database(node)._engine.begin() as connection:
            await release_0_1_records(connection, _event(instance_id, "old"))
        await node.events.record(_event(instance_id, "new"))
        await node.chain_events(max_rows=3)

    await race(nodes, write, 20)
    await _chain(nodes[0])
    assert sorted(map(str, await _targets(nodes[0], instance_id))) == ["new"] * 20 + ["old"] * 20
    assert await nodes[0].events.unchained(instance_id) == UnchainedEvents(0, None)
    assert await nodes[1].events.is_whole(instance_id)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_chain_of_the_schema_before_stays_whole_and_goes_on(
    kind: str, request: pytest.FixtureRequest, tmp_path: Any, instance_id: InstanceId
) -> None:  # R-LOG-01
    url = (
        f"sqlite:///{tmp_path}/before.db"
        if kind == "sqlite"
        else await request.getfixturevalue("postgres").make_database("before")
    )
    store = open_store(url)
    async with _database(store)._engine.begin() as connection:
        await connection.run_sync(partial(run_files, to="0014"))
        for n in range(3):
            await release_0_1_records(connection, _event(instance_id, f"{n}"))
    await store.migrate()
    assert await store.events.is_whole(instance_id)
    await store.events.record(_event(instance_id, "3"))
    await _chain(store)
    assert await store.events.is_whole(instance_id)
    assert await _targets(store, instance_id) == ["0", "1", "2", "3"]
    await _database(store).change(text("UPDATE events SET actor = 'nobody' WHERE sequence = 2"))
    assert not await store.events.is_whole(instance_id)
    await store.close()


async def test_an_entry_with_the_id_of_a_chained_one_is_told_and_holds_nobody_up(
    store: Store, instance_id: InstanceId
) -> None:
    entry = _event(instance_id, "first")  # R-LOG-01
    await store.events.record(entry)
    await _chain(store)
    await store.events.record(entry)
    await store.events.record(_event(instance_id, "second"))
    await _chain(store)
    assert await store.events.unchained(instance_id) == UnchainedEvents(1, NOW)
    assert not await store.events.is_whole(instance_id)
    await _database(store).change(text("DELETE FROM unchained_events"))
    assert await store.events.is_whole(instance_id)
    assert await _targets(store, instance_id) == ["first", "second"]


async def test_a_chain_that_cannot_go_on_holds_up_no_other_and_no_sign_in(
    store: Store, instance_id: InstanceId
) -> None:
    broken, others = instance_id, [InstanceId(new_id("ins_")) for _ in range(3)]  # R-LOG-01, R-AUZ-02
    await store.events.record(_event(broken, "first"))
    await _chain(store)
    await _database(store).change(text("DELETE FROM event_heads"))
    for id in (broken, *others):
        await store.events.record(_event(id, "second"))
    with pytest.raises(Conflict, match="--check"):
        await store.chain_events(max_rows=7)
    assert await store.events.unchained(broken) == UnchainedEvents(1, NOW)
    assert not await store.events.is_whole(broken)
    for id in others:
        assert await store.events.unchained(id) == UnchainedEvents(0, None)
        assert await store.events.is_whole(id)


# -- reading it while others write


class _WhileOthersRecord:
    """A database in which an entry is chained after each of the first reads."""

    def __init__(self, store: Store, instance_id: InstanceId, times: int) -> None:
        self._store, self._instance_id, self._times = store, instance_id, times

    async def rows(self, statement: Executable) -> Sequence[Row]:
        found = await _database(self._store).rows(statement)
        if self._times:
            self._times -= 1
            await self._store.events.record(_event(self._instance_id, "meanwhile"))
            await _chain(self._store)
        return found


async def test_a_log_that_grows_while_it_is_checked_is_whole(store: Store, instance_id: InstanceId) -> None:
    await store.events.record(_event(instance_id, "first"))  # R-LOG-01
    await _chain(store)
    for times in range(8):
        growing = _WhileOthersRecord(store, instance_id, times)
        assert await event_chain.is_whole(cast("Any", growing), instance_id)
    await _database(store).change(text("DELETE FROM events WHERE sequence > 20"))
    assert not await event_chain.is_whole(cast("Any", _WhileOthersRecord(store, instance_id, 0)), instance_id)
