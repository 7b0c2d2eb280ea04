"""Secrets, and the only form in which they are stored (R-ID-01, R-ID-02, R-ID-04)."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

__all__ = ["Secret", "random_code"]

_BYTES = 32


class Secret:
    """A random text held by a browser, link or server. Displayed as `Secret(hidden)`; only `reveal()` returns it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def random(cls, prefix: str = "") -> "Secret":
        """256 bits from the operating system, base64url, after `prefix`."""
        return cls(prefix + urlsafe_b64encode(secrets.token_bytes(_BYTES)).rstrip(b"=").decode("ascii"))

    def reveal(self) -> str:
        return self._text

    def stored_form(self) -> bytes:
        """SHA-256 of the text, which the database stores and looks up. Only for secrets of 128 bits or more."""
        return hashlib.sha256(self._text.encode("utf-8", "surrogatepass")).digest()

    def keyed_form(self, key: bytes) -> bytes:
        """HMAC-SHA-256 of the text with `key`: the stored form of short texts, such as a typed code."""
        return hmac.new(key, self._text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()

    def same_as(self, other: "Secret") -> bool:
        return hmac.compare_digest(self.stored_form(), other.stored_form())

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "Secret(hidden)"


def random_code(digits: int = 6) -> Secret:
    """A code that a person types: `digits` uniformly random decimal digits (R-OTP-01)."""
    return Secret(f"{secrets.randbelow(10**digits):0{digits}d}")
