"""The summary of a session's uses: what it keeps, for how long, and that it stays small (R-SES-02)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.engine import Engine
from sojourn.ids import instance_id, user_id
from sojourn.instant import Instant
from sojourn.sessions.activity import Seen
from sojourn.sessions.session import Device
from sojourn.sessions.usage import (
    HOURS,
    MAX_BYTES,
    HourOfUse,
    PendingUse,
    SeenPlace,
    Usage,
    Use,
    at_hour,
    coarse,
    decoded_usage,
    encoded_usage,
    hour_of,
    merged,
    since,
)
from sojourn.testing.clock import FakeClock

from ..people import ada
from ..wire.browsing import CHROME

NOON = 490_000
FULL = Usage(
    tuple(HourOfUse(NOON - ago, 70_000, 300) for ago in range(HOURS - 1, -1, -1)),
    tuple(SeenPlace(f"2001:db8:1:{n + 1}::/64", "Mobile Safari on iPhone", NOON - 40, NOON - n) for n in range(8)),
)


def test_the_fullest_summary_fits_into_256_bytes() -> None:
    stored = encoded_usage(merged(Usage(), FULL))
    assert len(stored) <= MAX_BYTES
    read = decoded_usage(stored)
    assert len(read.hours) == HOURS and {each.refreshes for each in read.hours} == {65_535}
    assert [(place.address, place.agent) for place in read.places] == [
        (f"2001:db8:1:{n + 1}::/64", "Mobile Safari on iPh") for n in range(3)
    ]


def test_what_is_stored_is_read_again() -> None:
    usage = Usage(
        (HourOfUse(NOON - 3, 2, 0), HourOfUse(NOON, 1, 1)),
        (SeenPlace("203.0.113.7", "Firefox on Linux", NOON - 3, NOON),),
    )
    assert decoded_usage(encoded_usage(usage)) == usage
    assert decoded_usage(encoded_usage(Usage())) == Usage()


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\x02" + bytes(12), encoded_usage(merged(Usage(), FULL))[:-3], b"\xff" * 256]
)
def test_damaged_data_is_read_as_something_and_never_fails(data: bytes) -> None:
    assert isinstance(decoded_usage(data), Usage)


def test_counts_add_up_and_what_is_older_than_48_hours_goes() -> None:
    old = Usage(
        (HourOfUse(NOON - HOURS, 9, 9), HourOfUse(NOON - 1, 2, 0)),
        (SeenPlace("192.0.2.1", "", NOON - 60, NOON - HOURS),),
    )
    both = merged(old, Usage((HourOfUse(NOON - 1, 1, 1), HourOfUse(NOON, 5, 0))))
    assert both == Usage((HourOfUse(NOON - 1, 3, 1), HourOfUse(NOON, 5, 0)))
    assert since(both, at_hour(NOON + HOURS - 1)) == Usage((HourOfUse(NOON, 5, 0),))
    assert since(both, at_hour(NOON + HOURS)) == Usage()


@pytest.mark.parametrize(
    ("address", "kept"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("", ""), ("not an address", "")],
)
def test_an_ipv6_address_is_kept_as_its_network(address: str, kept: str) -> None:
    assert coarse(address) == kept


def test_pending_uses_are_counted_by_the_hour() -> None:
    pending = PendingUse(instance_id(), user_id())
    start = at_hour(NOON)
    for minutes in (1, 2, 61):
        pending.count(Use.REFRESH, start + timedelta(minutes=minutes))
    pending.count(Use.HANDSHAKE, start)
    pending.see("192.0.2.1", "Firefox", start)
    pending.see("192.0.2.1", "Firefox", start + timedelta(hours=2))
    assert pending.usage() == Usage(
        (HourOfUse(NOON, 2, 1), HourOfUse(NOON + 1, 1, 0)), (SeenPlace("192.0.2.1", "Firefox", NOON, NOON + 2),)
    )


async def test_only_places_other_than_the_first_are_kept(engine: Engine, clock: FakeClock) -> None:
    session, _ = await ada(engine)
    here = Seen("203.0.113.7", CHROME)
    session = replace(session, device=Device(ip_address=here.address, user_agent=CHROME))
    now = clock.now()
    engine.activity.note(session, now, Use.REFRESH, here)
    engine.activity.note(session, now, Use.REFRESH, Seen(here.address, CHROME.replace("139", "140")))  # a new version
    assert engine.activity.unwritten(session).places == ()
    engine.activity.note(session, now, Use.REFRESH, Seen("198.51.100.9", CHROME))
    hour = hour_of(now)
    assert engine.activity.unwritten(session) == Usage(
        (HourOfUse(hour, 3, 0),), (SeenPlace("198.51.100.9", "Chrome on Linux", hour, hour),)
    )
    assert await engine.activity.flush() == 0  # the session was active a moment ago; its uses are written all the same
    assert engine.activity.unwritten(session) == Usage()
    stored = await engine.store.session_uses.find(engine.instance.id, session.id)
    assert stored.hours == (HourOfUse(hour, 3, 0),)


async def test_a_deleted_user_leaves_no_uses(engine: Engine, clock: FakeClock) -> None:
    session, user = await ada(engine)
    engine.activity.note(session, clock.now(), Use.REFRESH, Seen("198.51.100.9", CHROME))
    await engine.activity.flush()
    await engine.accounts.delete(engine.instance, user.id)
    assert await engine.store.session_uses.find(engine.instance.id, session.id) == Usage()


def test_the_hour_of_an_instant_is_whole() -> None:
    assert at_hour(hour_of(Instant(3_600_000 * 5 + 1))) == Instant(3_600_000 * 5)
