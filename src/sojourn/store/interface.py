"""What a store promises. Outcomes, not queries; `tests/contract/` runs one suite on every store.

Every method takes the instance id from the caller's credential (R-AUZ-02). A method that a race can hit is decided by one
guarded statement, and says what the loser sees. `Store` groups act each in a transaction of their own; the same groups
on the value of `store.transaction()` act together or not at all.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from sojourn.errors import Json
from sojourn.events.event import Event
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.verification import Verification
from sojourn.ids import (
    ClientId,
    IdentifierId,
    InstanceId,
    SessionId,
    SignInId,
    SignUpId,
    UserId,
    VerificationId,
)
from sojourn.instances.instance import Instance
from sojourn.instances.secret_keys import Scope
from sojourn.instances.settings import Settings
from sojourn.instant import Instant
from sojourn.sessions.client import Client
from sojourn.sessions.session import Session, SessionStatus
from sojourn.sign_ins.sign_in import SignIn
from sojourn.sign_ins.ticket import Ticket, TicketKind, TicketStatus
from sojourn.sign_ups.sign_up import SignUp
from sojourn.users.images import Image
from sojourn.users.user import Identifier, IdentifierKind, User


@dataclass(frozen=True, slots=True)
class Page:
    """`limit` rows after skipping `offset`."""

    limit: int = 10
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Tries:
    """What a counted try has come to: tries towards a lock, the lock if this one brought it, and tries of the password."""

    failed_tries: int
    locked_at: Instant | None
    password_failures: int


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A Backend API key; only its hash is kept (R-AUZ-08)."""

    id: str
    instance_id: InstanceId
    secret_hash: bytes
    created_at: Instant
    revoked_at: Instant | None = None
    scope: Scope = Scope.FULL
    last_used_at: Instant | None = None
    """To the minute or so."""


@dataclass(frozen=True, slots=True)
class StoredSigningKey:
    """A signing key at rest: `sealed_private` is the PKCS#8 PEM in an envelope (R-KEY-01), `public_pem` its SPKI."""

    kid: str
    algorithm: str
    sealed_private: bytes
    public_pem: str
    created_at: Instant
    active_from: Instant
    retired_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class DevBrowser:
    """A development browser, made for a client at one generation of its secret, and dead with that one.

    `replaced_until` marks one that stood for no client and then led to one: until then requests with it are on their way.
    """

    token_hash: bytes
    instance_id: InstanceId
    client_id: ClientId | None
    created_at: Instant
    generation: int | None = None
    replaced_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """A client with its sessions that have not ended, oldest first, and whoever they belong to."""

    client: Client
    sessions: Sequence[Session]
    users: Mapping[UserId, User]


@dataclass(frozen=True, slots=True)
class MintFacts:
    """What a token is minted from. `user` is there when it was asked for: only custom claims need more than the session."""

    session: Session
    is_banned: bool
    user: User | None = None


UserOrder = Literal[
    "created_at", "updated_at", "email_address", "web3wallet", "first_name", "last_name", "phone_number",
    "username", "last_active_at", "last_sign_in_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Every filter of `GET /users`; sequences match any of their members, `query` matches parts, None means no filter.

    A member of `user_ids` or `external_ids` that starts with `-` excludes, as published.
    """

    email_addresses: Sequence[str] = ()
    phone_numbers: Sequence[str] = ()
    external_ids: Sequence[str] = ()
    usernames: Sequence[str] = ()
    user_ids: Sequence[str] = ()
    query: str | None = None
    query_as_stored: str | None = None
    """`query` as addresses of an international domain are stored; e-mail addresses match by it."""
    email_address_query: str | None = None
    email_address_query_as_stored: str | None = None
    phone_number_query: str | None = None
    username_query: str | None = None
    name_query: str | None = None
    banned: bool | None = None
    locked: bool | None = None
    last_active_at_before: Instant | None = None
    last_active_at_after: Instant | None = None
    last_sign_in_at_before: Instant | None = None
    last_sign_in_at_after: Instant | None = None
    created_at_before: Instant | None = None
    created_at_after: Instant | None = None
    order_by: UserOrder = "created_at"
    descending: bool = True
    now: Instant = Instant(0)
    """What `locked` is judged by: a lock that has run out is none."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """`kinds` match any of their members; one that ends with `.` matches all that begin so. `since` is included."""

    kinds: Sequence[str] = ()
    user_id: UserId | None = None
    target: str | None = None
    since: Instant | None = None


@dataclass(frozen=True, slots=True)
class SessionFilter:
    client_id: str | None = None
    user_id: str | None = None
    status: SessionStatus | None = None
    """Matched against the status by the clock, so an expired row never counts as active."""
    now: Instant = Instant(0)


class Instances(Protocol):
    async def create(self, instance: Instance) -> None: ...
    async def all(self) -> Sequence[Instance]: ...
    async def find(self, id: InstanceId) -> Instance | None: ...
    async def save_settings(self, id: InstanceId, settings: Settings, now: Instant, *, expected: Instant) -> bool:
        """Replace the settings if nobody changed them since `expected` (an `updated_at`); False otherwise.

        Stored fields that this release does not know stay, at every depth (R-CFG-01).
        """
        ...

    async def set_address(self, id: InstanceId, publishable_key: str, public_url: str, now: Instant) -> None: ...
    async def add_secret_key(self, key: SecretKey) -> None:
        """Raises: Conflict when there is or was a key of that hash."""
        ...

    async def find_secret_key(self, secret_hash: bytes) -> SecretKey | None:
        """The unrevoked key with that hash."""
        ...

    async def secret_keys(self, id: InstanceId) -> Sequence[SecretKey]:
        """The unrevoked keys of the instance, oldest first."""
        ...

    async def revoke_secret_key(self, id: InstanceId, key_id: str, now: Instant) -> bool: ...
    async def note_secret_key_use(self, used_at: Mapping[str, Instant]) -> None:
        """One statement for all, by key id: move `last_used_at` forward, never back, on unrevoked keys only."""
        ...

    async def note_key_change(self, id: InstanceId) -> None:
        """Add one to the instance's `keys_version`."""
        ...

    async def signing_keys(self, id: InstanceId) -> Sequence[StoredSigningKey]: ...
    async def add_signing_key(self, id: InstanceId, key: StoredSigningKey) -> None: ...
    async def retire_signing_key(self, id: InstanceId, kid: str, now: Instant) -> bool: ...
    async def drop_signing_key(self, id: InstanceId, kid: str) -> bool: ...


class Users(Protocol):
    async def create(self, user: User) -> None:
        """Insert the user with its identifiers.

        Raises: IdentifierTaken (param `email_address`, `phone_number`, `username` or `external_id`); of two racing callers one.
        """
        ...

    async def find(self, instance_id: InstanceId, id: UserId) -> User | None:
        """The user; inside a transaction nobody else changes the row before its end."""
        ...

    async def find_many(self, instance_id: InstanceId, ids: Sequence[UserId]) -> Sequence[User]: ...
    async def find_by_identifier(
        self, instance_id: InstanceId, kind: IdentifierKind, canonical: str
    ) -> User | None: ...
    async def find_by_username(self, instance_id: InstanceId, username_key: str) -> User | None: ...
    async def list(self, instance_id: InstanceId, where: UserFilter, page: Page) -> Sequence[User]: ...
    async def count(self, instance_id: InstanceId, where: UserFilter) -> int: ...
    async def save(self, user: User, *, expected: Instant) -> None:
        """Write every column of the user (not its identifiers) if `updated_at` still is `expected`.

        Raises: Conflict (somebody else wrote), IdentifierTaken (user name or external id).
        """
        ...

    async def upgrade_password(self, id: UserId, old: StoredPassword, new: StoredPassword) -> bool:
        """Replace `old` by `new`, both of the same password; False when the password has changed meanwhile (R-PWD-03)."""
        ...

    async def spend_sign_in_try(
        self,
        instance_id: InstanceId,
        id: UserId,
        now: Instant,
        *,
        limit: int,
        lock_for: timedelta,
        most: int | None = None,
    ) -> Tries | None:
        """Count one failed-until-proven try before the slow check; lock the user when it is the `limit`th (R-LIM-03, R-LIM-06).

        None when the user is locked already (by the clock) or gone. A lock that ran out starts the count anew.
        With `most` it is counted as a try of the password too, and None also means that `most` were (R-LIM-04).
        """
        ...

    async def spend_password_try(self, instance_id: InstanceId, id: UserId, *, most: int) -> int | None:
        """Count one try of the password before the slow check; how many that makes in a row, None after `most` (R-LIM-04)."""
        ...

    async def dearest_candidates(self, instance_id: InstanceId) -> Sequence[StoredPassword]:
        """One stored password for each cost that is not the current one (`factors/hash_cost.py`), in a look-up or two each."""
        ...

    async def locked_by_tries_since(self, instance_id: InstanceId, since: Instant, *, most: int) -> Sequence[UserId]:
        """Up to `most` users whom failed tries have locked then or later, locks that ran out included; the earliest first."""
        ...

    async def reset_password_failures(self, instance_id: InstanceId, id: UserId) -> None: ...
    async def reset_sign_in_tries(self, instance_id: InstanceId, id: UserId) -> None: ...
    async def note_sign_in(self, instance_id: InstanceId, id: UserId, now: Instant) -> None:
        """Set last_sign_in_at and last_active_at without touching `updated_at`."""
        ...

    async def add_identifier(self, identifier: Identifier) -> None:
        """Raises: IdentifierTaken."""
        ...

    async def verify_identifier(
        self, instance_id: InstanceId, id: IdentifierId, strategy: str, now: Instant
    ) -> bool: ...
    async def unverify_identifier(self, instance_id: InstanceId, id: IdentifierId, now: Instant) -> bool: ...
    async def find_identifier(self, instance_id: InstanceId, id: IdentifierId) -> Identifier | None: ...
    async def remove_identifier(self, instance_id: InstanceId, id: IdentifierId) -> bool: ...
    async def delete(self, instance_id: InstanceId, id: UserId) -> bool:
        """Remove the user and all that is theirs: identifiers, sessions, attempts, tickets, picture."""
        ...


class Images(Protocol):
    async def put(self, image: Image) -> None:
        """Keep it in the place of the user's earlier one, which is gone: the last of racing callers has its way."""
        ...

    async def find(self, instance_id: InstanceId, id: str) -> Image | None: ...
    async def delete_of_user(self, instance_id: InstanceId, user_id: UserId) -> bool: ...


class Clients(Protocol):
    async def create(self, client: Client) -> None: ...
    async def find(self, instance_id: InstanceId, id: ClientId) -> Client | None: ...
    async def find_by_secret(self, instance_id: InstanceId, secret_hash: bytes) -> Client | None:
        """The client whose current secret has that hash, or whose previous one has; for the caller to tell apart."""
        ...

    async def facts(self, instance_id: InstanceId, secret_hash: bytes) -> ClientFacts | None:
        """All that the client's page of an SDK shows, in one read; only by the current secret."""
        ...

    async def rotate_secret(self, client: Client, new_hash: bytes, now: Instant, *, grace: timedelta) -> bool:
        """Make `new_hash` the secret, of the next generation, if `client.secret_hash` still is current.

        False: another tab rotated first.
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

    async def note_signed_in_change(self, id: ClientId, now: Instant) -> None:
        """Move `signed_in_changed_at` and `updated_at` to `now`."""
        ...

    async def begin_session(self, id: ClientId, session_id: SessionId, now: Instant, *, strategy: str) -> None:
        """What a new session means for its client: it is the current one, and the attempt that led to it is over."""
        ...

    async def delete(self, client: Client) -> bool:
        """Delete it with its development browsers. False unless `client.secret_hash` still is current."""
        ...

    async def list(self, instance_id: InstanceId, page: Page) -> Sequence[Client]: ...
    async def count(self, instance_id: InstanceId) -> int: ...
    async def create_dev_browser(self, browser: DevBrowser) -> bool:
        """False when there is one of that hash, which stays as it is."""
        ...

    async def find_dev_browser(self, instance_id: InstanceId, token_hash: bytes) -> DevBrowser | None: ...


class Sessions(Protocol):
    async def create(self, session: Session) -> None: ...
    async def find(self, instance_id: InstanceId, id: SessionId) -> Session | None: ...
    async def of_client(self, client_id: ClientId) -> Sequence[Session]:
        """Rows of the client in status active or pending, oldest first; timeouts are for the caller to judge."""
        ...

    async def of_user(self, instance_id: InstanceId, user_id: UserId) -> Sequence[Session]:
        """Rows of the user in status active or pending, most recently active first."""
        ...

    async def is_known_device(self, client_id: ClientId, user_id: UserId) -> bool:
        """Whether the user has had a session on the client, live or not."""
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
        self, instance_id: InstanceId, status: SessionStatus, now: Instant, *, most: int
    ) -> Sequence[Session]:
        """End up to `most` live sessions that had begun by `now`, whosever they are; none when there are none left."""
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

    async def finish_timed_out(self, now: Instant, *, most: int) -> int:
        """Write down `expired` and `abandoned` for up to `most` live rows that the clock has ended."""
        ...


class SignIns(Protocol):
    async def create(self, sign_in: SignIn) -> None: ...
    async def find(self, instance_id: InstanceId, id: SignInId) -> SignIn | None: ...
    async def move(self, before: SignIn, after: SignIn) -> None:
        """Write `after` if the row still has the status and verification of `before`. Raises: Conflict."""
        ...

    async def abandon_of_user(
        self, instance_id: InstanceId, user_id: UserId, now: Instant, *, keep: SignInId | None = None
    ) -> None:
        """End every unfinished sign-in of the user (R-PWD-11)."""
        ...


class SignUps(Protocol):
    async def create(self, sign_up: SignUp) -> None: ...
    async def find(self, instance_id: InstanceId, id: SignUpId) -> SignUp | None: ...
    async def move(self, before: SignUp, after: SignUp) -> None:
        """Write `after` if the row still has the status and `updated_at` of `before`. Raises: Conflict."""
        ...


class Verifications(Protocol):
    async def start(self, verification: Verification) -> None:
        """Insert it; every unverified older one of the same owner is expired, so only the newest is valid (R-OTP-01)."""
        ...

    async def find(self, instance_id: InstanceId, id: VerificationId) -> Verification | None: ...
    async def newest_of(self, instance_id: InstanceId, owner_id: str) -> Verification | None: ...
    async def spend_try(self, instance_id: InstanceId, id: VerificationId, now: Instant) -> Verification | None:
        """Count a try and return the row; None when it is used, expired or out of tries. Never more than `max_tries` in all."""
        ...

    async def consume(
        self, instance_id: InstanceId, id: VerificationId, proof_hash: bytes | None, now: Instant
    ) -> Verification | None:
        """Mark it verified and return it; None when unknown, used, expired or the hash differs. Exactly one caller gets it.

        `proof_hash` None consumes without comparing: the caller has checked another proof (the test code).
        """
        ...

    async def find_by_link(self, instance_id: InstanceId, link_hash: bytes) -> Verification | None: ...
    async def admit(self, instance_id: InstanceId, link_hash: bytes, now: Instant) -> Verification | None:
        """Note that the link was used and return the row; None when unknown, used already, expired or verified (R-OTP-02)."""
        ...


class Tickets(Protocol):
    async def create(self, ticket: Ticket) -> None: ...
    async def find(self, instance_id: InstanceId, kind: TicketKind, id: str) -> Ticket | None: ...
    async def find_by_secret(self, instance_id: InstanceId, secret_hash: bytes) -> Ticket | None: ...
    async def finish(self, instance_id: InstanceId, id: str, status: TicketStatus, now: Instant) -> Ticket | None:
        """Move a pending, unexpired ticket; None for every other. Exactly one of racing callers gets it."""
        ...

    async def revoke_of_user(self, instance_id: InstanceId, user_id: UserId, now: Instant) -> None: ...
    async def add_nonce(
        self, instance_id: InstanceId, nonce_hash: bytes, directives: Sequence[str], expire_at: Instant
    ) -> None:
        """Keep handshake directives for one pick-up."""
        ...

    async def take_nonce(self, instance_id: InstanceId, nonce_hash: bytes, now: Instant) -> Sequence[str] | None:
        """The directives, once; None when unknown, taken or expired (R-ID-05)."""
        ...


RecordKind = Literal["jwt_template", "redirect_url", "allowlist_identifier", "blocklist_identifier"]


@dataclass(frozen=True, slots=True)
class Record:
    """A small thing that an owner configures and lists: `key` is unique per instance and kind (template name, URL, identifier)."""

    id: str
    instance_id: InstanceId
    kind: RecordKind
    key: str
    body: Mapping[str, Json]
    created_at: Instant
    updated_at: Instant


class Records(Protocol):
    async def create(self, record: Record) -> bool:
        """False when the key is taken."""
        ...

    async def find(self, instance_id: InstanceId, kind: RecordKind, id: str) -> Record | None: ...
    async def find_by_key(self, instance_id: InstanceId, kind: RecordKind, key: str) -> Record | None: ...
    async def list(self, instance_id: InstanceId, kind: RecordKind) -> Sequence[Record]: ...
    async def replace(self, record: Record) -> bool: ...
    async def delete(self, instance_id: InstanceId, kind: RecordKind, id: str) -> bool: ...


class Budgets(Protocol):
    """So many in so long, of one key: kept for every node, and over restarts (R-LIM-01, R-OTP-08)."""

    async def spend(
        self, instance_id: InstanceId, name: str, key: str, now: Instant, *, most: int, window: timedelta
    ) -> Instant | None:
        """Count one if fewer than `most` were counted within `window`; else count nothing and return when one may be.

        Of any number of concurrent callers as many count as are left. Inside a transaction the count is undone with it.
        """
        ...

    async def spent(self, instance_id: InstanceId, name: str, key: str, now: Instant, *, window: timedelta) -> int: ...
    async def give_back(self, instance_id: InstanceId, name: str, key: str) -> None:
        """Take the newest count back, if there is one."""
        ...

    async def reset(self, instance_id: InstanceId, name: str, key: str) -> None: ...


class AppData(Protocol):
    """What apps keep for one visitor, by a session id or the stored form of an anonymous visitor's secret."""

    async def find(self, instance_id: InstanceId, key: str, now: Instant) -> dict[str, Json] | None: ...
    async def put(
        self,
        instance_id: InstanceId,
        key: str,
        data: Mapping[str, Json],
        now: Instant,
        *,
        expire_at: Instant,
        user_id: UserId | None = None,
    ) -> None:
        """Keep `data` in the place of what was there: the last of racing callers has its way."""
        ...

    async def delete(self, instance_id: InstanceId, key: str) -> None: ...
    async def move(
        self,
        instance_id: InstanceId,
        key: str,
        to: str,
        now: Instant,
        *,
        expire_at: Instant,
        user_id: UserId,
    ) -> bool:
        """Give what is there and not over another key. Of racing callers one does; nobody where the other key is in use."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A mail to send once the change that caused it is committed. `body` is what the template needs, encrypted at rest."""

    id: str
    instance_id: InstanceId
    kind: str
    to: str
    sealed_body: bytes
    created_at: Instant
    next_try_at: Instant
    tries: int = 0


class Events(Protocol):
    async def record(self, event: Event) -> None:
        """Append to the audit log, chained by hash to the instance's previous entry (R-LOG-01)."""
        ...

    async def list(
        self, instance_id: InstanceId, page: Page, where: EventFilter = EventFilter()
    ) -> Sequence[Event]:
        """Entries of the audit log, newest first."""
        ...

    async def is_whole(self, instance_id: InstanceId) -> bool:
        """Whether no entry of the audit log was changed, removed or put in: every hash follows from the one before."""
        ...

    async def enqueue(self, message: OutboxMessage) -> None: ...
    async def claim_messages(self, now: Instant, *, most: int, lease: timedelta) -> Sequence[OutboxMessage]:
        """Due messages, each given to one caller only until `lease` is over; their `tries` go up."""
        ...

    async def done_message(self, id: str) -> None: ...


class Groups(Protocol):
    @property
    def instances(self) -> Instances: ...
    @property
    def users(self) -> Users: ...
    @property
    def images(self) -> Images: ...
    @property
    def clients(self) -> Clients: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def sign_ins(self) -> SignIns: ...
    @property
    def sign_ups(self) -> SignUps: ...
    @property
    def verifications(self) -> Verifications: ...
    @property
    def tickets(self) -> Tickets: ...
    @property
    def records(self) -> Records: ...
    @property
    def app_data(self) -> AppData: ...
    @property
    def budgets(self) -> Budgets: ...
    @property
    def events(self) -> Events: ...


class Store(Groups, Protocol):
    def transaction(self) -> AbstractAsyncContextManager[Groups]:
        """A transaction: committed on normal exit, rolled back on any exception. Raises: Overloaded when none can be had."""
        ...

    async def migrate(self) -> None:
        """Bring the schema up to date. Raises: ConfigError when the database is newer than this code."""
        ...

    async def build(self) -> float | None:
        """Do one step of building the indexes that `migrate` leaves for later, while others read and write.

        Seconds to wait before the next step; None when nothing is left to do. Until then lists are answered without.
        """
        ...

    async def peppers_in_use(self) -> Sequence[str]:
        """The pepper keys that stored passwords name, of every instance and of sign-ups under way (R-PWD-02)."""
        ...

    async def forget(self, before: Instant, *, most: int) -> int:
        """Delete up to `most` sign-ins, sign-ups, verifications, nonces, app data and budgets each that were over by then; how many in all."""
        ...

    async def forget_strangers(self, before: Instant, *, most: int) -> int:
        """Delete up to `most` browsers in which nobody ever signed in and that did nothing since then; how many."""
        ...

    async def forget_ended(self, before: Instant, *, most: int) -> int:
        """Delete up to `most` ended sessions whose lifetime was over by then, and browsers that could not come back and
        have no session left; how many in all."""
        ...

    async def close(self) -> None: ...
