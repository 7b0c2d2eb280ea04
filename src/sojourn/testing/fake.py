"""A fake Sojourn without a server: users, sessions and session data are in memory, and tokens are signed with its own key."""

import secrets
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from sojourn.backend.user import AddressVerification, EmailAddress, User
from sojourn.errors import Json, NotFound, SessionEnded
from sojourn.integrations.authenticator import Authenticator
from sojourn.integrations.sojourn_client import Data, Server, SojournClient
from sojourn.testing.clock import FakeClock
from sojourn.tokens.handshake import read_handshake
from sojourn.tokens.jws import Algorithm, VerificationKey
from sojourn.tokens.organization_claims import TokenOrganization
from sojourn.tokens.session_token import TokenClaims, Verifier, mint
from sojourn.tokens.signing_keys import SigningKey
from sojourn.tokens.token_recall import Always, recalling

__all__ = ["FakeSojourn", "SignedInBrowser", "standing_in"]

T = TypeVar("T")
_KEY = "pk_test_c29qb3Vybi50ZXN0JA"
_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class SignedInBrowser:
    """A signed-in user. `headers` are those of an API client, `browser` those of a browser on a page of the app."""

    user: User
    session_id: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def cookies(self) -> dict[str, str]:
        return {"__session": self.token}

    @property
    def browser(self) -> dict[str, str]:
        return {"Cookie": f"__session={self.token}", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


class FakeSojourn(SojournClient):
    """Replaces an app's `Sojourn`: `create_app(FakeSojourn())`, or `standing_in(for_the_real_one)`."""

    def __init__(self, clock: FakeClock | None = None, *, url: str = "http://localhost:8000") -> None:
        self.time = clock or FakeClock()
        super().__init__(self.time)
        self.memory = Memory()
        self._url = url
        self._signing_key = key = SigningKey.generate(Algorithm.EDDSA, self.time.now())

        def find(kid: str, /) -> VerificationKey | None:
            return key.verification_key if kid == key.kid else None

        verifier = Verifier(find, issuer=url, clock=self.time)
        self.recall, self.recall_header = recalling(verifier, Always())
        self._gate = Authenticator(
            _KEY, url, verifier.verify, lambda token: read_handshake(token, find, self.time.now()), clock=self.time
        )

    def add_user(self, email: str = "ada@example.com", **fields: Any) -> User:
        """A user with a verified address; `fields` are those of `User`."""
        address = EmailAddress(f"idn_{secrets.token_hex(8)}", email, AddressVerification("verified", "email_code"))
        now = self.time.now().millis
        given: dict[str, Any] = {
            "id": f"user_{secrets.token_hex(8)}", "email_addresses": (address,), "primary_email_address_id": address.id,
            "created_at": now, "updated_at": now, **fields,
        }  # fmt: skip
        user = self.memory.users[given["id"]] = User(**given)
        return user

    def signed_in(
        self,
        user: User | None = None,
        *,
        role: str = "",
        permissions: tuple[str, ...] = (),
        claims: Mapping[str, Json] | None = None,
        verified: timedelta | None = timedelta(0),
        age: timedelta = timedelta(0),
    ) -> SignedInBrowser:
        """Start a session of `user`, or of a new user. `role` and `permissions` are those in an organization, `claims`
        are custom claims; `verified` is the time since the first factor was proven, None for never; `age` is the
        token's age, which expires after a minute.
        """
        whose = user or self.add_user(f"user{len(self.memory.users) + 1}@example.com")
        session_id = f"sess_{secrets.token_hex(8)}"
        self.memory.sessions[session_id] = whose.id
        organization = TokenOrganization("org_1", "acme", role, frozenset(permissions)) if role or permissions else None
        grant = TokenClaims(
            self._url, whose.id, session_id, custom=claims or {}, organization=organization,
            first_factor_age=-1 if verified is None else verified // timedelta(minutes=1),
        )  # fmt: skip
        return SignedInBrowser(
            whose, session_id, mint(grant, self._signing_key, self.time.now().before(age), life=_LIFE)
        )

    @property
    def gate(self) -> Authenticator | None:
        return self._gate

    async def ready(self) -> Authenticator:
        return self._gate

    def ready_now(self) -> Authenticator:
        return self._gate

    async def close(self) -> None:
        """Nothing is open."""

    def close_now(self) -> None:
        """Nothing is open."""

    async def _server(self) -> Server:
        return self.memory

    def _ask_now(self, question: Callable[[Server], Awaitable[T]]) -> T:
        """Memory answers at once, on whichever thread asks."""
        asking = self._asking(question)
        try:
            asking.send(None)
        except StopIteration as answered:
            return answered.value
        raise AssertionError("memory waits for nothing")


@dataclass(slots=True)
class Memory:
    """The state of the simulated server. `sessions` maps IDs of live sessions to user IDs."""

    users: dict[str, User] = field(default_factory=dict[str, User])
    sessions: dict[str, str] = field(default_factory=dict[str, str])
    data: dict[str, Data] = field(default_factory=dict[str, Data])

    async def user(self, user_id: str) -> User:
        found = self.users.get(user_id)
        if found is None:
            raise NotFound()
        return found

    async def is_live(self, session_id: str) -> bool:
        return session_id in self.sessions

    async def end_session(self, session_id: str) -> None:
        self.sessions.pop(session_id, None)
        self.data.pop(session_id, None)

    async def handshake(self, nonce: str) -> list[str]:
        raise NotFound()

    async def read_data(self, key: str) -> Data | None:
        found = self.data.get(key)
        return dict(found) if found is not None else None

    async def write_data(self, key: str, data: Mapping[str, Json]) -> None:
        if key.startswith("sess_") and key not in self.sessions:
            raise SessionEnded()
        if data:
            self.data[key] = dict(data)
        else:
            self.data.pop(key, None)

    async def adopt_data(self, anonymous: str, session_id: str) -> Data:
        if session_id not in self.sessions:
            raise SessionEnded()
        moved = self.data.pop(anonymous, None)
        return (
            dict(self.data.setdefault(session_id, moved)) if moved is not None else dict(self.data.get(session_id, {}))
        )


@contextmanager
def standing_in(real: SojournClient, fake: FakeSojourn) -> Generator[FakeSojourn, None, None]:
    """Let `fake` replace `real` everywhere in an app that already exists."""
    kept_class, kept = real.__class__, real.__dict__
    real.__class__, real.__dict__ = FakeSojourn, fake.__dict__  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield fake
    finally:
        real.__class__, real.__dict__ = kept_class, kept  # pyright: ignore[reportAttributeAccessIssue]
