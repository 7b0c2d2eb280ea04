"""Known devices: browsers on which a user has signed in before. Their tries are counted separately, so an attacker
cannot lock them out (R-LIM-03).

A finished sign-in or sign-up sets a mark: a signed cookie with the device's ID and the hashed IDs of its last users. It
survives sign-outs and clients, and grants no access. A native app has no cookies; its client is known by its earlier
sessions.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes

from sojourn.ids import InstanceId, UserId
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.store.interface import Groups, Store
from sojourn.users.user import User

LIFE = timedelta(days=365)
"""Counted from the last finished sign-in of each user; R-CKI-04 allows 400 days."""

MAX_USERS = 5
"""The maximum number of users in a mark. A further one replaces the one with the oldest sign-in."""

_PREFIX = "dvm_"
_DEVICE = 16
_USER = 16
_ENTRY = _USER + 8
_SIGNATURE = 32
_MAX_LENGTH = len(_PREFIX) + 4 * ((_DEVICE + MAX_USERS * _ENTRY + _SIGNATURE + 2) // 3)


@dataclass(frozen=True, slots=True)
class Mark:
    """`users` maps the hash of a user ID to the last sign-in on this device, latest first."""

    device: bytes
    users: dict[bytes, Instant]


@dataclass(frozen=True, slots=True)
class KnownDevices:
    """`keys` sign marks. The first one signs and all verify, so that known devices survive a root key rotation."""

    store: Store
    clock: Clock
    keys: Sequence[bytes]

    async def named(self, caller: Caller, user: User, *, tx: Groups | None = None) -> str | None:
        """The key by which tries on this device are counted for the user; None for an unknown device. Sign-ins before
        the user's devices were forgotten do not count. Within a transaction, the value that the transaction sees.
        """
        mark = self._read(caller.instance, caller.mark)
        if mark is not None and self._knows(mark, user):
            return f"device_{mark.device.hex()}"
        if caller.client is None:
            return None
        since = user.devices_forgotten_at or Instant(0)
        known = (caller.instance.id, caller.client.id, user.id)
        is_known = await (tx or self.store).sessions.is_known_device(*known, since=since)
        return caller.client.id if is_known else None

    def marked(self, caller: Caller, user: User) -> Secret:
        """The new mark of the caller's device after a sign-in of the user."""
        before, now = self._read(caller.instance, caller.mark), self.clock.now()
        device = before.device if before is not None else token_bytes(_DEVICE)
        name = _hashed(caller.instance.id, user.id)
        others = before.users.items() if before is not None else ()
        users = {name: now} | {other: at for other, at in others if other != name}
        return Secret(_PREFIX + _text(self._signed(caller.instance, Mark(device, dict([*users.items()][:MAX_USERS])))))

    def _knows(self, mark: Mark, user: User) -> bool:
        at, forgotten = mark.users.get(_hashed(user.instance_id, user.id)), user.devices_forgotten_at
        if at is None or self.clock.now() >= at + LIFE:
            return False
        return forgotten is None or at >= forgotten

    def _signed(self, instance: Instance, mark: Mark) -> bytes:
        entries = (name + at.millis.to_bytes(8) for name, at in mark.users.items())
        body = mark.device + b"".join(entries)
        return body + _signature(self.keys[0], instance.id, body)

    def _read(self, instance: Instance, text: Secret | None) -> Mark | None:
        """None for a mark that was not signed with these keys for this instance."""
        signed = b"" if text is None else _bytes(text.reveal())
        body, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
        entries = body[_DEVICE:]
        if not entries or len(entries) % _ENTRY:
            return None
        if not any(hmac.compare_digest(_signature(key, instance.id, body), signature) for key in self.keys):
            return None
        rows = [entries[at : at + _ENTRY] for at in range(0, len(entries), _ENTRY)]
        return Mark(body[:_DEVICE], {row[:_USER]: Instant(int.from_bytes(row[_USER:])) for row in rows})


def _hashed(instance: InstanceId, user: UserId) -> bytes:
    """A hash that can be matched only with a known user ID, so a shared browser does not reveal its users."""
    return sha256(f"{instance}\0{user}".encode()).digest()[:_USER]


def _signature(key: bytes, instance: InstanceId, body: bytes) -> bytes:
    return hmac.new(key, instance.encode() + b"\0" + body, sha256).digest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Empty for text that is not a mark."""
    if not text.startswith(_PREFIX) or len(text) > _MAX_LENGTH:
        return b""
    body = text[len(_PREFIX) :]
    try:
        return urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (Error, ValueError):
        return b""
