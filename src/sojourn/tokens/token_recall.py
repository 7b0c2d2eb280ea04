"""The short way of most requests: a bearer token that was read and believed before (design section 4)."""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Protocol

from sojourn.tokens.claims import Claims
from sojourn.tokens.session_token import Verifier

Recall = Callable[[Iterable[tuple[bytes, bytes]]], Claims | None]
RecallHeader = Callable[[str], Claims | None]


class Freshness(Protocol):
    """Until when, in seconds since 1970, the keys behind the remembered tokens need not be looked at anew."""

    stale_at: float


class Always:
    """Keys of this process."""

    stale_at = float("inf")


def recalling(verifier: Verifier, keys: Freshness) -> tuple[Recall, RecallHeader]:
    """Functions that know whoever sent a token that `verifier` remembers: by the headers of a request, their names in lower
    case, and by the text of its one Authorization header. They say yes only; what they do not know, or know to be over or
    revoked, is for the long way.

    Closures with no calls between: on a small page each of them would be seen. Nothing is learnt from how long a look-up
    takes: headers are compared only where their keyed hashes are the same.
    """
    token_cache, clock, is_revoked = verifier.token_cache, verifier.clock, verifier.is_revoked
    by_header, by_header_bytes = token_cache.by_header, token_cache.by_header_bytes
    latest = look_at = 0.0

    def look() -> bool:
        """Whether there is a short way until the clock has to be asked again: not with stale keys, nor when time ran backwards."""
        nonlocal latest, look_at
        now = clock.seconds()
        if not latest <= now < keys.stale_at:
            return False
        token_cache.drop_expired(now)
        latest, look_at = now, clock.steady_until
        return True

    def recall_header(sent: str) -> Claims | None:
        if monotonic() >= look_at and not look():
            return None
        claims = by_header.get(sent)
        if claims is None or (is_revoked is not None and is_revoked(claims.session_id)):
            return None
        return claims

    def recall(headers: Iterable[tuple[bytes, bytes]]) -> Claims | None:
        sent = None
        for name, value in headers:
            if name == b"authorization":
                if sent is not None:
                    return None
                sent = value
        if sent is None or (monotonic() >= look_at and not look()):
            return None
        claims = by_header_bytes.get(sent)
        if claims is None or (is_revoked is not None and is_revoked(claims.session_id)):
            return None
        return claims

    return recall, recall_header
