"""A rotation that is planned: its key is published now, signs when it is time, and can be cancelled until then."""

from datetime import timedelta

import pytest

from sojourn.engine import Engine
from sojourn.errors import Conflict, FieldError
from sojourn.testing.clock import FakeClock

DAY = timedelta(days=1)


async def signing(engine: Engine) -> str:
    return (await engine.key_store.signing_key(engine.instance)).kid


async def published(engine: Engine) -> int:
    jwks = await engine.key_store.jwks(engine.instance)
    assert isinstance(jwks["keys"], list)
    return len(jwks["keys"])


async def test_a_planned_key_is_published_now_and_signs_from_its_time_on(
    engine: Engine, clock: FakeClock
) -> None:  # R-KEY-03
    first = await signing(engine)
    planned = await engine.key_store.rotate(engine.instance, at=clock.now() + 7 * DAY)
    assert (await signing(engine), await published(engine)) == (first, 2)
    clock.advance(days=6)
    assert await signing(engine) == first
    clock.advance(days=1)
    assert (await signing(engine), await published(engine)) == (planned.kid, 2)
    clock.advance(days=2)
    assert await published(engine) == 1


async def test_a_cancelled_plan_leaves_the_current_key_for_good(engine: Engine, clock: FakeClock) -> None:
    first = await signing(engine)
    await engine.key_store.rotate(engine.instance, at=clock.now() + 7 * DAY)
    await engine.key_store.cancel_rotation(engine.instance, actor="admin:user_ada")
    assert (await signing(engine), await published(engine)) == (first, 1)
    clock.advance(days=30)
    assert await signing(engine) == first
    with pytest.raises(Conflict):
        await engine.key_store.cancel_rotation(engine.instance)


async def test_a_plan_that_begins_is_not_cancelled(engine: Engine, clock: FakeClock) -> None:
    planned = await engine.key_store.rotate(engine.instance)
    clock.advance(minutes=9, seconds=30)
    with pytest.raises(Conflict):
        await engine.key_store.cancel_rotation(engine.instance)
    clock.advance(minutes=1)
    assert await signing(engine) == planned.kid


async def test_a_second_plan_replaces_the_first(engine: Engine, clock: FakeClock) -> None:
    first = await signing(engine)
    await engine.key_store.rotate(engine.instance, at=clock.now() + 7 * DAY)
    sooner = await engine.key_store.rotate(engine.instance)
    assert await published(engine) == 2
    clock.advance(minutes=11)
    assert await signing(engine) == sooner.kid != first
    clock.advance(days=30)
    assert (await signing(engine), await published(engine)) == (sooner.kid, 1)


async def test_an_emergency_drops_the_plan_too(engine: Engine, clock: FakeClock) -> None:
    await engine.key_store.rotate(engine.instance, at=clock.now() + 7 * DAY)
    fresh = await engine.key_store.rotate(engine.instance, emergency=True)
    clock.advance(days=30)
    assert (await signing(engine), await published(engine)) == (fresh.kid, 1)


@pytest.mark.parametrize("wait", [timedelta(minutes=9), timedelta(0), -DAY, 400 * DAY])
async def test_a_plan_is_neither_too_near_for_apps_nor_forgotten(
    engine: Engine, clock: FakeClock, wait: timedelta
) -> None:
    with pytest.raises(FieldError):
        await engine.key_store.rotate(engine.instance, at=clock.now() + wait)
    assert await published(engine) == 1
