"""Our own form of a stored password: argon2id, then an HMAC with the pepper if there is one (R-PWD-01, R-PWD-02)."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw

from sojourn.factors.password_hashers import FAST, StoredPassword, check_import, import_fits
from sojourn.factors.peppers import Peppers

__all__ = ["PasswordHashing"]

MEMORY_KIB, TIME, LANES = 19_456, 2, 1
_TAG = 32
_SALT = 16

OWN = "argon2id"
_CURRENT = f"$argon2id$v=19$m={MEMORY_KIB},t={TIME},p={LANES}$"
_FINISHED = re.compile(
    r"\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,88})\$[A-Za-z0-9+/]{43}"
)
_WRAPPED = "+argon2id"


Compute = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Verified:
    """`upgraded` is the current form of the password when the stored one is older (R-PWD-03)."""

    ok: bool
    upgraded: StoredPassword | None = None


def argon2id(text: bytes, salt: bytes) -> bytes:
    """The tag at the current cost."""
    return hash_secret_raw(text, salt, TIME, MEMORY_KIB, LANES, _TAG, Type.ID)


def is_current(stored: StoredPassword) -> bool:
    """True if it is our own form at the current cost, with any pepper."""
    return stored.hasher == OWN and stored.digest.startswith(_CURRENT)


class PasswordHashing:
    """A failed check costs exactly one `compute` at the current cost, whatever is stored (R-ENU-02)."""

    def __init__(self, peppers: Peppers = Peppers(), compute: Compute = argon2id) -> None:
        self.peppers = peppers
        self._compute = compute

    def hash(self, text: str) -> StoredPassword:
        """The current form of a new password: NFC, nothing trimmed, truncated or folded (R-PWD-05)."""
        return self._made(OWN, _nfc(text))

    def verify(self, stored: StoredPassword, text: str) -> Verified:
        """Check the password; also return its new form if the stored one is outdated. Never raises."""
        if stored.hasher.endswith(_WRAPPED):
            return self._verify_wrapped(stored, text)
        is_ours = stored.digest.startswith(_CURRENT) and _FINISHED.fullmatch(stored.digest) is not None
        if stored.pepper is not None or (stored.hasher == OWN and is_ours):
            return self._verify_own(stored, text)
        ok = any(import_fits(stored, spelling) for spelling in spellings(text))
        if not ok:
            self.spend()
        return Verified(ok, self.hash(text) if ok else None)

    def spend(self) -> None:
        """Spend the time of a check for an unknown user or one without a password."""
        self._compute(b"a password of no user", bytes(_SALT))

    def import_digest(self, hasher: str, digest: str) -> StoredPassword:
        """The stored form of another system's digest. Raises: FieldError (unknown hasher), FieldFormat (digest)."""
        check_import(hasher, digest)
        if hasher not in FAST:
            return StoredPassword(hasher, digest)
        salt, _, plain = digest.rpartition("$")
        wrapped = self._made(hasher + _WRAPPED, plain.lower().encode())
        return StoredPassword(wrapped.hasher, f"{salt}${wrapped.digest}" if salt else wrapped.digest, wrapped.pepper)

    def _verify_own(self, stored: StoredPassword, text: str) -> Verified:
        finished = self._finished(stored.digest, _nfc(text))
        if finished is None or not self._same(stored.digest, finished, stored.pepper):
            if finished is None or not stored.digest.startswith(_CURRENT):
                self.spend()
            return Verified(False)
        if not stored.digest.startswith(_CURRENT):
            return Verified(True, self.hash(text))
        newest = self.peppers.newest
        if stored.pepper == newest:
            return Verified(True)
        # the argon2 hash is already computed, so another pepper needs no second computation
        return Verified(True, StoredPassword(OWN, self.peppers.applied(finished, newest), newest))

    def _verify_wrapped(self, stored: StoredPassword, text: str) -> Verified:
        algorithm = FAST.get(stored.hasher.removesuffix(_WRAPPED), "sha256")
        salt, mark, rest = stored.digest.partition("$argon2id$")
        known = False
        for spelling in spellings(text):
            plain = hashlib.new(
                algorithm, salt.removesuffix("$").encode() + spelling, usedforsecurity=False
            ).hexdigest()
            finished = self._finished(mark + rest, plain.encode())
            known = known or finished is not None
            if finished is not None and self._same(mark + rest, finished, stored.pepper):
                return Verified(True, self.hash(text))
        if not known:
            self.spend()
        return Verified(False)

    def _made(self, hasher: str, text: bytes) -> StoredPassword:
        salt, newest = secrets.token_bytes(_SALT), self.peppers.newest
        finished = f"{_CURRENT}{_unpadded(salt)}${_unpadded(self._compute(text, salt))}"
        return StoredPassword(hasher, self.peppers.applied(finished, newest), newest)

    def _finished(self, digest: str, text: bytes) -> str | None:
        """The argon2 hash of `text` with the salt and costs of `digest`, before any pepper; None for a damaged digest."""
        found = _FINISHED.fullmatch(digest)
        if found is None:
            return None
        memory, time, lanes = int(found[1]), int(found[2]), int(found[3])
        salt = b64decode(found[4] + "=" * (-len(found[4]) % 4))
        is_current = (memory, time, lanes) == (MEMORY_KIB, TIME, LANES)
        tag = (
            self._compute(text, salt) if is_current else hash_secret_raw(text, salt, time, memory, lanes, _TAG, Type.ID)
        )
        return f"{digest.rpartition('$')[0]}${_unpadded(tag)}"

    def _same(self, digest: str, finished: str, pepper: str | None) -> bool:
        try:
            return hmac.compare_digest(digest, self.peppers.applied(finished, pepper))
        except KeyError:
            import structlog  # imported here, because most commands do not log

            structlog.get_logger().error(
                "password.pepper_unknown", pepper=pepper
            )  # another node has a key that this one does not have
            return False


def spellings(text: str) -> list[bytes]:
    """The forms to check: raw first, because an imported hash may predate normalisation, then NFC (R-PWD-05)."""
    return list(dict.fromkeys([text.encode("utf-8", "surrogatepass"), _nfc(text)]))


def _nfc(text: str) -> bytes:
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


def _unpadded(data: bytes) -> str:
    return b64encode(data).rstrip(b"=").decode()
