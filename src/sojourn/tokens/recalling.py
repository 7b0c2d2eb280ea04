"""The short way of most requests: a bearer token that was read and believed before (design section 4)."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Protocol

from sojourn.tokens.claims import Claims
from sojourn.tokens.session_token import Verifier

Recall = Callable[[Iterable[tuple[bytes, bytes]]], Claims | None]


class Freshness(Protocol):
    """Until when, in milliseconds, the keys behind the remembered tokens need not be looked at anew."""

    stale_at: int


class Always:
    """Keys of this process."""

    stale_at = 1 << 62


def recalling(verifier: Verifier, keys: Freshness) -> Recall:
    """A function from headers, their names in lower case, to whoever sent a plain `Authorization: Bearer` with a token that
    `verifier` remembers. It says yes only; what it does not know, or knows to be over or revoked, is for the long way.

    One closure and no calls between: on a small page each of them would be seen.
    """
    known, millis, is_revoked = verifier.known, verifier.millis, verifier.is_revoked

    def recall(headers: Iterable[tuple[bytes, bytes]]) -> Claims | None:
        found = None
        for name, value in headers:
            if name == b"authorization":
                if found is not None:
                    return None
                found = value
        if found is None or not found.startswith(b"Bearer "):
            return None
        remembered = known.get(sha256(found[7:]).digest())
        if remembered is None:
            return None
        claims, first, last = remembered
        now = millis()
        if not first <= now < last or now >= keys.stale_at:
            return None
        return None if is_revoked is not None and is_revoked(claims.session_id) else claims

    return recall
