"""The audit log, chained by hash, and the outbox of messages."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select

from sojourn.events.event import Event
from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.store.interface import EventFilter, OutboxMessage, Page
from sojourn.store.sql import codecs
from sojourn.store.sql.database import Row, Runner, Transaction
from sojourn.store.sql.group import Group, paged, reading
from sojourn.store.sql.hot import HotReads
from sojourn.store.sql.hot_writes import HotWrites
from sojourn.store.sql.tables import event_heads, events, outbox

_AT_ONCE = 1000
_START = b"\0" * 32


class SqlEvents(Group):
    def __init__(self, runner: Runner, reads: HotReads, writes: HotWrites) -> None:
        super().__init__(runner)
        self._reads = reads
        self._writes = writes

    async def record(self, event: Event) -> None:
        async with self._run.together() as transaction:
            # last of all: the line of one instance's writers then moves as fast as the disk does
            transaction.last(partial(SqlEvents(transaction, self._reads, self._writes)._append, transaction, event))

    async def _append(self, transaction: Transaction, event: Event) -> None:
        """Write the entry and the new head of the chain, alone in the instance's line until the commit."""
        await transaction.line_up(f"events of {event.instance_id}")
        rows = await transaction.hot(self._reads.event_head, {"instance_id": event.instance_id})
        sequence, before = (_number(rows[0][0]) + 1, rows[0][1]) if rows else (1, _START)
        values = codecs.event.encode(event)
        moved = {"sequence": sequence, "chain_hash": chained(before, sequence, values)}
        await self._insert(codecs.event, event, **moved)
        if rows:
            await transaction.put(self._writes.move_event_head, {**moved, "of_instance": event.instance_id})
        else:
            await transaction.change(insert(event_heads).values(instance_id=event.instance_id, **moved))

    async def list(
        self, instance_id: InstanceId, page: Page, where: EventFilter = EventFilter()
    ) -> Sequence[Event]:
        of_instance = events.c.instance_id == instance_id
        wanted = [of_instance]
        if where.user_id is not None:
            wanted.append(events.c.user_id == where.user_id)
        if where.target is not None:
            wanted.append(events.c.target == where.target)
        if where.since is not None:
            # the first entry of that time, so that the whole log is not walked for entries that are not there; `+ 0`, or
            # PostgreSQL looks for it by walking the log from its beginning
            recent = select(func.min(events.c.sequence + 0)).where(of_instance, events.c.at >= where.since.millis)
            wanted += [events.c.sequence >= recent.scalar_subquery(), events.c.at >= where.since.millis]
        if where.kinds:
            wanted.append(or_(*(_is_of_kind(kind) for kind in where.kinds)))
        statement = reading(codecs.event).where(*wanted)
        rows = await self._run.listed(paged(statement.order_by(events.c.sequence.desc()), page))
        return [codecs.event.decode(row) for row in rows]

    async def is_whole(self, instance_id: InstanceId) -> bool:
        before, last = _START, 0
        while rows := await self._run.rows(_following(instance_id, last)):
            for row in rows:
                expected = chained(before, last + 1, _values(row))
                if row[-2] != last + 1 or row[-1] != expected:
                    return False
                before, last = expected, last + 1
        head = select(event_heads.c.sequence, event_heads.c.chain_hash).where(event_heads.c.instance_id == instance_id)
        return [(row[0], row[1]) for row in await self._run.rows(head)] == ([(last, before)] if last else [])

    async def enqueue(self, message: OutboxMessage) -> None:
        await self._insert(codecs.message, message)

    async def claim_messages(self, now: Instant, *, most: int, lease: timedelta) -> Sequence[OutboxMessage]:
        is_due = outbox.c.next_try_at <= now.millis
        due = select(outbox.c.id).where(is_due).order_by(outbox.c.created_at).limit(most)
        # a CTE is run once; a subquery may be run per row, and then claims more than `most`
        claimed = due.with_for_update(skip_locked=True).cte("claimed")
        values = {"tries": outbox.c.tries + 1, "next_try_at": (now + lease).millis}
        found = await self._updated(codecs.message, values, outbox.c.id.in_(select(claimed.c.id)), is_due)
        return sorted(found, key=lambda message: (message.created_at, message.id))

    async def done_message(self, id: str) -> None:
        await self._run.change(delete(outbox).where(outbox.c.id == id))


def _is_of_kind(kind: str) -> ColumnElement[bool]:
    return events.c.kind.startswith(kind, autoescape=True) if kind.endswith(".") else events.c.kind == kind


def _following(instance_id: InstanceId, last: int) -> Select[Any]:
    statement = select(*codecs.event.columns, events.c.sequence, events.c.chain_hash)
    return (
        statement.where(events.c.instance_id == instance_id, events.c.sequence > last)
        .order_by(events.c.sequence)
        .limit(_AT_ONCE)
    )


def _values(row: Row) -> dict[str, object]:
    return {column.name: value for column, value in zip(codecs.event.columns, row[:-2], strict=True)}


def chained(before: object, sequence: int, values: Mapping[str, object]) -> bytes:
    """SHA-256 of the entry before and of this one: whoever changes an entry must change all that follow."""
    assert isinstance(before, bytes)
    return hashlib.sha256(before + msgspec.json.encode([sequence, values], order="sorted")).digest()


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
