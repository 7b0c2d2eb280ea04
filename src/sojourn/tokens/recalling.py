"""The short way of most requests: a bearer token that was read and believed before (design section 4)."""

from collections.abc import Callable, Iterable
from typing import Protocol

from sojourn.tokens.claims import Claims
from sojourn.tokens.session_token import Verifier

Recall = Callable[[Iterable[tuple[bytes, bytes]]], Claims | None]
RecallToken = Callable[[bytes], Claims | None]


class Freshness(Protocol):
    """Until when, in milliseconds, the keys behind the remembered tokens need not be looked at anew."""

    stale_at: int


class Always:
    """Keys of this process."""

    stale_at = 1 << 62


def recalling(verifier: Verifier, keys: Freshness) -> tuple[Recall, RecallToken]:
    """Functions that know whoever sent a token that `verifier` remembers: by the headers of a request, their names in lower
    case, with a plain `Authorization: Bearer`, and by the token itself. They say yes only; what they do not know, or know to be
    over or revoked, is for the long way.

    Closures with no calls between: on a small page each of them would be seen.
    """
    known, millis, is_revoked = verifier.known, verifier.millis, verifier.is_revoked

    def recall_token(token: bytes) -> Claims | None:
        remembered = known.get(token)
        if remembered is None:
            return None
        claims, first, last = remembered
        now = millis()
        if not first <= now < last or now >= keys.stale_at:
            return None
        return None if is_revoked is not None and is_revoked(claims.session_id) else claims

    def recall(headers: Iterable[tuple[bytes, bytes]]) -> Claims | None:
        found = None
        for name, value in headers:
            if name == b"authorization":
                if found is not None:
                    return None
                found = value
        return recall_token(found[7:]) if found is not None and found.startswith(b"Bearer ") else None

    return recall, recall_token
