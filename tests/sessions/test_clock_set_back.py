"""Machines' clocks are set right now and then; nothing that was over begins again."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from sojourn.engine import Engine
from sojourn.errors import SessionEnded
from sojourn.instant import SystemClock
from sojourn.sessions.session import SessionStatus
from sojourn.testing.clock import FakeClock

from ..people import person
from .test_many_sessions import minted, on_a_browser

_HOUR = 3600.0


@dataclass(frozen=True)
class _Clocks:
    """The two clocks of a machine, in seconds, where the machine's own stood."""

    wall: float
    steady: float

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.steady


def test_a_clock_set_back_neither_goes_back_nor_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:  # R-REL-04
    wall, steady = (
        1_770_000_000.0,
        5000.0,
    )  # whole numbers: sums of others differ in their last bit, and so at times by a millisecond
    monkeypatch.setattr("sojourn.instant.time", _Clocks(wall, steady))
    clock = SystemClock()
    before = clock.now()
    monkeypatch.setattr("sojourn.instant.time", _Clocks(wall - _HOUR, steady + 1))
    assert clock.now().since(before) == timedelta(seconds=1)
    monkeypatch.setattr("sojourn.instant.time", _Clocks(wall - _HOUR, steady + _HOUR))
    assert clock.now().since(before) == timedelta(hours=1)


def test_a_machine_that_slept_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:  # R-REL-04
    monkeypatch.setattr("sojourn.instant.time", _Clocks(1_770_000_000.0, 5000.0))
    clock = SystemClock()
    before = clock.now()
    monkeypatch.setattr("sojourn.instant.time", _Clocks(1_770_000_000.0 + _HOUR, 5001.0))
    assert clock.now().since(before) == timedelta(hours=1)


async def test_a_session_that_timed_out_stays_over_when_the_clock_is_set_back(  # R-REL-04, R-SES-10
    engine: Engine, clock: FakeClock
) -> None:
    await person(engine)
    client, session = await on_a_browser(engine)
    clock.advance(days=8)
    assert await engine.store.sessions.finish_timed_out(clock.now(), max_rows=100) == 1
    clock.advance(days=-7.5)
    assert (await engine.sessions.get(engine.instance, session.id)).status is SessionStatus.EXPIRED
    with pytest.raises(SessionEnded):
        await minted(engine, client, session)


async def test_a_token_does_not_outlive_its_session_by_a_clock_set_back(
    engine: Engine, clock: FakeClock
) -> None:  # R-REL-04
    await person(engine)
    _, session = await on_a_browser(engine)
    clock.advance(days=-1)
    later = await engine.sessions.get(engine.instance, session.id)
    assert (later.expire_at, later.abandon_at) == (session.expire_at, session.abandon_at)
