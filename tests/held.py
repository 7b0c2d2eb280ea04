"""Work that occupies a thread until a test lets it go."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest

from sojourn.factors.hash_pool import HashPool, Payer, hashing_for

_LONGEST = 20.0


class Held:
    """Lasts until it is let go, and tells when it has begun."""

    def __init__(self) -> None:
        self._begun = threading.Semaphore(0)
        self._go = threading.Event()

    def __call__(self) -> None:
        self._begun.release()
        self._go.wait(_LONGEST)

    async def begun(self) -> None:
        await asyncio.to_thread(self._begun.acquire)

    def let_go(self) -> None:
        self._go.set()


@pytest.fixture
def held() -> Iterator[Held]:
    work = Held()
    yield work
    work.let_go()


@asynccontextmanager
async def full(pool: HashPool) -> AsyncGenerator[None]:
    """Every slot of the pool, of visitors and of servers, is taken inside."""
    work = Held()

    async def occupy(payer: Payer) -> None:
        with hashing_for(payer):
            await pool.aside(work)

    payers = [*(Payer(f"198.51.100.{each}") for each in range(pool.of_visitors)), *[Payer(None)] * pool.of_servers]
    tasks = [asyncio.create_task(occupy(payer)) for payer in payers]
    for _ in tasks:
        await work.begun()
    try:
        yield
    finally:
        work.let_go()
        await asyncio.gather(*tasks)
