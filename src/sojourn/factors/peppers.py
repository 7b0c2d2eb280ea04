"""Peppers: keys outside the database, without which passwords of a stolen table cannot be guessed (R-PWD-02)."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable, Sequence

from sojourn.errors import ConfigError
from sojourn.secret import Secret
from sojourn.tokens.sealing import key_bytes

_SETTING = "SOJOURN_PASSWORD_PEPPERS"


class Peppers:
    """Several keys, the newest first. A row names the key it was made with; None means no pepper."""

    def __init__(self, keys: Sequence[Secret] = ()) -> None:
        """Raises: ConfigError for short or guessable keys."""
        raw = [key_bytes(secret, _SETTING) for secret in keys]
        self._keys = {_id_of(key): key for key in raw}
        self.newest = next(iter(self._keys), None)

    def applied(self, finished: str, id: str | None) -> str:
        """A finished argon2 hash with its tag replaced by HMAC-SHA-256 over the whole of it. Raises: KeyError (unknown id)."""
        if id is None:
            return finished
        keyed = hmac.new(self._keys[id], finished.encode(), hashlib.sha256).digest()
        return f"{finished.rpartition('$')[0]}${b64encode(keyed).rstrip(b'=').decode()}"

    def check(self, in_use: Iterable[str]) -> None:
        """Check that all keys used by stored passwords are configured. Raises: ConfigError."""
        missing = sorted(id for id in in_use if id not in self._keys)
        if missing:
            raise ConfigError(
                f"{_SETTING} lacks the key {missing[0]}, which stored passwords need: put it back, after any newer one"
            )


def _id_of(raw: bytes) -> str:
    return "pepper_" + hashlib.sha256(b"sojourn pepper id\0" + raw).hexdigest()[:16]
