"""Rate-limit counts of short windows, shared by all nodes."""

from datetime import timedelta
from typing import Protocol

from sojourn.ids import InstanceId
from sojourn.instant import Instant


class SharedCountStore(Protocol):
    """Hits of one key within a short window, counted over all nodes (R-LIM-02). The counts may be lost in a crash, so a
    table or a cache such as Valkey can hold them.
    """

    async def hit(
        self, instance_id: InstanceId, name: str, key: str, now: Instant, *, limit: int, window: timedelta
    ) -> Instant | None:
        """Count one hit if fewer than `limit` were counted within `window`; otherwise count nothing and return when the
        next hit is allowed. Concurrent callers on all nodes never exceed the limit. A hit more than `window` in the
        future came from a wrong clock and is ignored. Raises: Overloaded.
        """
        ...

    async def purge(self, before: Instant, *, max_rows: int) -> int:
        """Delete up to `max_rows` keys whose window has ended and return how many."""
        ...
