"""Encrypts stored secrets that must be readable again: AES-256-GCM with a root key that is never in the database
(R-KEY-01, R-KEY-02).
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from itertools import pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sojourn.errors import ConfigError
from sojourn.secret import Secret

_NONCE = 12
_KEY_ID = 8
_KEY = 32
_TEXT = re.compile(r"[A-Za-z0-9_-]{4,512}", re.ASCII)
_LEAST_DIFFERENT = 16


class SealingError(Exception):
    """The sealed text was made with other root keys, or for another place."""


class Sealer:
    """Seals with the first root key, opens with any. A sealed text consists of key id, nonce and ciphertext. `place`
    (table, row, column, tenant) is authenticated, so a ciphertext moved elsewhere cannot be opened.
    """

    def __init__(self, root_keys: Sequence[Secret]) -> None:
        """Raises: ConfigError for missing, short or guessable keys."""
        if not root_keys:
            raise ConfigError("SOJOURN_ROOT_KEYS is not set: put a key there, as `sojourn keys root` prints it")
        raw = [key_bytes(key, "SOJOURN_ROOT_KEYS") for key in root_keys]
        self._first = _key_id(raw[0])
        self._ciphers = {_key_id(key): AESGCM(_derived(key, b"envelope")) for key in raw}
        self._raw = tuple(raw)

    def seal(self, data: bytes, place: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return self._first + nonce + self._ciphers[self._first].encrypt(nonce, data, self._first + place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises: EnvelopeError."""
        cipher = self._ciphers.get(sealed[:_KEY_ID])
        if cipher is None:
            raise SealingError("sealed under a root key that is not configured")
        nonce = sealed[_KEY_ID : _KEY_ID + _NONCE]
        try:
            return cipher.decrypt(nonce, sealed[_KEY_ID + _NONCE :], sealed[:_KEY_ID] + place.encode())
        except (InvalidTag, ValueError) as error:
            raise SealingError("sealed for another place, or damaged") from error

    def derived(self, purpose: bytes) -> bytes:
        """A separate key for one purpose, derived from the first root key."""
        return self.each_derived(purpose)[0]

    def each_derived(self, purpose: bytes) -> tuple[bytes, ...]:
        """As `derived`, from every root key, the first one first; for signatures that must survive a root key rotation."""
        return tuple(_derived(key, purpose) for key in self._raw)


def key_bytes(key: Secret, setting: str) -> bytes:
    """The bytes of a configured key, 32 or more. Raises: ConfigError, naming the setting, for a short or guessable one."""
    text = key.reveal().strip().rstrip("=").replace("+", "-").replace("/", "_")
    if _TEXT.fullmatch(text) is None or len(text) % 4 == 1:
        raise ConfigError(f"{setting} is not base64url: use what `sojourn keys root` prints")
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(raw) < _KEY:
        raise ConfigError(f"{setting} holds fewer than 32 bytes: use what `sojourn keys root` prints")
    if _looks_made_up(raw):
        raise ConfigError(f"{setting} is a sample value: use what `sojourn keys root` prints")
    return raw


def _looks_made_up(raw: bytes) -> bool:
    """True for repeated, sequential or typed bytes.

    Of 32 random bytes about 30 differ, so do their differences, and many are not printable.
    """
    distances = {(after - before) % 256 for before, after in pairwise(raw)}
    return (
        len(set(raw)) < _LEAST_DIFFERENT or len(distances) < _LEAST_DIFFERENT or all(32 <= byte < 127 for byte in raw)
    )


def _key_id(raw: bytes) -> bytes:
    return hashlib.sha256(b"sojourn root key id\0" + raw).digest()[:_KEY_ID]


def _derived(raw: bytes, purpose: bytes) -> bytes:
    return hmac.new(raw, b"sojourn\0" + purpose, hashlib.sha256).digest()
