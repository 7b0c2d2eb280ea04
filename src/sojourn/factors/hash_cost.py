"""How long it takes to check a stored password on this machine, measured once for each name of a cost (R-ENU-02)."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from sojourn.factors.hash_pool import HashPool, Payer, hashing_for
from sojourn.factors.password_costs import cost_of
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing

SLOW = timedelta(milliseconds=250)
"""The dearest check that the usual floor of 300 ms covers."""
MARGIN = 1.2

_ROUNDS = 3
_TYPED = "a password of no user"


@dataclass(slots=True)
class HashCosts:
    """How long a refused check of each kind takes here, measured once in a process, in the part of the pool that is for servers."""

    pool: HashPool
    _known: dict[str, float] = field(default_factory=dict[str, float])

    async def of(self, stored: StoredPassword) -> timedelta:
        """The shortest of three: others may be busy beside it. Raises: Overloaded."""
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
    """Seconds of a refusal. One that is slow is not measured again: what it is compared with is not that exact.

    By the time of this thread, so that what else the machine does is not counted; argon2 has threads of its own.
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
