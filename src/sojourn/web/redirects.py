"""Where a browser may be sent: exact origins only, checked when stored and when used (R-WEB-05)."""

import re
from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from sojourn.instances.instance import Instance

_LONGEST = 2048
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_KEPT = "%/:=&?~+!$,;'@()*[]"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=512)
def origin_of(url: str) -> str | None:
    """Scheme, host and port of an absolute http(s) URL in their normal spelling; None for anything else."""
    if len(url) > _LONGEST or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    shown = f"[{host}]" if ":" in host else host
    if port is None or port == _DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{shown}"
    return f"{parts.scheme}://{shown}:{port}"


def is_loopback(origin: str) -> bool:
    """Whether an origin is this machine: `localhost`, a name below it, or a loopback address."""
    host = urlsplit(origin).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_allowed_origin(instance: Instance, origin: str | None) -> bool:
    """Whether pages of `origin` belong to the instance: its own, listed ones, in development anything on loopback."""
    if origin is None or origin == "null":
        return False
    normal = origin_of(origin)
    if normal is None or normal != origin.rstrip("/").lower():
        return False
    if normal == origin_of(instance.public_url) or normal in instance.settings.allowed_origins:
        return True
    return instance.is_development and is_loopback(normal)


def checked_redirect(instance: Instance, url: str, *, listed: Collection[str] = ()) -> str | None:
    """`url` re-serialised if browsers may be sent there, else None.

    A relative one is resolved against the instance's own address. Plain http passes on loopback only. `listed` are full
    URLs that the owner has registered, custom schemes among them.
    """
    if not url or len(url.encode("utf-8", "surrogatepass")) > _LONGEST or _FORBIDDEN.search(url):
        return None
    if url in listed:
        return url
    if url.startswith("//"):
        return None
    try:
        absolute = urljoin(instance.public_url + "/", url)
    except ValueError:
        return None
    origin = origin_of(absolute)
    if origin is None or not is_allowed_origin(instance, origin):
        return None
    if origin.startswith("http://") and not is_loopback(origin):
        return None
    parts = urlsplit(absolute)
    path, query, fragment = (quote(part, safe=_KEPT) for part in (parts.path or "/", parts.query, parts.fragment))
    return urlunsplit(SplitResult(parts.scheme, urlsplit(origin).netloc, path, query, fragment))


def with_query(url: str, name: str, value: str) -> str:
    """`url` with the query parameter set to `value`, which must be URL-safe; one that was there before is dropped."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] != name]
    return urlunsplit(parts._replace(query="&".join([*kept, f"{name}={value}"])))
