"""Creates credentials and decrypts their bodies; a body is sealed for its own row (R-KEY-01)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sojourn.errors import Json
from sojourn.factors.credential import Credential, credential_id
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Clock, Instant
from sojourn.tokens.sealing import Sealer
from sojourn.users.user import User

_BODY = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Credentials:
    clock: Clock
    sealer: Sealer

    def made(
        self,
        user: User,
        kind: str,
        body: Mapping[str, Json],
        *,
        key: str | None = None,
        label: str | None = None,
        expire_at: Instant | None = None,
        is_verified: bool = True,
    ) -> Credential:
        """A new credential of the user, not yet stored. `is_verified` False means that it must be confirmed first."""
        now, id = self.clock.now(), credential_id()
        return Credential(
            id=id,
            instance_id=user.instance_id,
            user_id=user.id,
            kind=kind,
            key=key,
            label=label,
            body=self.sealer.seal(msgspec.json.encode(body), _place(user.instance_id, user.id, kind, id)),
            counter=0,
            verified_at=now if is_verified else None,
            last_used_at=None,
            expire_at=expire_at,
            created_at=now,
            updated_at=now,
        )

    def body(self, credential: Credential) -> Mapping[str, Json]:
        """Decrypt the body. Raises: SealingError for a body of another row, or of a root key that is no longer configured."""
        place = _place(credential.instance_id, credential.user_id, credential.kind, credential.id)
        return _BODY.decode(self.sealer.open(credential.body, place))


def _place(instance_id: InstanceId, user_id: UserId, kind: str, id: str) -> str:
    return f"credentials\0{instance_id}\0{user_id}\0{kind}\0{id}"
