"""Counts of what a key may do so often in so long."""

from datetime import timedelta
from typing import Protocol

from sojourn.ids import InstanceId
from sojourn.instant import Instant


class BudgetStore(Protocol):
    """So many in so long, of one key: kept for every node, and over restarts (R-LIM-01, R-OTP-08)."""

    async def spend(
        self, instance_id: InstanceId, name: str, key: str, now: Instant, *, limit: int, window: timedelta
    ) -> Instant | None:
        """Count one if fewer than `limit` were counted within `window`; else count nothing and return when one may be.

        Of any number of concurrent callers as many count as are left. Inside a transaction the count is undone with it.
        """
        ...

    async def spent(self, instance_id: InstanceId, name: str, key: str, now: Instant, *, window: timedelta) -> int: ...
    async def give_back(self, instance_id: InstanceId, name: str, key: str) -> None:
        """Take the newest count back, if there is one."""
        ...

    async def reset(self, instance_id: InstanceId, name: str, key: str) -> None: ...
