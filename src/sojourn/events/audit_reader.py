"""Reading the audit log of one instance: lists, the record of an export, and the check of its hash chain in steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.events.audit_log import AuditLog
from sojourn.events.event import Event
from sojourn.instances.instance import Instance
from sojourn.store.interface import ChainCheck, ChainPlace, EventFilter, Page, Store, UnchainedEvents

_CHECKED_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class AuditReader:
    store: Store
    audit: AuditLog

    async def list(self, instance: Instance, page: Page, where: EventFilter = EventFilter()) -> Sequence[Event]:
        """Newest first. Raises: Overloaded."""
        return await self.store.events.list(instance.id, page, where)

    async def exported(self, instance: Instance, *, actor: str) -> None:
        """Record that the log was taken out of the server."""
        async with self.store.transaction() as tx:
            await self.audit.record(tx, instance, "events.exported", actor=actor)

    async def checked(
        self, instance: Instance, begin: tuple[int, bytes] | None = None
    ) -> tuple[ChainCheck, UnchainedEvents]:
        """One step of the check, and what waits for its hash. `begin` is where the last step ended: number and hash."""
        place = None if begin is None else ChainPlace(*begin)
        step = await self.store.events.check_chain(instance.id, place, max_rows=_CHECKED_AT_ONCE)
        return step, await self.store.events.unchained(instance.id)

    async def is_whole(self, instance: Instance) -> tuple[bool, UnchainedEvents]:
        """The check of the whole log, step by step."""
        step, waiting = await self.checked(instance)
        while step.is_whole is None:
            step, waiting = await self.checked(instance, (step.reached.sequence, step.reached.chain_hash))
        return step.is_whole, waiting
