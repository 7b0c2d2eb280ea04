"""App data of visitors."""

from collections.abc import Mapping
from typing import Protocol

from sojourn.errors import Json
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant


class AppDataStore(Protocol):
    """App data of one visitor, keyed by session ID or by the stored form of an anonymous visitor's secret."""

    async def find(self, instance_id: InstanceId, key: str, now: Instant) -> dict[str, Json] | None: ...
    async def put(
        self,
        instance_id: InstanceId,
        key: str,
        data: Mapping[str, Json],
        now: Instant,
        *,
        expire_at: Instant,
        user_id: UserId | None = None,
    ) -> None:
        """Replace the stored data with `data`; of concurrent callers the last one wins."""
        ...

    async def delete(self, instance_id: InstanceId, key: str) -> None: ...
    async def move(
        self,
        instance_id: InstanceId,
        key: str,
        to: str,
        now: Instant,
        *,
        expire_at: Instant,
        user_id: UserId,
    ) -> bool:
        """Move unexpired data to another key. Of concurrent callers exactly one succeeds; none if the other key is in use."""
        ...
