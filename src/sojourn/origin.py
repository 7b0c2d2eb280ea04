"""Normalizes origins and hosts, so that they are compared by meaning, not as text.

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
    """Normalized scheme, host and port of an absolute http(s) URL; None for any other text."""
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
    """The normalized origin, if the text is an origin with at most a trailing slash; custom schemes are allowed
    (`myapp://open`). None for a full URL, a pattern, or any other text.
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
    """The normalized Host header, or `name` or `name:port` of a setting; None if it is invalid."""
    if "/" in header or "?" in header or "#" in header:
        return None
    bare = header.count(":") > 1 and not header.startswith("[")  # an IPv6 address without brackets, as in settings
    origin = origin_of(f"{scheme}://[{header}]" if bare else f"{scheme}://{header}")
    return None if origin is None else origin.partition("://")[2]


@lru_cache(maxsize=256)
def name_of(host: str) -> str:
    """The name or address of a normalized host, without port and brackets."""
    return urlsplit(f"//{host}").hostname or ""


def port_of(host: str) -> int | None:
    """The port of a normalized host; None means the scheme's default port."""
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
