"""Counts of short windows that all nodes share."""

from datetime import timedelta
from typing import Protocol

from sojourn.ids import InstanceId
from sojourn.instant import Instant


class SharedCountStore(Protocol):
    """Hits of one key within a short window, counted over every node (R-LIM-02). Nothing here need outlive a crash.

    The table of a store fits, and so does a cache such as Valkey.
    """

    async def hit(
        self, instance_id: InstanceId, name: str, key: str, now: Instant, *, limit: int, window: timedelta
    ) -> Instant | None:
        """Count one if fewer than `limit` were counted within `window`; else count nothing and return when one may be.

        Of any number of concurrent callers on any node as many count as are left. A hit more than `window` in the future
        is one of a clock that was wrong, and does not count. Raises: Overloaded.
        """
        ...

    async def purge(self, before: Instant, *, max_rows: int) -> int:
        """Delete up to `max_rows` keys whose window had ended by then and return how many."""
        ...
