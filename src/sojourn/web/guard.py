"""What is refused before any handler runs: wrong host, size, method, origin or rate.

Each check is a function of the request and the instance; `app.py` runs them for every request, with the sizes and limits
that the matched route declares (`access.py`). No header, flag or spelling of a path turns one off (R-WEB-08).
"""

from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

from litestar.types import HTTPReceiveMessage, WebSocketReceiveMessage

from sojourn.config import Config
from sojourn.errors import CookiesWithheld, OriginRefused
from sojourn.instances.instance import Instance
from sojourn.origin import host_of, is_loopback, name_of, origin_of, port_of
from sojourn.web.access import IMAGE_MOST
from sojourn.web.cookies import CookieRules
from sojourn.web.errors import BodyTooLarge, HeadersTooLarge, HostUnknown, MethodNotAllowed
from sojourn.web.incoming import Incoming
from sojourn.web.redirects import is_allowed_origin

_HEADERS_MOST = 16 * 1024
PICTURE_TOO_LARGE = "A picture may have at most 5 MB. Choose a smaller one."

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OVERRIDES = frozenset({"PUT", "PATCH", "DELETE"})

Received = HTTPReceiveMessage | WebSocketReceiveMessage
Reading = Callable[[], Awaitable[Received]]


def check_host(incoming: Incoming, config: Config) -> str:
    """The Host in its normal spelling, which must be one this server is configured to be (R-WEB-06). Raises: HostUnknown."""
    stated = incoming.header(b"host")
    host = None if stated is None or b"host" in incoming.repeated else host_of(stated, config.scheme)
    if host is None or not _is_known(host, config):
        raise HostUnknown()
    return host


def _is_known(host: str, config: Config) -> bool:
    name = name_of(host)
    if host == config.public_host or host in config.known_hosts or name in config.known_hosts:
        return True
    return config.is_development and is_loopback(name)


def page_elsewhere(incoming: Incoming, config: Config) -> str | None:
    """In development, where a page asked for by another name of this machine is found; None for what is answered here.

    Cookies and scripts of `localhost` do not reach `127.0.0.1`, so a page works at the public address only. The APIs answer both.
    """
    if (
        not config.is_development
        or incoming.method not in ("GET", "HEAD")
        or "text/html" not in (incoming.header(b"accept") or "")
    ):
        return None
    if f"{incoming.path}/".startswith(("/v1/", "/npm/", "/static/", "/.well-known/")):
        return None
    asked, own = host_of(incoming.header(b"host") or "", config.scheme) or "", config.public_host
    are_here = is_loopback(name_of(asked)) and is_loopback(name_of(own))
    if asked == own or not are_here or port_of(asked) != port_of(own):
        return None
    query = incoming.scope["query_string"].decode("latin-1")
    return f"{config.public_url}{quote(incoming.path)}{'?' if query else ''}{query}"


def check_headers(incoming: Incoming) -> None:
    """Raises: HeadersTooLarge (R-LIM-07)."""
    if incoming.header_size() > _HEADERS_MOST:
        raise HeadersTooLarge()


def check_body(incoming: Incoming, most: int) -> None:
    """Refuse a body that is larger than `most` bytes by its own word. Raises: BodyTooLarge (R-LIM-07)."""
    stated = incoming.header(b"content-length")
    if stated is not None and (not stated.isdecimal() or int(stated[:18]) > most):
        raise _too_large(most)


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(PICTURE_TOO_LARGE) if most == IMAGE_MOST else BodyTooLarge()


def bounded(receive: Reading, most: int) -> Reading:
    """`receive`, for a body that is longer than it said, or said nothing. Raises: BodyTooLarge while reading."""
    seen = 0

    async def bounded_receive() -> Received:  # an annotation is evaluated for each request: a name costs nothing
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message["body"])
            if seen > most:
                raise _too_large(most)
        return message

    return bounded_receive


def effective_method(incoming: Incoming) -> str:
    """The method a request means: browsers' SDKs send POST with `_method` (R-WEB-02). Raises: MethodNotAllowed."""
    if b"_method" not in incoming.scope["query_string"]:
        return incoming.sent_method
    named = incoming.query.get("_method")
    if named is None:
        return incoming.sent_method
    if incoming.sent_method != "POST" or named.upper() not in _OVERRIDES | {"POST"}:
        raise MethodNotAllowed("`_method` works on POST only, and names PUT, PATCH or DELETE.")
    return named.upper()


CLIENT_NAMED = frozenset({"__clerk_db_jwt", "__dev_session", "_is_native"})
"""Parameters that stand for the client cookie."""


def check_origin(incoming: Incoming, instance: Instance, rules: CookieRules) -> None:
    """Refuse writes that another site's page makes a browser send (R-WEB-01); also before anybody is signed in.

    A request of a browser says where it comes from; one with the client cookie that does not is refused. A caller
    without cookie and origin is no browser, and nothing of a browser's can be abused through it. A page of another site
    could begin a sign-in but never end it: its browser keeps the cookie back. Raises: OriginRefused, CookiesWithheld.
    """
    if incoming.method in SAFE:
        return
    origin = incoming.header(b"origin")
    site = incoming.header(b"sec-fetch-site")
    has_cookie = any(name in incoming.cookies for name in rules.client_names)
    if site == "same-origin":
        return
    if site is not None and has_cookie and site != "same-site":
        raise OriginRefused()
    claimed = origin if origin is not None else _referring(incoming)
    if claimed is None:
        if has_cookie or site is not None:
            raise OriginRefused()
        return
    if not is_allowed_origin(instance, claimed):
        raise OriginRefused()
    if site == "cross-site" and incoming.path.startswith("/v1/client/") and not CLIENT_NAMED & incoming.query.keys():
        raise CookiesWithheld(claimed, instance.public_url)


def _referring(incoming: Incoming) -> str | None:
    referer = incoming.header(b"referer")
    if referer is None:
        return None
    parts = urlsplit(referer)
    return origin_of(f"{parts.scheme}://{parts.netloc}") or "null"
