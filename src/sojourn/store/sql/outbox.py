"""The outbox of messages."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from sojourn.instant import Instant
from sojourn.store.interface import OutboxMessage
from sojourn.store.sql.group import Group
from sojourn.store.sql.instance_wall import spanning
from sojourn.store.sql.rows.outbox import message_row, outbox


class SqlOutbox(Group):
    async def enqueue(self, message: OutboxMessage) -> None:
        await self._insert(message_row, message)

    async def claim(self, now: Instant, *, max_rows: int, lease: timedelta) -> Sequence[OutboxMessage]:
        is_due = outbox.c.next_try_at <= now.millis
        due = select(outbox.c.id).where(is_due).order_by(outbox.c.created_at).limit(max_rows)
        # a CTE runs once; a subquery may run per row and would then claim more than `max_rows`
        claimed = due.with_for_update(skip_locked=True).cte("claimed")
        values = {"tries": outbox.c.tries + 1, "next_try_at": (now + lease).millis}
        taken = update(outbox).where(outbox.c.id.in_(select(claimed.c.id)), is_due).values(values)
        rows = await self._run.returning(spanning("messages that are due", taken).returning(*message_row.columns))
        found = [message_row.decode(row) for row in rows]
        return sorted(found, key=lambda message: (message.created_at, message.id))

    async def remove(self, id: str) -> None:
        await self._run.change(spanning("message that was sent", delete(outbox)).where(outbox.c.id == id))
