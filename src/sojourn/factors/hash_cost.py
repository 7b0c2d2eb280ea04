"""The price of checking a stored password: its name, taken from the digest, and its time on this machine (R-ENU-02)."""

import re
import time
from dataclasses import dataclass, field
from datetime import timedelta

from sojourn.factors.hash_pool import HashPool, Payer, hashing_for
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing, is_current

SLOW = timedelta(milliseconds=250)
"""The dearest check that the usual floor of 300 ms covers."""
MARGIN = 1.2

_ROUNDS = 3
_TYPED = "a password that nobody has"
_COST = re.compile(
    r"^(?:\$wp)?\$2[aby]\$(?P<bcrypt>\d\d)\$|bcrypt_sha256\$\$2[aby]\$(?P<django>\d\d)\$|\$argon2(?:id|i)\$v=\d+\$(?P<argon2>m=\d+,t=\d+,p=\d+)\$"
    r"|^pbkdf2_[a-z0-9_]+\$(?P<pbkdf2>\d+)\$|^scrypt:(?P<scrypt>\d+:\d+:\d+)\$|\$(?P<firebase>\d+\$\d+)$"
    r"|^\$[PH]\$(?P<phpass>.)|^sha512_symfony\$(?P<symfony>\d+)\$"
)

_NUMBER = re.compile(r"\d+")


def cost_of(stored: StoredPassword | None) -> str | None:
    """Hasher and cost parameters, such as `bcrypt 12`: alike for all that take alike long. None for our own current form."""
    if stored is None or is_current(stored):
        return None
    found = _COST.search(stored.digest)
    costs = next((value for value in found.groupdict().values() if value), "") if found else ""
    return f"{stored.hasher[:40]} {_NUMBER.sub(_rounded_up, costs)}".strip()


def _rounded_up(number: re.Match[str]) -> str:
    """Two digits that count: some systems vary the rounds of each hash a little, and each name is measured once."""
    step = 10 ** max(0, len(number[0]) - 2)
    return str(-(-int(number[0]) // step) * step)


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
