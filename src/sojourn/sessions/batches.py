"""Ending many sessions by a filter: previewed, begun, and continued in steps until none is left, also after a restart.

A batch is a row. Each step ends some sessions and counts them on the row in one transaction, so a stop in the middle loses
nothing; the worker continues what is unfinished. One entry of the audit log stands for the whole batch.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sojourn.errors import Json, NotFound
from sojourn.events.audit_log import AuditLog
from sojourn.ids import new_id, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.sessions.batch import BatchStatus, SessionBatch
from sojourn.sessions.directory import SessionDirectory
from sojourn.sessions.end_cause import EndCause
from sojourn.store.interface import Position, SessionSearch, Store

_ENDED_AT_ONCE = 1_000
_SMALL = 500
"""Batches up to this size are finished before their caller gets the answer."""


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """`last_token_dies_at`: apps that verify offline accept tokens of the ended sessions until then."""

    total: int
    last_token_dies_at: Instant


@dataclass(frozen=True, slots=True)
class SessionBatches:
    store: Store
    clock: Clock
    audit: AuditLog
    directory: SessionDirectory
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def preview(self, instance: Instance, where: SessionSearch) -> BatchPreview:
        """How many live sessions match now. Raises: Overloaded."""
        total = await self.directory.count(instance, replace(where, state="active"))
        return BatchPreview(total, self.clock.now() + instance.settings.sessions.token_life)

    async def begin(self, instance: Instance, where: SessionSearch, *, actor: str) -> SessionBatch:
        """Start to end the live sessions that match and began by now; without a condition those of everybody. A small
        batch is finished at once, a larger one by the worker. Raises: Overloaded.
        """
        where = replace(where, state="active")
        total = await self.directory.count(instance, where)
        now = self.clock.now()
        named = {name: value for name, value in where.named().items() if name != "state"}
        cause = EndCause.REVOKED if named else EndCause.ALL_REVOKED
        batch = SessionBatch(new_id("sbat_"), instance.id, BatchStatus.RUNNING, cause, actor, named, total, 0, now, now)
        await self.store.session_batches.create(batch)
        if total <= _SMALL:
            return await self.run(batch)
        self.wake.set()
        return batch

    async def get(self, instance: Instance, id: str) -> SessionBatch:
        """Raises: NotFound."""
        batch = await self.store.session_batches.find(instance.id, id) if well_formed(id) else None
        if batch is None:
            raise NotFound("No batch with that id exists here.")
        return batch

    async def list(self, instance: Instance, limit: int) -> Sequence[SessionBatch]:
        return await self.store.session_batches.list(instance.id, limit=limit)

    async def run(self, batch: SessionBatch) -> SessionBatch:
        """Continue the batch until none of its sessions is live. Any number of processes may do so at once."""
        after: Position | None = None
        while True:
            before = after
            async with self.store.transaction() as tx:
                after = await tx.session_batches.step(batch, self.clock.now(), before, max_rows=_ENDED_AT_ONCE)
            if after is None and before is None:  # a walk from the start has found nothing
                return await self._finish(batch)
            await asyncio.sleep(0)

    async def continue_all(self) -> None:
        """Run every unfinished batch, as after a restart."""
        for batch in await self.store.session_batches.running():
            await self.run(batch)

    async def _finish(self, batch: SessionBatch) -> SessionBatch:
        instance = await self.store.instances.find(batch.instance_id)
        async with self.store.transaction() as tx:
            finished = await tx.session_batches.finish(batch, self.clock.now())
            if finished is not None and instance is not None:
                filters: list[Json] = [*sorted(finished.which)]
                details: dict[str, Json] = {"sessions": finished.done, "filters": filters}
                await self.audit.record(
                    tx, instance, "sessions.ended", target=batch.id, actor=batch.actor, details=details
                )
        return finished or await self.store.session_batches.find(batch.instance_id, batch.id) or batch
