"""Credentials of users: authenticator apps, passkeys, backup codes, accounts elsewhere, and what apps bring."""

from collections.abc import Collection, Sequence
from typing import Protocol

from sojourn.factors.credential import Credential
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant


class CredentialStore(Protocol):
    """They go with their user."""

    async def create(self, credential: Credential) -> bool:
        """False if its key is taken in its instance and kind, or its user was deleted."""
        ...

    async def find(self, instance_id: InstanceId, id: str) -> Credential | None: ...
    async def find_by_key(self, instance_id: InstanceId, kind: str, key: str) -> Credential | None: ...
    async def of_user(self, instance_id: InstanceId, user_id: UserId, kinds: Collection[str]) -> Sequence[Credential]:
        """Those of these kinds, the oldest first."""
        ...

    async def of_users(
        self, instance_id: InstanceId, user_ids: Collection[UserId], kinds: Collection[str]
    ) -> Sequence[Credential]:
        """Those of these users and kinds, the oldest first, in one statement."""
        ...

    async def verify(self, instance_id: InstanceId, id: str, now: Instant, *, counter: int = 0) -> Credential | None:
        """Mark it verified, once, and return it; None if it was deleted or verified before. Exactly one caller gets it."""
        ...

    async def use(
        self, instance_id: InstanceId, id: str, now: Instant, *, counter: int | None = None, once: bool = False
    ) -> Credential | None:
        """Record a use and return the row; None if it is deleted, unverified or expired.

        With `counter`, which must be more than the stored one (0 and 0 is legal: a passkey that does not count), and with `once`,
        exactly one of racing callers gets it (R-OTP-03, R-OTP-04, R-OTP-05).
        """
        ...

    async def replace(self, before: Credential, after: Credential) -> bool:
        """Write label, body and `expire_at` of `after`, whose `updated_at` must differ; False when it changed since `before`."""
        ...

    async def delete(self, instance_id: InstanceId, user_id: UserId, id: str) -> bool: ...
    async def delete_kind(self, instance_id: InstanceId, user_id: UserId, kind: str) -> int:
        """Delete all of the user's of one kind; how many."""
        ...
