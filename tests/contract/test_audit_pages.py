"""What every store promises about pages, filters and checks of the audit log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text

from sojourn.events.event import Event
from sojourn.ids import InstanceId, UserId
from sojourn.store.interface import ChainPlace, EventFilter, Page, Store
from sojourn.store.sql.connections import EngineDatabase

from .values import NOW

ADA = UserId("user_ada")


async def _record(store: Store, instance_id: InstanceId, count: int = 1, **given: Any) -> list[Event]:
    made = [replace(Event(instance_id, "session.created", NOW, "anonymous"), **given) for _ in range(count)]
    for event in made:
        await store.events.record(event)
    return made


async def _all(store: Store, instance_id: InstanceId, where: EventFilter, limit: int = 3) -> Sequence[Event]:
    shown: list[Event] = []
    while page := await store.events.list(instance_id, Page(limit), where):
        shown += page
        where = replace(where, after=page[-1].id)
        await _record(store, instance_id, kind="user.updated")  # newer ones never appear on later pages
        await store.chain_events(max_rows=2)  # those of the cursor are chained meanwhile
    return shown


@pytest.mark.parametrize("chained", [0, 4, 10])
async def test_pages_show_each_entry_once_while_entries_are_added_and_chained(
    store: Store, instance_id: InstanceId, chained: int
) -> None:
    made = await _record(store, instance_id, 10)
    if chained:
        await store.chain_events(max_rows=chained)
    assert await _all(store, instance_id, EventFilter()) == made[::-1]
    await store.chain_events(max_rows=100)
    assert await _all(store, instance_id, EventFilter(kinds=["session."])) == made[::-1]


@pytest.mark.parametrize("chained", [False, True])
async def test_entries_are_found_by_actor_and_time(store: Store, instance_id: InstanceId, chained: bool) -> None:
    later = NOW + timedelta(hours=1)
    (old,) = await _record(store, instance_id, actor="admin:user_1")
    (by_ada,) = await _record(store, instance_id, actor=ADA, user_id=ADA, at=later)
    (new,) = await _record(store, instance_id, actor="admin:user_1", user_id=ADA, at=later)
    await _record(store, instance_id, actor="admin:user_2", at=later)
    if chained:
        await store.chain_events(max_rows=100)

    async def found(**given: Any) -> Sequence[Event]:
        return await store.events.list(instance_id, Page(), EventFilter(**given))

    assert await found(actor="admin:user_1") == [new, old]
    assert await found(actor="admin:user_1", user_id=ADA) == [new]
    assert await found(actor="admin:user_1", kinds=["session.created"], until=later) == [old]
    assert await found(actor=ADA) == [by_ada]
    assert await found(until=later) == [old]
    assert await found(since=later, until=later) == []
    assert await found(after="evt_unknown") == []


async def test_a_chain_is_checked_in_steps_with_the_same_result_as_at_once(
    store: Store, instance_id: InstanceId
) -> None:  # R-LOG-01
    await _record(store, instance_id, 10)
    await store.chain_events(max_rows=100)

    async def checked() -> tuple[bool | None, int]:
        begin: ChainPlace | None = None
        while True:
            step = await store.events.check_chain(instance_id, begin, max_rows=5)
            if step.is_whole is not None:
                assert step.is_whole is await store.events.is_whole(instance_id)
                return step.is_whole, step.reached.sequence
            begin = step.reached

    assert await checked() == (True, 10)
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    await database.change(text("UPDATE events SET actor = 'nobody' WHERE sequence = 7"))
    assert await checked() == (False, 6)
    await database.change(text("DELETE FROM events WHERE sequence > 6"))
    assert await checked() == (False, 6)
