"""Instances, their secret keys and their signing keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sojourn.ids import InstanceId
from sojourn.instances.instance import Instance
from sojourn.instances.secret_keys import Scope
from sojourn.instances.settings import Settings
from sojourn.instant import Instant


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
    """Accurate to about a minute."""


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


class InstanceStore(Protocol):
    async def create(self, instance: Instance) -> None: ...
    async def all(self) -> Sequence[Instance]: ...
    async def find(self, id: InstanceId) -> Instance | None: ...
    async def save_settings(self, id: InstanceId, settings: Settings, now: Instant, *, expected: Instant) -> bool:
        """Replace the settings if they are unchanged since `expected` (an `updated_at`); False otherwise.

        Stored fields that this release does not know are kept, at every depth (R-CFG-01).
        """
        ...

    async def set_address(self, id: InstanceId, publishable_key: str, public_url: str, now: Instant) -> None: ...
    async def add_secret_key(self, key: SecretKey) -> None:
        """Raises: Conflict if a key with this hash exists or existed."""
        ...

    async def find_secret_key(self, secret_hash: bytes) -> SecretKey | None:
        """The unrevoked key with that hash."""
        ...

    async def secret_keys(self, id: InstanceId) -> Sequence[SecretKey]:
        """The unrevoked keys of the instance, oldest first."""
        ...

    async def revoke_secret_key(self, id: InstanceId, key_id: str, now: Instant) -> bool: ...
    async def note_secret_key_use(self, used_at: Mapping[str, Instant]) -> None:
        """Move `last_used_at` of unrevoked keys forward, never back, in one statement; keyed by key ID."""
        ...

    async def note_key_change(self, id: InstanceId) -> None:
        """Increment the instance's `keys_version`."""
        ...

    async def signing_keys(self, id: InstanceId) -> Sequence[StoredSigningKey]: ...
    async def add_signing_key(self, id: InstanceId, key: StoredSigningKey) -> None: ...
    async def retire_signing_key(self, id: InstanceId, kid: str, now: Instant) -> bool: ...
    async def keep_signing_key(self, id: InstanceId, kid: str, *, after: Instant) -> bool:
        """Take back a retirement that is later than `after`; False if there is none."""
        ...

    async def drop_signing_key(self, id: InstanceId, kid: str) -> bool: ...
