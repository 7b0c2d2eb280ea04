"""Sessions, and the data for minting tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sojourn.errors import Json
from sojourn.ids import ClientId, InstanceId, SessionId, UserId
from sojourn.instant import Instant
from sojourn.sessions.session import Ending, Session, SessionStatus
from sojourn.store.interface.paging import Page
from sojourn.store.interface.session_search import FoundSession, Position, SessionOrder, SessionSearch
from sojourn.users.user import User


@dataclass(frozen=True, slots=True)
class MintFacts:
    """The data for minting a token. `user` is set if requested: only custom claims need it."""

    session: Session
    banned: bool
    user: User | None = None


@dataclass(frozen=True, slots=True)
class SessionFilter:
    client_id: str | None = None
    user_id: str | None = None
    status: SessionStatus | None = None
    """Compared with the status at the current time, so an expired row never counts as active."""
    now: Instant = Instant(0)


class SessionStore(Protocol):
    async def create(self, session: Session) -> None: ...
    async def find(self, instance_id: InstanceId, id: SessionId) -> Session | None: ...
    async def of_client(self, instance_id: InstanceId, client_id: ClientId) -> Sequence[Session]:
        """The client's rows in status active or pending, oldest first; the caller applies timeouts."""
        ...

    async def last_of_client(self, instance_id: InstanceId, client_id: ClientId) -> Session | None:
        """The session of the client that was used last, whatever its status."""
        ...

    async def of_user(self, instance_id: InstanceId, user_id: UserId) -> Sequence[Session]:
        """Rows of the user in status active or pending, most recently active first."""
        ...

    async def is_known_device(
        self, instance_id: InstanceId, client_id: ClientId, user_id: UserId, *, since: Instant
    ) -> bool:
        """True if the user, not an impersonator, has a session on the client or had one that ended after `since`."""
        ...

    async def list(self, instance_id: InstanceId, where: SessionFilter, page: Page) -> Sequence[Session]: ...
    async def count(self, instance_id: InstanceId, where: SessionFilter) -> int: ...
    async def search(
        self, instance_id: InstanceId, where: SessionSearch, order: SessionOrder, after: Position | None, *, limit: int
    ) -> Sequence[FoundSession]:
        """Up to `limit` matching sessions behind `after`, newest first. Along `last_active`, live sessions of a large instance are
        in order to within five minutes. Along `ended` only ended sessions are found. Raises: Overloaded.
        """
        ...

    async def search_count(self, instance_id: InstanceId, where: SessionSearch) -> int:
        """The exact number of matching sessions. Raises: Overloaded."""
        ...

    async def finish(self, instance_id: InstanceId, id: SessionId, ending: Ending) -> Session | None:
        """Move a live session to its end; None if it was not live. Exactly one of racing callers gets the row."""
        ...

    async def finish_of_client(
        self, instance_id: InstanceId, client_id: ClientId, ending: Ending
    ) -> Sequence[Session]: ...
    async def finish_of_user(
        self, instance_id: InstanceId, user_id: UserId, ending: Ending, *, keep: SessionId | None = None
    ) -> Sequence[Session]: ...
    async def finish_of_instance(self, instance_id: InstanceId, ending: Ending, *, max_rows: int) -> Sequence[Session]:
        """End up to `max_rows` of the instance's live sessions that began by then; an empty result means that none is left."""
        ...

    async def stamp(self, *, max_rows: int) -> int:
        """Fill in what lists sort by, `ended_at` among it, on up to `max_rows` rows of an earlier release; returns how many."""
        ...

    async def purge_ended(self, instance_id: InstanceId, before: Instant, *, max_rows: int) -> int:
        """Delete up to `max_rows` sessions of the instance that ended by then, the earliest first, and return how many."""
        ...

    async def touch_many(self, active_at: Mapping[SessionId, Instant]) -> None:
        """Move `last_active_at` of live sessions forward, never back, in one statement (R-SES-02)."""
        ...

    async def save_data(
        self,
        instance_id: InstanceId,
        id: SessionId,
        public: Mapping[str, Json],
        private: Mapping[str, Json],
        now: Instant,
    ) -> Session | None:
        """Replace both kinds of session data of a live session."""
        ...

    async def note_factor(
        self, instance_id: InstanceId, id: SessionId, now: Instant, *, generation: int, second: bool = False
    ) -> None:
        """Record a proven factor on a live session, valid from this generation of the client's secret on.

        The previous factor times are kept for earlier generations.
        """
        ...

    async def renew(self, instance_id: InstanceId, id: SessionId, *, generation: int) -> None:
        """Open a live session to this generation of the client's secret, with its factor times unchanged.

        The previous generation is kept.
        """
        ...

    async def mint_facts(
        self,
        instance_id: InstanceId,
        secret_hash: bytes,
        session_id: SessionId,
        now: Instant,
        *,
        with_user: bool = False,
    ) -> MintFacts | None:
        """The hot read: a live-status session of the client that holds the secret, in one statement on the driver. A
        previous secret within its grace period finds only sessions that the client already had, with their earlier
        factor times.
        """
        ...

    async def finish_timed_out(self, now: Instant, *, max_rows: int) -> int:
        """Check up to `max_rows` due live rows, store `expired` or `abandoned`, and return how many were due. A session
        that was used in the meantime gets its next possible end as its new due time, so each is checked once per period
        of inactivity.
        """
        ...
