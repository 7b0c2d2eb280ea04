"""The audit log, chained by hash, and the outbox of messages."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

import msgspec
from sqlalchemy import delete, insert, select, update

from sojourn.events.event import Event
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.store.interface import OutboxMessage, Page
from sojourn.store.sql import codecs
from sojourn.store.sql.group import Group, reading
from sojourn.store.sql.tables import event_heads, events, outbox

_START = b"\0" * 32


class SqlEvents(Group):
    async def record(self, event: Event) -> None:
        """Entry and new head are written together; the head's row lock puts writers of one instance in a line."""
        async with self._run.together() as runner:
            head = select(event_heads.c.sequence, event_heads.c.chain_hash).where(
                event_heads.c.instance_id == event.instance_id
            )
            rows = await runner.rows(head.with_for_update())
            sequence = int(str(rows[0][0])) + 1 if rows else 1
            before = bytes(rows[0][1]) if rows else _START  # pyright: ignore[reportArgumentType]
            values = codecs.event.encode(event)
            chained = hashlib.sha256(before + msgspec.json.encode([sequence, values], order="sorted")).digest()
            await runner.change(insert(events).values(**values, sequence=sequence, chain_hash=chained))
            moved = {"sequence": sequence, "chain_hash": chained}
            if rows:
                where = event_heads.c.instance_id == event.instance_id
                await runner.change(update(event_heads).where(where).values(moved))
            else:
                await runner.change(insert(event_heads).values(instance_id=event.instance_id, **moved))

    async def list(self, instance_id: InstanceId, page: Page, *, user_id: UserId | None = None) -> Sequence[Event]:
        statement = reading(codecs.event).where(events.c.instance_id == instance_id)
        if user_id is not None:
            statement = statement.where(events.c.user_id == user_id)
        ordered = statement.order_by(events.c.sequence.desc()).limit(page.limit).offset(page.offset)
        return await self._many(codecs.event, ordered)

    async def enqueue(self, message: OutboxMessage) -> None:
        await self._insert(codecs.message, message)

    async def claim_messages(self, now: Instant, *, most: int, lease: timedelta) -> Sequence[OutboxMessage]:
        due = select(outbox.c.id).where(outbox.c.next_try_at <= now.millis).order_by(outbox.c.created_at).limit(most)
        values = {"tries": outbox.c.tries + 1, "next_try_at": (now + lease).millis}
        where = (outbox.c.id.in_(due.with_for_update(skip_locked=True)), outbox.c.next_try_at <= now.millis)
        return await self._updated(codecs.message, values, *where)

    async def done_message(self, id: str) -> None:
        await self._run.change(delete(outbox).where(outbox.c.id == id))
