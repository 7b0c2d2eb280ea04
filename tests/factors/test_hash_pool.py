"""Hashing beside the event loop: bounded, fair by address, and nobody else waits for it."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from sojourn.errors import Overloaded, TooManyRequests
from sojourn.factors.hash_pool import HashPool, Payer, Slot, hashing_for
from sojourn.factors.password_hashing import PasswordHashing
from sojourn.limits.rate_limit import LIMITS, RateLimiter
from sojourn.testing.clock import FakeClock

from ..held import Held, held

__all__ = ["held"]

TEXT = "correct horse battery staple"
FLOOD = Payer("203.0.113.1")
OTHER = Payer("203.0.113.2")
SERVER = Payer(None)


def pool_of(threads: int) -> HashPool:
    return HashPool(PasswordHashing(), RateLimiter(FakeClock()), threads)


def patient(pool: HashPool) -> HashPool:
    """Whoever waits there gets a slot in the end, however slow the machine is."""
    pool._visitors.wait = pool._servers.wait = 60.0
    return pool


@pytest.fixture
def pool() -> Iterator[HashPool]:
    made = patient(pool_of(2))
    yield made
    made.close()


async def run(pool: HashPool, payer: Payer, work: Callable[[], None]) -> None:
    with hashing_for(payer):
        await pool.aside(work)


async def test_one_address_never_fills_the_pool(pool: HashPool, held: Held) -> None:  # R-PWD-12
    flood = [asyncio.create_task(run(pool, FLOOD, held)) for _ in range(15)]
    await held.begun()
    with hashing_for(OTHER):
        await pool.hash(TEXT)
    held.let_go()
    ends = await asyncio.gather(*flood, return_exceptions=True)
    assert ends.count(None) == 9  # one at a time, and so many of one address may wait, no more
    assert sum(isinstance(each, TooManyRequests) for each in ends) == 6


async def test_who_finds_no_slot_within_a_second_is_told_when_to_come_back(held: Held) -> None:  # R-PWD-12
    pool = pool_of(1)
    running = asyncio.create_task(run(pool, FLOOD, held))
    await held.begun()
    with pytest.raises(Overloaded) as refused:
        await run(pool, OTHER, held)
    assert refused.value.retry_after.total_seconds() >= 1
    held.let_go()
    await running
    await run(pool, OTHER, lambda: None)  # there is room again
    pool.close()


async def test_addresses_that_wait_are_served_in_turn(held: Held) -> None:  # R-PWD-12
    pool, order = patient(pool_of(1)), list[str]()
    running = asyncio.create_task(run(pool, SERVER, lambda: None))
    await running
    first = asyncio.create_task(run(pool, Payer("203.0.113.9"), held))
    await held.begun()
    waiting = [asyncio.create_task(run(pool, FLOOD, lambda: order.append("flood"))) for _ in range(5)]
    await asyncio.sleep(0)
    waiting.append(asyncio.create_task(run(pool, OTHER, lambda: order.append("other"))))
    await asyncio.sleep(0)
    held.let_go()
    await asyncio.gather(first, *waiting)
    assert order.index("other") == 1
    pool.close()


async def test_servers_have_a_part_of_the_pool_that_visitors_cannot_fill(held: Held) -> None:  # R-PWD-12
    pool = pool_of(8)
    visitors = [asyncio.create_task(run(pool, Payer(f"203.0.113.{each}"), held)) for each in range(6)]
    for _ in visitors:
        await held.begun()
    await run(pool, SERVER, lambda: None)
    servers = [asyncio.create_task(run(pool, SERVER, held)) for _ in range(2)]
    for _ in servers:
        await held.begun()
    with pytest.raises(Overloaded):
        await run(pool, SERVER, lambda: None)  # a quarter of eight, no more
    held.let_go()
    await asyncio.gather(*visitors, *servers)
    pool.close()


async def test_an_abandoned_request_keeps_its_slot_until_its_thread_has_ended(held: Held) -> None:  # R-PWD-12
    pool = pool_of(1)
    abandoned = asyncio.create_task(run(pool, FLOOD, held))
    await held.begun()
    abandoned.cancel()
    with pytest.raises(asyncio.CancelledError):
        await abandoned
    with pytest.raises(Overloaded):
        await run(pool, OTHER, lambda: None)
    held.let_go()
    await run(pool, OTHER, lambda: None)
    pool.close()


async def test_who_stops_waiting_takes_no_slot_along(held: Held) -> None:  # R-PWD-12
    pool = patient(pool_of(1))
    running = asyncio.create_task(run(pool, FLOOD, held))
    await held.begun()
    waiting = asyncio.create_task(run(pool, OTHER, lambda: None))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    held.let_go()
    await running
    await run(pool, OTHER, lambda: None)
    pool.close()


async def test_an_address_has_twenty_operations_a_minute_and_servers_have_no_such_bound(
    pool: HashPool,
) -> None:  # R-PWD-12
    for _ in range(LIMITS["hashes"][0]):
        await run(pool, FLOOD, lambda: None)
    with pytest.raises(TooManyRequests):
        await run(pool, FLOOD, lambda: None)
    await run(pool, OTHER, lambda: None)
    for _ in range(50):
        await run(pool, SERVER, lambda: None)


async def test_a_refusal_for_want_of_room_spends_nothing_of_the_budget(held: Held) -> None:  # R-PWD-12
    pool = pool_of(1)
    running = asyncio.create_task(run(pool, OTHER, held))
    await held.begun()
    refused = await asyncio.gather(*[run(pool, FLOOD, lambda: None) for _ in range(19)], return_exceptions=True)
    assert {type(each) for each in refused} == {Overloaded, TooManyRequests}
    held.let_go()
    await running
    for _ in range(LIMITS["hashes"][0]):
        await run(pool, FLOOD, lambda: None)
    pool.close()


async def test_one_operation_hashes_several_things_in_one_slot(pool: HashPool) -> None:  # R-PWD-12
    async def twice(slot: Slot) -> bool:
        return (await slot.verify(await slot.hash(TEXT), TEXT)).ok

    with hashing_for(FLOOD):
        async with pool.reserved() as slot:
            assert await twice(slot)


async def test_hashing_never_runs_on_the_event_loop(pool: HashPool) -> None:  # R-PWD-12
    loop = threading.get_ident()
    threads = await asyncio.gather(*[pool.aside(threading.get_ident) for _ in range(5)])
    assert loop not in threads
    turns = 0
    hashing = asyncio.create_task(pool.hash(TEXT))
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 10  # the loop went round while the hash was made
