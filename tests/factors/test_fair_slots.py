"""Slots under every order of taking, waiting, giving up and giving back."""

import asyncio
import random

import pytest

from sojourn.errors import Overloaded, TooManyRequests
from sojourn.factors.fair_slots import FairSlots


@pytest.mark.parametrize("seed", range(8))
async def test_no_slot_is_lost_or_held_twice_however_waits_end(seed: int) -> None:  # R-PWD-12
    chance = random.Random(seed)
    slots, now, most = FairSlots(3, 2, wait=0.01), 0, 0

    async def worker(payer: str) -> None:
        nonlocal now, most
        for _ in range(20):
            try:
                await slots.take(payer)
            except (Overloaded, TooManyRequests):
                continue
            now += 1
            most = max(most, now)
            try:
                await asyncio.sleep(chance.choice((0, 0.001, 0.01)))
            finally:
                now -= 1
                slots.give_back(payer)

    workers = [asyncio.create_task(worker(chance.choice("abcdef"))) for _ in range(40)]
    await asyncio.sleep(0.02)
    for each in chance.sample(workers, 10):
        each.cancel()
    ends = await asyncio.gather(*workers, return_exceptions=True)
    assert {type(each) for each in ends} <= {type(None), asyncio.CancelledError}
    assert most <= 3
    for payer in ("x", "y", "z"):  # all three are free again
        await slots.take(payer)


async def test_a_slot_that_is_given_back_as_waits_run_out_goes_to_one_who_still_waits() -> None:  # R-PWD-12
    slots = FairSlots(1, 1, wait=0.01)
    await slots.take("a")
    ending = [asyncio.create_task(slots.take("b")) for _ in range(3)]
    await asyncio.sleep(0)
    for each in ending:
        each.cancel()  # as the end of its time does: the wait is cancelled before its task learns of it
    waiting = asyncio.create_task(slots.take("c"))
    await asyncio.sleep(0)
    slots.give_back("a")
    await waiting
    assert all(
        isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*ending, return_exceptions=True)
    )
    slots.give_back("c")
    await slots.take("d")
