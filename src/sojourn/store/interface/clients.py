"""Clients and development browsers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sojourn.ids import ClientId, InstanceId, SessionId, SignInId, SignUpId, UserId
from sojourn.instant import Instant
from sojourn.sessions.client import Client
from sojourn.sessions.session import Session
from sojourn.store.interface.paging import Page
from sojourn.users.user import User


@dataclass(frozen=True, slots=True)
class DevBrowser:
    """A development browser, bound to one generation of a client's secret and invalid after the next rotation.
    `replaced_until` is set once a browser without a client got one: requests already sent with it are accepted until
    then.
    """

    token_hash: bytes
    instance_id: InstanceId
    client_id: ClientId | None
    created_at: Instant
    generation: int | None = None
    replaced_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """A client with its live sessions, oldest first, and their users."""

    client: Client
    sessions: Sequence[Session]
    users: Mapping[UserId, User]


class ClientStore(Protocol):
    async def create(self, client: Client) -> None: ...
    async def find(self, instance_id: InstanceId, id: ClientId) -> Client | None: ...
    async def find_by_secret(self, instance_id: InstanceId, secret_hash: bytes) -> Client | None:
        """The client whose current or previous secret has this hash; the caller distinguishes the two."""
        ...

    async def facts(self, instance_id: InstanceId, secret_hash: bytes) -> ClientFacts | None:
        """Everything that the client resource needs, in one read; found by the current secret only."""
        ...

    async def rotate_secret(self, client: Client, new_hash: bytes, now: Instant, *, grace: timedelta) -> bool:
        """Make `new_hash` the secret and start the next generation, if `client.secret_hash` is still current. False if
        another tab rotated it first.
        """
        ...

    async def set_attempts(
        self, client: Client, now: Instant, *, sign_in_id: SignInId | None, sign_up_id: SignUpId | None
    ) -> bool:
        """False, and nothing set, unless `client.secret_hash` still is current."""
        ...

    async def set_last_active_session(self, client: Client, session_id: SessionId | None, now: Instant) -> bool:
        """False, and nothing set, unless `client.secret_hash` still is current."""
        ...

    async def note_signed_in_change(self, instance_id: InstanceId, id: ClientId, now: Instant) -> None:
        """Move `signed_in_changed_at` and `updated_at` to `now`."""
        ...

    async def begin_session(
        self, instance_id: InstanceId, id: ClientId, session_id: SessionId, now: Instant, *, strategy: str
    ) -> None:
        """Record a new session on its client: it becomes the current one, and its attempt is finished."""
        ...

    async def delete(self, client: Client) -> bool:
        """Delete the client and its development browsers. False unless `client.secret_hash` is still current."""
        ...

    async def list(self, instance_id: InstanceId, page: Page) -> Sequence[Client]: ...
    async def count(self, instance_id: InstanceId) -> int: ...
    async def create_dev_browser(self, browser: DevBrowser) -> bool:
        """False if one with this hash exists; it is left unchanged."""
        ...

    async def find_dev_browser(self, instance_id: InstanceId, token_hash: bytes) -> DevBrowser | None: ...
