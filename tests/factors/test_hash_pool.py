"""Hashing beside the event loop: bounded, and nobody else waits for it."""

import asyncio
import os
import threading
from collections.abc import Iterator

import pytest

from sojourn.errors import Overloaded
from sojourn.factors.hash_pool import HashPool
from sojourn.factors.password_hashing import PasswordHashing

TEXT = "correct horse battery staple"


@pytest.fixture
def pool() -> Iterator[HashPool]:
    made = HashPool(PasswordHashing(), threads=1)
    yield made
    made.close()


async def test_one_thread_takes_one_hash_and_four_that_wait(pool: HashPool) -> None:  # R-PWD-12
    tried = await asyncio.gather(*[pool.hash(TEXT) for _ in range(50)], return_exceptions=True)
    refused = [each for each in tried if isinstance(each, Overloaded)]
    assert len(tried) - len(refused) == 5
    assert all(each.retry_after.total_seconds() >= 1 for each in refused)
    assert (await pool.verify(await pool.hash(TEXT), TEXT)).ok  # there is room again


async def test_hashing_never_runs_on_the_event_loop(pool: HashPool) -> None:  # R-PWD-12
    loop = threading.get_ident()
    threads = await asyncio.gather(*[pool.aside(threading.get_ident) for _ in range(5)])
    assert loop not in threads
    assert len(set(threads)) == 1
    turns = 0
    hashing = asyncio.create_task(pool.hash(TEXT))
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 10  # the loop went round while the hash was made


async def test_as_many_threads_as_cores_unless_told_otherwise() -> None:  # R-PWD-12
    made = HashPool(PasswordHashing())
    most = (os.cpu_count() or 1) * 5
    tried = await asyncio.gather(*[made.hash(TEXT) for _ in range(most + 3)], return_exceptions=True)
    assert sum(isinstance(each, Overloaded) for each in tried) == 3
    made.close()
