"""Budgets: how often a key may do something within a time window."""

from datetime import timedelta
from typing import Protocol

from sojourn.ids import InstanceId
from sojourn.instant import Instant


class BudgetStore(Protocol):
    """Counts per key within a sliding window, shared by all nodes and kept across restarts (R-LIM-01, R-OTP-08)."""

    async def spend(
        self, instance_id: InstanceId, name: str, key: str, now: Instant, *, limit: int, window: timedelta
    ) -> Instant | None:
        """Count one use if fewer than `limit` were counted within `window`; otherwise count nothing and return when the
        next use is allowed. Concurrent callers never exceed the limit. A rollback of the surrounding transaction undoes
        the count.
        """
        ...

    async def spent(self, instance_id: InstanceId, name: str, key: str, now: Instant, *, window: timedelta) -> int: ...
    async def give_back(self, instance_id: InstanceId, name: str, key: str) -> None:
        """Undo the newest count, if there is one."""
        ...

    async def reset(self, instance_id: InstanceId, name: str, key: str) -> None: ...
