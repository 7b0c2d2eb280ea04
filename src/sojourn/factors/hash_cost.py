"""Measures how long the check of a stored password takes on this machine, once for each cost (R-ENU-02)."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from sojourn.factors.hash_pool import HashPool, Payer, hashing_for
from sojourn.factors.password_costs import cost_of
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing

SLOW = timedelta(milliseconds=250)
"""The slowest check that the usual floor of 300 ms covers."""
MARGIN = 1.2

_ROUNDS = 3
_TYPED = "a password of no user"


@dataclass(slots=True)
class HashCosts:
    """The time of a refused check for each cost, measured once per process, in the servers' part of the hash pool."""

    pool: HashPool
    _known: dict[str, float] = field(default_factory=dict[str, float])

    async def of(self, stored: StoredPassword) -> timedelta:
        """The shortest of three measurements, because the machine may be busy. Raises: Overloaded."""
        cost = cost_of(stored)
        if cost is None:
            return timedelta(0)
        if cost not in self._known:
            with hashing_for(Payer(None)):
                self._known[cost] = await self.pool.aside(lambda: _measured(self.pool.hashing, stored))
        return timedelta(seconds=self._known[cost])


def floor_for(cost: timedelta) -> timedelta:
    return cost * MARGIN


def _measured(hashing: PasswordHashing, stored: StoredPassword) -> float:
    """Seconds of a refused check. A slow one is not measured again, because that precision is not needed. Uses thread
    CPU time, so that other load is not counted, except for argon2, which has its own threads.
    """
    clock = time.perf_counter if stored.hasher.startswith("argon2") else time.thread_time
    shortest = float("inf")
    for _ in range(_ROUNDS):
        began = clock()
        hashing.verify(stored, _TYPED)
        shortest = min(shortest, clock() - began)
        if shortest > 2 * SLOW.total_seconds():
            break
    return shortest
