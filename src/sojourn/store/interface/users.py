"""Users with their identifiers, and the tries that lock them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import IdentifierId, InstanceId, UserId
from sojourn.instant import Instant
from sojourn.store.interface.paging import Page
from sojourn.users.user import Identifier, IdentifierKind, User

MAX_SORTED = 10_000
"""The maximum number of users that are sorted by a column without an index."""

CLAIM_LASTS = timedelta(minutes=10)
"""The maximum time for which an unverified address is reserved for one account: the lifetime of a code."""

CLAIM_WITHOUT_CODE = timedelta(minutes=1)
"""The reservation while no code has been requested: time to request one."""


@dataclass(frozen=True, slots=True)
class Tries:
    """The result of counting a try: tries towards a lock, the lock if this try caused it, and tries of the password in
    a row.
    """

    failed_tries: int
    locked_at: Instant | None
    password_failures: int


UserOrder = Literal[
    "created_at", "updated_at", "email_address", "web3wallet", "first_name", "last_name", "phone_number",
    "username", "last_active_at", "last_sign_in_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class UserPlace:
    """A place in a list by age: that of a user, who may be gone by now."""

    created_at: Instant
    id: UserId


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
    """`query` in the stored (ASCII) form of international domains, for matching e-mail addresses."""
    query_as_phone: str | None = None
    """`query` in the stored form of phone numbers, for matching them."""
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
    verified: bool | None = None
    """True for users with a verified e-mail address."""
    deleting: bool | None = False
    """True for users whose deletion was asked for and only those, False for all others, None for both."""
    after: UserPlace | None = None
    """Only what follows this user in an order by `created_at`."""
    order_by: UserOrder = "created_at"
    descending: bool = True
    now: Instant = Instant(0)
    """The time for evaluating `locked`: an expired lock does not count."""


class UserStore(Protocol):
    async def create(self, user: User) -> None:
        """Insert the user with its identifiers.

        Raises: IdentifierTaken (param `email_address`, `phone_number`, `username` or `external_id`); exactly one of two
        racing callers succeeds.
        """
        ...

    async def find(self, instance_id: InstanceId, id: UserId) -> User | None:
        """The user; inside a transaction the row is locked against other writers until its end."""
        ...

    async def find_many(self, instance_id: InstanceId, ids: Sequence[UserId]) -> Sequence[User]: ...
    async def find_by_identifier(
        self, instance_id: InstanceId, kind: IdentifierKind, canonical: str
    ) -> User | None: ...
    async def find_by_username(self, instance_id: InstanceId, username_key: str) -> User | None: ...
    async def list(self, instance_id: InstanceId, where: UserFilter, page: Page) -> Sequence[User]: ...
    async def count(self, instance_id: InstanceId, where: UserFilter) -> int: ...
    async def save(self, user: User, *, expected: Instant) -> None:
        """Write every column of the user (not its identifiers) if `updated_at` is still `expected`.

        Raises: Conflict (another writer was first), IdentifierTaken (user name or external id).
        """
        ...

    async def upgrade_password(
        self, instance_id: InstanceId, id: UserId, old: StoredPassword, new: StoredPassword
    ) -> bool:
        """Replace the hash `old` by `new`, both of the same password; False if the password changed in the meantime
        (R-PWD-03).
        """
        ...

    async def spend_sign_in_try(
        self,
        instance_id: InstanceId,
        id: UserId,
        now: Instant,
        *,
        limit: int,
        lock_for: timedelta,
        password_limit: int | None = None,
    ) -> Tries | None:
        """Count one try as failed before the slow check, and lock the user if it is the `limit`th (R-LIM-03, R-LIM-06).

        None if the user is already locked at the current time, or deleted. An expired lock restarts the count. With
        `password_limit` it also counts as a try of the password, and None then also means that `password_limit` is
        reached (R-LIM-04).
        """
        ...

    async def spend_password_try(self, instance_id: InstanceId, id: UserId, *, limit: int) -> int | None:
        """Count one try of the password before the slow check; returns the tries in a row, None after `limit`
        (R-LIM-04).
        """
        ...

    async def dearest_candidates(self, instance_id: InstanceId) -> Sequence[StoredPassword]:
        """One stored password hash for each cost that differs from the current one (`factors/hash_cost.py`), with one
        or two look-ups each.
        """
        ...

    async def locked_by_tries_since(
        self, instance_id: InstanceId, since: Instant, *, max_rows: int
    ) -> Sequence[UserId]:
        """Up to `max_rows` users that failed tries locked at or after that time, expired locks included; earliest
        first.
        """
        ...

    async def due_for_deletion(self, instance_id: InstanceId, now: Instant, *, max_rows: int) -> Sequence[UserId]:
        """Up to `max_rows` users whose `delete_at` is reached, earliest first; none while the index is being built."""
        ...

    async def reset_password_failures(self, instance_id: InstanceId, id: UserId) -> None: ...
    async def reset_sign_in_tries(self, instance_id: InstanceId, id: UserId) -> None: ...
    async def forget_devices(self, instance_id: InstanceId, id: UserId, now: Instant) -> None:
        """Set `devices_forgotten_at` without changing `updated_at`."""
        ...

    async def note_sign_in(self, instance_id: InstanceId, id: UserId, now: Instant) -> None:
        """Set `last_sign_in_at` and `last_active_at` without changing `updated_at`."""
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
        """Delete the user with identifiers, sessions, attempts, tickets and picture."""
        ...
