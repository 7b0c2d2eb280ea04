"""So many in so long: counted per address and per identifier, refused with the time to wait."""

import asyncio
from datetime import timedelta

import pytest

from sojourn.errors import TooManyRequests
from sojourn.ids import instance_id
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.settings import ProtectionSettings, Settings
from sojourn.limits import rate_limit
from sojourn.limits.rate_limit import LIMITS, RateLimiter
from sojourn.testing.clock import FakeClock


def an_application(*, rate_limits: dict[str, list[int]]) -> Instance:
    settings, now = Settings(protection=ProtectionSettings(rate_limits=rate_limits)), FakeClock().now()
    return Instance(
        instance_id(), Environment.PRODUCTION, "pk_live_x", "https://accounts.example.com", settings, now, now
    )


async def allowed(limiter: RateLimiter, name: str, key: str, times: int) -> int:
    """How many of so many hits at once pass."""
    hits = await asyncio.gather(*[limiter.hit(name, key) for _ in range(times)], return_exceptions=True)
    return sum(hit is None for hit in hits)


async def test_five_hundred_at_once_pass_exactly_as_often_as_the_limit_says() -> None:  # R-LIM-06
    limiter = RateLimiter(FakeClock())
    assert await allowed(limiter, "create_sign_in", "203.0.113.1", 500) == LIMITS["create_sign_in"][0]


async def test_one_address_does_not_use_up_what_another_has_left() -> None:  # R-LIM-01
    limiter = RateLimiter(FakeClock())
    assert await allowed(limiter, "codes", "203.0.113.1", 100) == 20
    assert await allowed(limiter, "codes", "203.0.113.2", 1) == 1
    assert await allowed(limiter, "attempts", "203.0.113.1", 1) == 1


async def test_a_refusal_says_when_the_oldest_hit_leaves_the_window() -> None:  # R-LIM-01
    clock = FakeClock()
    limiter = RateLimiter(clock)
    for _ in range(3):
        await limiter.hit("attempts", "203.0.113.1")
        clock.advance(seconds=2)
    with pytest.raises(TooManyRequests) as refused:
        await limiter.hit("attempts", "203.0.113.1")
    assert refused.value.retry_after == timedelta(seconds=4)
    clock.advance(seconds=4)
    await limiter.hit("attempts", "203.0.113.1")
    with pytest.raises(TooManyRequests):
        await limiter.hit("attempts", "203.0.113.1")  # the window slides: only the oldest has left it


async def test_a_refused_hit_does_not_count() -> None:  # R-LIM-01
    clock = FakeClock()
    limiter = RateLimiter(clock)
    assert await allowed(limiter, "attempts", "203.0.113.1", 50) == 3
    clock.advance(seconds=10)
    assert await allowed(limiter, "attempts", "203.0.113.1", 50) == 3


async def test_an_application_sets_its_own_limits() -> None:  # R-LIM-01
    limiter = RateLimiter(FakeClock())
    application = an_application(rate_limits={"attempts": [1, 10]})
    await limiter.hit("attempts", "203.0.113.1", application)
    with pytest.raises(TooManyRequests):
        await limiter.hit("attempts", "203.0.113.1", application)


async def test_what_is_remembered_has_a_bound_and_the_longest_unseen_goes_first(  # R-LIM-07
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limit, "_MAX_KEYS", 3)
    limiter = RateLimiter(FakeClock())
    assert await allowed(limiter, "attempts", "203.0.113.1", 3) == 3
    for last in range(2, 4):
        await limiter.hit("attempts", f"203.0.113.{last}")
    with pytest.raises(TooManyRequests):
        await limiter.hit("attempts", "203.0.113.1")  # seen just now
    await limiter.hit("attempts", "203.0.113.4")
    assert await allowed(limiter, "attempts", "203.0.113.1", 3) == 0
    assert await allowed(limiter, "attempts", "203.0.113.2", 3) == 3  # forgotten


async def test_who_floods_one_limit_clears_no_count_of_another(monkeypatch: pytest.MonkeyPatch) -> None:  # R-LIM-07
    monkeypatch.setattr(rate_limit, "_MAX_KEYS", 10)
    limiter = RateLimiter(FakeClock())
    assert await allowed(limiter, "attempts", "203.0.113.1", 3) == 3
    for last in range(100):
        await limiter.hit("unmatched", f"198.51.100.{last}")
    assert await allowed(limiter, "attempts", "203.0.113.1", 1) == 0


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(days=-1)], ids=["forward", "back"])
async def test_a_clock_that_is_set_neither_empties_nor_extends_a_window(by: timedelta) -> None:  # R-REL-04
    clock = FakeClock()
    limiter = RateLimiter(clock)
    assert await allowed(limiter, "attempts", "203.0.113.1", 5) == 3
    clock.set_right(by)
    assert await allowed(limiter, "attempts", "203.0.113.1", 1) == 0
    clock.advance(seconds=10)
    assert await allowed(limiter, "attempts", "203.0.113.1", 5) == 3
