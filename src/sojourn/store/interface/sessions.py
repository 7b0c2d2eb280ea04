"""Sessions, and the facts a token is minted from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sojourn.errors import Json
from sojourn.ids import ClientId, InstanceId, SessionId, UserId
from sojourn.instant import Instant
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface.paging import Page
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
    """Matched against the status by the clock, so an expired row never counts as active."""
    now: Instant = Instant(0)


class SessionStore(Protocol):
    async def create(self, session: Session) -> None: ...
    async def find(self, instance_id: InstanceId, id: SessionId) -> Session | None: ...
    async def of_client(self, client_id: ClientId) -> Sequence[Session]:
        """Rows of the client in status active or pending, oldest first; timeouts are for the caller to judge."""
        ...

    async def of_user(self, instance_id: InstanceId, user_id: UserId) -> Sequence[Session]:
        """Rows of the user in status active or pending, most recently active first."""
        ...

    async def is_known_device(self, client_id: ClientId, user_id: UserId, *, since: Instant) -> bool:
        """True if the user, not an impersonator, has a session on the client or had one that ended after `since`."""
        ...

    async def list(self, instance_id: InstanceId, where: SessionFilter, page: Page) -> Sequence[Session]: ...
    async def count(self, instance_id: InstanceId, where: SessionFilter) -> int: ...
    async def finish(
        self, instance_id: InstanceId, id: SessionId, status: SessionStatus, now: Instant
    ) -> Session | None:
        """Move a live session to an ended status; None when it was not live. Exactly one of racing callers gets it."""
        ...

    async def finish_of_client(self, client_id: ClientId, status: SessionStatus, now: Instant) -> Sequence[Session]: ...
    async def finish_of_user(
        self,
        instance_id: InstanceId,
        user_id: UserId,
        status: SessionStatus,
        now: Instant,
        *,
        keep: SessionId | None = None,
    ) -> Sequence[Session]: ...
    async def finish_of_instance(
        self, instance_id: InstanceId, status: SessionStatus, now: Instant, *, max_rows: int
    ) -> Sequence[Session]:
        """End up to `max_rows` live sessions that had begun by `now`, whosever they are; none when there are none left."""
        ...

    async def touch_many(self, active_at: Mapping[SessionId, Instant]) -> None:
        """One statement for all: move `last_active_at` forward, never back, on live sessions only (R-SES-02)."""
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
        """A live session is as strong as the factor makes it from this generation on; what it was before is kept beside."""
        ...

    async def renew(self, instance_id: InstanceId, id: SessionId, *, generation: int) -> None:
        """A live session is open, as strong as it is, from this generation on; the one before is kept beside."""
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
        """The hot read: a live-status session of the client that holds the secret. One statement on the driver.

        By the previous secret within its grace: a session that the client held before, with its factors' times of before.
        """
        ...

    async def finish_timed_out(self, now: Instant, *, max_rows: int) -> int:
        """Look at up to `max_rows` live rows that the clock may have ended and write down `expired` and `abandoned`; how many were due.

        One that was used meanwhile is due again when it may be over next, so each is looked at once in its inactivity, not each time.
        """
        ...
