"""Allowed redirect targets: exact origins only, checked when stored and when used (R-WEB-05)."""

from collections.abc import Collection
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from sojourn.instances.instance import Instance
from sojourn.origin import FORBIDDEN, MAX_LENGTH, is_loopback_origin, origin_alone, origin_of

_KEPT = "%/:=&?~+!$,;'@()*[]"


def is_allowed_origin(instance: Instance, origin: str | None) -> bool:
    """True if `origin` belongs to the instance: its own, a listed one, or in development any loopback origin."""
    if origin is None or origin == "null":
        return False
    normal = origin_alone(origin)
    if normal is None:
        return False
    if instance.is_console:
        return normal == origin_of(instance.public_url)  # no app's page may use it, also in development (R-ADM-03)
    if normal == origin_of(instance.public_url) or normal in map(origin_of, instance.settings.allowed_origins):
        return True
    return instance.is_development and is_loopback_origin(normal)


def checked_redirect(instance: Instance, url: str, *, listed: Collection[str] = ()) -> str | None:
    """`url` re-serialised if it is an allowed redirect target, otherwise None. A relative one is resolved against the
    instance's own URL. Plain http is allowed on loopback only. `listed` are the full URLs that the owner has
    registered, including custom schemes.
    """
    if not url or len(url.encode("utf-8", "surrogatepass")) > MAX_LENGTH or FORBIDDEN.search(url):
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
    if origin.startswith("http://") and not is_loopback_origin(origin):
        return None
    parts = urlsplit(absolute)
    path, query, fragment = (quote(part, safe=_KEPT) for part in (parts.path or "/", parts.query, parts.fragment))
    return urlunsplit(SplitResult(parts.scheme, urlsplit(origin).netloc, path, query, fragment))


def with_query(url: str, name: str, value: str) -> str:
    """`url` with the query parameter set to `value`, which must be URL-safe; an existing one is replaced."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] != name]
    return urlunsplit(parts._replace(query="&".join([*kept, f"{name}={value}"])))
