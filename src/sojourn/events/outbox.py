"""The outbox: mail is written with the change that causes it and sent after the reply (R-ENU-02, R-INP-02)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import msgspec

from sojourn.ids import InstanceId, new_id
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.messages.email import compose
from sojourn.messages.mailer import Mailer
from sojourn.store.interface import Groups, OutboxMessage, Store
from sojourn.tokens.sealing import Sealer

_LEASE = timedelta(seconds=30)
_MOMENT = timedelta(milliseconds=1)
_MAX_TRIES = 10
_BATCH = 50


class KnownInstances(Protocol):
    """The instances of this server, whose names and themes mails use."""

    async def by_id(self, id: InstanceId) -> Instance | None: ...


@dataclass(slots=True)
class Outbox:
    """Bodies contain codes, so they are sealed at rest; `wake` is set when a new message may be due."""

    store: Store
    clock: Clock
    sealer: Sealer
    mailer: Mailer
    instances: KnownInstances
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _newest: Instant = field(default=Instant(0), init=False)

    async def mail(self, tx: Groups, instance: Instance, kind: str, to: str, values: Mapping[str, str]) -> None:
        """Enqueue one mail in the caller's transaction; `kind` names its template."""
        now = self.clock.now()
        id = new_id("msg_")
        sealed = self.sealer.seal(msgspec.json.encode(values), _place(id, instance.id))
        await tx.outbox.enqueue(
            OutboxMessage(id, instance.id, kind, to, sealed, created_at=self._after_all(now), next_try_at=now)
        )
        self.wake.set()

    def _after_all(self, now: Instant) -> Instant:
        """`now`, or just after the mail before it: those of one moment are sent in order, also where a test stops the clock."""
        self._newest = max(now, self._newest + _MOMENT)
        return self._newest

    async def deliver_due(self) -> int:
        """Send due messages and return their number. A failed message is sent again when its lease expires."""
        messages = await self.store.outbox.claim(self.clock.now(), max_rows=_BATCH, lease=_LEASE)
        sent = 0
        for message in messages:
            sent += await self._deliver(message)
        return sent

    async def _deliver(self, message: OutboxMessage) -> bool:
        instance = await self.instances.by_id(message.instance_id)
        if instance is None:
            await self.store.outbox.remove(message.id)
            return False
        opened = self.sealer.open(message.sealed_body, _place(message.id, message.instance_id))
        values = msgspec.json.decode(opened, type=dict[str, str])
        try:
            await self.mailer.send(compose(message.kind, message.to, instance, values))
        except Exception as error:  # errors of the mail server must not stop the outbox
            import structlog  # imported here, because most commands do not log

            structlog.get_logger().warning(
                "mail.failed", message_id=message.id, kind=message.kind, error=type(error).__name__
            )
            if message.tries >= _MAX_TRIES:
                await self.store.outbox.remove(message.id)
            return False
        await self.store.outbox.remove(message.id)
        return True


def _place(message_id: str, instance_id: str) -> str:
    return f"outbox/{message_id}/body/{instance_id}"
