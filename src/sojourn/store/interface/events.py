"""The audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sojourn.events.event import Event
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.store.interface.paging import Page


@dataclass(frozen=True, slots=True)
class EventFilter:
    """`kinds` match any of their members; one that ends with `.` matches all that begin so. `since` is included, `until`
    is not. `after` is the ID of an entry: only what a list shows after it, older ones.
    """

    kinds: Sequence[str] = ()
    user_id: UserId | None = None
    target: str | None = None
    since: Instant | None = None
    actor: str | None = None
    until: Instant | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ChainPlace:
    """How far a check of the hash chain came: the number and the hash of the last entry that it read."""

    sequence: int
    chain_hash: bytes


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """The result of one step. `is_whole` None: no fault so far, go on from `reached`."""

    is_whole: bool | None
    reached: ChainPlace


@dataclass(frozen=True, slots=True)
class UnchainedEvents:
    """The number of entries without a hash, and the time of the oldest one."""

    count: int
    oldest_at: Instant | None


class EventStore(Protocol):
    async def record(self, event: Event) -> None:
        """Append to the audit log, in the transaction of the change; `Store.chain_events` chains it by hash (R-LOG-01)."""
        ...

    async def list(self, instance_id: InstanceId, page: Page, where: EventFilter = EventFilter()) -> Sequence[Event]:
        """Entries of the audit log, newest first; none after an entry that is unknown."""
        ...

    async def is_whole(self, instance_id: InstanceId) -> bool:
        """True if no chained entry of the audit log was changed, removed or inserted: every hash matches its predecessor."""
        ...

    async def check_chain(
        self, instance_id: InstanceId, begin: ChainPlace | None = None, *, max_rows: int
    ) -> ChainCheck:
        """One step of `is_whole` over up to `max_rows` entries, from the first or from where the last step ended."""
        ...

    async def unchained(self, instance_id: InstanceId) -> UnchainedEvents:
        """The entries that are not yet chained, so `is_whole` does not check them."""
        ...
