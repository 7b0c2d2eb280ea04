"""The short way of most requests: a bearer token that was read and believed before (design section 4)."""

from collections.abc import Callable, Iterable
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

    def recall_header(sent: str) -> Claims | None:
        entry = by_tail.get(sent[tail])
        if entry is None:
            return None
        header, claims, first, last = entry
        steady = monotonic()
        now = steady + clock.ahead if steady < clock.steady_until else clock.seconds()
        if header != sent or not first <= now < last or now >= keys.stale_at:
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
        header, claims, first, last = entry
        steady = monotonic()
        now = steady + clock.ahead if steady < clock.steady_until else clock.seconds()
        if header != sent or not first <= now < last or now >= keys.stale_at:
            return None
        return None if is_revoked is not None and is_revoked(claims.session_id) else claims

    return recall, recall_header
