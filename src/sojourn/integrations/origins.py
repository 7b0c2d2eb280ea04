"""Whether a write comes from the app's own pages: so a form elsewhere cannot use the cookies of whoever opens it (R-WEB-01)."""

from collections.abc import Collection
from urllib.parse import urlsplit

from sojourn.integrations.asked import Asked
from sojourn.integrations.gate import SignedIn, Verdict
from sojourn.integrations.session_data import DATA_COOKIES

_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def is_own(asked: Asked, trusted: Collection[str], *, is_socket: bool = False) -> bool:
    """Reads always are. A write, or a websocket, is when its browser says so, or its `Origin`, else its `Referer`, is the
    app's own or one of `trusted`. A request that says nothing of the three is not.
    """
    if asked.method in _READS and not is_socket:
        return True
    origin = asked.header(b"origin")
    site = asked.header(b"sec-fetch-site")
    if site and not is_socket:
        return site == "same-origin" or (site == "same-site" and origin in trusted)
    if origin:
        return _is_at(origin, asked) or origin in trusted
    referer = urlsplit(asked.header(b"referer"))
    return bool(referer.netloc) and (
        _is_at(f"{referer.scheme}://{referer.netloc}", asked) or f"{referer.scheme}://{referer.netloc}" in trusted
    )


def may_be_used(asked: Asked, verdict: Verdict) -> bool:
    """Whether the request carries anything that a browser sends by itself: only that can be used by others."""
    if isinstance(verdict, SignedIn) and verdict.by_cookie:
        return True
    return any(name in asked.cookies for name in DATA_COOKIES)


def _is_at(origin: str, asked: Asked) -> bool:
    """By host and port: a proxy in front may have taken TLS off."""
    host = asked.header(b"host")
    return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
