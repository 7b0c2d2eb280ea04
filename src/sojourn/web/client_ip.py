"""The client's IP address (R-WEB-07, R-LIM-02)."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from sojourn.web.http_request import HttpRequest

Networks = Sequence[IPv4Network | IPv6Network]
_HOPS = 32


def client_address(request: HttpRequest, trusted: Networks) -> str | None:
    """The client's canonical address. `X-Forwarded-For` is read only if the peer is a trusted proxy, right to left, up
    to the first hop that is not.
    """
    address = canonical(request.peer or "")
    if address is None or not trusted or not is_trusted(address, trusted):
        return address
    hops = [hop for line in request.headers_of(b"x-forwarded-for") for hop in line.split(",")]
    for hop in reversed(hops[-_HOPS:]):
        seen = canonical(hop.strip())
        if seen is None:
            break
        address = seen
        if not is_trusted(seen, trusted):
            break
    return address


def client_country(request: HttpRequest, header: str, trusted: Networks) -> str | None:
    """The two letters of the client's country, as a trusted proxy names it in `header`; None from anybody else, or without a header."""
    address = canonical(request.peer or "")
    if not header or address is None or not is_trusted(address, trusted):
        return None
    named = (request.header(header.lower().encode()) or "").strip().upper()
    return named if len(named) == 2 and named.isascii() and named.isalpha() and named != "XX" else None


@lru_cache(maxsize=4096)
def canonical(text: str) -> str | None:
    """One spelling per address; an IPv4 address inside an IPv6 one is the IPv4 address.

    None if it is not an address.
    """
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


@lru_cache(maxsize=4096)
def limit_key(address: str | None) -> str:
    """The rate-limit key of an address: the IPv4 address, or the /64 of an IPv6 address, which usually belongs to one
    customer.
    """
    if address is None:
        return "unknown"
    if ":" in address:
        return str(ip_network(f"{address}/64", strict=False))
    return address


def is_trusted(address: str, trusted: Networks) -> bool:
    """True if a canonical address is in one of the networks."""
    parsed = ip_address(address)
    return any(parsed in network for network in trusted if network.version == parsed.version)
