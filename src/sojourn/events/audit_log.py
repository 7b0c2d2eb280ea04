"""The audit log: who did what, when, from where; written in the transaction of the change itself (R-LOG-01)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.errors import Json
from sojourn.events.event import Event
from sojourn.events.kinds import checked
from sojourn.ids import UserId
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.sessions.session import Device
from sojourn.store.interface import Groups


@dataclass(frozen=True, slots=True)
class AuditLog:
    clock: Clock

    async def record(
        self,
        tx: Groups,
        instance: Instance,
        kind: str,
        *,
        user_id: UserId | None = None,
        target: str | None = None,
        actor: str | None = None,
        device: Device | None = None,
        details: Mapping[str, Json] | None = None,
    ) -> None:
        """Append one entry; a write that fails fails the operation. `kind` is one of `kinds.KINDS`. `actor` None: the user themselves.

        `details` holds IDs, strategies and reasons, never user input (R-LOG-02).
        """
        checked(kind, details or {})
        event = Event(
            instance_id=instance.id,
            kind=kind,
            at=self.clock.now(),
            actor=actor or user_id or "anonymous",
            user_id=user_id,
            target=target,
            ip_address=device.ip_address if device else None,
            user_agent=device.user_agent if device else None,
            details=dict(details or {}),
        )
        await tx.events.record(event)
