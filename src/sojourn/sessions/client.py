"""A client: one browser or device, known by a secret that only it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn.ids import ClientId, InstanceId, SessionId, SignInId, SignUpId
from sojourn.instant import Instant
from sojourn.sessions.session import Session


@dataclass(frozen=True, slots=True)
class Client:
    """`signed_in_changed_at` moves whenever a session starts or ends on it; browsers see it as `__client_uat`.

    `generation` counts its secrets. The one before is accepted until `previous_secret_until`, to finish minting only (R-SES-08).
    `earlier_secrets` are those from before it whose own time is not over: hash in hex to milliseconds, for each that was replaced
    while another was in its grace. They open nothing, but say nothing of a sign-out either.
    """

    id: ClientId
    instance_id: InstanceId
    secret_hash: bytes
    created_at: Instant
    updated_at: Instant
    signed_in_changed_at: Instant
    expire_at: Instant
    previous_secret_hash: bytes | None = None
    previous_secret_until: Instant | None = None
    last_active_session_id: SessionId | None = None
    sign_in_id: SignInId | None = None
    sign_up_id: SignUpId | None = None
    last_authentication_strategy: str | None = None
    generation: int = 0
    earlier_secrets: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class ClientView:
    """A client with its live sessions, oldest first, as one answer shows it."""

    client: Client
    sessions: tuple[Session, ...]

    def session(self, session_id: str | None) -> Session | None:
        for session in self.sessions:
            if session.id == session_id:
                return session
        return None

    @property
    def last_active_session(self) -> Session | None:
        return self.session(self.client.last_active_session_id) or (self.sessions[-1] if self.sessions else None)
