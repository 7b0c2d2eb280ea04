"""CSRF tokens of the hosted pages: an HMAC over form, browser and hour (R-WEB-03)."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sojourn.instant import Clock, Instant

_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FormTokens:
    """`browser` is the content of the client cookie, empty without one, so a form becomes invalid with a sign-in or
    sign-out.
    """

    clock: Clock
    key: bytes

    def made(self, form: str, browser: str) -> str:
        return self._at(self.clock.now().seconds, form, browser)

    def is_good(self, token: str, form: str, browser: str) -> bool:
        seconds, _, _ = token.partition(".")
        if not seconds.isascii() or not seconds.isdecimal() or len(seconds) > 12:
            return False
        made_at, now = Instant(int(seconds) * 1000), self.clock.now()
        is_own = hmac.compare_digest(
            self._at(int(seconds), form, browser).encode(), token.encode("utf-8", "surrogatepass")
        )
        return is_own and now.before(_LIFE) <= made_at <= now

    def _at(self, seconds: int, form: str, browser: str) -> str:
        text = "\0".join((str(seconds), form, browser))
        digest = hmac.new(self.key, text.encode("utf-8", "surrogatepass"), sha256).digest()
        return f"{seconds}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"
