"""The use of one session within 48 hours: refreshes and handshakes by the hour, and where else it was used. Pure.

At most 256 bytes are stored for a session. Addresses and browsers are personal data, so only those are kept that differ
from the ones of the session's beginning, IPv6 addresses as their /64 network, and at most three.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant

HOURS = 48
MAX_BYTES = 256
MAX_PLACES = 3
_MAX_REFRESHES = 2**16 - 1
_MAX_HANDSHAKES = 2**8 - 1
_MAX_AGENT = 20
_HOUR = 3_600_000
_VERSION = 1
_HEAD = struct.Struct(">BIQ")
"""Version, the newest hour since 1970, and a bit for each hour in use, the newest one lowest."""

_COUNTS = struct.Struct(">HB")
_SEEN = struct.Struct(">BBBB")
"""Hours before the newest one: first and last use; then the lengths of address and browser."""


class Use(IntEnum):
    """A fetch of a token by the browser, or by a redirect of an app."""

    REFRESH = 0
    HANDSHAKE = 1


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """`address` is an IPv4 address or an IPv6 network, `agent` a browser's name and system; hours are counted since 1970."""

    address: str
    agent: str
    first_hour: int
    last_hour: int


@dataclass(frozen=True, slots=True)
class HourOfUse:
    hour: int
    refreshes: int
    handshakes: int

    @property
    def at(self) -> Instant:
        """The beginning of the hour."""
        return at_hour(self.hour)


@dataclass(frozen=True, slots=True)
class Usage:
    """`hours` oldest first, without those that have no use; `places` in the order of their first use."""

    hours: tuple[HourOfUse, ...] = ()
    places: tuple[SeenPlace, ...] = ()

    @property
    def newest(self) -> int:
        """The newest hour of any use; 0 if there is none."""
        return max((*(each.hour for each in self.hours), *(each.last_hour for each in self.places)), default=0)


@dataclass(slots=True)
class PendingUse:
    """The use of one session that is not written yet."""

    instance_id: InstanceId
    user_id: UserId
    counts: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    places: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict[tuple[str, str], tuple[int, int]])

    def count(self, use: Use, now: Instant) -> None:
        hour = now.millis // _HOUR
        counts = self.counts.get(hour)
        if counts is None:
            counts = self.counts[hour] = [0, 0]
        counts[use] += 1

    def see(self, address: str, agent: str, now: Instant) -> None:
        hour = now.millis // _HOUR
        first, _ = self.places.get((address, agent), (hour, hour))
        self.places[address, agent] = first, hour

    def usage(self) -> Usage:
        hours = tuple(HourOfUse(hour, *counts) for hour, counts in sorted(self.counts.items()))
        return Usage(hours, tuple(SeenPlace(*named, *seen) for named, seen in self.places.items()))


def hour_of(at: Instant) -> int:
    return at.millis // _HOUR


def at_hour(hour: int) -> Instant:
    return Instant(hour * _HOUR)


def merged(stored: Usage, fresh: Usage) -> Usage:
    """Both together, without what is 48 hours older than the newest use; of more than three places the latest stay."""
    oldest = max(stored.newest, fresh.newest) - HOURS + 1
    hours: dict[int, HourOfUse] = {}
    for each in (*stored.hours, *fresh.hours):
        known = hours.get(each.hour, HourOfUse(each.hour, 0, 0))
        hours[each.hour] = HourOfUse(each.hour, known.refreshes + each.refreshes, known.handshakes + each.handshakes)
    places: dict[tuple[str, str], SeenPlace] = {}
    for place in (*stored.places, *fresh.places):
        place = replace(place, agent=_short(place.agent))
        known_place = places.get((place.address, place.agent), place)
        first, last = min(known_place.first_hour, place.first_hour), max(known_place.last_hour, place.last_hour)
        places[place.address, place.agent] = replace(place, first_hour=max(first, oldest), last_hour=last)
    recent = sorted((each for each in places.values() if each.last_hour >= oldest), key=lambda each: -each.last_hour)
    return Usage(
        tuple(hours[hour] for hour in sorted(hours) if hour >= oldest),
        tuple(sorted(recent[:MAX_PLACES], key=lambda each: each.first_hour)),
    )


def since(usage: Usage, now: Instant) -> Usage:
    """Without what is older than 48 hours now."""
    oldest = hour_of(now) - HOURS + 1
    return Usage(
        tuple(each for each in usage.hours if each.hour >= oldest),
        tuple(each for each in usage.places if each.last_hour >= oldest),
    )


def encoded_usage(usage: Usage) -> bytes:
    """At most `MAX_BYTES`; counts stop at their largest value. `usage` is the result of `merged`."""
    newest = usage.newest
    bits = 0
    for each in usage.hours:
        bits |= 1 << (newest - each.hour)
    parts = [_HEAD.pack(_VERSION, newest, bits)]
    for each in usage.hours:
        parts.append(_COUNTS.pack(min(each.refreshes, _MAX_REFRESHES), min(each.handshakes, _MAX_HANDSHAKES)))
    for place in usage.places:
        address, agent = _packed(place.address), _short(place.agent).encode()
        parts.append(_SEEN.pack(newest - place.first_hour, newest - place.last_hour, len(address), len(agent)))
        parts += [address, agent]
    return b"".join(parts)


def decoded_usage(data: bytes) -> Usage:
    """Nothing for data of another version or damaged data."""
    try:
        return _decoded(data)
    except (struct.error, ValueError, UnicodeDecodeError):
        return Usage()


def _decoded(data: bytes) -> Usage:
    version, newest, bits = _HEAD.unpack_from(data)
    if version != _VERSION:
        return Usage()
    at = _HEAD.size
    hours: list[HourOfUse] = []
    for ago in range(HOURS - 1, -1, -1):
        if bits >> ago & 1:
            hours.append(HourOfUse(newest - ago, *_COUNTS.unpack_from(data, at)))
            at += _COUNTS.size
    places: list[SeenPlace] = []
    while at < len(data):
        first, last, address_size, agent_size = _SEEN.unpack_from(data, at)
        at += _SEEN.size
        address = _unpacked(data[at : at + address_size])
        agent = data[at + address_size : at + address_size + agent_size].decode()
        at += address_size + agent_size
        places.append(SeenPlace(address, agent, newest - first, newest - last))
    return Usage(tuple(hours), tuple(places))


@lru_cache(maxsize=2048)
def coarse(address: str) -> str:
    """An IPv4 address as it is, an IPv6 address as its /64 network; empty for other text."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False))
    return str(parsed)


def _packed(address: str) -> bytes:
    try:
        parsed = ip_address(address.partition("/")[0])
    except ValueError:
        return b""
    return parsed.packed[:8] if parsed.version == 6 else parsed.packed


def _unpacked(data: bytes) -> str:
    if len(data) == 8:
        return str(IPv6Network((data + bytes(8), 64)))
    return str(ip_address(data)) if data else ""


def _short(agent: str) -> str:
    """At most 20 bytes of UTF-8."""
    return agent.encode()[:_MAX_AGENT].decode(errors="ignore")


def total(hours: Iterable[HourOfUse]) -> tuple[int, int]:
    """Refreshes and handshakes together."""
    listed = list(hours)
    return sum(each.refreshes for each in listed), sum(each.handshakes for each in listed)
