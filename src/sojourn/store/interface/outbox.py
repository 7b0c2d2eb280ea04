"""The outbox: messages that wait to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sojourn.ids import InstanceId
from sojourn.instant import Instant


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A mail to send once the change that caused it is committed.

    `body` holds the template's values, encrypted at rest.
    """

    id: str
    instance_id: InstanceId
    kind: str
    to: str
    sealed_body: bytes
    created_at: Instant
    next_try_at: Instant
    tries: int = 0


class OutboxStore(Protocol):
    async def enqueue(self, message: OutboxMessage) -> None:
        """Store the message, in the transaction of the change that caused it."""
        ...

    async def claim(self, now: Instant, *, max_rows: int, lease: timedelta) -> Sequence[OutboxMessage]:
        """Return due messages, each leased to one caller for `lease`, and increment their `tries`."""
        ...

    async def remove(self, id: str) -> None:
        """Delete a message that was sent or given up."""
        ...
