"""The fast path of most requests: a bearer token that was verified before (design section 4)."""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Protocol

from sojourn.tokens.claims import Claims
from sojourn.tokens.session_token import Verifier

Recall = Callable[[Iterable[tuple[bytes, bytes]]], Claims | None]
RecallHeader = Callable[[str], Claims | None]


class Freshness(Protocol):
    """The time, in seconds since 1970, until which the keys of cached tokens need no refresh."""

    stale_at: float


class Always:
    """Always fresh, for a process that has the signing keys itself."""

    stale_at = float("inf")


def recalling(verifier: Verifier, keys: Freshness) -> tuple[Recall, RecallHeader]:
    """Functions that return the claims of a token cached by `verifier`: from the headers of a request, with
    lower-case names, and from the value of its only Authorization header. None means unknown, expired or revoked; the
    caller then verifies the token in full.

    They are closures without further calls, because each call is measurable on a small page. The look-up time
    reveals nothing: headers are compared only if their keyed hashes are equal.
    """
    token_cache, clock, is_revoked = verifier.token_cache, verifier.clock, verifier.is_revoked
    by_header, by_header_bytes = token_cache.by_header, token_cache.by_header_bytes
    latest = look_at = 0.0

    def look() -> bool:
        """True if the cache may be used until the next clock check: not with stale keys, nor when time ran backwards."""
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
