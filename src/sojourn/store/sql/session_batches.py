"""Batches of ended sessions."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import false, func, select, update

from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.sessions.batch import BatchStatus, SessionBatch
from sojourn.sessions.session import SessionStatus
from sojourn.store.interface import Position, SessionSearch
from sojourn.store.sql.group import Condition, Group, first, reading
from sojourn.store.sql.instance_wall import spanning, within
from sojourn.store.sql.rows.clients import clients
from sojourn.store.sql.rows.session_batches import session_batch_row, session_batches
from sojourn.store.sql.rows.sessions import IS_LIVE, sessions
from sojourn.store.sql.session_search import SessionSearches


class SqlSessionBatches(Group):
    async def create(self, batch: SessionBatch) -> None:
        await self._insert(session_batch_row, batch)

    async def find(self, instance_id: InstanceId, id: str) -> SessionBatch | None:
        return await self._one(
            session_batch_row, session_batches.c.id == id, session_batches.c.instance_id == instance_id
        )

    async def running(self) -> Sequence[SessionBatch]:
        unfinished = spanning("batches that run", reading(session_batch_row)).where(
            session_batches.c.status == BatchStatus.RUNNING.value
        )
        return await self._many(
            session_batch_row, unfinished.order_by(session_batches.c.created_at, session_batches.c.id)
        )

    async def list(self, instance_id: InstanceId, *, limit: int) -> Sequence[SessionBatch]:
        found = reading(session_batch_row).where(session_batches.c.instance_id == instance_id)
        newest = found.order_by(session_batches.c.created_at.desc(), session_batches.c.id)
        return await self._many(session_batch_row, newest.limit(limit))

    async def step(
        self, batch: SessionBatch, now: Instant, after: Position | None, *, max_rows: int
    ) -> Position | None:
        async with self._run.together() as runner:
            await runner.line_up(f"session_batch:{batch.id}")
            where = replace(SessionSearch.of(batch.which), now=now)
            until = min(where.created_before or batch.created_at.millis + 1, batch.created_at.millis + 1)
            where = replace(where, created_before=until)
            found = await SessionSearches(runner).ids(batch.instance_id, where, after, max_rows)
            if not found:
                return None
            values = {
                "status": SessionStatus.REVOKED.value, "updated_at": now.millis, "ended_at": now.millis, "end_cause": batch.cause.value,
                "ended_by": batch.actor, "batch_id": batch.id,
            }  # fmt: skip
            ids = [str(row[0]) for row in found]
            # `coalesce` keeps SQLite from reading all live sessions by their status
            live = (within(sessions, batch.instance_id), func.coalesce(IS_LIVE, false()))
            held = select(sessions.c.id).where(sessions.c.id.in_(ids), *live).order_by(sessions.c.id).with_for_update()
            ending = update(sessions).where(sessions.c.id.in_(held), *live).values(seen_at=sessions.c.last_active_at)
            ended = await runner.returning(ending.returning(sessions.c.client_id), values)
            browsers = sorted({str(row[0]) for row in ended})
            theirs = within(clients, batch.instance_id)
            held = (
                select(clients.c.id).where(clients.c.id.in_(browsers), theirs).order_by(clients.c.id).with_for_update()
            )
            changed = {"signed_in_changed_at": now.millis, "updated_at": now.millis}
            await runner.change(update(clients).where(clients.c.id.in_(held), theirs), changed)
            counted = update(session_batches).where(*_this(batch)).values(done=session_batches.c.done + len(ended))
            await runner.change(counted, {"updated_at": now.millis})
            last_id, _, last_at = found[-1]
            return Position(int(str(last_at)), str(last_id))

    async def finish(self, batch: SessionBatch, now: Instant) -> SessionBatch | None:
        values = {"status": BatchStatus.FINISHED.value, "updated_at": now.millis, "finished_at": now.millis}
        running = session_batches.c.status == BatchStatus.RUNNING.value
        return first(await self._updated(session_batch_row, values, *_this(batch), running))


def _this(batch: SessionBatch) -> tuple[Condition, Condition]:
    return session_batches.c.id == batch.id, session_batches.c.instance_id == batch.instance_id
