"""Origins and hosts in their normal spelling, so that addresses are compared as addresses, not as texts.

RFC 3986 section 6.2: scheme and host in lower case, no default port, an IPv6 address in brackets.
"""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

MAX_LENGTH = 2048
FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
DEFAULT_PORTS = {"http": 80, "https": 443}
_BARE = (("", "", ""), ("/", "", ""))
"""Path, query and fragment of an origin."""


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str | None:
    """Scheme, host and port of an absolute http(s) URL in their normal spelling; None for anything else."""
    if len(url) > MAX_LENGTH or FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    shown = f"[{_address(host)}]" if ":" in host else host
    if port is None or port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{shown}"
    return f"{parts.scheme}://{shown}:{port}"


@lru_cache(maxsize=256)
def origin_alone(text: str) -> str | None:
    """The normal origin that a text is with nothing behind it but a slash; an app's own scheme may have one (`myapp://open`).

    None for a whole address, a pattern, and what is no origin.
    """
    if FORBIDDEN.search(text) or "*" in text or "@" in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if not parts.scheme or not parts.netloc or (parts.path, parts.query, parts.fragment) not in _BARE:
        return None
    return origin_of(text) if parts.scheme in DEFAULT_PORTS else f"{parts.scheme}://{parts.netloc}".lower()


def is_loopback_origin(origin: str) -> bool:
    """True if a normalized origin is on this machine."""
    return is_loopback(name_of(origin.partition("://")[2]))


def _address(host: str) -> str:
    try:
        return str(IPv6Address(host))
    except ValueError:
        return host


@lru_cache(maxsize=256)
def host_of(header: str, scheme: str) -> str | None:
    """A Host header, or the `name` or `name:port` of a setting, in its normal spelling; None when it is neither."""
    if "/" in header or "?" in header or "#" in header:
        return None
    bare = header.count(":") > 1 and not header.startswith("[")  # an IPv6 address, as settings have it
    origin = origin_of(f"{scheme}://[{header}]" if bare else f"{scheme}://{header}")
    return None if origin is None else origin.partition("://")[2]


@lru_cache(maxsize=256)
def name_of(host: str) -> str:
    """The name or address of a normal `host_of`, without port and brackets."""
    return urlsplit(f"//{host}").hostname or ""


def port_of(host: str) -> int | None:
    """The port of a normal `host_of`; None is the default port of its scheme."""
    return urlsplit(f"//{host}").port


@lru_cache(maxsize=256)
def is_loopback(name: str) -> bool:
    """True if a host name or address means this machine, decided by its text, never by DNS (R-DEV-01). `localhost`, a name below it (RFC 6761 section 6.3), 127.0.0.0/8 or ::1."""
    name = name.lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
