"""Wrong secret keys: so many from one address, then no look-up for each; a good key from there works on."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.instances.secret_keys import fresh_secret_key
from sojourn.limits.rate_limit import LIMITS, WRONG_KEYS
from sojourn.secret import Secret
from sojourn.store.sql.instances import SqlInstances
from sojourn.testing.clock import FakeClock
from sojourn.web.app import build

from ..engines import PROXY
from .calling import SERVER, Caller

MOST, SECONDS = LIMITS[WRONG_KEYS]
WRONG = (401, "secret_key_invalid")
TOO_MANY = (429, "too_many_requests")


@pytest.fixture
def look_ups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reads of secret keys: `one` by its hash, or `all` of an instance."""
    seen: list[str] = []

    def noting(name: str, read: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        def noted(*given: object) -> Awaitable[object]:
            seen.append(name)
            return read(*given)

        return noted

    monkeypatch.setattr(SqlInstances, "find_secret_key", noting("one", SqlInstances.find_secret_key))
    monkeypatch.setattr(SqlInstances, "secret_keys", noting("all", SqlInstances.secret_keys))
    return seen


Calls = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def call(engine: Engine) -> Calls:
    """Calls from an address, each with a key of its own unless one is given: status and first code."""
    app = build(engine)

    async def called(key: Secret | None = None, *, address: str = "203.0.113.9") -> tuple[int, str]:
        caller = Caller(app, (key or fresh_secret_key(engine.instance.environment)).reveal())
        caller.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(PROXY, 50000)),  # type: ignore[arg-type]
            base_url=SERVER,
            headers={**caller.http.headers, "X-Forwarded-For": address},
        )
        return await caller.refused("GET", "/sessions/sess_nobody")

    return called


async def test_beyond_the_limit_of_an_address_no_wrong_key_is_looked_up(
    call: Calls, look_ups: list[str], clock: FakeClock
) -> None:  # R-LIM-01, R-LIM-02
    for _ in range(MOST):
        assert await call() == WRONG
    assert look_ups == ["one"] * MOST
    for _ in range(50):
        assert await call() == TOO_MANY
    assert look_ups[MOST:] == ["all"]
    assert await call(address="203.0.113.10") == WRONG
    assert await call(address="::ffff:203.0.113.9") == TOO_MANY
    clock.advance(seconds=SECONDS)
    assert await call() == WRONG


async def test_wrong_keys_that_come_at_once_do_not_pass_together(call: Calls, look_ups: list[str]) -> None:  # R-LIM-06
    answers = await asyncio.gather(*(call() for _ in range(MOST * 5)))
    assert answers.count(WRONG) == MOST == look_ups.count("one")
    assert answers.count(TOO_MANY) == MOST * 4


async def test_good_keys_of_that_address_work_on(engine: Engine, call: Calls, clock: FakeClock) -> None:  # R-LIM-01
    seen, unseen = [await engine.instances.new_secret_key(engine.instance) for _ in range(2)]
    here = (404, "resource_not_found")
    assert await call(seen) == here
    for _ in range(MOST * 2):
        await call()
    assert await call() == TOO_MANY
    assert await call(seen) == here
    assert await call(unseen) == here
    made_later = await engine.instances.new_secret_key(engine.instance)
    assert await call(made_later) == here
    clock.advance(seconds=2)
    assert await call() == TOO_MANY
    assert await call(seen) == here


async def test_a_good_key_that_is_used_often_counts_for_nothing(engine: Engine, call: Calls, clock: FakeClock) -> None:
    key = await engine.instances.new_secret_key(engine.instance)
    for _ in range(MOST * 2):
        assert await call(key) == (404, "resource_not_found")
        clock.advance(seconds=1)
    assert await call() == WRONG


async def test_a_key_that_another_process_revokes_counts_as_any_wrong_one(
    engine: Engine, call: Calls, clock: FakeClock
) -> None:  # R-AUZ-08
    key = await engine.instances.new_secret_key(engine.instance)
    await call(key)
    row = await engine.store.instances.find_secret_key(key.stored_form())
    assert row is not None
    await engine.store.instances.revoke_secret_key(engine.instance.id, row.id, clock.now())
    clock.advance(seconds=1)
    for _ in range(MOST):
        assert await call(key) == WRONG
    assert await call(key) == TOO_MANY
