"""The domain of the cookies that this server and the apps share. Pure."""

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from sojourn.instances.instance import Instance


def cookie_domain(instance: Instance, named: str = "") -> str:
    """The Domain attribute of cookies that an app's server reads, in production; empty for this host only. `named` has precedence."""
    if instance.is_development:
        return ""
    return named or shared_domain(instance.public_url, tuple(instance.settings.allowed_origins))


@lru_cache(maxsize=256)
def shared_domain(public_url: str, origins: tuple[str, ...]) -> str:
    """The narrowest domain that contains this server and the listed apps of its site; empty if they share none.
    `auth.example.com` and `www.example.com` share `example.com`. An app on another site is ignored, because no cookie
    reaches both. A shared public suffix, such as `co.uk`, is harmless: browsers reject cookies for it.
    """
    own = _labels(public_url)
    apps = [labels for labels in map(_labels, origins) if labels != own and len(_common(own, labels)) > 1]
    if not apps:
        return ""
    shared = own
    for labels in apps:
        shared = _common(shared, labels)
    return ".".join(reversed(shared))


def _labels(url: str) -> tuple[str, ...]:
    """The labels of a host name, the last one first; none for an IP address."""
    host = urlsplit(url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return tuple(reversed(host.split(".")))
    return ()


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return one[:count]
