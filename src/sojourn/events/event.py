"""An event, written with the change that caused it (R-LOG-01, R-LOG-04).

One row serves three readers: the audit log, the outbox of messages, and later the webhooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn.errors import Json
from sojourn.ids import InstanceId, UserId, new_id
from sojourn.instant import Instant


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is `noun.verb`: `session.created`, `user.locked`, `sign_in.failed`. `details` holds ids and reasons only."""

    instance_id: InstanceId
    kind: str
    at: Instant
    actor: str
    user_id: UserId | None = None
    target: str | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    details: Mapping[str, Json] = field(default_factory=dict[str, Json])
    id: str = field(default_factory=lambda: new_id("evt_"))
