"""The summaries of the uses of sessions."""

from collections.abc import Mapping
from typing import Protocol

from sojourn.ids import InstanceId, SessionId
from sojourn.sessions.usage import PendingUse, Usage


class SessionUseStore(Protocol):
    """At most 256 bytes a session, of the last 48 hours. They hold addresses, which are personal data: `Store.purge` deletes
    them within three days of the last use, and the deletion of their user deletes them at once.
    """

    async def add(self, instance_id: InstanceId, uses: Mapping[SessionId, PendingUse]) -> None:
        """Add the uses to the summaries; counts of concurrent callers are all kept. Sessions are not looked up."""
        ...

    async def find(self, instance_id: InstanceId, session_id: SessionId) -> Usage:
        """The summary; an empty one if there is none."""
        ...


class RefusalStore(Protocol):
    """How often requests without a session were refused, by hour and reason: one row for both, however many requests."""

    async def add(self, instance_id: InstanceId, counts: Mapping[tuple[int, str], int]) -> None:
        """Add to the counts, by (hour since 1970, reason); counts of concurrent callers are all kept."""
        ...

    async def by_reason(self, instance_id: InstanceId, since_hour: int) -> Mapping[str, int]:
        """The counts of all hours from this one on."""
        ...
