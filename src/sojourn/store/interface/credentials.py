"""Credentials of users: authenticator apps, passkeys, backup codes, external accounts, and those of an app's own
factors.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from sojourn.factors.credential import Credential
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant


class CredentialStore(Protocol):
    """Credentials are deleted with their user."""

    async def create(self, credential: Credential) -> bool:
        """False if the key is taken within its instance and kind, or the user was deleted."""
        ...

    async def find(self, instance_id: InstanceId, id: str) -> Credential | None: ...
    async def find_by_key(self, instance_id: InstanceId, kind: str, key: str) -> Credential | None: ...
    async def of_user(self, instance_id: InstanceId, user_id: UserId, kinds: Collection[str]) -> Sequence[Credential]:
        """The user's credentials of these kinds, oldest first."""
        ...

    async def of_users(
        self, instance_id: InstanceId, user_ids: Collection[UserId], kinds: Collection[str]
    ) -> Sequence[Credential]:
        """The credentials of these users and kinds, oldest first, in one statement."""
        ...

    async def verify(self, instance_id: InstanceId, id: str, now: Instant, *, counter: int = 0) -> Credential | None:
        """Mark the credential verified, once, and return it; None if it was deleted or already verified.

        Exactly one caller succeeds.
        """
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
        """Write label, body and `expire_at` of `after`, whose `updated_at` must differ; False if the row changed since
        `before`.
        """
        ...

    async def delete(self, instance_id: InstanceId, user_id: UserId, id: str) -> Credential | None:
        """Delete one of the user's and return it; exactly one of racing callers gets it."""
        ...

    async def delete_kind(self, instance_id: InstanceId, user_id: UserId, kind: str) -> Sequence[Credential]:
        """Delete all of the user's of one kind and return them; exactly one of racing callers gets each."""
        ...
