"""Budgets, kept across restarts and shared by all nodes (R-LIM-01, R-OTP-08).

Short windows per address are in `rate_limit.py`.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sojourn.errors import TooManyRequests
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.limits.rate_limit import limit_of
from sojourn.store.interface import Groups

STRANGERS_WRONG_CODES = "strangers_wrong_codes"
DEVICES_WRONG_CODES = "known_devices_wrong_codes"
ENROLLMENT_TRIES = "enrollment_tries"
MAX_WRONG_CODES = 100
YEAR = timedelta(days=365)
"""Tries of six-digit codes per year: a chance of one in ten thousand. No setting raises this."""

_MAX_ENROLLMENT_TRIES = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Budgets:
    """`key` identifies the counted subject; only its hash is stored."""

    clock: Clock

    async def spend(self, groups: Groups, instance: Instance, name: str, key: str) -> None:
        """Count one use, in the caller's transaction if there is one. Raises: TooManyRequests."""
        limit, window = _size(instance, name)
        now = self.clock.now()
        until = await groups.budgets.spend(instance.id, name, _hashed(key), now, limit=limit, window=window)
        if until is not None:
            raise TooManyRequests(max(until.since(now), timedelta(milliseconds=1)))

    async def left(self, groups: Groups, instance: Instance, name: str, key: str) -> int:
        limit, window = _size(instance, name)
        spent = await groups.budgets.spent(instance.id, name, _hashed(key), self.clock.now(), window=window)
        return max(0, limit - spent)

    async def give_back(self, groups: Groups, instance: Instance, name: str, key: str) -> None:
        await groups.budgets.give_back(instance.id, name, _hashed(key))

    async def reset(self, groups: Groups, instance: Instance, name: str, key: str) -> None:
        await groups.budgets.reset(instance.id, name, _hashed(key))


def _size(instance: Instance, name: str) -> tuple[int, timedelta]:
    if name in (STRANGERS_WRONG_CODES, DEVICES_WRONG_CODES):
        return MAX_WRONG_CODES, YEAR
    if name == ENROLLMENT_TRIES:
        return _MAX_ENROLLMENT_TRIES, _DAY
    limit, seconds = limit_of(name, instance.settings)
    return limit, timedelta(seconds=seconds)


def _hashed(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
