"""Batches: sessions that are ended together, in steps."""

from collections.abc import Sequence
from typing import Protocol

from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.sessions.batch import SessionBatch
from sojourn.store.interface.session_search import Position


class SessionBatchStore(Protocol):
    async def create(self, batch: SessionBatch) -> None: ...
    async def find(self, instance_id: InstanceId, id: str) -> SessionBatch | None: ...
    async def running(self) -> Sequence[SessionBatch]:
        """The unfinished batches of all instances, oldest first."""
        ...

    async def list(self, instance_id: InstanceId, *, limit: int) -> Sequence[SessionBatch]:
        """Newest first."""
        ...

    async def step(
        self, batch: SessionBatch, now: Instant, after: Position | None, *, max_rows: int
    ) -> Position | None:
        """End up to `max_rows` live sessions of the batch that began by its `created_at`, the newest first and behind `after`, and
        count them on it. Returns the position of the last one, None when none is left behind `after`.

        Call it in a transaction: the ends and the count are committed together. Steps of one batch wait for each other.
        """
        ...

    async def finish(self, batch: SessionBatch, now: Instant) -> SessionBatch | None:
        """Mark the batch as finished; None if another caller was first."""
        ...
