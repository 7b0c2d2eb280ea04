"""A credential of a user other than the password. One table holds all of them."""

import hashlib
import json
from dataclasses import dataclass

from sojourn.ids import InstanceId, UserId, new_id
from sojourn.instant import Instant

__all__ = ["Credential"]

_MAX_KEY = 128
_HASHED = "sha256:"


@dataclass(frozen=True, slots=True)
class Credential:
    """A stored secret or device of a user. `kind` is its type, and `key` its lookup key, unique in its instance and kind; None
    if it is only found by its user. `body` is sealed. `counter` only grows: a TOTP time step or a signature counter.

    An unverified credential authenticates no user, and neither does one after `expire_at`.
    """

    id: str
    instance_id: InstanceId
    user_id: UserId
    kind: str
    key: str | None
    label: str | None
    body: bytes
    counter: int
    verified_at: Instant | None
    last_used_at: Instant | None
    expire_at: Instant | None
    created_at: Instant
    updated_at: Instant

    def is_usable(self, now: Instant) -> bool:
        return self.verified_at is not None and (self.expire_at is None or now < self.expire_at)


def credential_id() -> str:
    return new_id("cred_")


def credential_key(*parts: str) -> str:
    """The look-up key of a credential: one text, or several such as issuer and subject. Long keys are hashed.
    Different parts never have the same key.
    """
    key = parts[0] if len(parts) == 1 else json.dumps(parts)
    is_plain = len(key) <= _MAX_KEY and key.isascii() and key.isprintable() and not key.startswith((_HASHED, "["))
    if is_plain or (len(parts) > 1 and len(key) <= _MAX_KEY):
        return key
    return _HASHED + hashlib.sha256(json.dumps(parts).encode()).hexdigest()
