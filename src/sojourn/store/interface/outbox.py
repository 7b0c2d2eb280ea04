"""A message that waits to be sent."""

from dataclasses import dataclass

from sojourn.ids import InstanceId
from sojourn.instant import Instant


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A mail to send once the change that caused it is committed. `body` is what the template needs, encrypted at rest."""

    id: str
    instance_id: InstanceId
    kind: str
    to: str
    sealed_body: bytes
    created_at: Instant
    next_try_at: Instant
    tries: int = 0
