"""A client: one browser or device, identified by a secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn.ids import ClientId, InstanceId, SessionId, SignInId, SignUpId
from sojourn.instant import Instant
from sojourn.sessions.session import Session


@dataclass(frozen=True, slots=True)
class Client:
    """`signed_in_changed_at` changes when a session starts or ends; browsers see it as `__client_uat`. `generation`
    counts its secrets. The previous one may mint tokens until `previous_secret_until` (R-SES-08). `earlier_secrets` are
    older ones still in their grace period, replaced while another was in its own: hexadecimal hash to expiry in
    milliseconds. They cannot mint, but a request with one is not treated as signed out either.
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
    """A client with its live sessions, oldest first, as shown in a response."""

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
