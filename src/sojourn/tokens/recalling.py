"""The short way of most requests: a bearer token that was read and believed before (design section 4)."""

from collections.abc import Callable, Iterable
from math import inf
from time import monotonic
from typing import Protocol

from sojourn.tokens.claims import Claims
from sojourn.tokens.remembering import TAIL
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

    Closures with no calls between: on a small page each of them would be seen. Nothing is learnt from how long `==` takes:
    who gets as far as that has 256 bits of the token's signature.
    """
    by_tail, by_tail_bytes = verifier.remembered.by_tail, verifier.remembered.by_tail_bytes
    clock, is_revoked, tail = verifier.clock, verifier.is_revoked, TAIL
    now = latest = look_at = 0.0

    def look() -> None:
        """What time it is until the clock has to be asked again; past all tokens where keys are stale or time ran backwards."""
        nonlocal now, latest, look_at
        seconds = clock.seconds()
        now = seconds if latest <= seconds < keys.stale_at else inf
        latest = max(latest, seconds)
        look_at = clock.steady_until

    def recall_header(sent: str) -> Claims | None:
        entry = by_tail.get(sent[tail])
        if entry is None:
            return None
        header, claims, last = entry
        if monotonic() >= look_at:
            look()
        if header != sent or now >= last:
            return None
        return None if is_revoked is not None and is_revoked(claims.session_id) else claims

    def recall(headers: Iterable[tuple[bytes, bytes]]) -> Claims | None:
        sent = None
        for name, value in headers:
            if name == b"authorization":
                if sent is not None:
                    return None
                sent = value
        if sent is None:
            return None
        entry = by_tail_bytes.get(sent[tail])
        if entry is None:
            return None
        header, claims, last = entry
        if monotonic() >= look_at:
            look()
        if header != sent or now >= last:
            return None
        return None if is_revoked is not None and is_revoked(claims.session_id) else claims

    return recall, recall_header
